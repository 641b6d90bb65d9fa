from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.quickbooks.qbwc.office import INVOICE, LIST, START, Office
from tests.unit.quickbooks.qbwc.said import (
    answer,
    close,
    failure,
    first,
    last_error,
    send,
    unreachable,
)

from tieout.quickbooks.qbwc import (
    LIVE,
    TABLE,
    Applied,
    Authenticate,
    Call,
    CompanyChecked,
    Facts,
    GetInteractiveURL,
    Impossible,
    InteractiveDone,
    InteractiveRejected,
    LaneTaken,
    PercentReply,
    Phase,
    Reason,
    RefusalReply,
    SessionState,
    TextReply,
    Unreadable,
    Work,
    WorkFound,
    begin,
    render,
    step,
)

FACTS = Facts(now=START, lane_epoch=1)


@pytest.mark.parametrize("phase", Phase)
def test_every_call_is_answered_in_every_phase(phase: Phase) -> None:
    calls = set(get_args(Call)) - {Authenticate} | {Unreadable}
    assert calls <= set(TABLE[phase])


@pytest.mark.parametrize(
    ("phase", "event"),
    [
        (Phase.OPEN, Authenticate()),
        (Phase.OPEN, LaneTaken(epoch=1)),
        (Phase.OUTSTANDING, WorkFound(work=None)),
        (Phase.CLOSED, Applied(remaining=0)),
        (Phase.NEW, CompanyChecked(verdict="right")),
    ],
)
def test_an_answer_to_a_question_nobody_asked_is_the_callers_mistake(phase, event) -> None:
    row = replace(begin(ticket="t", company_id=7, now=START), phase=phase, epoch=1)
    with pytest.raises(Impossible, match=type(event).__name__) as raised:
        step(row, event, facts=FACTS)
    assert (raised.value.phase, raised.value.event) == (phase, event)


def test_an_unknown_ticket_gets_nothing_keeps_nothing_and_is_told() -> None:
    office = Office(INVOICE)
    office.log_in("t-1")
    office.diary.clear()
    forged = "t-2"
    assert office.call(first(forged)).text == ""
    assert office.call(answer("<QBXML/>", forged)) == PercentReply(percent=-1)
    assert "does not know this update" in office.call(last_error(forged)).text
    assert office.call(unreachable(ticket=forged)).text == "done"
    assert "does not know this update" in office.call(close(forged)).text
    assert forged not in office.rows
    assert office.kept == []
    assert office.queue == [INVOICE]
    assert all(line.startswith("→") for line in office.diary)


def test_interactive_mode_is_not_offered() -> None:
    office = Office()
    assert office.call(GetInteractiveURL(ticket="t")).text == ""
    assert office.call(InteractiveRejected(ticket="t", reason="no")).text == ""
    assert office.call(InteractiveDone(ticket="t")).text == "Done"


@pytest.mark.parametrize("method", ["", "authenticate", "receiveResponseXML"])
def test_a_body_that_is_no_call_has_a_reply_without_a_ticket(method: str) -> None:
    office = Office()
    reply = office.call(Unreadable(reason=Reason.NOT_XML, method=method))
    assert reply == RefusalReply(method=method)
    assert "run the update again" in office.logs[0]


def test_closing_frees_the_lane_and_says_how_much_was_done() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.call(first())
    office.call(answer("<QBXML/>"))
    office.diary.clear()
    told = office.call(close())
    assert told == TextReply(method="closeConnection", text="Done: 1 messages answered.")
    assert office.diary[0] == "ReleaseLane"
    assert office.call(close()) == told
    assert office.diary.count("ReleaseLane") == 1


def test_closing_a_session_that_did_nothing() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    assert office.call(close()).text == "The update is over."
    assert office.call(last_error()).text.startswith("Tieout has no error to report")


def test_closing_with_a_write_outstanding_leaves_it_unconfirmed() -> None:
    office = Office(INVOICE)
    office.log_in("t-1")
    office.call(first())
    told = office.call(close()).text
    assert office.unconfirmed == [INVOICE]
    assert "closed before the answer" in told
    assert "just let it run" in told


def test_closing_after_an_error_repeats_it_and_frees_nothing_twice() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.call(unreachable())
    told = office.call(last_error()).text
    assert office.call(close()).text == told
    assert office.diary.count("ReleaseLane") == 1
    assert office.row("t-1").phase is Phase.CLOSED


def test_the_last_error_keeps_a_client_waiting_while_work_is_about_to_come() -> None:
    office = Office()
    office.log_in("t-1")
    office.wait = True
    assert office.call(first()).text == ""
    assert office.call(last_error()).text == "NoOp"


def test_a_closed_ticket_gets_no_more_work() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.call(close())
    assert office.call(send()).text == ""
    assert office.call(last_error()).text == "The update is over."
    assert office.call(unreachable()).text == "done"
    assert office.queue == [LIST]


def test_a_ticket_that_lost_the_lane_is_told_so() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.take_over()
    assert office.call(first()).text == ""
    assert office.row("t-1").phase is Phase.EXPIRED
    assert "somebody else works on this company" in office.call(last_error()).text
    assert "somebody else works on this company" in office.call(close()).text
    assert office.queue == [LIST]


@pytest.mark.parametrize(
    ("told", "reply"),
    [
        (CompanyChecked(verdict="right"), TextReply(method="sendRequestXML", text="")),
        (WorkFound(work=INVOICE), TextReply(method="sendRequestXML", text="")),
        (Applied(remaining=0), PercentReply(percent=-1)),
    ],
)
def test_the_lane_may_be_lost_between_a_question_and_its_answer(told, reply) -> None:
    row = begin(ticket="t", company_id=7, now=START)
    row = replace(row, phase=Phase.OPEN, epoch=1, trusted=True)
    done = step(row, told, facts=replace(FACTS, lane_epoch=2))
    assert done.reply == reply
    assert done.state is not None
    assert done.state.phase is Phase.EXPIRED
    assert all(type(effect).__name__ == "Log" for effect in done.effects)


# ------------------------------------------------ any order of calls


MOVES = st.sampled_from(
    ["log in", "first", "send", "answer", "same", "hresult", "error", "close", "no quickbooks",
     "damage", "silence", "worker"]
)  # fmt: skip


def move(office: Office, name: str, ticket: str, number: int) -> None:
    calls = {
        "first": first(ticket),
        "send": send(ticket),
        "answer": answer(f"<QBXML>{number}</QBXML>", ticket),
        "same": answer("<QBXML>same</QBXML>", ticket),
        "hresult": failure("0x80040402", ticket),
        "error": last_error(ticket),
        "close": close(ticket),
        "no quickbooks": unreachable(ticket=ticket),
        "damage": Unreadable(reason=Reason.NOT_XML, method="receiveResponseXML", ticket=ticket),
    }
    if name == "log in":
        office.log_in(f"t-{number}")
    elif name == "silence":
        office.later(650)
    elif name == "worker":
        office.later(650)
        office.take_over()
    else:
        assert render(office.call(calls[name]), payload="<QBXML/>")


@settings(max_examples=60)
@given(moves=st.lists(st.tuples(MOVES, st.booleans()), max_size=30))
def test_in_any_order_every_call_is_answered_and_no_write_leaves_twice(moves) -> None:
    writes = [Work(key=f"invoice-{number}", writes=True) for number in range(20)]
    office = Office(*writes)
    earlier = "t-forged"
    for number, (name, is_old_ticket) in enumerate(moves):
        before = office.latest
        move(office, name, earlier if is_old_ticket else office.latest or "t-none", number)
        earlier = before if office.latest != before and before else earlier
        live = [row for row in office.rows.values() if _holds_lane(row, office)]
        assert len(live) <= 1
    sent = [line for line in office.diary if line.startswith("→ send invoice")]
    assert len(sent) == len(set(sent))
    applied = office.diary.count("Apply")
    assert applied == sum(1 for kept in office.kept if not kept.late and kept.response.size)


def _holds_lane(row: SessionState, office: Office) -> bool:
    return row.phase in LIVE and row.epoch == office.lane_epoch
