"""Answers that are not to what was sent, and a connector that never knows: QuickBooks decides."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from tests.rehearsal import Office
from tests.store.test_service_run_export import due_now, export, in_quickbooks, invoices

from tieout.channels.base import Answer, Delivery, Outcome
from tieout.channels.remote import RemoteChannel
from tieout.store.models import Exchange, Posting

pytestmark = pytest.mark.enable_socket
DELIVER = RemoteChannel.deliver


def of_another_invoice(answer: bytes) -> bytes:
    """The answer as QuickBooks might give it about somebody else's invoice, without requestID."""
    for old, new in (
        (rb' requestID="[^"]*"', b""),
        (rb"<TxnID>[^<]*<", b"<TxnID>FFFF-9<"),
        (rb"<RefNumber>[^<]*<", b"<RefNumber>OTHER<"),
        (rb"<ExternalGUID>[^<]*</ExternalGUID>", b""),
    ):
        answer = re.sub(old, new, answer)
    return answer


def twice(answer: bytes) -> bytes:
    """Two results in one answer."""
    return re.sub(rb"(<InvoiceAddRs.*</InvoiceAddRs>)", rb"\1\1", answer, flags=re.DOTALL)


def of_another_set(answer: bytes) -> bytes:
    return re.sub(rb'newMessageSetID="[^"]*"', b'newMessageSetID="ti-zzzzzzzzzz"', answer)


@pytest.mark.parametrize("change", [of_another_invoice, twice, of_another_set])
def test_what_does_not_fit_is_looked_into(
    office: Office, monkeypatch: pytest.MonkeyPatch, change
) -> None:
    spoilt: list[bytes] = []

    def deliver(channel: RemoteChannel, delivery: Delivery) -> Answer:
        real = DELIVER(channel, delivery)
        if not delivery.writes:
            return real
        spoilt.append(change(real.qbxml))
        assert spoilt[0] != real.qbxml
        return replace(real, qbxml=spoilt[0])

    with monkeypatch.context() as patch:
        patch.setattr(RemoteChannel, "deliver", deliver)
        # the journal of the connector would bring the right answer
        gone: list[str] = []

        def recall(*_: object, **__: object) -> Answer:
            gone[:] = Exchange.objects.filter(purpose="write").values_list("place__journal_id")[0]
            return Answer(outcome=Outcome.ABANDONED, journal_id=gone[0])

        patch.setattr(RemoteChannel, "recall", recall)
        export(office, invoices(office, "20417"))
        posting = Posting.objects.get()
        assert (posting.state, posting.txn_id) == ("unconfirmed", "")
        due_now()
        office.work()
    posting.refresh_from_db()
    (there,) = office.rehearsal.books.list_invoices()
    assert (posting.state, posting.txn_id, posting.qb_number) == (
        "exported",
        there.txn_id,
        "20417",
    )
    assert len(spoilt) == 1
    assert Exchange.objects.filter(purpose="status").exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_connector_that_never_knows_is_not_waited_for_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """The file was moved: the connector cannot say what became of the call, QuickBooks can."""
    fault = "drop_reply" if there else "crash_before_save"
    office.rehearsal.books.raise_fault(fault, times=1, skip=2 if there else 0)
    unknown = Answer(outcome=Outcome.UNKNOWN, message="The company file is elsewhere now.")
    monkeypatch.setattr(RemoteChannel, "recall", lambda *_, **__: unknown)
    export(office, invoices(office, "20417"))
    for _ in range(12):
        due_now()
        office.work()
    posting = Posting.objects.get()
    writes = Exchange.objects.filter(purpose="write").count()
    assert writes == 1
    if there:
        assert posting.state == "exported"
        assert len(in_quickbooks(office)) == 1
        return
    assert (posting.state, posting.holds_queue) == ("needs a person", True)
    assert "20417" in posting.remedy
    assert "Super User" in posting.remedy
    assert in_quickbooks(office) == []


@pytest.mark.parametrize("code", [b"9001", b"9002"])
def test_a_set_id_that_quickbooks_knows_is_no_fence(
    office: Office, monkeypatch: pytest.MonkeyPatch, code: bytes
) -> None:
    """The call is over and nothing is found, but QuickBooks does not say that it never ran."""
    office.rehearsal.books.raise_fault("crash_before_save", times=1)

    def deliver(channel: RemoteChannel, delivery: Delivery) -> Answer:
        real = DELIVER(channel, delivery)
        return replace(
            real, qbxml=real.qbxml.replace(b'StatusCode="600"', b'StatusCode="%s"' % code)
        )

    monkeypatch.setattr(RemoteChannel, "deliver", deliver)
    export(office, invoices(office, "20417"))
    for _ in range(8):
        due_now()
        office.work()
    assert Posting.objects.get().state == "needs a person"
    assert Exchange.objects.filter(purpose="write").count() == 1


@pytest.mark.parametrize("same", [True, False])
def test_only_the_connector_that_was_handed_the_call_can_say_that_it_runs_no_more(
    office: Office, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    """The address was changed meanwhile: the connector there never saw the call."""
    monkeypatch.setattr(RemoteChannel, "deliver", _lost)
    export(office, invoices(office, "20417"))
    posting = Posting.objects.get()
    assert posting.state == "unconfirmed"
    assert Exchange.objects.get(purpose="write").place["journal_id"]
    monkeypatch.setattr(RemoteChannel, "deliver", DELIVER)
    if not same:
        office.rehearsal.stop()
        shutil.rmtree(office.rehearsal.folder / "connector")  # another data folder: a new journal
        office.rehearsal.start_again()
    for _ in range(12):
        due_now()
        office.work()
    posting.refresh_from_db()
    if same:
        assert posting.state == "exported"
        return
    assert (posting.state, posting.holds_queue) == ("needs a person", True)
    assert in_quickbooks(office) == []


def _lost(channel: RemoteChannel, delivery: Delivery) -> Answer:
    """A write is lost on its way to the connector."""
    if delivery.writes:
        return Answer(outcome=Outcome.UNKNOWN, message="The network is gone.")
    return DELIVER(channel, delivery)
