"""Planning through the tables: ready, blocked, changed, and never while an export is under way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from tests import factories as make
from tests.factories import NOW, World

from tieout.service import plan_export, posting_content, run_export
from tieout.service.access import Access
from tieout.store.models import Exchange, InvoiceBlock, Posting, SourceInvoice, SourceJob
from tieout.store.queries import planning as queries


@pytest.fixture
def books(world: World) -> World:
    company = world.northgate
    acme = make.client(company)
    job = make.job(acme)
    customer = make.qb_customer(company, "Acme Health")
    qb_job = make.qb_customer(company, "Acme Health:Ortiz, Elena - ICU")
    make.map_client(acme, customer)
    make.map_job(job, qb_job)
    make.map_item(make.item(company), make.qb_entry(company, "Regular Hours"))
    return world


def plan(world: World) -> int:
    return plan_export.plan_waiting(company_id=world.northgate.pk)


def test_a_mapped_invoice_becomes_a_ready_posting(books: World) -> None:
    invoice = make.invoice(books.northgate.clients.get())
    assert plan(books) == 1
    invoice.refresh_from_db()
    posting = Posting.objects.get()
    assert invoice.standing == "ready"
    assert (posting.number, posting.total) == ("20417", Decimal("1200.00"))
    assert posting.customer.full_name == "Acme Health:Ortiz, Elena - ICU"
    content = posting_content.from_json(posting.content)
    assert posting_content.to_json(content) == posting.content
    assert content.lines[0].amount == Decimal("1200.00")


def test_an_unmapped_job_blocks_with_its_remedy(books: World) -> None:
    make.job(books.northgate.clients.get(), key="J-2", contractor="Sam Reed")
    invoice = make.invoice(
        books.northgate.clients.get(), lines=[("J-1", "REG", "10.00"), ("J-2", "REG", "5.00")]
    )
    plan(books)
    invoice.refresh_from_db()
    block = InvoiceBlock.objects.get()
    assert (invoice.standing, invoice.first_reason) == ("blocked", "job_not_mapped")
    assert "Map Jobs" in block.remedy
    assert block.job_key == "J-2"
    assert not Posting.objects.exists()


@pytest.mark.parametrize("name", ["Net 30", "NET 30", "net 30"])
def test_terms_that_are_gone_do_not_stand_in_for_those_of_the_same_name(
    books: World, name: str
) -> None:
    """Somebody renamed Net 30 in QuickBooks, added another one, and thought better of it."""
    there = make.qb_entry(books.northgate, "Net 30", kind="terms")
    make.qb_entry(books.northgate, name, kind="terms", gone_at=NOW)
    make.invoice(books.northgate.clients.get(), terms="Net 30")
    plan(books)
    assert not InvoiceBlock.objects.exists()
    posting = Posting.objects.get()
    assert posting_content.from_json(posting.content).terms.list_id == there.list_id


def test_planning_again_changes_nothing(books: World) -> None:
    make.invoice(books.northgate.clients.get())
    plan(books)
    before = Posting.objects.values().get()
    SourceInvoice.objects.update(standing="to_plan")
    plan(books)
    assert Posting.objects.values().get() == before


def test_a_posting_under_way_is_left_alone(books: World) -> None:
    make.invoice(books.northgate.clients.get())
    plan(books)
    Posting.objects.update(state="sending")
    SourceJob.objects.get().mapping.delete()
    SourceInvoice.objects.update(standing="to_plan")
    plan(books)
    assert Posting.objects.get().state == "sending"
    assert not InvoiceBlock.objects.exists()


def test_one_that_another_worker_planned_and_somebody_queued_stays_queued(books: World) -> None:
    """Two plans at once: the second had read the invoice's id before the first was done."""
    invoice = make.invoice(books.northgate.clients.get())
    plan(books)
    access = Access(user=books.bea, company=books.northgate, role="biller")
    run_export.start(access=access, invoice_ids=[invoice.pk], now=NOW)
    saved = plan_export.plan_invoices(
        company_id=books.northgate.pk, invoice_ids=[invoice.pk], now=NOW
    )
    invoice.refresh_from_db()
    assert (saved, invoice.standing) == (0, "under_way")
    assert Posting.objects.get().queued_at == NOW


def test_two_invoices_never_get_one_number(books: World) -> None:
    client = books.northgate.clients.get()
    make.invoice(client)
    twin = make.invoice(client, "20418")
    SourceInvoice.objects.filter(pk=twin.pk).update(number="20417")
    plan(books)
    assert Posting.objects.count() == 1
    assert InvoiceBlock.objects.get().reason == "number_taken"


def test_a_bundle_costs_a_fixed_number_of_queries(
    books: World, django_assert_max_num_queries: object
) -> None:
    client = books.northgate.clients.get()
    for n in range(30):
        make.invoice(client, str(30_000 + n))
    with django_assert_max_num_queries(29):  # type: ignore[operator]
        plan(books)
    assert Posting.objects.count() == 30


def test_only_the_numbers_that_may_be_given_are_read(books: World) -> None:
    """A company exports for years: who has all the other numbers is not asked."""
    client = books.northgate.clients.get()
    make.invoice(client, "1042")
    make.invoice(client, "1043")
    plan(books)
    again = make.invoice(client, "1042x")
    SourceInvoice.objects.filter(pk=again.pk).update(number="1042")
    stranger = make.client(books.harbor)
    make.posting(make.invoice(stranger, "1042-1"), make.qb_customer(books.harbor, "Bay"))
    with transaction.atomic():
        bundle = queries.bundle(company_id=books.northgate.pk, invoice_ids=[again.pk])
    assert bundle.taken == {"1042": "INV-1042"}


def renumber(invoice: SourceInvoice, number: str) -> None:
    SourceInvoice.objects.filter(pk=invoice.pk).update(number=number, standing="to_plan")


def numbers() -> dict[str, str]:
    return dict(Posting.objects.values_list("invoice__key", "number"))


def test_a_number_given_up_in_the_back_office_goes_to_the_invoice_that_waited_for_it(
    books: World,
) -> None:
    client = books.northgate.clients.get()
    waits = make.invoice(client, "20418")
    has = make.invoice(client, "20417")
    renumber(waits, "20417")
    SourceInvoice.objects.filter(pk=waits.pk).update(standing="ready")  # planned after the other
    plan(books)
    renumber(waits, "20417")
    plan(books)
    assert InvoiceBlock.objects.get().reason == "number_taken"
    renumber(has, "20500")
    plan(books)
    assert numbers() == {"INV-20417": "20500", "INV-20418": "20417"}
    assert not InvoiceBlock.objects.exists()


def test_two_invoices_may_swap_their_numbers(books: World) -> None:
    client = books.northgate.clients.get()
    one, other = make.invoice(client, "20417"), make.invoice(client, "20418")
    plan(books)
    renumber(one, "20418")
    renumber(other, "20417")
    plan(books)
    assert numbers() == {"INV-20417": "20418", "INV-20418": "20417"}


def test_what_was_sent_keeps_its_number(books: World) -> None:
    made = make.invoice(books.northgate.clients.get())
    plan(books)
    Posting.objects.update(state="exported", writes=1)
    renumber(made, "20500")
    plan(books)
    assert numbers() == {"INV-20417": "20417"}


def test_raw_answers_of_a_part_that_is_no_longer_planned_are_kept(books: World) -> None:
    made = make.invoice(books.northgate.clients.get())
    plan(books)
    posting = Posting.objects.get()
    for purpose in ("probe", "write"):
        Exchange.objects.create(
            posting=posting, subject_key=posting.key, company=posting.company, purpose=purpose, call_id=purpose, epoch=1,
            request=b"x", sha256="0" * 64, created_at=NOW,
        )  # fmt: skip
    Posting.objects.update(state="refused")
    made.lines.update(job_key="")
    SourceInvoice.objects.update(standing="to_plan")
    plan(books)
    kept = Exchange.objects.get()
    assert (kept.purpose, kept.posting, kept.subject_key) == ("write", None, posting.key)
    assert Posting.objects.get().job_key == ""
