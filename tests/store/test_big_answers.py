"""A list's answer of many megabytes is read from its parts, all of it or nothing, and not whole."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator

import pytest
from tests.factories import NOW, World

from tieout.channels.base import Answer, Outcome
from tieout.quickbooks.qbwc import begin
from tieout.service import conversation, moments, qbwc_later, refresh_lists, tie_out
from tieout.service.turns import Lease, Road, RoadKind, Turn
from tieout.store.commits import exchanges, lanes, listings, tasks
from tieout.store.commits import web_connector as commits
from tieout.store.commits.exchanges import About, Outgoing
from tieout.store.models import (
    AnswerPart,
    Exchange,
    KeptAnswer,
    Lane,
    Listing,
    QbCustomer,
    QbInvoice,
    Task,
    WebConnectorSession,
)
from tieout.store.queries import waiting

HEAD = (
    b'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><CustomerQueryRs requestID="1" statusCode="0" '
    b'statusSeverity="Info" statusMessage="Status OK">'
)
TAIL = b"</CustomerQueryRs></QBXMLMsgsRs></QBXML>"
FAT = b"x" * 4000  # a long note, as real customers have them


def customers(count: int, *, cut: bool = False) -> Iterator[bytes]:
    """An answer with so many customers, each in one piece."""
    yield HEAD
    for number in range(count):
        yield (
            b"<CustomerRet><ListID>80-%d</ListID><EditSequence>1</EditSequence>"
            b"<Name>Client %d</Name><FullName>Client %d</FullName><IsActive>true</IsActive>"
            b"<Sublevel>0</Sublevel><Notes>%s</Notes></CustomerRet>"
            % (number, number, number, FAT)
        )
    yield b"" if cut else TAIL


class Desk:
    """A refresh that waits for the customers, asked for under a ticket that holds the lane."""

    def __init__(self, world: World) -> None:
        self.company_id = world.northgate.pk
        state = begin(ticket="t-1", company_id=self.company_id, now=NOW)
        self.session = commits.add_session(state=state, address="", app_name="Tieout")
        Lane.objects.get_or_create(company_id=self.company_id)
        self.take_lane("web connector")
        task = tasks.request(company_id=self.company_id, kind=Task.Kind.REFRESH, now=NOW)
        tasks.start(task=task, now=NOW)
        self.task = Task.objects.get(pk=task.pk)
        (self.listing,) = listings.begin(task=self.task, kinds=["customer"])

    def take_lane(self, owner: str) -> int:
        Lane.objects.filter(company_id=self.company_id).update(lease_until=None)
        epoch = lanes.take(company_id=self.company_id, owner=owner, now=moments.now())
        assert epoch is not None
        if owner == "web connector":
            self.session.state["epoch"] = self.session.epoch = epoch
            self.session.save()
        return epoch

    def ask(self, call_id: str = "c-1") -> None:
        place = {
            "listing": self.listing.pk,
            "seen": self.listing.seen,
            "restarts": self.listing.restarts,
            "from": self.listing.from_modified,
        }
        exchanges.note(
            company_id=self.company_id,
            about=About(task_id=self.task.pk),
            out=Outgoing(
                purpose=Exchange.Purpose.PAGE, call_id=call_id, request=b"?", place=place,
                epoch=self.session.epoch, road="web connector", app_name="Tieout", ticket="t-1",
            ),
            now=NOW,
        )  # fmt: skip

    def bring(self, pieces: Iterator[bytes], call_id: str = "c-1") -> KeptAnswer:
        data = b"".join(pieces)
        size = commits.PART_BYTES
        kept = commits.keep_parts(
            session=WebConnectorSession.objects.get(pk=self.session.pk),
            call_id=call_id,
            pieces=(data[at : at + size] for at in range(0, len(data), size)),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            hresult="",
            message="",
            now=NOW,
        )
        assert kept is not None
        return kept

    def listed(self) -> Listing:
        return Listing.objects.get(pk=self.listing.pk)


@pytest.fixture
def desk(world: World) -> Desk:
    commits.create_account(company_id=world.northgate.pk, user_name="northgate", now=NOW)
    found = Desk(world)
    found.ask()
    return found


def test_a_long_answer_is_never_whole_in_memory(desk: Desk) -> None:
    kept = desk.bring(customers(6000))
    assert kept.size > 24_000_000
    tracemalloc.start()
    try:
        assert qbwc_later.apply_next()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert QbCustomer.objects.filter(name__startswith="Client ").count() == 6000
    assert desk.listed().state == "done"
    # a thousand rows with their notes are 4 MB; the answer alone would be 24
    assert peak < 12_000_000, f"{peak:,} bytes"
    assert not AnswerPart.objects.exists()
    assert not Exchange.objects.exists()
    assert not qbwc_later.apply_next()


def test_an_answer_that_is_cut_changes_nothing_and_is_asked_for_again(desk: Desk) -> None:
    desk.bring(customers(2500, cut=True))
    assert qbwc_later.apply_next()
    assert not QbCustomer.objects.filter(name__startswith="Client ").exists()
    listing = desk.listed()
    assert (listing.state, listing.seen) == ("waiting", 0)
    task = Task.objects.get(pk=desk.task.pk)
    assert task.state == "waiting"
    assert "cannot be read" in task.problem


def test_a_holder_that_comes_later_acts_on_it_from_the_same_parts(desk: Desk) -> None:
    desk.bring(customers(3))
    epoch = desk.take_lane("another worker")
    assert qbwc_later.apply_next()  # a worker holds the lane: it acts on it itself
    assert not QbCustomer.objects.filter(name__startswith="Client ").exists()
    assert AnswerPart.objects.exists()
    turn = Turn(
        lease=Lease(company_id=desk.company_id, epoch=epoch),
        road=Road(kind=RoadKind.REMOTE, app_name="Tieout"),
    )
    conversation.apply_kept(turn, "c-1")
    assert QbCustomer.objects.filter(name__startswith="Client ").count() == 3
    assert not AnswerPart.objects.exists()
    assert KeptAnswer.objects.get().applied_at is not None


@pytest.mark.parametrize("free", [False, True])
def test_what_comes_late_is_acted_on_in_the_place_of_the_ticket_that_holds_the_lane_now(
    desk: Desk, free: bool
) -> None:
    """Not within a call of that ticket, which waits for the worker."""
    desk.bring(customers(3))
    Lane.objects.filter(company_id=desk.company_id).update(lease_until=None)
    assert lanes.take(company_id=desk.company_id, owner="web connector", now=moments.now())
    if free:  # that ticket is over already
        Lane.objects.filter(company_id=desk.company_id).update(lease_until=None, owner="")
    assert waiting.errand(company_id=desk.company_id).with_worker
    assert qbwc_later.apply_next()
    assert QbCustomer.objects.filter(name__startswith="Client ").count() == 3
    assert not AnswerPart.objects.exists()
    assert KeptAnswer.objects.get().applied_at is not None
    assert not waiting.errand(company_id=desk.company_id).with_worker
    assert not Exchange.objects.filter(applied_at__isnull=True).exists()


def test_a_ticket_that_takes_the_lane_in_between_costs_one_more_try(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.bring(customers(3))
    apply_kept, tried = conversation.apply_kept, []

    def overtaken(turn: Turn, call_id: str) -> object:
        tried.append(turn.lease.epoch)
        if len(tried) == 1:
            Lane.objects.filter(company_id=desk.company_id).update(lease_until=None)
            lanes.take(company_id=desk.company_id, owner="web connector", now=moments.now())
        return apply_kept(turn, call_id)

    monkeypatch.setattr(conversation, "apply_kept", overtaken)
    assert qbwc_later.apply_next()
    assert [epoch - tried[0] for epoch in tried] == [0, 1]
    assert QbCustomer.objects.filter(name__startswith="Client ").count() == 3


def test_a_damaged_page_of_a_list_does_not_swallow_its_rows(desk: Desk) -> None:
    """An iterator reads a page out once: after a damaged one the list begins anew."""
    listing = desk.listing
    listing.iterator_id, listing.session_id, listing.seen = "{it-1}", "s-1", 100
    listing.save()
    place = {"listing": listing.pk, "seen": 100, "restarts": 0, "from": ""}
    answer = Answer(outcome=Outcome.RESPONSE, qbxml=HEAD, session_id="s-1")
    lease = Lease(company_id=desk.company_id, epoch=desk.session.epoch)
    trouble = refresh_lists.take(
        task=desk.task, place=place, lease=lease, answer=answer, took_s=0.1
    )
    assert trouble is not None
    found = desk.listed()
    assert (found.iterator_id, found.seen, found.restarts) == ("", 0, 1)


def test_a_damaged_page_of_a_tie_out_does_not_swallow_its_invoices(world: World) -> None:
    desk = Desk(world)
    task = tasks.request(
        company_id=desk.company_id,
        kind=Task.Kind.TIE_OUT,
        now=NOW,
        params={"from_date": "2026-07-01", "to_date": "2026-07-31"},
    )
    assert tie_out.ask(task) is not None
    listing = Listing.objects.get(task=task, kind="invoice")
    listing.iterator_id, listing.session_id, listing.seen = "{it-1}", "s-1", 200
    listing.save()
    place = {"listing": listing.pk, "seen": 200, "restarts": 0, "asked": 0}
    whole = (
        b"<QBXML><QBXMLMsgsRs><InvoiceQueryRs requestID='1' statusCode='0' iteratorID='{it-1}' "
        b"iteratorRemainingCount='0'><InvoiceRet><TxnID>1-1</TxnID><RefNumber>1</RefNumber>"
        b"<TxnDate>2026-07-02</TxnDate><Subtotal>10.00</Subtotal></InvoiceRet></InvoiceQueryRs>"
        b"</QBXMLMsgsRs></QBXML>"
    )
    lease = Lease(company_id=desk.company_id, epoch=desk.session.epoch)
    for data in (whole[:-20], whole):
        answer = Answer(outcome=Outcome.RESPONSE, qbxml=data, session_id="s-1")
        trouble = tie_out.take(task=task, place=place, lease=lease, answer=answer, took_s=0.1)
        if data is not whole:
            assert trouble is not None
            listing.refresh_from_db()
            assert (listing.iterator_id, listing.seen, listing.restarts) == ("", 0, 1)
            assert not QbInvoice.objects.exists()
            place = {"listing": listing.pk, "seen": 0, "restarts": 1, "asked": 0}
    assert QbInvoice.objects.count() == 1
    listing.refresh_from_db()
    assert listing.state == "done"
