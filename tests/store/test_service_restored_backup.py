"""A restored backup: exporting stops, what vanished is found, put back and sent again once."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office
from tests.store.test_service_undo_and_update import changed

from tieout.service import (
    moments,
    plan_export,
    presence,
    restored_backup,
    run_export,
    tie_out,
    undo_batch,
    update_invoice,
    verify_connection,
)
from tieout.service.access import Access, find_access
from tieout.service.restored_backup import CannotPutBack
from tieout.service.turns import Place
from tieout.store.models import (
    Event,
    Lane,
    LookFinding,
    Membership,
    Posting,
    QbCustomer,
    QbWrite,
    SourceInvoice,
    SourceLine,
    StillToAsk,
    Task,
    TieOut,
)


def work(office: Office) -> None:
    """Let all that is due be done, and what waits for another try be due at once."""
    for _ in range(3):  # a restore ends the session: the first call after it fails
        office.work()
        Posting.objects.exclude(due_at=None).update(due_at=NOW)
        Task.objects.filter(state="waiting").update(due_at=NOW)
        Lane.objects.update(wake_at=NOW)


def export(office: Office, *numbers: str, amount: str = "1200.00") -> None:
    client = office.company.clients.get()
    lines = [("J-1", "REG", amount)]
    ids = [make.invoice(client, number, lines=lines).pk for number in numbers]
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    work(office)


def look(office: Office) -> Task:
    task = restored_backup.start(access=office.access, now=moments.now())
    work(office)
    task.refresh_from_db()
    return task


def put_back(office: Office, sam: Access, rows: list[Posting]) -> Task:
    ids = [row.pk for row in rows]
    task = restored_backup.put_back(access=sam, posting_ids=ids, now=moments.now())
    work(office)
    task.refresh_from_db()
    return task


@pytest.fixture
def rolled_back(office: Office, tmp_path: Path) -> Office:
    """20417 is in the backup, 20418 and the credit memo 20419 are not."""
    export(office, "20417")
    office.rehearsal.books.backup(tmp_path / "backup.qbb")
    export(office, "20418")
    export(office, "20419", amount="-50.00")
    assert Posting.objects.filter(state="exported").count() == 3
    office.rehearsal.books.restore(tmp_path / "backup.qbb")
    return office


def numbers(office: Office) -> list[str]:
    return sorted(row.number for row in office.rehearsal.books.list_invoices())


def verify(sam: Access, office: Office) -> None:
    task = verify_connection.start(access=sam, now=moments.now())
    work(office)
    task.refresh_from_db()
    assert task.state == "done", task.problem


def test_what_vanished_is_found_put_back_and_sent_once(rolled_back: Office, sam: Access) -> None:
    office = rolled_back
    export(office, "20420")
    assert Posting.objects.get(number="20420").state == "ready"  # nothing was written
    assert "backup was restored" in Lane.objects.get(company=office.company).held_reason
    task = look(office)
    assert (task.state, task.message) == ("done", "2 of 3 exported are gone")
    gone = restored_backup.gone(task=task)
    assert [row.number for row in gone] == ["20418", "20419"]
    back = put_back(office, sam, gone)
    assert (back.state, back.message) == ("done", "2 put back")
    assert {row.state for row in Posting.objects.filter(pk__in=[row.pk for row in gone])} == {
        "ready"
    }
    said = Event.objects.filter(verb="put back")
    assert sorted(event.before["number"] for event in said) == ["20418", "20419"]
    verify(sam, office)
    plan_export.plan_waiting(company_id=office.company.pk)
    ids = list(Posting.objects.filter(state="ready").values_list("invoice_id", flat=True))
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    work(office)
    assert set(Posting.objects.values_list("state", flat=True)) == {"exported"}
    assert numbers(office) == ["20417", "20418", "20420"]
    assert look(office).message == "all 4 exported are there"


def test_one_that_is_there_after_all_is_only_recorded(rolled_back: Office, sam: Access) -> None:
    """The probe comes first, as always: a file restored forward again doubles nothing."""
    office = rolled_back
    gone = restored_backup.gone(task=look(office))
    put_back(office, sam, gone[:1])
    posting = Posting.objects.get(pk=gone[0].pk)
    assert posting.state == "ready"
    office.rehearsal.books.add_invoice(
        "Acme Health:Ortiz, Elena - ICU",
        [{"item": "Regular Hours", "amount": "1200.00"}],
        number="20418",
        date="2026-10-04",
        memo=f"[tieout:{posting.key}]",
    )
    verify(sam, office)
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[posting.invoice_id], now=moments.now())
    work(office)
    posting.refresh_from_db()
    assert posting.state == "exported"
    assert numbers(office) == ["20417", "20418"]


def test_another_company_file_proves_nothing(rolled_back: Office) -> None:
    rolled_back.rehearsal.books.set_preference("name", "Harbor Staffing")
    task = look(rolled_back)
    assert (task.state, restored_backup.gone(task=task)) == ("failed", [])
    assert "Harbor Staffing" in task.problem


def test_only_a_super_user_puts_back_and_only_what_is_gone(
    rolled_back: Office, sam: Access, world: World
) -> None:
    office = rolled_back
    there = Posting.objects.get(number="20417")
    with pytest.raises(CannotPutBack, match="Look first"):
        restored_backup.put_back(access=sam, posting_ids=[there.pk], now=NOW)
    gone = [row.pk for row in restored_backup.gone(task=look(office))]
    with pytest.raises(CannotPutBack, match="Super User"):
        restored_backup.put_back(access=office.access, posting_ids=gone, now=NOW)
    with pytest.raises(CannotPutBack, match="None of these"):
        restored_backup.put_back(access=sam, posting_ids=[there.pk], now=NOW)
    vic = find_access(user=world.vic, company_id=office.company.pk)
    assert vic is not None
    with pytest.raises(CannotPutBack, match="role"):
        restored_backup.start(access=vic, now=NOW)
    charlie = find_access(user=world.charlie, company_id=world.harbor.pk)
    assert charlie is not None
    with pytest.raises(CannotPutBack):
        restored_backup.put_back(access=charlie, posting_ids=gone, now=NOW)
    assert Posting.objects.filter(state="exported").count() == 3
    restored_backup.put_back(access=sam, posting_ids=gone, now=NOW)
    with pytest.raises(CannotPutBack, match="Look first"):  # not twice
        restored_backup.put_back(access=sam, posting_ids=gone, now=NOW)
    work(office)
    with pytest.raises(CannotPutBack, match="None of these"):
        restored_backup.put_back(access=sam, posting_ids=gone, now=NOW)


def test_an_old_look_is_not_believed(rolled_back: Office, sam: Access, tmp_path: Path) -> None:
    """The backup was opened by mistake: the right file is open again, with all its invoices."""
    office, books = rolled_back, rolled_back.rehearsal.books
    right = tmp_path / "right.qbb"
    books.restore(tmp_path / "backup.qbb")
    gone = restored_backup.gone(task=look(office))
    for number in ("20418", "20419"):
        row = Posting.objects.get(number=number)
        books.add_invoice(
            "Acme Health:Ortiz, Elena - ICU",
            [{"item": "Regular Hours", "amount": "1200.00"}],
            number=number,
            date="2026-10-04",
        )
        held = next(each for each in books.list_invoices() if each.number == number)
        Posting.objects.filter(pk=row.pk).update(txn_id=held.txn_id, kind="invoice")
    books.backup(right)
    back = put_back(office, sam, gone)
    assert back.message == "0 put back, 2 stand in QuickBooks after all"
    assert set(Posting.objects.values_list("state", flat=True)) == {"exported"}
    assert restored_backup.gone(task=back) == []


def test_one_with_another_number_is_found_by_its_id(rolled_back: Office, sam: Access) -> None:
    """It was put back, then the right file came again, where the bookkeeper had renumbered it."""
    office = rolled_back
    gone = restored_backup.gone(task=look(office))
    put_back(office, sam, gone[:1])
    posting = Posting.objects.get(pk=gone[0].pk)
    office.rehearsal.books.add_invoice(
        "Acme Health:Ortiz, Elena - ICU",
        [{"item": "Regular Hours", "amount": "1200.00"}],
        number="99001",
        date="2026-10-04",
    )
    there = next(r for r in office.rehearsal.books.list_invoices() if r.number == "99001")
    assert posting.former_txn_id
    Posting.objects.filter(pk=posting.pk).update(former_txn_id=there.txn_id)
    verify(sam, office)
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[posting.invoice_id], now=moments.now())
    work(office)
    posting.refresh_from_db()
    assert (posting.state, posting.qb_number, posting.txn_id) == (
        "exported", "99001", there.txn_id,
    )  # fmt: skip
    assert numbers(office) == ["20417", "99001"]


def test_an_answer_of_another_holding_puts_nothing_back(
    rolled_back: Office, sam: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = rolled_back
    gone = restored_backup.gone(task=look(office))
    take = restored_backup.take

    def late(*, task: Task, place: Place, **given: Any) -> object:
        before = take(task=task, place={**place, "epoch": int(place["epoch"]) - 1}, **given)
        assert Posting.objects.filter(state="exported").count() == 3
        monkeypatch.setattr(restored_backup, "take", take)
        return before

    monkeypatch.setattr(restored_backup, "take", late)
    back = put_back(office, sam, gone)
    assert back.message == "2 put back"  # it was asked anew


def test_who_lost_the_right_meanwhile_puts_nothing_back(rolled_back: Office, sam: Access) -> None:
    gone = restored_backup.gone(task=look(rolled_back))
    ids = [row.pk for row in gone]
    task = restored_backup.put_back(access=sam, posting_ids=ids, now=moments.now())
    Membership.objects.filter(user=sam.user).update(role="viewer")
    work(rolled_back)
    task.refresh_from_db()
    assert task.state == "failed"
    assert "no Super User any more" in task.problem
    assert Posting.objects.filter(state="exported").count() == 3


def test_a_look_begins_anew_when_a_backup_is_restored_in_its_middle(
    rolled_back: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QuickBooks tells the time of a restore in minutes, so the first page's is set back."""
    monkeypatch.setattr(presence, "ROWS", 1)
    take, pages = restored_backup.take, []

    def between(*, task: Task, **given: Any) -> object:
        answer = take(task=task, **given)
        if answer is None:
            pages.append(task.pk)
            seen = Task.objects.get(pk=task.pk).params
            if len(pages) == 1:
                then = {**seen, "last_restore_time": "2026-01-01T09:00:00"}
                Task.objects.filter(pk=task.pk).update(params=then)
        return answer

    monkeypatch.setattr(restored_backup, "take", between)
    task = look(rolled_back)
    assert task.result == {"asked": 3, "gone": 2, "undone": 0}
    assert len(pages) == 1 + 1 + 3


def test_many_are_asked_for_in_pages(rolled_back: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "ROWS", 2)
    task = look(rolled_back)
    assert (task.message, task.done) == ("2 of 3 exported are gone", 3)
    total = sum(row.total for row in restored_backup.gone(task=task))
    assert total == Decimal("1250.00")


def test_an_answer_that_comes_twice_counts_once(
    rolled_back: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = restored_backup.take

    def twice(*, task: Task, **given: Any) -> object:
        take(task=task, **given)
        return take(task=Task.objects.get(pk=task.pk), **given)

    monkeypatch.setattr(restored_backup, "take", twice)
    task = look(rolled_back)
    assert task.result == {"asked": 3, "gone": 2, "undone": 0}


def test_ten_cost_the_same_however_many_were_found_or_are_left(
    office: Office, sam: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found and what is still to be asked for are no part of what each answer writes."""
    client = office.company.clients.get()
    customer = QbCustomer.objects.get(full_name="Acme Health:Ortiz, Elena - ICU")
    for number in range(50):
        row = make.posting(make.invoice(client, f"N-{number}"), customer)
        Posting.objects.filter(pk=row.pk).update(state="exported", txn_id=f"{number:X}-1")
    monkeypatch.setattr(presence, "ROWS", 10)
    take, costs = restored_backup.take, []

    def counted(*, task: Task, **given: Any) -> object:
        with CaptureQueriesContext(connection) as asked:
            trouble = take(task=task, **given)
        texts = [query["sql"] for query in asked.captured_queries]
        params = len(json.dumps(Task.objects.get(pk=task.pk).params))
        costs.append((len(texts), sum(map(len, texts)), params))
        return trouble

    monkeypatch.setattr(restored_backup, "take", counted)
    task = look(office)
    assert task.message == "50 of 50 exported are gone", task.problem
    back = put_back(office, sam, restored_backup.gone(task=task))
    assert (back.message, back.done) == ("50 put back", 50), back.problem
    for some in (costs[:5], costs[5:]):
        statements, written, params = zip(*some, strict=True)
        assert len(statements) == 5
        assert max(statements) - min(statements) <= 1, "the first one's task is started"
        assert max(written) < 1.05 * min(written), "digits of ids and counts, nothing else"
        assert max(params) - min(params) <= 4, "digits of counts"
    assert not StillToAsk.objects.exists()


def test_a_new_look_forgets_what_the_former_found_and_left(
    rolled_back: Office, sam: Access
) -> None:
    gone = restored_backup.gone(task=look(rolled_back))
    ids = [row.pk for row in gone]
    restored_backup.put_back(access=sam, posting_ids=ids, now=moments.now())
    Membership.objects.filter(user=sam.user).update(role="viewer")
    work(rolled_back)  # whoever asked may not: it failed, and was not asked to the end
    assert StillToAsk.objects.count() == LookFinding.objects.count() == 2
    task = look(rolled_back)
    assert not StillToAsk.objects.exists()
    assert set(LookFinding.objects.values_list("task_id", "what")) == {(task.pk, "gone")}
    assert [row.pk for row in restored_backup.gone(task=task)] == ids


# ------------------------------------------------------------------ updates and voids


@pytest.fixture
def changes_undone(office: Office, tmp_path: Path) -> Office:
    """In the backup are 20417 to 20420 as exported; since then two were updated and two voided."""
    export(office, "20417", "20418", "20419", "20420")
    office.rehearsal.books.backup(tmp_path / "backup.qbb")
    for number in ("20417", "20419"):
        invoice = changed(number, "1300.00")
        update_invoice.update(
            access=office.access, invoice_id=invoice.pk, seen=invoice.content_hash,
            now=moments.now(),
        )  # fmt: skip
        work(office)
    voided = Posting.objects.filter(number__in=["20418", "20419"]).values_list("pk", flat=True)
    undo_batch.void(
        access=office.access, posting_ids=list(voided), reason="wrong rates", now=moments.now()
    )
    work(office)
    assert totals(office) == {
        "20417": "1300.00", "20418": "0.00", "20419": "0.00", "20420": "1200.00",
    }  # fmt: skip
    office.rehearsal.books.restore(tmp_path / "backup.qbb")
    assert set(totals(office).values()) == {"1200.00"}
    return office


def totals(office: Office) -> dict[str, str]:
    return {row.number: str(row.total) for row in office.rehearsal.books.list_invoices()}


def test_updates_and_voids_that_a_restore_undid_are_listed_and_done_again(
    changes_undone: Office, sam: Access
) -> None:
    office = changes_undone
    task = look(office)
    assert task.message == "all 4 exported are there, 3 as they were before a change"
    undone = {row.number: what for row, what in restored_backup.undone(task=task)}
    assert undone == {"20417": "update", "20418": "void", "20419": "void"}
    assert restored_backup.gone(task=task) == []
    back = put_back(office, sam, [row for row, _ in restored_backup.undone(task=task)])
    assert back.message == "0 put back, 3 queued to be changed again"
    assert restored_backup.undone(task=back) == []
    assert set(totals(office).values()) == {"1200.00"}  # nothing is written before the Verify
    verify(sam, office)
    work(office)
    expected = {"20417": "1300.00", "20418": "0.00", "20419": "0.00", "20420": "1200.00"}
    assert totals(office) == expected
    states = dict(Posting.objects.values_list("number", "state"))
    assert states == {
        "20417": "exported", "20418": "voided", "20419": "voided", "20420": "exported",
    }  # fmt: skip
    assert set(QbWrite.objects.values_list("state", flat=True)) == {"exported"}
    assert look(office).message == "all 4 exported are there"
    tie_out.start(access=office.access, now=moments.now())
    work(office)
    assert TieOut.objects.get().verdicts == {}


def test_one_that_was_updated_and_vanished_may_be_divided_otherwise(
    office: Office, sam: Access, tmp_path: Path
) -> None:
    """Its update is no business of what is sent anew, and must not keep a plan from dropping it."""
    export(office, "20417")
    office.rehearsal.books.backup(tmp_path / "backup.qbb")
    export(office, "20418")
    invoice = changed("20418", "1300.00")
    update_invoice.update(
        access=office.access, invoice_id=invoice.pk, seen=invoice.content_hash, now=moments.now()
    )
    work(office)
    office.rehearsal.books.restore(tmp_path / "backup.qbb")
    assert put_back(office, sam, restored_backup.gone(task=look(office))).message == "1 put back"
    other = make.job(office.company.clients.get(), "J-2", "Sam Reed")
    make.map_job(other, QbCustomer.objects.get(name="Reed, Sam - Forklift"))
    SourceLine.objects.filter(invoice=invoice).update(job_key="J-2")
    SourceInvoice.objects.filter(pk=invoice.pk).update(standing="to_plan")
    plan_export.plan_waiting(company_id=office.company.pk)
    invoice.refresh_from_db()
    assert invoice.standing == "ready"
    assert [row.job_key for row in Posting.objects.filter(invoice=invoice)] == ["J-2"]
    update = QbWrite.objects.get()  # what was said to QuickBooks about it stays
    assert (update.state, update.posting, update.exchanges.count() > 0) == ("exported", None, True)


def test_what_was_paid_since_is_left_to_a_person(changes_undone: Office, sam: Access) -> None:
    office = changes_undone
    undone = [row for row, _ in restored_backup.undone(task=look(office))]
    office.rehearsal.books.receive_payment("20418", date="2026-11-20")
    put_back(office, sam, undone)
    verify(sam, office)
    work(office)
    assert totals(office)["20418"] == "1200.00"
    row = QbWrite.objects.filter(posting__number="20418").latest("id")
    assert (row.state, "payment" in row.problem) == ("needs a person", True)
    assert Posting.objects.get(number="20418").state == "exported"


def test_what_is_right_again_meanwhile_is_left_alone(changes_undone: Office, sam: Access) -> None:
    """The list was made on the wrong file: that very answer decides, not the list."""
    office = changes_undone
    undone = [row for row, _ in restored_backup.undone(task=look(office))]
    office.rehearsal.books.void_invoice("20418")
    office.rehearsal.books.edit_invoice_line("20417", 1, amount="1300.00")
    back = put_back(office, sam, undone)
    assert "1 queued to be changed again, 2 stand in QuickBooks after all" in back.message
    assert Posting.objects.get(number="20418").state == "voided"


def test_a_payment_alone_is_no_undone_change(office: Office, tmp_path: Path) -> None:
    export(office, "20417")
    office.rehearsal.books.backup(tmp_path / "backup.qbb")
    office.rehearsal.books.restore(tmp_path / "backup.qbb")
    office.rehearsal.books.receive_payment("20417", date="2026-11-20")
    assert look(office).message == "all 1 exported are there"
