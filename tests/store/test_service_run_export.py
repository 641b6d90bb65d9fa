"""Exporting through a real connector process into a rehearsal company, with what may go wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from decimal import Decimal

import pytest
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office

from tieout.channels.base import Answer, Delivery, Outcome
from tieout.channels.remote import RemoteChannel
from tieout.core import keys
from tieout.core.exporting import Event as ExportEvent
from tieout.quickbooks.readings import Reading
from tieout.service import conversation, exporter, moments, plan_export, run_export, tie_out
from tieout.service.access import find_access
from tieout.service.subjects import PostingSubject
from tieout.store.models import Event, Exchange, Lane, Posting, SourceInvoice, Task, TieOut

ORTIZ = "Acme Health:Ortiz, Elena - ICU"


def invoices(office: Office, *numbers: str) -> list[int]:
    client = office.company.clients.get()
    made = [make.invoice(client, number).pk for number in numbers]
    plan_export.plan_waiting(company_id=office.company.pk)
    return made


def export(office: Office, ids: list[int]) -> None:
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    office.work()


def in_quickbooks(office: Office) -> list[tuple[str, str, Decimal]]:
    return [
        (row.number, row.customer, row.total) for row in office.rehearsal.books.list_invoices()
    ]


def due_now() -> None:
    """Let what was postponed be due at once."""
    Posting.objects.exclude(due_at=None).update(due_at=NOW)
    Task.objects.filter(state="waiting").update(due_at=NOW)
    Lane.objects.update(wake_at=NOW)


def test_each_invoice_lands_once_on_its_mapped_job(office: Office) -> None:
    export(office, invoices(office, "20417", "20418"))
    assert in_quickbooks(office) == [
        ("20417", ORTIZ, Decimal("1200.00")),
        ("20418", ORTIZ, Decimal("1200.00")),
    ]
    assert set(Posting.objects.values_list("state", flat=True)) == {"exported"}
    assert set(SourceInvoice.objects.values_list("standing", flat=True)) == {"exported"}
    task = Task.objects.get(kind="export")
    assert (task.state, task.done, task.message) == ("done", 2, "2 exported")
    posting = Posting.objects.first()
    assert posting is not None
    assert posting.txn_id
    assert posting.qb_number == "20417"


def test_both_books_tie_out_to_the_cent(office: Office) -> None:
    export(office, invoices(office, "20417", "20418"))
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    result = TieOut.objects.get()
    assert (result.ours, result.theirs) == (Decimal("2400.00"), Decimal("2400.00"))
    assert (result.findings_count, result.postings_count) == (0, 2)
    office.rehearsal.books.edit_invoice_line("20417", 1, amount="1.00")
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    again = TieOut.objects.latest("id")
    assert [finding.verdict for finding in again.findings.all()] == ["amount"]
    assert again.ours - again.theirs == Decimal("1199.00")


def test_exporting_what_quickbooks_already_holds_only_records_it(office: Office) -> None:
    """A restored Tieout database must not double anything."""
    ids = invoices(office, "20417")
    export(office, ids)
    Exchange.objects.all().delete()
    Posting.objects.update(state="ready", txn_id="", writes=0, set_id="")
    SourceInvoice.objects.update(standing="ready")
    export(office, ids)
    assert len(in_quickbooks(office)) == 1
    assert Posting.objects.get().state == "exported"
    assert not Exchange.objects.filter(purpose="write").exists()


def test_a_foreign_invoice_with_our_number_stops_that_invoice_only(office: Office) -> None:
    office.rehearsal.books.add_invoice(
        "Acme Health",
        [{"item": "Regular Hours", "amount": "77.00"}],
        number="20417",
        date="2026-10-01",
    )
    export(office, invoices(office, "20417", "20418"))
    taken = Posting.objects.get(number="20417")
    assert taken.state == "needs a person"
    assert "Acme Health" in taken.problem
    assert taken.found["txn_id"]
    assert Posting.objects.get(number="20418").state == "exported"
    assert SourceInvoice.objects.get(number="20417").standing == "blocked"


@pytest.mark.parametrize(
    ("fault", "skip"),  # what hits any call lets the session check and the probe pass first
    [
        ("drop_reply", 2),
        ("truncated_reply", 2),
        ("crash_before_save", 0),
        ("crash_after_save", 0),
        ("kill_after_save", 0),
    ],
)
def test_a_lost_answer_is_settled_without_doubling(office: Office, fault: str, skip: int) -> None:
    office.rehearsal.books.raise_fault(fault, times=1, skip=skip)
    export(office, invoices(office, "20417"))
    assert Posting.objects.get().state == "unconfirmed"
    assert Event.objects.filter(verb="unconfirmed").exists()
    if office.rehearsal.process.poll() is not None:  # killed by the fault
        office.rehearsal.start_again()
    for _ in range(4):
        due_now()
        office.work()
    assert Posting.objects.get().state == "exported"
    assert in_quickbooks(office) == [("20417", ORTIZ, Decimal("1200.00"))]


def test_a_connector_that_is_down_costs_nothing_and_the_export_goes_on_later(
    office: Office,
) -> None:
    office.rehearsal.stop()
    export(office, invoices(office, "20417"))
    posting = Posting.objects.get()
    assert (posting.state, posting.queued_at is None) == ("ready", False)
    task = Task.objects.get(kind="export")
    assert task.state == "waiting"
    assert task.problem
    assert task.remedy
    office.rehearsal.start_again()
    due_now()
    office.work()
    assert Posting.objects.get().state == "exported"


def test_a_dialog_in_quickbooks_waits_and_says_so(office: Office) -> None:
    office.rehearsal.books.raise_fault("dialog")
    export(office, invoices(office, "20417"))
    assert "dialog" in Task.objects.get(kind="export").problem.lower()
    assert in_quickbooks(office) == []
    office.rehearsal.books.clear_faults()
    due_now()
    office.work()
    assert len(in_quickbooks(office)) == 1


def test_a_refusal_names_the_remedy_and_can_be_retried(office: Office) -> None:
    ids = invoices(office, "20417")
    office.rehearsal.books.set_closing_date("2026-12-31")
    export(office, ids)
    posting = Posting.objects.get()
    assert posting.state == "refused"
    assert "3171" in posting.problem
    assert SourceInvoice.objects.get().standing == "blocked"
    office.rehearsal.books.set_closing_date("")
    run_export.retry(access=office.access, posting_id=posting.pk, now=moments.now())
    office.work()
    assert Posting.objects.get().state == "exported"
    assert len(in_quickbooks(office)) == 1


def test_a_locked_customer_is_tried_again_by_itself_with_a_new_set_id(office: Office) -> None:
    office.rehearsal.books.raise_fault("lock", target=ORTIZ, times=1)
    export(office, invoices(office, "20417"))
    posting = Posting.objects.get()
    assert (posting.state, posting.tries, posting.queued_at is None) == ("ready", 1, False)
    due_now()
    office.work()
    assert Posting.objects.get().state == "exported"
    sets = Exchange.objects.filter(purpose="write").values_list("set_id", flat=True)
    assert len(set(sets)) == 2


def test_another_company_file_stops_everything_before_a_write(office: Office) -> None:
    ids = invoices(office, "20417")
    office.rehearsal.books.set_preference("name", "Harbor Staffing")
    export(office, ids)
    assert in_quickbooks(office) == []
    assert Posting.objects.get().state == "ready"
    assert "Harbor Staffing" in Lane.objects.get(company=office.company).held_reason


def test_a_re_mapped_job_is_not_sent_to_the_old_one(office: Office) -> None:
    ids = invoices(office, "20417")
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    mapping = office.company.job_mappings.get()
    mapping.target = office.company.qb_customers.get(full_name__endswith="Forklift")
    mapping.version += 1
    mapping.save()
    office.work()
    assert in_quickbooks(office) == []
    assert Posting.objects.get().queued_at is None


def test_a_viewer_cannot_export(office: Office, world: World) -> None:
    vic = find_access(user=world.vic, company_id=office.company.pk)
    assert vic is not None
    with pytest.raises(run_export.CannotExport):
        run_export.start(access=vic, invoice_ids=invoices(office, "20417"), now=NOW)


def test_a_stranger_company_exports_nothing_of_ours(office: Office, world: World) -> None:
    charlie = find_access(user=world.charlie, company_id=world.harbor.pk)
    assert charlie is not None
    with pytest.raises(run_export.CannotExport):
        run_export.start(access=charlie, invoice_ids=invoices(office, "20417"), now=NOW)


def test_what_changed_in_the_back_office_after_queueing_is_not_sent(office: Office) -> None:
    """The posting is claimed as it is at that moment, not as it was when it was looked up."""
    ids = invoices(office, "20417")
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    SourceInvoice.objects.update(standing="changed")
    office.work()
    assert in_quickbooks(office) == []
    assert Posting.objects.get().queued_at is None
    assert Task.objects.get(kind="export").state == "done"


def test_what_our_own_check_refuses_does_not_hold_the_queue(office: Office) -> None:
    ids = invoices(office, "20417", "20418")
    bad = Posting.objects.get(number="20417")
    bad.content["po_number"] = "x" * 60
    bad.save()
    export(office, ids)
    bad.refresh_from_db()
    assert bad.state == "refused"
    assert "PONumber" in bad.problem
    assert "Nothing was sent" in bad.problem
    assert Posting.objects.get(number="20418").state == "exported"


def test_a_fault_of_our_own_is_shown_and_tried_again_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = invoices(office, "20417")

    def broken(*_: object) -> None:
        message = "a fault"
        raise ZeroDivisionError(message)

    with monkeypatch.context() as patch:
        patch.setattr(conversation, "build", broken)
        export(office, ids)
    task = Task.objects.get(kind="export")
    assert (task.state, "ZeroDivisionError" in task.problem) == ("waiting", True)
    lane = Lane.objects.get(company=office.company)
    assert lane.owner == ""
    assert lane.wake_at is not None
    assert lane.wake_at > NOW
    due_now()
    office.work()
    assert Posting.objects.get().state == "exported"


@pytest.mark.parametrize("kept_max", [1, 2])
def test_quickbooks_keeps_the_last_answers_of_ours(
    office: Office, monkeypatch: pytest.MonkeyPatch, kept_max: int
) -> None:
    """Each set clears the record of one that was settled long ago; the others stop late commits."""
    monkeypatch.setattr(exporter, "RECORDS_KEPT", kept_max)
    export(office, invoices(office, "20417", "20418", "20419"))
    with sqlite3.connect(office.rehearsal.folder / "company.sqlite3") as books:
        kept = {set_id for (set_id,) in books.execute("SELECT set_id FROM recovery")}
    latest = Posting.objects.order_by("-state_at").values_list("set_id", flat=True)
    assert kept == set(latest[:kept_max])


def test_the_set_id_is_the_same_after_our_database_was_restored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QuickBooks then answers with what it stored, if anything of it had come to it."""
    ids = invoices(office, "20417")
    export(office, ids)
    posting = Posting.objects.get()
    first = Exchange.objects.get(purpose="write")
    assert posting.set_id == first.set_id == keys.set_id_of(posting.key)
    Exchange.objects.all().delete()
    Posting.objects.update(state="ready", txn_id="", writes=0, set_id="")
    SourceInvoice.objects.update(standing="ready")
    blind = Reading(event=ExportEvent.PROBE_CLEAN)
    monkeypatch.setattr(PostingSubject, "read_probe", lambda self, answer: blind)
    export(office, ids)
    again = Exchange.objects.get(purpose="write")
    assert (again.set_id, bytes(again.request)) == (first.set_id, bytes(first.request))
    restored = Posting.objects.get()
    assert (restored.state, restored.txn_id) == ("exported", posting.txn_id)


def test_a_message_that_quickbooks_cannot_read_does_not_hold_the_queue(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = invoices(office, "20417", "20418")
    deliver = RemoteChannel.deliver

    def unreadable(channel: RemoteChannel, delivery: Delivery) -> Answer:
        if delivery.writes and b"20417" in delivery.qbxml:
            return Answer(
                outcome=Outcome.HRESULT,
                hresult=0x80040400,
                stage="process",
                message="QuickBooks found an error when parsing the provided XML.",
                money_affected=False,
            )
        return deliver(channel, delivery)

    monkeypatch.setattr(RemoteChannel, "deliver", unreadable)
    export(office, ids)
    due_now()
    office.work()
    assert [number for number, _, _ in in_quickbooks(office)] == ["20418"]
    refused = Posting.objects.get(number="20417")
    assert refused.state == "refused"
    assert "0x80040400" in refused.problem
    assert "nothing was saved there" in refused.problem


def test_a_write_goes_only_to_the_session_that_was_looked_at(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file may be put at the same path between the look and the write."""
    ids = invoices(office, "20417")
    deliver = RemoteChannel.deliver
    refused: list[Answer] = []

    def quickbooks_was_opened_anew(channel: RemoteChannel, delivery: Delivery) -> Answer:
        if delivery.writes and not refused:
            lane = Lane.objects.get(company=office.company)
            assert delivery.expected_session == lane.checked_session != ""
            refused.append(deliver(channel, replace(delivery, expected_session="the one before")))
            return refused[0]
        return deliver(channel, delivery)

    monkeypatch.setattr(RemoteChannel, "deliver", quickbooks_was_opened_anew)
    export(office, ids)
    assert (refused[0].outcome, refused[0].code) == (Outcome.NOT_SENT, "other-session")
    assert in_quickbooks(office) == []
    assert Posting.objects.get().state == "ready"
    assert Lane.objects.get(company=office.company).checked_session == ""
    due_now()
    office.work()
    assert len(in_quickbooks(office)) == 1
