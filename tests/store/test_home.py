"""What the first screen counts."""

from __future__ import annotations

from decimal import Decimal

from tests.factories import NOW, World, client, invoice, job, qb_customer

from tieout.store.models import Batch, Posting, SourceInvoice, Task, TieOut
from tieout.store.queries.home import figures


def posting(of: SourceInvoice, number: str, state: str, **more: object) -> Posting:
    customer = qb_customer(of.company, f"Acme {number}")
    return Posting.objects.create(
        company=of.company,
        invoice=of,
        key=f"key-{number}",
        guid="{0}",
        state=state,
        state_at=NOW,
        kind="invoice",
        number=number,
        numbered_from=number,
        customer=customer,
        txn_date=of.invoice_date,
        total=of.total,
        fingerprint="0" * 64,
        content={},
        **more,
    )


def test_invoices_are_counted_with_their_dollars(world: World) -> None:
    acme = client(world.northgate)
    invoice(acme, "1", standing="ready", lines=[("J-1", "REG", "10.10")])
    invoice(acme, "2", standing="ready", lines=[("J-1", "REG", "20.20")])
    invoice(acme, "3", standing="blocked", first_reason="job_not_mapped")
    invoice(acme, "4", standing="blocked", first_reason="item_not_mapped")
    invoice(acme, "5", standing="exported")
    found = figures(company_id=world.northgate.pk)
    assert (found.ready.count, found.ready.total) == (2, Decimal("30.30"))
    assert (found.need_job.count, found.need_job.total) == (1, Decimal("1200.00"))
    assert (found.other_blocks.count, found.other_blocks.total) == (1, Decimal("1200.00"))
    assert found.waiting_total == Decimal("2430.30")


def test_a_stranger_is_not_counted(world: World) -> None:
    invoice(client(world.harbor), "1", standing="ready")
    job(client(world.harbor, "C-2", "Bay"), "J-9")
    found = figures(company_id=world.northgate.pk)
    assert found.ready.count == 0
    assert found.jobs_count == 0


def test_jobs_by_map_state_leave_inactive_ones_out(world: World) -> None:
    acme = client(world.northgate)
    job(acme, "J-1", map_state="mapped")
    job(acme, "J-2")
    job(acme, "J-3", active=False)
    found = figures(company_id=world.northgate.pk)
    assert (found.jobs_count, found.not_mapped, found.attention) == (2, 1, 0)


def test_unconfirmed_and_what_needs_a_person(world: World) -> None:
    acme = client(world.northgate)
    posting(invoice(acme, "1", standing="under_way"), "1", "unconfirmed")
    posting(invoice(acme, "2", standing="under_way"), "2", "needs a person")
    found = figures(company_id=world.northgate.pk)
    assert found.unconfirmed.count == 1
    assert found.needs_person.count == 1


def test_a_credit_memo_counts_against_the_dollars(world: World) -> None:
    acme = client(world.northgate)
    posting(invoice(acme, "1", standing="under_way"), "1", "unconfirmed")
    memo = posting(invoice(acme, "2", standing="under_way"), "2", "unconfirmed")
    Posting.objects.filter(pk=memo.pk).update(kind="credit_memo", total=Decimal("50.00"))
    found = figures(company_id=world.northgate.pk)
    assert (found.unconfirmed.count, found.unconfirmed.total) == (2, Decimal("1150.00"))


def test_the_latest_batches_and_tie_out(world: World) -> None:
    acme = client(world.northgate)
    batch = Batch.objects.create(
        company=world.northgate, requested_by=world.bea, created_at=NOW, postings_count=2, total=30
    )
    posting(invoice(acme, "1"), "1", "exported", batch=batch)
    posting(invoice(acme, "2"), "2", "sending", batch=batch)
    task = Task.objects.create(
        company=world.northgate, kind="tie_out", created_at=NOW, due_at=NOW, state="done"
    )
    TieOut.objects.create(company=world.northgate, task=task, at=NOW, complete=True, ours=5)
    found = figures(company_id=world.northgate.pk)
    assert [(b.postings, b.counts["exported"], b.counts["left"], b.by) for b in found.batches] == [
        (2, 1, 1, "Bea")
    ]
    assert found.tie_out is not None
    assert found.tie_out.ours == Decimal("5.00")


def test_the_number_of_queries_does_not_grow(world: World, django_assert_num_queries) -> None:
    acme = client(world.northgate)
    for number in range(30):
        invoice(acme, str(number), standing="ready")
        Batch.objects.create(company=world.northgate, created_at=NOW, postings_count=1, total=1)
    with django_assert_num_queries(15):
        figures(company_id=world.northgate.pk)
