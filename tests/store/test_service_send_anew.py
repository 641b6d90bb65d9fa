"""A voided or deleted invoice is sent anew as its next revision, once, and never beside the first."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.factories import World
from tests.rehearsal import Office
from tests.store.test_service_undo_and_update import changed, export, void_all

from tieout.core import keys
from tieout.service import (
    confirm_gone,
    moments,
    plan_export,
    run_export,
    send_anew,
    tie_out,
    undo_batch,
    update_invoice,
)
from tieout.service.access import Access, find_access
from tieout.service.qb_writes import CannotWrite
from tieout.store.models import Event, Exchange, Lane, Posting, SourceInvoice, Task, TieOut


def anew(office: Office, posting: Posting, **more: str) -> Posting:
    seen = send_anew.preview(access=office.access, posting_id=posting.pk)
    return send_anew.send_anew(
        access=office.access,
        posting_id=posting.pk,
        number=more.get("number", seen.planned.number),
        reason=more.get("reason", "right rates now"),
        now=moments.now(),
    )


def send(office: Office) -> None:
    ids = list(SourceInvoice.objects.filter(standing="ready").values_list("id", flat=True))
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    office.work()


def look(office: Office, posting: Posting) -> Task:
    task = confirm_gone.start(access=office.access, posting_id=posting.pk, now=moments.now())
    office.work()
    task.refresh_from_db()
    return task


def there(office: Office) -> dict[str, str]:
    return {row.number: str(row.total) for row in office.rehearsal.books.list_invoices()}


def test_it_goes_out_under_names_of_its_own_and_both_books_tie_out(office: Office) -> None:
    batch = export(office, "20417")
    void_all(office, batch)
    first = Posting.objects.get()
    second = anew(office, first)
    assert (second.number, second.revision, second.state) == ("20417-1", 2, "ready")
    assert second.invoice.standing == "ready"
    assert second.key == keys.posting_key(
        company_key=str(office.company.guid), source_key="INV-20417", job_key="J-1", revision=2
    )
    assert (second.key, second.guid) != (first.key, first.guid)
    send(office)
    second.refresh_from_db()
    assert (second.state, second.qb_number) == ("exported", "20417-1")
    assert second.txn_id not in {"", first.txn_id}
    assert there(office) == {"20417": "0.00", "20417-1": "1200.00"}
    writes = Exchange.objects.filter(purpose="write", posting__isnull=False)
    sets = dict(writes.values_list("posting__revision", "set_id"))
    assert sets[1] != sets[2]
    assert f"[tieout:{second.key}]".encode() in bytes(writes.get(posting=second).request)
    said = Event.objects.get(verb="sent anew")
    assert (said.actor, said.reason, said.after["number"]) == (
        office.clerk, "right rates now", "20417-1",
    )  # fmt: skip
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    found = TieOut.objects.get()
    assert (found.findings_count, found.verdicts) == (0, {})
    assert SourceInvoice.objects.get().standing == "exported"


def test_it_can_be_voided_and_sent_anew_once_more(office: Office) -> None:
    void_all(office, export(office, "20417"))
    second = anew(office, Posting.objects.get())
    send(office)
    second.refresh_from_db()
    undo_batch.void(
        access=office.access, posting_ids=[second.pk], reason="again", now=moments.now()
    )
    office.work()
    third = anew(office, Posting.objects.get(revision=2))
    assert (third.number, third.revision) == ("20417-2", 3)
    with pytest.raises(CannotWrite, match="sent anew already, as 20417-2, which is ready"):
        anew(office, Posting.objects.get(revision=1))


def test_planning_again_keeps_the_revision_and_its_names(office: Office) -> None:
    void_all(office, export(office, "20417"))
    second = anew(office, Posting.objects.get())
    SourceInvoice.objects.update(standing="to_plan")
    plan_export.plan_waiting(company_id=office.company.pk)
    again = Posting.objects.get(revision=2)
    assert (again.number, again.key, again.guid) == (second.number, second.key, second.guid)
    assert SourceInvoice.objects.get().standing == "ready"
    SourceInvoice.objects.update(number="30000", standing="to_plan")  # numbered anew over there
    plan_export.plan_waiting(company_id=office.company.pk)
    assert Posting.objects.get(revision=2).number == "30000"
    SourceInvoice.objects.update(number="20417", standing="to_plan")  # and back
    plan_export.plan_waiting(company_id=office.company.pk)
    assert Posting.objects.get(revision=2).number == "20417-1"


@pytest.mark.parametrize("deleted", [False, True])
def test_what_a_bookkeeper_voided_or_deleted_is_confirmed_by_quickbooks_first(
    office: Office, deleted: bool
) -> None:
    export(office, "20417")
    posting = Posting.objects.get()
    with pytest.raises(CannotWrite, match="is exported"):
        anew(office, posting)
    assert look(office, posting).message == confirm_gone.STANDS
    posting.refresh_from_db()
    assert posting.state == "exported"
    books = office.rehearsal.books
    (books.delete_invoice if deleted else books.void_invoice)("20417")
    task = look(office, posting)
    posting.refresh_from_db()
    assert posting.state == ("deleted" if deleted else "voided"), task.problem
    assert posting.problem == task.message
    said = Event.objects.filter(verb=posting.state).get()
    assert (said.actor, said.reason) == (office.clerk, "QuickBooks was asked")
    anew(office, posting)
    send(office)
    live = {number: total for number, total in there(office).items() if total != "0.00"}
    assert live == {"20417-1": "1200.00"}
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    assert TieOut.objects.get().findings_count == 0


def test_a_restored_backup_confirms_nothing(office: Office, tmp_path: Path) -> None:
    office.rehearsal.books.backup(tmp_path / "before.qbb")
    export(office, "20417")
    office.rehearsal.books.restore(tmp_path / "before.qbb")
    posting = Posting.objects.get()
    task = look(office, posting)
    for _ in range(2):  # the restore ended the session: the first call after it fails
        Task.objects.filter(state="waiting").update(due_at=moments.now())
        Lane.objects.update(wake_at=moments.now())
        office.work()
    task.refresh_from_db()
    posting.refresh_from_db()
    assert (task.state, posting.state) == ("failed", "exported")
    assert "backup was restored" in task.problem


def test_another_company_file_confirms_nothing(office: Office) -> None:
    export(office, "20417")
    office.rehearsal.books.void_invoice("20417")
    office.rehearsal.books.set_preference("name", "Harbor Staffing")
    task = look(office, Posting.objects.get())
    assert (task.state, Posting.objects.get().state) == ("failed", "exported")
    assert "Harbor Staffing" in task.problem


def test_it_is_not_sent_while_the_first_stands_in_quickbooks_again(office: Office) -> None:
    """A backup from before the void came back and was accepted: both would be live."""
    void_all(office, export(office, "20417"))
    second = anew(office, Posting.objects.get())
    office.rehearsal.books.edit_invoice("20417", memo="typed again")
    lines = [{"item": "Regular Hours", "amount": "1200.00"}]
    office.rehearsal.books.add_invoice(
        "Acme Health:Ortiz, Elena - ICU", lines, number="77777", date="2026-10-04"
    )
    live = next(r for r in office.rehearsal.books.list_invoices() if r.number == "77777")
    Posting.objects.filter(revision=1).update(txn_id=live.txn_id)
    send(office)
    second.refresh_from_db()
    assert second.state == "needs a person"
    assert "The invoice that it replaces stands in QuickBooks again" in second.problem
    assert "20417-1" not in there(office)


def test_nothing_is_sent_anew_while_the_first_is_not_settled(office: Office) -> None:
    batch = export(office, "20417")
    posting = Posting.objects.get()
    undo_batch.void(access=office.access, posting_ids=[posting.pk], reason="x", now=moments.now())
    with pytest.raises(CannotWrite, match="is exported"):
        anew(office, posting)
    with pytest.raises(CannotWrite, match="under way"):
        confirm_gone.start(access=office.access, posting_id=posting.pk, now=moments.now())
    for state in ("unconfirmed", "needs a person", "resendable", "set aside", "ready"):
        Posting.objects.update(state=state)
        with pytest.raises(CannotWrite, match=state):
            anew(office, posting)
    Posting.objects.update(state="voided")
    with pytest.raises(CannotWrite, match="is not settled yet"):
        anew(office, posting)
    assert batch.postings.count() == 1
    assert Posting.objects.count() == 1


def test_what_is_shown_is_what_is_added(office: Office) -> None:
    void_all(office, export(office, "20417"))
    posting = Posting.objects.get()
    with pytest.raises(CannotWrite, match="would be 20417-1 now"):
        anew(office, posting, number="20417")
    with pytest.raises(CannotWrite, match="reason"):
        anew(office, posting, reason=" ")
    changed("20417", "1300.00")
    with pytest.raises(CannotWrite, match="Settle that first"):
        anew(office, posting)
    assert Posting.objects.count() == 1


def test_an_update_in_place_looks_at_the_latest_revision(office: Office) -> None:
    void_all(office, export(office, "20417"))
    anew(office, Posting.objects.get())
    send(office)
    invoice = changed("20417", "1300.00")
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen=invoice.content_hash, now=moments.now()
    )
    office.work()
    assert there(office) == {"20417": "0.00", "20417-1": "1300.00"}


def test_who_may(office: Office, world: World) -> None:
    void_all(office, export(office, "20417"))
    posting = Posting.objects.get()
    for name, company in (("vic", world.northgate), ("charlie", world.harbor)):
        access = find_access(user=getattr(world, name), company_id=company.pk)
        assert isinstance(access, Access)
        with pytest.raises(CannotWrite):
            send_anew.preview(access=access, posting_id=posting.pk)
        with pytest.raises(CannotWrite):
            send_anew.send_anew(
                access=access, posting_id=posting.pk, number="20417-1", reason="x",
                now=moments.now(),
            )  # fmt: skip
        with pytest.raises(CannotWrite):
            confirm_gone.start(access=access, posting_id=posting.pk, now=moments.now())
    assert Posting.objects.count() == 1
