from __future__ import annotations

from tests.unit.quickbooks.qbwc.office import INVOICE, LIST, START

from tieout.quickbooks.qbwc import (
    GiveBack,
    Log,
    MarkUnconfirmed,
    Phase,
    ReleaseLane,
    SessionState,
    TextReply,
    Work,
    expire,
)
from tieout.quickbooks.qbwc.steps import end, settle

REPLY = TextReply(method="sendRequestXML", text="")


def out(work: Work | None) -> SessionState:
    return SessionState(
        ticket="t-1",
        company_id=7,
        opened_at=START,
        last_call_at=START,
        phase=Phase.OUTSTANDING if work else Phase.OPEN,
        epoch=4,
        outstanding=work,
    )


def test_a_lost_write_is_unconfirmed_and_a_lost_query_is_given_back() -> None:
    assert settle(None, "lost") == ()
    assert settle(INVOICE, "lost") == (MarkUnconfirmed(work=INVOICE, why="lost"),)
    assert settle(LIST, "lost") == (GiveBack(work=LIST, why="lost"),)


def test_a_write_that_is_proved_not_to_have_run_is_given_back() -> None:
    assert settle(INVOICE, "dialog", not_executed=True) == (GiveBack(work=INVOICE, why="dialog"),)


def test_ending_settles_frees_the_lane_and_says_why_in_this_order() -> None:
    done = end(out(INVOICE), error="Why. Do this.", reply=REPLY)
    assert done.effects == (
        MarkUnconfirmed(work=INVOICE, why="Why. Do this."),
        ReleaseLane(epoch=4),
        Log(level="error", text="Why. Do this."),
    )
    assert done.reply is REPLY
    assert done.state is not None
    assert (done.state.phase, done.state.last_error) == (Phase.ENDING, "Why. Do this.")
    assert (done.state.outstanding, done.state.last_work) == (None, INVOICE)
    assert done.state.unconfirmed == ("invoice-1042",)


def test_what_did_not_run_may_go_out_again() -> None:
    done = end(out(INVOICE), error="dialog", reply=REPLY, not_executed=True)
    assert done.state is not None
    assert done.state.unconfirmed == ()


def test_an_expired_row_says_that_nothing_is_lost() -> None:
    row = expire(out(None))
    assert row.phase is Phase.EXPIRED
    assert "Nothing is lost; run the update again." in row.last_error
    assert expire(out(LIST)).unconfirmed == ()
