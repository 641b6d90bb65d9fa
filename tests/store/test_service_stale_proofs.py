"""What was said in another holding of the lane, or of another call, lets nothing be sent now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office
from tests.store.test_service_run_export import due_now, export, in_quickbooks, invoices

from tieout.channels.base import Answer, Outcome
from tieout.service import advance, conversation, lane_tasks, moments, run_export
from tieout.service.access import find_access
from tieout.service.turns import Lease, Message, Road, RoadKind, Trouble, Turn
from tieout.service.worker import Worker
from tieout.store.commits import exchanges, lanes
from tieout.store.commits.exchanges import About, Kept, Outgoing
from tieout.store.models import Company, Exchange, Lane, Posting, QbWrite
from tieout.store.queries import due


def test_a_probe_of_a_paused_worker_is_made_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer is kept, but the lane went on meanwhile."""
    ids = invoices(office, "20417")
    apply = conversation.apply

    def too_late(turn: Turn, message: Message, answer: Answer, **more: Any) -> Trouble | None:
        if message.purpose == Exchange.Purpose.PROBE:
            raise lanes.LaneLost
        return apply(turn, message, answer, **more)

    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    monkeypatch.setattr(conversation, "apply", too_late)
    assert Worker().do_lane()
    assert (Posting.objects.get().state, in_quickbooks(office)) == ("claimed", [])
    lane = Lane.objects.get(company=office.company)
    assert lane.wake_at is not None  # the next holder acts on what was kept
    monkeypatch.undo()
    due_now()
    office.work()
    assert Exchange.objects.filter(purpose="probe").count() == 2
    assert len(in_quickbooks(office)) == 1


def test_what_did_not_run_is_looked_for_before_it_is_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restored database may ask about a call that was followed by another one since."""
    office.rehearsal.books.raise_fault("drop_reply", times=1, skip=2)
    deliver = advance._deliver

    def not_that_one(turn: Turn, line: Any, message: Message) -> Answer:
        if message.recall:
            return Answer(outcome=Outcome.NOT_SENT, message="It was never handed over.")
        return deliver(turn, line, message)

    monkeypatch.setattr(advance, "_deliver", not_that_one)
    export(office, invoices(office, "20417"))
    assert len(in_quickbooks(office)) == 1
    for _ in range(3):
        due_now()
        office.work()
    assert Posting.objects.get().state == "exported"
    assert Exchange.objects.filter(purpose="write").count() == 1


def test_what_did_not_run_and_is_not_there_is_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = advance._deliver

    def never_arrives(turn: Turn, line: Any, message: Message) -> Answer:
        if message.recall:
            return Answer(outcome=Outcome.NOT_SENT, message="It was never handed over.")
        if message.writes and Exchange.objects.filter(purpose="write").count() == 1:
            return Answer(outcome=Outcome.UNKNOWN, message="The line broke.")
        return deliver(turn, line, message)

    monkeypatch.setattr(advance, "_deliver", never_arrives)
    export(office, invoices(office, "20417"))
    for _ in range(3):
        due_now()
        office.work()
    assert Posting.objects.get().state == "exported"
    assert len(in_quickbooks(office)) == 1
    writes = Exchange.objects.filter(purpose="write")
    assert (writes.count(), len(set(writes.values_list("set_id", flat=True)))) == (2, 1)
    assert Exchange.objects.filter(purpose="search").count() == 1


def test_why_quickbooks_cannot_be_asked_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.rehearsal.books.raise_fault("drop_reply", times=1, skip=2)
    export(office, invoices(office, "20417"))
    deliver = advance._deliver

    def nobody_there(turn: Turn, line: Any, message: Message) -> Answer:
        if message.purpose == Exchange.Purpose.SESSION:
            return deliver(turn, line, message)
        if message.recall:
            write = Exchange.objects.get(purpose=Exchange.Purpose.WRITE)
            return Answer(outcome=Outcome.ABANDONED, journal_id=write.place["journal_id"])
        return Answer(outcome=Outcome.UNKNOWN, message="Nothing listens there.")

    monkeypatch.setattr(advance, "_deliver", nobody_there)
    said: list[str] = []
    note = lane_tasks.note_trouble

    def noted(*, trouble: Trouble, **more: Any) -> int:
        said.append(trouble.problem)
        return note(trouble=trouble, **more)

    monkeypatch.setattr(lane_tasks, "note_trouble", noted)
    due_now()
    office.work()
    assert said == ["Nothing listens there."]


def _written(posting: Posting, call_id: str) -> None:
    exchanges.note(
        company_id=posting.company_id,
        about=About(posting_id=posting.pk, key=posting.key),
        out=Outgoing(
            purpose=Exchange.Purpose.WRITE,
            call_id=call_id,
            request=b"<QBXML/>",
            epoch=1,
            road=RoadKind.WEB_CONNECTOR,
            app_name="Tieout",
            ticket="t",
            set_id=posting.set_id,
        ),
        now=NOW,
    )


@pytest.mark.parametrize(("call_id", "state"), [("first", "sending"), ("second", "resendable")])
def test_a_failure_of_an_earlier_call_says_nothing_of_the_later_one(
    world: World, call_id: str, state: str
) -> None:
    company = world.northgate
    customer = make.qb_customer(company, "Acme Health")
    posting = make.posting(make.invoice(make.client(company)), customer, state="sending")
    Posting.objects.update(set_id="ti-1", writes=2, content={"customer": {"list_id": "1"}})
    posting.refresh_from_db()
    _written(posting, "first")
    _written(posting, "second")
    lanes.wake(company_id=company.pk, at=NOW)
    epoch = lanes.take(company_id=company.pk, owner="w", now=NOW)
    assert epoch is not None
    failed = Kept(outcome="hresult", hresult=0x8004040C, details={"money_affected": False})
    exchanges.keep_answer(call_id=call_id, kept=failed, now=NOW)
    turn = Turn(
        lease=Lease(company_id=company.pk, epoch=epoch),
        road=Road(kind=RoadKind.WEB_CONNECTOR, app_name="Tieout", session_id="u"),
    )
    conversation.apply_kept(turn, call_id)
    posting.refresh_from_db()
    assert posting.state == state


def test_what_a_person_decides_is_waited_for_quietly_and_linking_lets_the_rest_go(
    office: Office,
) -> None:
    office.rehearsal.books.raise_fault("drop_reply", times=1, skip=2)
    export(office, invoices(office, "20417"))
    stuck = Posting.objects.get()
    found = {
        "txn_id": "1-1", "customer_list_id": stuck.customer.list_id, "total": "1200.00",
    }  # fmt: skip
    Posting.objects.update(state="needs a person", holds_queue=True, found=found, due_at=None)
    run_export.start(
        access=office.access, invoice_ids=invoices(office, "20418"), now=moments.now()
    )
    office.work()
    early = moments.now() - timedelta(minutes=5)
    Posting.objects.filter(number="20418").update(queued_at=early, state_at=early)
    assert Posting.objects.get(number="20418").state == "ready"
    assert not Worker().do_lane()  # else the worker would turn without end
    run_export.link(access=office.access, posting_id=stuck.pk, now=moments.now())
    office.work()
    assert Posting.objects.get(number="20418").state == "exported"


def test_a_client_mapped_elsewhere_while_queued_is_not_sent_to_the_former_customer(
    office: Office,
) -> None:
    Company.objects.update(syncing="per_client")
    ids = invoices(office, "20417")
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    other = make.qb_customer(office.company, "Harbor Works", "H-1")
    office.company.client_mappings.update(target=other)
    office.work()
    assert in_quickbooks(office) == []
    posting = Posting.objects.get()
    assert (posting.queued_at, posting.customer.full_name) == (None, "Harbor Works")


def test_a_change_of_a_job_whose_wake_up_was_lost_is_found(world: World) -> None:
    early = NOW - timedelta(minutes=5)
    company = world.northgate
    QbWrite.objects.create(
        company=company, kind="customer_mod", key="data-1", title="Update job", content={},
        created_at=early, state_at=early, queued_at=early,
    )  # fmt: skip
    Lane.objects.get_or_create(company=company)
    assert due.asleep(now=NOW, sweep_before=early) is None
    assert due.asleep(now=NOW, sweep_before=NOW) == company.pk


def test_an_invoice_in_quickbooks_is_linked_to_one_of_ours_only(world: World) -> None:
    company = world.northgate
    customer = make.qb_customer(company, "Acme Health")
    client = make.client(company)
    first = make.posting(make.invoice(client, "1"), customer)
    second = make.posting(make.invoice(client, "2"), customer, state="needs a person")
    Posting.objects.filter(pk=first.pk).update(txn_id="1-1")
    found = {
        "txn_id": "1-1", "customer_list_id": customer.list_id, "total": str(second.total),
    }  # fmt: skip
    Posting.objects.filter(pk=second.pk).update(found=found)
    bea = find_access(user=world.bea, company_id=company.pk)
    assert bea is not None
    with pytest.raises(run_export.CannotExport, match="is 1 of Tieout already"):
        run_export.link(access=bea, posting_id=second.pk, now=NOW)
    second.refresh_from_db()
    assert (second.state, second.txn_id) == ("needs a person", "")
    Posting.objects.filter(pk=first.pk).update(state="deleted")
    run_export.link(access=bea, posting_id=second.pk, now=NOW)
    second.refresh_from_db()
    assert (second.state, second.txn_id) == ("exported", "1-1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"customer_list_id": "80000099-1"}, "It is not for Acme Health."),
        ({"total": "1.23"}, "It comes to $1.23, ours to $1,200.00."),
        ({"total": None}, "It comes to no total"),
    ],
)
def test_an_invoice_of_another_customer_or_amount_is_not_linked(
    world: World, changes: dict[str, str | None], said: str
) -> None:
    """Linked, a cash sale of $1.23 would stand for our $1,200.00 without a word."""
    customer = make.qb_customer(world.northgate, "Acme Health")
    one = make.posting(
        make.invoice(make.client(world.northgate)), customer, state="needs a person"
    )
    found = {"txn_id": "1-1", "customer_list_id": customer.list_id, "total": "1200.00"} | changes
    Posting.objects.filter(pk=one.pk).update(found=found)
    bea = find_access(user=world.bea, company_id=world.northgate.pk)
    assert bea is not None
    with pytest.raises(run_export.CannotExport) as refused:
        run_export.link(access=bea, posting_id=one.pk, now=NOW)
    assert said in str(refused.value)
    assert "Put it right in QuickBooks" in str(refused.value)
    one.refresh_from_db()
    assert (one.state, one.txn_id) == ("needs a person", "")


def test_a_quickbooks_that_does_not_say_who_it_is_is_asked_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = advance._deliver
    busy = (
        b'<?xml version="1.0"?><QBXML><QBXMLMsgsRs><CompanyQueryRs requestID="company" '
        b'statusCode="1000" statusSeverity="Error" statusMessage="Internal error."/>'
        b"</QBXMLMsgsRs></QBXML>"
    )

    def unwell(turn: Turn, line: Any, message: Message) -> Answer:
        if message.purpose == Exchange.Purpose.SESSION:
            return Answer(outcome=Outcome.RESPONSE, qbxml=busy, session_id="s")
        return deliver(turn, line, message)

    monkeypatch.setattr(advance, "_deliver", unwell)
    export(office, invoices(office, "20417"))
    assert Lane.objects.get(company=office.company).held_reason == ""
    assert in_quickbooks(office) == []
    monkeypatch.undo()
    due_now()
    office.work()
    assert len(in_quickbooks(office)) == 1
