"""What people, imports and other writers do between the steps of an export."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests import factories as make
from tests.rehearsal import Office
from tests.store.test_service_run_export import (
    ORTIZ,
    due_now,
    export,
    in_quickbooks,
    invoices,
)

from tieout.channels.base import Answer, Delivery
from tieout.channels.remote import RemoteChannel
from tieout.core.exporting import State
from tieout.service import (
    moments,
    plan_export,
    run_export,
    save_mapping,
    session_check,
    tie_out,
    verify_connection,
)
from tieout.service.access import Access
from tieout.service.turns import Turn
from tieout.store.commits import exchanges, lanes
from tieout.store.commits import exports as commits
from tieout.store.commits.invoices import upsert_invoices
from tieout.store.models import Book, Company, Lane, Posting, SourceInvoice, Task, TieOut
from tieout.store.queries.planning import bundle

FORKLIFT = "Acme Health:Reed, Sam - Forklift"


def import_again(office: Office, **changes: Any) -> None:
    """The back office sends the one invoice once more, with something changed."""
    row = SourceInvoice.objects.get()
    with transaction.atomic():
        known = bundle(company_id=office.company.pk, invoice_ids=[row.pk])
        changed = replace(known.invoices[0], **changes)
        upsert_invoices(company_id=office.company.pk, invoices=[changed])


def refuse(office: Office, *numbers: str) -> Posting:
    """Export into a period that the bookkeeper closed meanwhile, then open it again."""
    ids = invoices(office, *numbers)
    office.rehearsal.books.set_closing_date("2026-12-31")
    export(office, ids)
    office.rehearsal.books.set_closing_date("")
    posting = Posting.objects.get()
    assert posting.state == "refused"
    return posting


def take_number(office: Office, number: str) -> None:
    office.rehearsal.books.add_invoice(
        "Acme Health", [{"item": "Regular Hours", "amount": "77.00"}], number=number
    )


def test_an_invoice_re_mapped_while_queued_is_planned_on_its_new_job(office: Office) -> None:
    ids = invoices(office, "20417")
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    mapping = office.company.job_mappings.get()
    saved = save_mapping.save_job_mapping(
        access=office.access,
        job_key=mapping.job.key,
        expected_version=mapping.version,
        target_list_id=office.company.qb_customers.get(full_name=FORKLIFT).list_id,
        remove=True,
        confirmed=["looks_different", "shared", "other_customer"],
        reason="",
        now=moments.now(),
    )
    assert isinstance(saved, save_mapping.Saved), saved
    office.work()
    assert in_quickbooks(office) == []
    assert Posting.objects.get().customer.full_name == FORKLIFT
    assert SourceInvoice.objects.get().standing == "ready"
    export(office, ids)
    assert in_quickbooks(office) == [("20417", FORKLIFT, Decimal("1200.00"))]


def test_a_re_map_between_the_last_look_and_the_intent_sends_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = invoices(office, "20417")
    note = exchanges.note

    def re_map_after_the_probe(**given: Any) -> object:
        office.company.job_mappings.update(version=2)
        return note(**given)

    monkeypatch.setattr(exchanges, "note", re_map_after_the_probe)
    export(office, ids)
    assert in_quickbooks(office) == []
    assert Posting.objects.get().mapping_version == 2


def test_a_corrected_invoice_is_not_retried_with_its_former_content(office: Office) -> None:
    posting = refuse(office, "20417")
    import_again(office, memo="corrected")
    with pytest.raises(run_export.CannotExport, match="changed since"):
        run_export.retry(access=office.access, posting_id=posting.pk, now=moments.now())
    plan_export.plan_waiting(company_id=office.company.pk)
    export(office, [posting.invoice_id])
    assert len(in_quickbooks(office)) == 1
    assert Posting.objects.get().content["memo"] == "corrected"


def test_retry_does_not_get_around_a_missing_approval(office: Office) -> None:
    ids = invoices(office, "20417")
    Company.objects.update(require_approval=True)
    SourceInvoice.objects.update(standing="to_plan", approved=False)
    plan_export.plan_waiting(company_id=office.company.pk)
    assert SourceInvoice.objects.get().first_reason == "approval_missing"
    with pytest.raises(run_export.CannotExport):
        run_export.retry(
            access=office.access, posting_id=Posting.objects.get().pk, now=moments.now()
        )
    with pytest.raises(run_export.CannotExport):
        run_export.start(access=office.access, invoice_ids=ids, now=moments.now())


def test_a_taken_number_stays_blocked_when_it_is_planned_again(office: Office) -> None:
    take_number(office, "20417")
    export(office, invoices(office, "20417"))
    SourceInvoice.objects.update(standing="to_plan")
    plan_export.plan_waiting(company_id=office.company.pk)
    invoice = SourceInvoice.objects.get()
    assert (invoice.standing, invoice.first_reason) == ("blocked", "number_taken")
    assert [block.reason for block in invoice.blocks.all()] == ["number_taken"]


def test_a_taken_number_is_exported_once_the_back_office_gave_another(office: Office) -> None:
    take_number(office, "20417")
    ids = invoices(office, "20417")
    export(office, ids)
    import_again(office, number="20999")
    plan_export.plan_waiting(company_id=office.company.pk)
    assert SourceInvoice.objects.get().standing == "ready"
    export(office, ids)
    assert ("20999", ORTIZ, Decimal("1200.00")) in in_quickbooks(office)


def test_what_was_set_aside_does_not_count_as_exported(office: Office, sam: Access) -> None:
    posting = refuse(office, "20417")
    run_export.set_aside(
        access=sam, posting_id=posting.pk, reason="typed by hand", now=moments.now()
    )
    invoice = SourceInvoice.objects.get()
    assert (invoice.standing, invoice.skipped_why) == (
        "skipped",
        "Set aside by sam: typed by hand",
    )


def test_the_tie_out_finds_what_was_set_aside_and_came_all_the_same(
    office: Office, sam: Access
) -> None:
    """It was set aside without a proof that it can come no more, and it had come."""
    office.rehearsal.books.raise_fault("crash_after_save", times=1)
    export(office, invoices(office, "20417"))
    posting = Posting.objects.get()
    assert posting.state == "unconfirmed"
    run_export.set_aside(
        access=sam, posting_id=posting.pk, reason="typed by hand", now=moments.now()
    )
    office.rehearsal.books.clear_faults()
    tie_out.start(access=office.access, now=moments.now())
    due_now()
    office.work()
    found = Posting.objects.get()
    assert (found.state, len(in_quickbooks(office))) == ("exported", 1)
    assert found.txn_id
    tied = TieOut.objects.get()
    assert tied.ours == tied.theirs != 0


def test_a_worker_does_not_undo_what_a_super_user_decided(office: Office, sam: Access) -> None:
    """The worker waits for an answer while the unconfirmed invoice is set aside."""
    office.rehearsal.books.raise_fault("crash_before_save", times=1)
    export(office, invoices(office, "20417"))
    seen_by_worker = Posting.objects.get()
    assert seen_by_worker.state == "unconfirmed"
    run_export.set_aside(
        access=sam, posting_id=seen_by_worker.pk, reason="typed by hand", now=moments.now()
    )
    seen_by_worker.state = "resendable"
    with pytest.raises(commits.PostingMoved):
        commits.save_row(row=seen_by_worker, before=State.UNCONFIRMED, now=moments.now())
    office.rehearsal.books.clear_faults()
    due_now()
    office.work()
    assert in_quickbooks(office) == []
    assert Posting.objects.get().state == "set aside"


def test_nothing_is_sent_again_into_a_restored_company_file(
    office: Office, tmp_path: Path
) -> None:
    books = office.rehearsal.books
    books.backup(tmp_path / "backup")
    books.raise_fault("crash_before_save", times=1)
    export(office, invoices(office, "20417"))
    books.restore(tmp_path / "backup")
    books.clear_faults()
    for _ in range(3):
        due_now()
        office.work()
    assert in_quickbooks(office) == []
    assert "backup was restored" in Lane.objects.get(company=office.company).held_reason


def test_nothing_is_sent_in_a_session_that_was_not_checked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = invoices(office, "20417")

    def of_an_earlier_session(*, turn: Turn, **_: object) -> None:
        epoch = turn.lease.epoch
        lanes.note_checked(company_id=turn.company_id, epoch=epoch, session_id="before")

    monkeypatch.setattr(session_check, "take", of_an_earlier_session)
    export(office, ids)
    assert in_quickbooks(office) == []
    assert Posting.objects.get().state == "ready"
    monkeypatch.undo()
    due_now()
    office.work()
    assert len(in_quickbooks(office)) == 1


@pytest.mark.parametrize("session_id", ["", "s" * 128])
def test_the_longest_name_of_a_session_is_kept_and_without_one_nothing_is_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch, session_id: str
) -> None:
    """As long as the connector's contract allows; one that names none is not asked for ever."""
    deliver = RemoteChannel.deliver

    def named(channel: RemoteChannel, delivery: Delivery) -> Answer:
        answer = deliver(channel, replace(delivery, expected_session=""))
        return replace(answer, session_id=session_id)

    monkeypatch.setattr(RemoteChannel, "deliver", named)
    export(office, invoices(office, "20417"))
    assert len(in_quickbooks(office)) == (1 if session_id else 0)
    if not session_id:
        assert "which session" in Task.objects.get(kind="export").problem


def test_a_change_noticed_before_anything_was_sent_is_planned_again(office: Office) -> None:
    ids = invoices(office, "20417")
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    Posting.objects.update(state="claimed")  # a worker had begun
    import_again(office, memo="corrected")
    assert SourceInvoice.objects.get().standing == "changed"
    Posting.objects.update(state="ready")  # it gave up before the send
    office.work()
    assert in_quickbooks(office) == []
    assert SourceInvoice.objects.get().standing == "ready"
    assert Posting.objects.get().content["memo"] == "corrected"


def split(office: Office) -> SourceInvoice:
    """An invoice over two contractor jobs; QuickBooks holds the first part, the second waits."""
    client = office.company.clients.get()
    second = make.job(client, "J-2", "Sam Reed", title="Forklift")
    make.map_job(second, office.company.qb_customers.get(full_name=FORKLIFT))
    both = make.invoice(client, "30000", lines=[("J-1", "REG", "100.00"), ("J-2", "REG", "50.00")])
    plan_export.plan_waiting(company_id=office.company.pk)
    office.rehearsal.books.raise_fault("lock", target=FORKLIFT, times=1)
    export(office, [both.pk])
    assert in_quickbooks(office) == [("30000-1", ORTIZ, Decimal("100.00"))]
    return both


def map_anew(office: Office, list_id: str) -> None:
    mapping = office.company.job_mappings.get(job__key="J-2")
    saved = save_mapping.save_job_mapping(
        access=office.access,
        job_key="J-2",
        expected_version=mapping.version,
        target_list_id=list_id,
        remove=bool(mapping.target),
        confirmed=["looks_different", "shared", "other_customer"],
        reason="",
        now=moments.now(),
    )
    assert isinstance(saved, save_mapping.Saved), saved


def test_the_rest_of_a_split_invoice_follows_a_re_map_and_what_was_sent_stays(
    office: Office,
) -> None:
    both = split(office)
    Company.objects.update(syncing="per_client")  # an invoice that was begun keeps its mode
    map_anew(office, "")
    due_now()
    office.work()
    both.refresh_from_db()
    assert (both.standing, both.first_reason) == ("blocked", "job_not_mapped")
    map_anew(office, office.company.qb_customers.get(full_name=ORTIZ).list_id)
    office.work()
    both.refresh_from_db()
    assert both.standing == "ready"
    export(office, [both.pk])
    assert in_quickbooks(office) == [
        ("30000-1", ORTIZ, Decimal("100.00")),
        ("30000-2", ORTIZ, Decimal("50.00")),
    ]
    both.refresh_from_db()
    assert both.standing == "exported"


def test_only_a_verify_that_holds_by_a_super_user_frees_a_held_lane(
    office: Office, sam: Access
) -> None:
    epoch = Lane.objects.get(company=office.company).epoch
    lanes.hold(company_id=office.company.pk, epoch=epoch, reason="A backup was restored.")
    office.rehearsal.books.raise_fault("dialog")
    for who, freed in ((sam, False), (office.access, False), (sam, True)):
        verify_connection.start(access=who, now=moments.now())
        office.work()
        office.rehearsal.books.clear_faults()
        assert (Lane.objects.get(company=office.company).held_reason == "") is freed


def test_the_same_path_in_other_letters_is_the_same_company_file(office: Office) -> None:
    books = Book.objects.filter(company=office.company)
    books.update(company_file=books.get().company_file.upper())
    export(office, invoices(office, "20417"))
    assert len(in_quickbooks(office)) == 1
