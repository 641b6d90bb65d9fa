"""What a bookkeeper did to exported invoices is noticed after a tie-out, and stays until answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.factories import World
from tests.rehearsal import Office
from tests.store.test_service_tie_out import ORTIZ, REED, exported, tie

from tieout.service import (
    answer_notice,
    confirm_gone,
    moments,
    plan_export,
    send_anew,
    undo_batch,
    verify_connection,
)
from tieout.service.access import find_access
from tieout.service.qb_writes import CannotWrite
from tieout.store.models import Event, Lane, Posting, Task


def posting(number: str = "20417") -> Posting:
    return Posting.objects.get(number=number)


@pytest.mark.parametrize(
    ("meddle", "state", "words"),
    [
        (lambda books: books.void_invoice("20417"), "voided", "voided in QuickBooks"),
        (lambda books: books.delete_invoice("20417"), "deleted", "was deleted there"),
        (
            lambda books: books.edit_invoice_line("20417", 1, amount="1.00"),
            "changed in quickbooks",
            "it is now #20417, Acme Health:Ortiz, Elena - ICU, 10/04/2026, $1.00",
        ),
        (lambda books: books.move_invoice("20417", REED), "changed in quickbooks", REED),
        (
            lambda books: books.renumber_invoice("20417", "20499"),
            "changed in quickbooks",
            "#20499",
        ),
    ],
)
def test_a_tie_out_brings_each_to_light(
    office: Office, meddle: object, state: str, words: str
) -> None:
    exported(office, "20417", "20418")
    meddle(office.rehearsal.books)  # type: ignore[operator]
    first = tie(office)
    row = posting()
    assert (row.state, posting("20418").state) == (state, "exported")
    assert words in row.problem
    assert row.remedy
    assert row.noticed_at is not None
    said = Event.objects.exclude(verb="exported").get(subject="posting", subject_key=row.key,
                                                      verb__in=["voided", "deleted",
                                                                "changed in QuickBooks"])  # fmt: skip
    assert (said.actor, said.reason) == (None, "a tie-out found it differing")
    second = tie(office)  # nobody has answered: it is named again
    assert second.verdicts == first.verdicts
    assert second.ours - second.theirs == first.ours - first.theirs
    assert posting().state == state


def test_a_payment_or_another_terms_is_no_change(office: Office) -> None:
    exported(office, "20417", "20418")
    books = office.rehearsal.books
    books.receive_payment("20417", date="2026-10-20")
    books.edit_invoice("20418", po_number="by hand")
    assert tie(office).verdicts == {}
    assert {posting("20417").state, posting("20418").state} == {"exported"}


def test_what_is_put_back_counts_as_exported_again(office: Office) -> None:
    exported(office, "20417", "20418", "20419")
    books = office.rehearsal.books
    memo = books.find_invoice("20418").memo
    books.edit_invoice_line("20417", 1, amount="1.00")
    books.void_invoice("20418")
    books.delete_invoice("20419")
    tie(office)
    books.edit_invoice_line("20417", 1, amount="1200.00")
    books.edit_invoice_line("20418", 1, amount="1200.00")
    books.edit_invoice("20418", memo=memo)
    typed = books.add_invoice(
        ORTIZ, [{"item": "Regular Hours", "amount": "1200.00"}], number="20419",
        date="2026-10-04", memo=f"[tieout:{posting('20419').key}]",
    )  # fmt: skip
    assert tie(office).verdicts == {}
    for number in ("20417", "20418", "20419"):
        row = posting(number)
        assert (row.state, row.problem, row.noticed_at) == ("exported", "", None)
    assert posting("20419").txn_id == typed
    # nothing is written over what a person typed
    why = undo_batch.candidates(
        company_id=office.company.pk, batch_id=None, posting_id=posting("20419").pk
    )
    assert "void it there by hand" in why[0].why_not
    assert tie(office).verdicts == {}


@pytest.mark.parametrize("deleted", [False, True])
def test_once_it_is_said_to_be_right_the_books_tie(
    office: Office, world: World, deleted: bool
) -> None:
    exported(office, "20417")
    books = office.rehearsal.books
    (books.delete_invoice if deleted else books.void_invoice)("20417")
    tie(office)
    with pytest.raises(CannotWrite, match="reason"):
        answer_notice.is_right(
            access=office.access, posting_id=posting().pk, reason=" ", now=moments.now()
        )
    for name, company in (("vic", world.northgate), ("charlie", world.harbor)):
        access = find_access(user=getattr(world, name), company_id=company.pk)
        assert access is not None
        with pytest.raises(CannotWrite):
            answer_notice.is_right(
                access=access, posting_id=posting().pk, reason="x", now=moments.now()
            )
    answer_notice.is_right(
        access=office.access, posting_id=posting().pk, reason="billed twice", now=moments.now()
    )
    said = Event.objects.get(verb="accepted", subject="posting")
    assert (said.actor, said.reason) == (office.clerk, "billed twice")
    assert tie(office).verdicts == {}
    with pytest.raises(CannotWrite, match="nothing about it is open"):
        answer_notice.is_right(
            access=office.access, posting_id=posting().pk, reason="x", now=moments.now()
        )


def test_sending_it_anew_answers_it_too(office: Office) -> None:
    exported(office, "20417")
    office.rehearsal.books.delete_invoice("20417")
    assert tie(office).verdicts == {"missing": 1}
    plan_export.plan_waiting(company_id=office.company.pk)
    shown = send_anew.preview(access=office.access, posting_id=posting().pk)
    send_anew.send_anew(
        access=office.access, posting_id=posting().pk, number=shown.planned.number,
        reason="deleted by mistake", now=moments.now(),
    )  # fmt: skip
    assert tie(office).verdicts == {}


def test_what_vanished_with_a_backup_is_not_taken_for_deleted(
    office: Office, world: World, tmp_path: Path
) -> None:
    """Also once the restored file was accepted: it is for the page of the restored backup."""
    books = office.rehearsal.books
    books.backup(tmp_path / "before.qbb")
    exported(office, "20417")
    books.restore(tmp_path / "before.qbb")
    sam = find_access(user=world.sam, company_id=office.company.pk)
    assert sam is not None
    for _ in range(2):  # the restore ended the session: the first call after it fails
        verify_connection.start(access=sam, now=moments.now())
        office.work()
        Task.objects.filter(state="waiting").update(due_at=moments.now())
        Lane.objects.update(wake_at=moments.now(), failures=0)
    assert tie(office).verdicts == {"missing": 1}
    assert posting().state == "exported"
    look = Task.objects.filter(kind="gone").get()
    assert (look.state, "Restored backup" in look.message) == ("done", True)


def test_a_person_who_asks_is_told_of_a_change_too(office: Office) -> None:
    exported(office, "20417")
    office.rehearsal.books.edit_invoice_line("20417", 1, amount="1.00")
    task = confirm_gone.start(access=office.access, posting_id=posting().pk, now=moments.now())
    office.work()
    task.refresh_from_db()
    assert posting().state == "changed in quickbooks"
    assert "$1.00" in task.message
    office.rehearsal.books.edit_invoice_line("20417", 1, amount="1200.00")
    task = confirm_gone.start(access=office.access, posting_id=posting().pk, now=moments.now())
    office.work()
    task.refresh_from_db()
    assert (posting().state, task.message) == (
        "exported",
        "It stands in QuickBooks as it was sent.",
    )
