"""What a person has sent again was sent before: it stays as it was, and its late answer counts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.factories import NOW
from tests.rehearsal import Office
from tests.store.test_service_run_export import due_now, in_quickbooks, invoices

from tieout.channels.base import Answer, Delivery, Outcome
from tieout.channels.remote import RemoteChannel
from tieout.core import exporting
from tieout.service import conversation, moments, run_export
from tieout.store.models import Exchange, Posting

pytestmark = pytest.mark.enable_socket
DELIVER = RemoteChannel.deliver
FOUND = rb'<InvoiceQueryRs requestID="([^"]*)"[^>]*?(?:/>|>.*?</InvoiceQueryRs>)'
NOTHING = (
    rb'<InvoiceQueryRs requestID="\1" statusCode="1" statusSeverity="Info"'
    rb' statusMessage="none" retCount="0"></InvoiceQueryRs>'
)


def silent(office: Office) -> tuple[Exchange, Answer]:
    """An invoice in QuickBooks whose answer Tieout never had; a person has it sent again."""
    ids = invoices(office, "20417")
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    office.work()
    write = Exchange.objects.get(purpose="write")
    answer = Answer(outcome=Outcome.RESPONSE, qbxml=bytes(write.answer))
    Exchange.objects.filter(pk=write.pk).update(outcome="unknown", answer=b"", applied_at=NOW)
    Posting.objects.update(
        state="needs a person", txn_id="", exported_at=None, call_over=True, holds_queue=False
    )
    posting = Posting.objects.get()
    run_export.send_again(access=office.access, posting_id=posting.pk, now=moments.now())
    return write, answer


def test_an_answer_that_comes_while_it_is_probed_again_ends_the_sending(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look was a moment too early; the answer that proves the invoice came before the write."""
    write, answer = silent(office)
    probes: list[bytes] = []

    def late(channel: RemoteChannel, delivery: Delivery) -> Answer:
        real = DELIVER(channel, delivery)
        if b"InvoiceQueryRq" not in delivery.qbxml or probes:
            return real
        probes.append(delivery.qbxml)
        conversation.keep_by_call(write.call_id, answer)
        empty = re.sub(FOUND, NOTHING, real.qbxml, flags=re.DOTALL)
        return replace(real, qbxml=empty)

    monkeypatch.setattr(RemoteChannel, "deliver", late)
    due_now()
    office.work()
    assert probes
    assert Posting.objects.get().state == "exported"
    assert len(in_quickbooks(office)) == 1
    assert Exchange.objects.filter(purpose="write").count() == 1


def no_probe(channel: RemoteChannel, delivery: Delivery) -> Answer:
    """QuickBooks is closed in the middle of the probe."""
    if b"InvoiceQueryRq" in delivery.qbxml:
        return Answer(outcome=Outcome.UNKNOWN, message="QuickBooks was closed.")
    return DELIVER(channel, delivery)


def test_a_probe_that_fails_does_not_make_it_a_new_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number, the job and the id of its message set stay."""
    write, answer = silent(office)
    monkeypatch.setattr(RemoteChannel, "deliver", no_probe)
    due_now()
    office.work()
    posting = Posting.objects.get()
    assert (posting.state, posting.writes, posting.set_id) == ("ready", 1, write.set_id)
    assert not exporting.replannable(exporting.State.READY, writes=posting.writes)
    conversation.keep_by_call(write.call_id, answer)
    due_now()
    office.work()  # it is still closed
    assert Posting.objects.get().state == "exported"


def test_a_change_in_the_back_office_does_not_take_it_out_of_the_queue(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent(office)
    with monkeypatch.context() as patch:
        patch.setattr(RemoteChannel, "deliver", no_probe)
        due_now()
        office.work()
    posting = Posting.objects.select_related("invoice").get()
    posting.invoice.standing = "changed"
    posting.invoice.save()
    due_now()
    office.work()
    assert Posting.objects.get().state == "exported"
    assert len(in_quickbooks(office)) == 1
