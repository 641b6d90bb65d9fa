"""QuickBooks saved an earlier message of an invoice too: said at once, with both, on both roads."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client
from tests.factories import NOW
from tests.rehearsal import Office
from tests.store.test_service_run_export import due_now, in_quickbooks, invoices
from tests.store.test_service_send_again import FOUND, NOTHING
from tests.web.test_web_connector_faults import desk as desk  # fixtures
from tests.web.test_web_connector_faults import later as later
from tests.web_connector_office import Desk

from tieout.channels.base import Answer, Delivery, Outcome
from tieout.channels.remote import RemoteChannel
from tieout.core import keys
from tieout.service import confirm_gone, conversation, moments, run_export, tie_out
from tieout.store.models import Event, Exchange, Posting, TieOut

pytestmark = pytest.mark.enable_socket
DELIVER = RemoteChannel.deliver
WRITE = "<InvoiceAddRs"


def refused_and_saved() -> tuple[Exchange, Answer]:
    """The one exported posting, as if its message had counted as refused, its answer being late."""
    posting, write = Posting.objects.get(), Exchange.objects.get(purpose="write")
    answer = Answer(outcome=Outcome.RESPONSE, qbxml=bytes(write.answer))
    Exchange.objects.filter(pk=write.pk).update(outcome="unknown", answer=b"", applied_at=NOW)
    Posting.objects.update(
        state="refused", txn_id="", edit_sequence="", qb_number="", exported_at=None, writes=0,
        set_id=keys.set_id_of(posting.key, posting.set_id),
    )  # fmt: skip
    posting.invoice.standing = "blocked"
    posting.invoice.save()
    return write, answer


def not_found(answer: bytes) -> bytes:
    return re.sub(FOUND, NOTHING, answer, flags=re.DOTALL)


@pytest.mark.parametrize("is_lost", [False, True])
def test_both_saved_over_the_remote_connector(
    office: Office, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    run_export.start(
        access=office.access, invoice_ids=invoices(office, "20417"), now=moments.now()
    )
    office.work()
    first = Posting.objects.get().txn_id
    write, answer = refused_and_saved()
    told: list[tuple[str, str, str]] = []

    def second(channel: RemoteChannel, delivery: Delivery) -> Answer:
        if b"InvoiceQueryRq" in delivery.qbxml:  # the look before it was too early
            real = DELIVER(channel, delivery)
            return replace(real, qbxml=not_found(real.qbxml))
        if b"InvoiceAddRq" not in delivery.qbxml:
            return DELIVER(channel, delivery)
        real = DELIVER(channel, delivery)
        conversation.keep_by_call(write.call_id, answer)  # it comes while the second is out
        return Answer(outcome=Outcome.UNKNOWN, message="The line broke.") if is_lost else real

    monkeypatch.setattr(RemoteChannel, "deliver", second)
    recall = RemoteChannel.recall

    def asked(channel: RemoteChannel, call_id: str, **more: str) -> Answer:
        row = Posting.objects.get()
        told.append((row.state, row.problem, row.earlier.get("txn_id", "")))
        return recall(channel, call_id, **more)

    monkeypatch.setattr(RemoteChannel, "recall", asked)
    run_export.retry(access=office.access, posting_id=Posting.objects.get().pk, now=moments.now())
    for _ in range(3):
        due_now()
        office.work()
    row = Posting.objects.get()
    assert len(in_quickbooks(office)) == 2
    assert (row.state, row.earlier["txn_id"]) == ("exported", first)
    assert row.txn_id not in {"", first}
    assert row.problem.startswith("It stands twice in QuickBooks: #20417")
    assert {first in row.problem, row.txn_id in row.problem, first in row.remedy} == {True}
    said = Event.objects.get(verb="saved twice")
    assert said.after["txn_id"] == first
    if is_lost:  # a person saw it before anything was known of the second
        assert told[0][0] == "unconfirmed"
        assert "a newer one is out" in told[0][1]
        assert told[0][2] == first
    monkeypatch.undo()
    mended(office, first)


def mended(office: Office, first: str) -> None:
    """The tie-out names it until one is void, then it is over."""
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    assert TieOut.objects.latest("id").verdicts == {"duplicate": 1}
    assert Posting.objects.get().earlier["txn_id"] == first
    office.rehearsal.books.void_invoice(first)
    task = confirm_gone.start(
        access=office.access, posting_id=Posting.objects.get().pk, now=moments.now()
    )
    office.work()
    task.refresh_from_db()
    assert task.message.startswith("It stands in QuickBooks once")
    row = Posting.objects.get()
    assert (row.state, row.earlier, row.noticed_at, row.problem) == ("exported", {}, None, "")
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    assert TieOut.objects.latest("id").verdicts == {}


def test_one_that_was_refused_in_the_end_is_only_recorded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The late answer comes when nothing is out: it says so, and sending again finds it."""
    run_export.start(
        access=office.access, invoice_ids=invoices(office, "20417"), now=moments.now()
    )
    office.work()
    first = Posting.objects.get().txn_id
    write, answer = refused_and_saved()
    conversation.keep_by_call(write.call_id, answer)
    due_now()
    office.work()
    row = Posting.objects.get()
    assert (row.state, row.earlier["txn_id"]) == ("refused", first)
    assert "saved an earlier message" in row.problem
    run_export.retry(access=office.access, posting_id=row.pk, now=moments.now())
    due_now()
    office.work()
    row = Posting.objects.get()
    assert (row.state, row.txn_id, len(in_quickbooks(office))) == ("exported", first, 1)


def test_the_same_answer_again_is_no_second_one(office: Office) -> None:
    run_export.start(
        access=office.access, invoice_ids=invoices(office, "20417"), now=moments.now()
    )
    office.work()
    Exchange.objects.filter(purpose="write").update(applied_at=None)
    due_now()
    office.work()
    row = Posting.objects.get()
    assert (row.state, row.earlier, row.problem) == ("exported", {}, "")
    assert not Event.objects.filter(verb="saved twice").exists()


def test_both_saved_over_the_web_connector(desk: Desk) -> None:
    connector = desk.connector
    Posting.objects.exclude(number=Posting.objects.earliest("id").number).update(queued_at=None)
    connector.update()
    Posting.objects.filter(queued_at=None, state="ready").delete()
    old_ticket = connector.ticket
    first = Posting.objects.get().txn_id
    _, answer = refused_and_saved()
    run_export.retry(access=desk.access, posting_id=Posting.objects.get().pk, now=moments.now())
    late: list[int] = []

    def second(text: str) -> str:
        if WRITE in text and not late:
            reply = connector.say(
                "receiveResponseXML", ticket=old_ticket, response=answer.qbxml.decode(),
                hresult="", message="",
            )  # fmt: skip
            late.append(len(reply))
        return not_found(text.encode()).decode()

    connector.before_bring = second
    connector.update()
    connector.before_bring = lambda text: text
    connector.update()
    row = Posting.objects.get()
    assert late
    assert len(desk.numbers()) == 2
    assert (row.state, row.earlier["txn_id"]) == ("exported", first)
    assert row.problem.startswith("It stands twice in QuickBooks")
    assert {first in row.problem, row.txn_id in row.problem} == {True}
    client = Client()
    client.force_login(desk.access.user)
    page = client.get(f"/c/{desk.company.pk}/invoices/{row.invoice_id}/").content.decode()
    assert "It stands twice in QuickBooks" in page
