"""What every handler of the session uses: the result of a step, and the ways a session ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tieout.quickbooks.qbwc.answers import Reply
from tieout.quickbooks.qbwc.records import (
    Effect,
    GiveBack,
    Log,
    MarkUnconfirmed,
    Phase,
    ReleaseLane,
    SessionState,
    Work,
)

EXPIRED: Final = (
    "This update was silent for too long, or Tieout was told to work over another road, and "
    "somebody else works on this company now. Nothing is lost; run the update again."
)
OUT_LOST: Final = (
    "Tieout sent a message and got no usable answer. It looks in QuickBooks at the next update "
    "before anything else is sent; just let it run."
)


@dataclass(frozen=True, slots=True)
class Step:
    """The row as it is now, what to do in this order, and the reply.

    `reply` is None exactly when the last effect is a question: its answer is the next event.
    `state` is None when no row has this ticket.
    """

    state: SessionState | None
    effects: tuple[Effect, ...] = ()
    reply: Reply | None = None


def settle(work: Work | None, why: str, *, not_executed: bool = False) -> tuple[Effect, ...]:
    """What becomes of a message set whose answer will not be used."""
    if work is None:
        return ()
    if work.writes and not not_executed:
        return (MarkUnconfirmed(work=work, why=why),)
    return (GiveBack(work=work, why=why),)


def without_outstanding(state: SessionState, *, unconfirmed: bool) -> SessionState:
    """The row after its outstanding message set was settled."""
    work = state.outstanding
    if work is None:
        return state
    lost = (work.key,) if unconfirmed and work.writes else ()
    return replace(state, outstanding=None, last_work=work, unconfirmed=state.unconfirmed + lost)


def end(
    state: SessionState,
    *,
    error: str,
    reply: Reply,
    first: tuple[Effect, ...] = (),
    not_executed: bool = False,
) -> Step:
    """End the work under this ticket: settle what is out, free the lane, say why.

    `not_executed`: what is out is proved not to have run.
    """
    effects = first + settle(state.outstanding, error, not_executed=not_executed)
    effects += (ReleaseLane(epoch=state.epoch),)
    ended = without_outstanding(state, unconfirmed=not not_executed)
    ended = replace(ended, phase=Phase.ENDING, last_error=error)
    return Step(ended, (*effects, Log(level="error", text=error)), reply)


def expire(state: SessionState) -> SessionState:
    """The row of a ticket that has lost the lane. What was out stays named for a late answer."""
    lost = without_outstanding(state, unconfirmed=True)
    return replace(lost, phase=Phase.EXPIRED, last_error=EXPIRED)
