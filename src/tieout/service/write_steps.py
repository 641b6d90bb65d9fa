"""The steps of one write on the lane: claim, probe, send, and find out; whichever comes next.

Every function here that changes a row does so in one transaction that holds the lane's epoch.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tieout.channels.base import Answer, Outcome
from tieout.core.exporting import HOLDING, OVER, UNDER_WAY, Event, State
from tieout.core.recovering import Ask
from tieout.quickbooks import qbxml
from tieout.quickbooks.translate import Reading
from tieout.service import lane_tasks, moments, session_check, settle_unconfirmed, twofold
from tieout.service.exporter import Exporter
from tieout.service.holding import held
from tieout.service.turns import Message, Trouble, Turn, Until
from tieout.store.commits import exports as commits
from tieout.store.commits import lanes
from tieout.store.queries import exports as queries
from tieout.store.queries import lane_queue
from tieout.store.queries.exports import Exchange, Posting, Row
from tieout.store.queries.waiting import OnLane

_NEW_SESSION = Trouble(
    problem="QuickBooks was opened anew since Tieout looked which company file is open.",
    remedy="Tieout looks again, then goes on by itself.",
)


# ------------------------------------------------------------------ build


def build(turn: Turn, now: datetime, there: OnLane) -> Message | Until | None:
    """The next message about a write; Until says when there may be one, None: look again."""
    if not there.anything:
        return Until()
    row = lane_queue.unsettled(company_id=turn.company_id) if there.unsettled else None
    if row is not None:
        if State(row.state) not in HOLDING:  # a person decides, and wakes the lane then
            return Until(at=now + timedelta(seconds=lane_tasks.HELD_LOOK_S))
        waits = row.due_at is not None and row.due_at > now
        if waits or not _may_settle(turn, row, there):
            return Until(at=row.due_at if waits else None)
    else:
        row = _next_queued(turn, now, there)
        if row is None:
            return Until(at=lane_queue.next_queued_due(company_id=turn.company_id))
    if _needs_check(turn, row, there):
        return session_check.ask()
    return _build_for(turn, row)


def _may_settle(turn: Turn, row: Row, there: OnLane) -> bool:
    """Sending again is a write like any other; looking is not."""
    if row.state != State.RESENDABLE:
        return True
    if there.held_reason:
        lane_tasks.note_held(company_id=turn.company_id)
        return False
    return turn.may_write or not there.checked(turn.lease.epoch)


def _next_queued(turn: Turn, now: datetime, there: OnLane) -> Row | None:
    """The next row to send, unless nothing may be written now."""
    row = lane_queue.next_queued(company_id=turn.company_id, now=now, there=there)
    if row is None or there.held_reason:
        lane_tasks.note_held(company_id=turn.company_id)
        return None
    if not turn.may_write and there.checked(turn.lease.epoch):
        return None
    return row


def _needs_check(turn: Turn, row: Row, there: OnLane) -> bool:
    """Whether the company file must be looked at before anything else about the row."""
    if row.state == State.SENDING or there.checked(turn.lease.epoch):
        return False
    if row.state != State.UNCONFIRMED:
        return True
    return settle_unconfirmed.next_ask(Exporter(row=row, turn=turn)) is not Ask.RECALL


def _build_for(turn: Turn, row: Row) -> Message | None:
    """The row's next message; None when it moved on without one."""
    with held(turn.lease, apart=True):
        fresh = _lock(turn, row)
        if fresh is None or (fresh.state in HOLDING) != (row.state in HOLDING):
            return None
        exporter = Exporter(row=fresh, turn=turn)
        match State(fresh.state):
            case State.SENDING:
                exporter.meet(Event.SILENCE)  # nobody waits for its answer any more
                return None
            case State.UNCONFIRMED:
                return settle_unconfirmed.ask(exporter)
            case State.RESENDABLE:
                return settle_unconfirmed.resend(exporter)
            case State.PROBED if fresh.proof_epoch == turn.lease.epoch:
                return exporter.send()
            case State.PROBED:
                exporter.meet(Event.GIVE_BACK)
                return None
            case State.READY:
                return _claim(exporter)
            case State.CLAIMED:
                return exporter.probe()
            case _:
                return None


def _lock(turn: Turn, row: Row) -> Row | None:
    is_posting = isinstance(row, Posting)
    return queries.row_for_change(
        company_id=turn.company_id,
        posting_id=row.pk if is_posting else None,
        qb_write_id=None if is_posting else row.pk,
    )


def _claim(exporter: Exporter) -> Message | None:
    """Claim the row as it is now: an import or a plan may have changed it since."""
    row = exporter.row
    if not commits.may_go_on(row=row, now=moments.now()):
        return None
    exporter.meet(Event.CLAIM)
    return exporter.probe()


# ------------------------------------------------------------------ take


def take(turn: Turn, message: Message, answer: Answer) -> Trouble | None:
    """Act on the answer to a message about a row.

    The caller is in a transaction that holds the lane's epoch, and marks the answer as acted on.
    """
    row = queries.row_for_change(
        company_id=turn.company_id,
        posting_id=message.posting_id,
        qb_write_id=message.qb_write_id,
    )
    if row is None:
        return None
    exporter = Exporter(row=row, turn=turn, answer=answer)
    trouble = _take(exporter, message, answer)
    if isinstance(row, Posting) and State(row.state) not in UNDER_WAY:
        lane_tasks.note_exported(batch_id=row.batch_id)
    return trouble


def _take(exporter: Exporter, message: Message, answer: Answer) -> Trouble | None:
    state = State(exporter.row.state)
    if message.purpose == Exchange.Purpose.WRITE:
        return _take_write(exporter, message, answer)
    if message.purpose == Exchange.Purpose.PROBE:
        return _take_probe(exporter, answer) if state is State.CLAIMED else None
    if state is not State.UNCONFIRMED:
        return None  # settled meanwhile, by a late answer or by a person
    looked = message.purpose != Exchange.Purpose.RECALL and answer.outcome is Outcome.RESPONSE
    if looked and not _same_session(exporter.turn, answer):
        settle_unconfirmed.wait(exporter, _NEW_SESSION.problem, _NEW_SESSION.remedy)
        return _NEW_SESSION
    return settle_unconfirmed.take(exporter, purpose=message.purpose, place=message.place)


def _take_probe(exporter: Exporter, answer: Answer) -> Trouble | None:
    reading = _read(exporter, answer)
    if reading is None or reading.event is None:
        exporter.meet(Event.GIVE_BACK)
        return _trouble(answer, reading)
    if reading.event is Event.PROBE_CLEAN and not _same_session(exporter.turn, answer):
        exporter.meet(Event.GIVE_BACK)
        return _NEW_SESSION
    exporter.meet(reading.event, reading)
    return None


def _take_write(exporter: Exporter, message: Message, answer: Answer) -> Trouble | None:
    """An answer may come when the row has moved on: late, twice, or after a person decided."""
    row = exporter.row
    if message.set_id != row.set_id or _is_anew(row):
        _take_former(exporter, answer, set_id=message.set_id)
        return None
    if answer.outcome is Outcome.RESPONSE and State(row.state) in OVER:
        twofold.note(exporter, exporter.read_write(set_id=row.set_id))
    if answer.outcome is not Outcome.RESPONSE and not _is_latest(row, message):
        return None  # that an earlier call failed says nothing of the one sent since
    state = State(row.state)
    if state is State.SENDING or (
        state is State.UNCONFIRMED and answer.outcome in {Outcome.RESPONSE, Outcome.HRESULT}
    ):
        exporter.judge_write()
    elif answer.outcome is Outcome.RESPONSE:
        reading = exporter.read_write(set_id=row.set_id)
        if reading.event is not None and exporter.can(reading.event):
            exporter.meet(reading.event, reading)
    return None if answer.outcome is Outcome.RESPONSE else _trouble(answer, None)


def _is_anew(row: Row) -> bool:
    """Whether all that was sent of it is settled, and it is on its way from the beginning."""
    return row.writes == 0 and row.state in {State.READY, State.CLAIMED, State.PROBED}


def _take_former(exporter: Exporter, answer: Answer, *, set_id: str) -> None:
    """Of a set that was settled before. That QuickBooks saved it all the same, and when, is news:

    every look since may have been too early, so what is about to leave is looked for once more.
    Where the next set has left already, QuickBooks may come to hold both: that is said at once.
    """
    if answer.outcome is not Outcome.RESPONSE:
        return
    reading = exporter.read_write(set_id=set_id)
    if reading.event is not Event.ACCEPTED:
        return
    if State(exporter.row.state) in {State.CLAIMED, State.PROBED, State.RESENDABLE}:
        exporter.meet(Event.GIVE_BACK)
    elif exporter.row.state != State.READY:  # from there on it is looked for before it is sent
        twofold.note(exporter, reading)


def _is_latest(row: Row, message: Message) -> bool:
    latest = queries.last_write(row=row)
    return latest is not None and latest.call_id == message.call_id


def _same_session(turn: Turn, answer: Answer) -> bool:
    """In another session another file or a restored backup may be open."""
    lane = queries.lane_facts(company_id=turn.company_id)
    if answer.session_id == lane.checked_session:
        return True
    lanes.note_checked(company_id=turn.company_id, epoch=turn.lease.epoch, session_id="")
    return False


def _read(exporter: Exporter, answer: Answer) -> Reading | None:
    """Judge a probe; None when there is no response."""
    if answer.outcome is not Outcome.RESPONSE:
        return None
    try:
        return exporter.subject.read_probe(answer.qbxml)
    except qbxml.MalformedResponse as error:
        return Reading(event=None, message=str(error))


def _trouble(answer: Answer, reading: Reading | None) -> Trouble:
    return Trouble(
        problem=answer.message
        or (reading.message if reading else "")
        or "QuickBooks gave no answer.",
        remedy=answer.remedy
        or (reading.remedy if reading else "")
        or "Tieout tries again by itself.",
        needs_person=answer.outcome is Outcome.FENCED,
        fence_epoch=(answer.highest_epoch or 1) if answer.outcome is Outcome.FENCED else 0,
    )
