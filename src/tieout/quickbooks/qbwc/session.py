"""The Web Connector's session: what each call makes of a ticket's row, and in which order.

Rules of this file
1. All pairs of phase and event stand in TABLE; a call that has no business there is answered
   too. Only the caller's own mistakes (an answer to a question nobody asked) raise `Impossible`.
2. No clock, no database: facts come in, ordered effects and one reply go out. A question is
   always the last effect; then there is no reply yet, and its answer is the next event.
3. An answer is kept before anything acts on it, whoever holds the lane. Applying it and sending
   are fenced: a ticket whose epoch is no longer the lane's has expired.
4. A message set that is asked for again is never sent again. A query is given back; a write is
   unconfirmed, and what goes out next is the caller's recovery.
5. No write leaves before the company file was found to be the right one, and none leaves twice
   under one ticket.
6. Whatever ends a session early is told by getLastError: what happened, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, get_args

from tieout.quickbooks.qbwc import login, working
from tieout.quickbooks.qbwc.answers import FAILED, STOP, WAIT, PercentReply, Reply, TextReply
from tieout.quickbooks.qbwc.calls import (
    Authenticate,
    Call,
    ClientVersion,
    CloseConnection,
    ConnectionFailure,
    GetInteractiveURL,
    GetLastError,
    InteractiveDone,
    InteractiveRejected,
    ReceiveResponseXML,
    SendRequestXML,
    ServerVersion,
    Unreadable,
)
from tieout.quickbooks.qbwc.records import (
    LIVE,
    Applied,
    CompanyChecked,
    Effect,
    Facts,
    LaneTaken,
    Log,
    Phase,
    ReleaseLane,
    Rules,
    SessionState,
    Told,
    WorkFound,
)
from tieout.quickbooks.qbwc.steps import OUT_LOST, Step, expire, settle, without_outstanding

Event = Call | Unreadable | Told
# the second parameter is the event the table files the handler under
Handler = Callable[[SessionState, Any, Facts, Rules], Step]

RULES: Final = Rules()
_TOLD: Final = get_args(Told)
_CLOSED: Final = "The update is over."
_LOST_AT_CLOSE: Final = "The update was closed before the answer to the last message came."
_NOBODY: Final = SessionState(
    ticket="",
    company_id=0,
    opened_at=datetime.min.replace(tzinfo=UTC),
    last_call_at=datetime.min.replace(tzinfo=UTC),
    phase=Phase.UNKNOWN,
    last_error=(
        "Tieout does not know this update. Run it again from the Web Connector; if it happens "
        "twice, look who else calls this address."
    ),
)


class Impossible(Exception):
    """This event cannot come here: the caller is wrong. Nothing was changed."""

    def __init__(self, phase: Phase, event: Event) -> None:
        name = type(event).__name__
        super().__init__(f"A session that is {phase.value!r} cannot meet {name}.")
        self.phase = phase
        self.event = event


def begin(*, ticket: str, company_id: int, now: datetime) -> SessionState:
    """The row of a ticket that is about to authenticate. `ticket`: random, at least 128 bits."""
    return SessionState(ticket=ticket, company_id=company_id, opened_at=now, last_call_at=now)


def step(state: SessionState | None, event: Event, *, facts: Facts, rules: Rules = RULES) -> Step:
    """Answer what `event` makes of the row; `state` is None when no row has the ticket.

    Raises Impossible for an answer to a question that was not asked, and for a login under a
    ticket that is already in use.
    """
    known = _NOBODY if state is None else state
    lost_lane = known.phase in LIVE and facts.lane_epoch != known.epoch
    if lost_lane:
        known = expire(known)
    handler = TABLE[known.phase].get(type(event))
    if handler is None:
        raise Impossible(known.phase, event)
    done = handler(known, event, facts, rules)
    if state is None or done.state is None:
        return replace(done, state=None)
    first: tuple[Effect, ...] = ()
    if lost_lane:
        first = (Log(level="warning", text=known.last_error),)
    at = done.state if isinstance(event, _TOLD) else _called(done.state, facts)
    return Step(at, first + done.effects, done.reply)


def _called(state: SessionState, facts: Facts) -> SessionState:
    return replace(state, last_call_at=facts.now)


# ------------------------------------------------ talk, and the end


def get_last_error(state: SessionState, _call: GetLastError, _facts: Facts, _: Rules) -> Step:
    """What happened and what to do; NoOp while work is about to come."""
    text = state.last_error or "Tieout has no error to report; look in the Web Connector's log."
    if state.phase is Phase.WAITING:
        text = WAIT
    return Step(state, (), TextReply(method="getLastError", text=text))


def close(state: SessionState, _call: CloseConnection, _facts: Facts, _rules: Rules) -> Step:
    """Settle what is out and free the lane; a message set without its answer is lost now."""
    lost = state.outstanding is not None
    effects = settle(state.outstanding, _LOST_AT_CLOSE)
    effects += (ReleaseLane(epoch=state.epoch),)
    log = Log(level="warning", text=_LOST_AT_CLOSE) if lost else Log(level="info", text=_CLOSED)
    error = f"{_LOST_AT_CLOSE} {OUT_LOST}" if lost else state.last_error
    shut = without_outstanding(state, unconfirmed=True)
    shut = replace(shut, phase=Phase.CLOSED, last_error=error)
    return Step(shut, (*effects, log), _farewell(shut))


def close_ended(state: SessionState, _call: CloseConnection, _facts: Facts, _: Rules) -> Step:
    """The lane is free already; only the row is closed."""
    return Step(replace(state, phase=Phase.CLOSED), (), _farewell(state))


def close_again(state: SessionState, _call: CloseConnection, _facts: Facts, _: Rules) -> Step:
    """The same text once more."""
    return Step(state, (), _farewell(state))


def _farewell(state: SessionState) -> Reply:
    text = state.last_error
    if not text:
        text = f"Done: {state.answered} messages answered." if state.answered else _CLOSED
    return TextReply(method="closeConnection", text=text)


def send_dead(state: SessionState, _call: Any, _facts: Facts, _rules: Rules) -> Step:
    """No work under this ticket; getLastError says why."""
    why = state.last_error or _CLOSED
    log = Log(level="warning", text=f"Work was asked for and not given. {why}")
    return Step(replace(state, last_error=why), (log,), working.NOTHING)


def receive_dead(state: SessionState, _call: Any, _facts: Facts, _rules: Rules) -> Step:
    """An answer under a ticket that never had work: nothing to keep it against."""
    log = Log(level="warning", text=f"An answer was not taken. {state.last_error}".strip())
    return Step(state, (log,), PercentReply(percent=FAILED))


def connection_dead(state: SessionState, _call: Any, _facts: Facts, _rules: Rules) -> Step:
    """Nothing more to try."""
    return Step(state, (), TextReply(method="connectionError", text=STOP))


def not_applied(state: SessionState, _told: Applied, _facts: Facts, _rules: Rules) -> Step:
    """The lane was lost while the answer was kept: its present holder applies it."""
    return Step(state, (), PercentReply(percent=FAILED))


def nothing_interactive(state: SessionState, _call: Any, _facts: Facts, _rules: Rules) -> Step:
    """There is no page for a person."""
    return Step(state, (), TextReply(method="getInteractiveURL", text=""))


def interactive_rejected(state: SessionState, _call: Any, _facts: Facts, _rules: Rules) -> Step:
    """Noted, without consequence."""
    return Step(state, (), TextReply(method="interactiveRejected", text=""))


def interactive_done(state: SessionState, _call: Any, _facts: Facts, _rules: Rules) -> Step:
    """Nobody has to be waited for."""
    return Step(state, (), TextReply(method="interactiveDone", text="Done"))


# ------------------------------------------------ the table

_TALK: Final[dict[type, Handler]] = {
    ServerVersion: login.server_version,
    ClientVersion: login.client_version,
    GetLastError: get_last_error,
    GetInteractiveURL: nothing_interactive,
    InteractiveRejected: interactive_rejected,
    InteractiveDone: interactive_done,
    Unreadable: working.unreadable,
}
_DEAD: Final[dict[type, Handler]] = {
    **_TALK,
    SendRequestXML: send_dead,
    ReceiveResponseXML: receive_dead,
    ConnectionFailure: connection_dead,
    CloseConnection: close_again,
}
_WORKED: Final[dict[type, Handler]] = {**_DEAD, ReceiveResponseXML: working.receive_late}
_ALIVE: Final[dict[type, Handler]] = {
    **_TALK,
    SendRequestXML: working.send,
    ReceiveResponseXML: working.receive,
    ConnectionFailure: working.connection_failure,
    CloseConnection: close,
}

TABLE: Final[Mapping[Phase, Mapping[type, Handler]]] = {
    Phase.UNKNOWN: _DEAD,
    Phase.NEW: {**_DEAD, Authenticate: login.authenticate, LaneTaken: login.lane_taken},
    Phase.OPEN: {
        **_ALIVE,
        CompanyChecked: working.company_checked,
        WorkFound: working.work_found,
        Applied: working.applied,
    },
    Phase.OUTSTANDING: {**_ALIVE, Unreadable: working.damaged},
    Phase.WAITING: _ALIVE,
    Phase.ENDING: {**_WORKED, CloseConnection: close_ended},
    Phase.CLOSED: _WORKED,
    Phase.EXPIRED: {
        **_WORKED,
        CompanyChecked: send_dead,
        WorkFound: send_dead,
        Applied: not_applied,
    },
    Phase.REFUSED: _DEAD,
}
