"""Undo a batch, update one in place: only what QuickBooks holds unchanged and unpaid."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office

from tieout.service import (
    moments,
    plan_export,
    qb_writes,
    run_export,
    tie_out,
    undo_batch,
    update_invoice,
)
from tieout.service.access import Access, find_access
from tieout.service.qb_writes import CannotWrite
from tieout.store.models import (
    Batch,
    Event,
    Lane,
    Posting,
    QbWrite,
    SourceInvoice,
    SourceLine,
    TieOut,
)


def export(office: Office, *numbers: str, amount: str = "1200.00") -> Batch:
    client = office.company.clients.get()
    lines = [("J-1", "REG", amount)]
    ids = [make.invoice(client, number, lines=lines).pk for number in numbers]
    plan_export.plan_waiting(company_id=office.company.pk)
    batch = run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    office.work()
    assert set(Posting.objects.values_list("state", flat=True)) == {"exported"}
    return batch


def void_all(office: Office, batch: Batch) -> None:
    chosen = undo_batch.candidates(company_id=office.company.pk, batch_id=batch.pk)
    undo_batch.void(
        access=office.access,
        posting_ids=[each.posting.pk for each in chosen if not each.why_not],
        reason="wrong rates",
        now=moments.now(),
    )
    office.work()


def totals(office: Office) -> dict[str, str]:
    return {row.number: str(row.total) for row in office.rehearsal.books.list_invoices()}


def changed(number: str, amount: str) -> SourceInvoice:
    """The back office changed the amount after the export, as an import notices it."""
    invoice = SourceInvoice.objects.get(number=number)
    SourceLine.objects.filter(invoice=invoice).update(amount=Decimal(amount))
    invoice.total = Decimal(amount)
    invoice.exported_hash = invoice.content_hash
    invoice.content_hash = "c" * 64
    invoice.standing = "changed"
    invoice.save()
    return invoice


# ------------------------------------------------------------------ undo


def test_an_export_is_undone_whole_and_both_books_tie_out(office: Office) -> None:
    batch = export(office, "20417", "20418")
    void_all(office, batch)
    assert totals(office) == {"20417": "0.00", "20418": "0.00"}
    assert set(Posting.objects.values_list("state", flat=True)) == {"voided"}
    said = Event.objects.filter(verb="voided")
    assert {(event.actor, event.reason) for event in said} == {(office.clerk, "wrong rates")}
    again = undo_batch.candidates(company_id=office.company.pk, batch_id=batch.pk)
    assert [each.why_not for each in again] == ["It is voided already."] * 2
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    assert TieOut.objects.get().findings_count == 0


def test_many_voids_are_queued_in_as_many_statements_as_a_few(office: Office) -> None:
    batch = export(office, *(str(number) for number in range(20417, 20423)))
    ids = list(batch.postings.order_by("number").values_list("pk", flat=True))
    costs = []
    for chosen in (ids[:1], ids[1:]):
        with CaptureQueriesContext(connection) as asked:
            undo_batch.void(
                access=office.access, posting_ids=chosen, reason="wrong rates", now=moments.now()
            )
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_a_void_that_failed_is_wished_for_again_under_a_key_of_its_own(office: Office) -> None:
    batch = export(office, "20417")
    office.rehearsal.books.receive_payment("20417", date="2026-10-20")
    void_all(office, batch)
    void_all(office, batch)
    posting = batch.postings.get()
    keys = [f"void-{posting.key}-{number}" for number in (1, 2)]
    assert list(QbWrite.objects.order_by("id").values_list("key", flat=True)) == keys


def test_what_was_edited_or_paid_stays_and_says_why(office: Office) -> None:
    batch = export(office, "20417", "20418", "20419")
    books = office.rehearsal.books
    books.edit_invoice("20417", po_number="by hand")
    books.receive_payment("20418", date="2026-10-20")
    void_all(office, batch)
    assert totals(office) == {"20417": "1200.00", "20418": "1200.00", "20419": "0.00"}
    by_number = {
        row.posting.number: row for row in QbWrite.objects.select_related("posting") if row.posting
    }
    assert "edited it" in by_number["20417"].problem
    assert "payment" in by_number["20418"].problem
    assert {by_number[n].state for n in ("20417", "20418")} == {"needs a person"}
    assert by_number["20417"].writes == 0  # it was never sent
    assert Posting.objects.get(number="20417").state == "exported"
    assert Posting.objects.get(number="20419").state == "voided"
    # the refused one does not hold the queue, and it is taken out with a reason
    row = qb_writes.set_aside(
        access=office.access, write_id=by_number["20417"].pk, reason="stays", now=NOW
    )
    assert row.state == "set aside"


def test_one_that_was_voided_there_already_is_only_recorded(office: Office) -> None:
    batch = export(office, "20417")
    office.rehearsal.books.void_invoice("20417")
    void_all(office, batch)
    assert Posting.objects.get().state == "voided"
    assert QbWrite.objects.get().writes == 0


def test_a_closed_period_refuses_the_void(office: Office) -> None:
    batch = export(office, "20417")
    office.rehearsal.books.set_closing_date("2026-12-31")
    void_all(office, batch)
    row = QbWrite.objects.get()
    assert (row.state, bool(row.remedy)) == ("refused", True)
    assert Posting.objects.get().state == "exported"


def test_nothing_is_queued_twice_or_half(office: Office) -> None:
    export(office, "20417", "20418")
    ids = list(Posting.objects.values_list("pk", flat=True))
    undo_batch.void(access=office.access, posting_ids=ids[:1], reason="x", now=NOW)
    with pytest.raises(CannotWrite, match="under way"):
        undo_batch.void(access=office.access, posting_ids=ids, reason="x", now=NOW)
    assert QbWrite.objects.count() == 1


def test_who_may_not_void(office: Office, world: World) -> None:
    export(office, "20417")
    ids = [Posting.objects.get().pk]

    def access(name: str, company: int) -> Access:
        found = find_access(user=getattr(world, name), company_id=company)
        assert found is not None
        return found

    for name in ("vic", "avery"):
        with pytest.raises(CannotWrite, match="role"):
            undo_batch.void(
                access=access(name, office.company.pk), posting_ids=ids, reason="x", now=NOW
            )
    with pytest.raises(CannotWrite, match="not in this company"):
        undo_batch.void(
            access=access("charlie", world.harbor.pk), posting_ids=ids, reason="x", now=NOW
        )
    with pytest.raises(CannotWrite, match="reason"):
        undo_batch.void(access=office.access, posting_ids=ids, reason=" ", now=NOW)
    with pytest.raises(CannotWrite, match="Choose"):
        undo_batch.void(access=office.access, posting_ids=[], reason="x", now=NOW)
    assert not QbWrite.objects.exists()


# ------------------------------------------------------------------ update in place


def test_a_changed_invoice_is_updated_where_it_stands(office: Office) -> None:
    export(office, "20417")
    invoice = changed("20417", "1350.50")
    (shown,) = update_invoice.preview(access=office.access, invoice_id=invoice.pk)
    assert (shown.was.total, shown.target.total) == (Decimal("1200.00"), Decimal("1350.50"))
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen="c" * 64, now=moments.now()
    )
    office.work()
    assert totals(office) == {"20417": "1350.50"}
    posting = Posting.objects.get()
    assert (posting.total, posting.qb_total) == (Decimal("1350.50"), Decimal("1350.50"))
    invoice.refresh_from_db()
    assert (invoice.standing, invoice.exported_hash) == ("exported", "c" * 64)
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    assert TieOut.objects.get().findings_count == 0
    # and once more, from what QuickBooks answered now
    changed("20417", "1400.00")
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen="c" * 64, now=moments.now()
    )
    office.work()
    assert totals(office) == {"20417": "1400.00"}


def test_an_update_that_was_refused_first_settles_the_invoice_when_asked_for_again(
    office: Office,
) -> None:
    export(office, "20417")
    invoice = changed("20417", "1350.50")
    for closed in ("2026-12-31", ""):
        office.rehearsal.books.set_closing_date(closed)
        update_invoice.update(
            access=office.access, invoice_id=invoice.pk, seen="c" * 64, now=moments.now()
        )
        office.work()
    states = list(QbWrite.objects.order_by("id").values_list("state", flat=True))
    assert states == ["refused", "exported"]
    invoice.refresh_from_db()
    assert (invoice.standing, invoice.exported_hash) == ("exported", "c" * 64)


@pytest.mark.parametrize("touch", ["edited", "paid", "voided", "deleted"])
def test_a_touched_invoice_is_not_overwritten(office: Office, touch: str) -> None:
    export(office, "20417")
    books = office.rehearsal.books
    match touch:
        case "edited":
            books.edit_invoice("20417", po_number="by hand")
        case "paid":
            books.receive_payment("20417", "10.00", date="2026-10-20")
        case "voided":
            books.void_invoice("20417")
        case _:
            books.delete_invoice("20417")
    before = totals(office)
    invoice = changed("20417", "1350.50")
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen="c" * 64, now=moments.now()
    )
    office.work()
    row = QbWrite.objects.get()
    assert (row.state, row.writes) == ("needs a person", 0)
    assert row.problem
    assert row.remedy
    assert totals(office) == before
    invoice.refresh_from_db()
    assert invoice.standing == "changed"


def test_what_cannot_be_updated_says_why(office: Office, world: World) -> None:
    export(office, "20417")
    invoice = SourceInvoice.objects.get()

    def refused(word: str, access: Access = office.access, seen: str = "c" * 64) -> None:
        with pytest.raises(CannotWrite, match=word):
            update_invoice.update(access=access, invoice_id=invoice.pk, seen=seen, now=NOW)

    refused("does not stand as changed")
    changed("20417", "1300.00")
    refused("again meanwhile", seen="d" * 64)
    vic = find_access(user=world.vic, company_id=office.company.pk)
    charlie = find_access(user=world.charlie, company_id=world.harbor.pk)
    assert vic is not None
    assert charlie is not None
    refused("role", vic)
    refused("no such invoice", charlie)
    changed("20417", "-5.00")
    refused("credit memo")
    changed("20417", "1200.00")
    refused("Nothing that QuickBooks holds of it differs")
    changed("20417", "1300.00")
    SourceLine.objects.update(job_key="")
    refused("divided over other jobs|job")
    SourceLine.objects.update(job_key="J-1")
    Posting.objects.update(state="voided")
    refused("is voided")
    assert not QbWrite.objects.exists()
    assert Lane.objects.get(company=office.company).held_reason == ""


def test_the_job_stays_although_it_was_mapped_elsewhere_since(office: Office) -> None:
    export(office, "20417")
    mapping = office.company.job_mappings.get()
    forklift = office.company.qb_customers.get(full_name__endswith="Forklift")
    mapping.target, mapping.remembered_full_name = forklift, forklift.full_name
    mapping.version += 1
    mapping.save()
    invoice = changed("20417", "1350.50")
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen="c" * 64, now=moments.now()
    )
    office.work()
    (there,) = office.rehearsal.books.list_invoices()
    assert (there.customer, str(there.total)) == ("Acme Health:Ortiz, Elena - ICU", "1350.50")


# ------------------------------------------------------------------ while it is queued


def inactive_item(office: Office) -> None:
    office.company.qb_entries.filter(kind="item").update(active=False)


def inactive_job(office: Office) -> None:
    office.company.qb_customers.filter(full_name__contains="Ortiz").update(active=False)


def job_merged_away(office: Office) -> None:
    office.company.qb_customers.filter(full_name__contains="Ortiz").update(gone_at=NOW)


def another_item(office: Office) -> None:
    other = office.company.qb_entries.get(kind="item", full_name="Regular Hours")
    other.pk, other.list_id, other.full_name = None, "80009-1", "Overtime Hours"
    other.save()
    office.company.item_mappings.update(target=other)


def changed_again(office: Office) -> None:
    SourceInvoice.objects.update(content_hash="d" * 64)


@pytest.mark.parametrize(
    ("meddle", "why"),
    [
        (inactive_item, "inactive"),
        (inactive_job, "inactive"),
        (job_merged_away, "gone"),
        (another_item, "mapped anew"),
        (changed_again, "changed it again"),
    ],
)
def test_a_queued_update_is_not_sent_once_it_would_be_another_one(
    office: Office, meddle: object, why: str
) -> None:
    export(office, "20417")
    invoice = changed("20417", "1350.50")
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen="c" * 64, now=moments.now()
    )
    meddle(office)  # type: ignore[operator]
    office.work()
    row = QbWrite.objects.get()
    assert (row.state, row.queued_at, row.writes) == ("ready", None, 0)
    assert why in row.problem
    assert "Look at the invoice again" in row.remedy
    assert totals(office) == {"20417": "1200.00"}
    invoice.refresh_from_db()
    assert invoice.standing == "changed"
    # put right, it is wished for and sent
    office.company.qb_entries.filter(full_name="Regular Hours").update(active=True)
    office.company.qb_customers.update(active=True, gone_at=None)
    office.company.item_mappings.update(
        target=office.company.qb_entries.get(full_name="Regular Hours")
    )
    seen = SourceInvoice.objects.get().content_hash
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen=seen, now=moments.now()
    )
    office.work()
    assert totals(office) == {"20417": "1350.50"}


@pytest.mark.parametrize("how", ["another edit of ours", "noticed as deleted"])
def test_a_queued_void_is_for_the_invoice_as_it_was_meant(office: Office, how: str) -> None:
    export(office, "20417")
    posting = Posting.objects.get()
    undo_batch.void(access=office.access, posting_ids=[posting.pk], reason="x", now=moments.now())
    if how == "noticed as deleted":
        Posting.objects.update(state="deleted")
    else:
        Posting.objects.update(edit_sequence="99999")
    office.work()
    row = QbWrite.objects.get()
    assert (row.state, row.queued_at, row.writes) == ("ready", None, 0)
    assert row.problem
    assert totals(office) == {"20417": "1200.00"}
