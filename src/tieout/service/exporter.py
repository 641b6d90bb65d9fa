"""Carry out what core.exporting decides for one write: an interpreter of its ordered effects.

Nothing here reaches QuickBooks: a message to be sent is handed out, an answer comes in as it was
kept. Whoever calls this is in a transaction that holds the lane's epoch and the row's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from tieout.channels.base import Answer, Outcome
from tieout.core import exporting, keys
from tieout.core.exporting import Effect, Event, State
from tieout.quickbooks import qbxml, readings
from tieout.quickbooks.qbxml import hresult
from tieout.quickbooks.translate import Reading
from tieout.service import moments
from tieout.service.subjects import subject_of
from tieout.service.turns import Message, Turn
from tieout.store.commits import exchanges
from tieout.store.commits import exports as commits
from tieout.store.commits.exchanges import About, Outgoing
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Exchange, Posting, Row

CANNOT_PARSE = 0x80040400  # proves, of this very message, that nothing of it was executed
LOCK_TRIES_MAX = 5
LOCK_DELAY_S = 60
_ASKED: Final = frozenset({Event.PROBE_CLEAN, Event.ABSENT_FENCED})  # and it is not there
RECORDS_KEPT = 100  # a write clears QuickBooks' record of the set settled so many exports ago
JOURNAL = "journal_id"  # in a write's place: of the connector to which it is handed
RECOVERY_DELAYS_S = (2, 10, 30, 60, 120, 300)


class Exporter:
    """One row at work, under one turn. `answer`: the kept answer it acts on, if any."""

    def __init__(self, *, row: Row, turn: Turn, answer: Answer | None = None) -> None:
        self.row = row
        self.turn = turn
        self.answer = answer
        self.subject = subject_of(row)
        self.reading = Reading(event=None)
        self.set_id = ""
        self.request = b""
        self.message: Message | None = None  # what SEND has handed out
        self.look_again_at: datetime | None = None  # when a fence can be had, if that is known

    @property
    def posting_id(self) -> int | None:
        return self.row.pk if isinstance(self.row, Posting) else None

    @property
    def qb_write_id(self) -> int | None:
        return None if isinstance(self.row, Posting) else self.row.pk

    # -------------------------------------------------------------- messages

    def question(self, purpose: Exchange.Purpose, request: bytes, **more: Any) -> Message:
        """A query about the row. No intent is needed."""
        return Message(
            call_id=moments.call_id(),
            purpose=purpose,
            request=request,
            posting_id=self.posting_id,
            qb_write_id=self.qb_write_id,
            subject_key=self.row.key,
            **more,
        )

    def probe(self) -> Message:
        """Ask whether QuickBooks holds it; more widely when it may have come there already."""
        row = self.row
        sent_at = queries.first_write_at(row=row) if row.writes else None
        return self.question(Exchange.Purpose.PROBE, self.subject.probe(sent_at=sent_at))

    def send(self) -> Message | None:
        """The write, with its intent noted; None when it may not be sent (the row says why)."""
        if not self.subject.stands():
            self.row.queued_at = None
            self.meet(Event.GIVE_BACK)
            if isinstance(self.row, Posting):
                commits.plan_anew(posting=self.row, now=moments.now())
            return None
        if self.row.state == State.PROBED and not self._sendable():
            return None
        self.meet(Event.SEND)
        if self.message is None:  # the table says SEND in every transition that leads here
            message = "The intent was committed but nothing was handed out."
            raise RuntimeError(message)
        return self.message

    def _sendable(self) -> bool:
        """Whether the message passes our own check; one that does not must not hold the queue."""
        try:
            self.subject.write(set_id=keys.message_set_id("0" * 10), old_set_id="")
        except qbxml.RefusedByUs as refused:
            message = f"Tieout would not send it: {refused}."
            self.meet(
                Event.UNSENDABLE, Reading(event=None, message=message, remedy=refused.remedy)
            )
            return False
        return True

    # -------------------------------------------------------------- answers

    def read_write(self, *, set_id: str) -> Reading:
        """What the kept response says of that message set; nothing when it is of another one."""
        body = self.answer.qbxml if self.answer else b""
        try:
            if readings.of_other_set(body, set_id):
                return readings.another()
            return self.subject.read_write(body)
        except qbxml.MalformedResponse as error:
            return Reading(event=Event.SILENCE, message=str(error))

    def judge_write(self) -> None:
        """Move on by the answer to the write, whenever it arrives."""
        answer = self.answer
        if answer is None:
            self.meet(Event.SILENCE)
        elif answer.outcome is Outcome.RESPONSE:
            reading = self.read_write(set_id=self.row.set_id)
            self.meet(reading.event or Event.SILENCE, reading)
        elif _cannot_be_read(answer):
            self._refuse_what_quickbooks_cannot_read(answer)
        elif answer.outcome in {Outcome.NOT_SENT, Outcome.BUSY, Outcome.FENCED} or (
            answer.outcome is Outcome.HRESULT and answer.money_affected is False
        ):
            self.row.call_over = True  # it has ended, and it brought nothing
            resend = self.row.writes > 1
            self.meet(Event.RESEND_NOT_SENT if resend else Event.NOT_SENT)
        else:
            self.meet(Event.SILENCE)

    def _refuse_what_quickbooks_cannot_read(self, answer: Answer) -> None:
        """The message itself is at fault: trying it again would only keep the others waiting."""
        rule = hresult.lookup(answer.hresult or 0)
        message = f"{answer.message or rule.meaning} ({rule.hex})"
        self.meet(Event.REFUSED, Reading(event=Event.REFUSED, message=message, remedy=rule.remedy))

    # -------------------------------------------------------------- transitions

    def can(self, event: Event) -> bool:
        """Whether the table knows this event in the row's state."""
        return event in exporting.TABLE[State(self.row.state)]

    def meet(self, event: Event, reading: Reading | None = None) -> None:
        """Perform the transition that `event` brings, effect by effect, and save the row."""
        self.reading = reading or Reading(event=event)
        before = State(self.row.state)
        step = exporting.step(before, event)
        self.row.state = step.state.value
        for effect in step.effects:
            self._perform(effect)
        if event in _ASKED:  # that a call was not executed says nothing of what QuickBooks holds
            self.row.proof_epoch = self.turn.lease.epoch
        self.save(before)
        if step.state is State.REFUSED:
            self._after_refusal()

    def _perform(self, effect: Effect) -> None:
        _EFFECTS[effect](self)

    def _freeze_bytes(self) -> None:
        """What left under the row's set id leaves again as it was; else the bytes are made now."""
        row = self.row
        last = queries.last_write(row=row) if row.writes else None
        if last is not None and last.set_id == row.set_id:
            self.set_id, self.request = last.set_id, bytes(last.request)
            return
        old = queries.set_to_clear(
            company_id=row.company_id, app_name=self.turn.road.app_name, kept=RECORDS_KEPT
        )
        self.set_id = row.set_id or next_set_id(row)
        self.request = self.subject.write(set_id=self.set_id, old_set_id=old)
        row.writes = 0

    def _next_set_id(self) -> None:
        self.row.set_id = next_set_id(self.row)

    def _count_recovery(self) -> None:
        self.row.recoveries += 1

    def _hold_unless_fenced(self) -> None:
        self.row.holds_queue = not self.row.call_over

    def _release(self) -> None:
        self.row.tries += 1

    def _never_sent(self) -> None:
        self.row.writes = 0

    def _same_bytes(self) -> None:
        last = queries.last_write(row=self.row)
        if last is None:
            message = f"{self.row} has no bytes to send again."
            raise RuntimeError(message)
        self.set_id, self.request = last.set_id, bytes(last.request)

    def _commit_intent(self) -> None:
        """Note the exact bytes. They leave only after the transaction around this is committed."""
        row, road = self.row, self.turn.road
        row.set_id = self.set_id
        row.app_name = road.app_name
        row.writes += 1
        row.recoveries = row.looks = 0
        row.call_over = row.holds_queue = False
        row.nothing_stored_at = row.due_at = None
        self.call_id = moments.call_id()
        exchanges.note(
            company_id=row.company_id,
            about=About(posting_id=self.posting_id, qb_write_id=self.qb_write_id, key=row.key),
            out=Outgoing(
                purpose=Exchange.Purpose.WRITE,
                call_id=self.call_id,
                request=self.request,
                epoch=self.turn.lease.epoch,
                road=road.kind,
                app_name=road.app_name,
                ticket=road.session_id,
                set_id=self.set_id,
                place={JOURNAL: queries.lane_facts(company_id=row.company_id).checked_journal},
            ),
            now=moments.now(),
        )

    def _hand_out(self) -> None:
        self.message = Message(
            call_id=self.call_id,
            purpose=Exchange.Purpose.WRITE,
            request=self.request,
            writes=True,
            stored=True,
            set_id=self.set_id,
            posting_id=self.posting_id,
            qb_write_id=self.qb_write_id,
        )

    def _must_be_kept(self) -> None:
        """Answers come in here as they were kept; one that was not must not be acted on."""
        if self.answer is not None and not self.answer.kept:
            message = f"An answer about {self.row} is acted on before it was kept."
            raise RuntimeError(message)

    def _record(self) -> None:
        found = self.reading.found
        if found is None:
            message = f"{self.row} is recorded without what QuickBooks holds."
            raise RuntimeError(message)
        row = self.row
        row.queued_at = row.due_at = None
        row.problem = row.remedy = ""
        row.found = {}
        row.holds_queue = False
        self.subject.record(found)

    def _explain(self) -> None:
        row = self.row
        state = State(row.state)
        said = self.answer.message if self.answer else ""
        row.problem, row.remedy = self.subject.words(self.reading, said=said)
        row.problem, row.remedy = row.problem[:500], row.remedy[:500]
        if self.reading.found is not None:
            row.found = _found_json(self.reading)
        if state is State.REFUSED:
            row.writes = 0  # nothing was saved: what comes next is a new intent
        if state is State.UNCONFIRMED:
            row.due_at = self.later()
        else:
            row.queued_at = row.due_at = None

    def later(self) -> datetime:
        """When the next look is due; the waits grow."""
        if self.look_again_at is not None:
            return self.look_again_at
        looks = min(self.row.looks, len(RECOVERY_DELAYS_S) - 1)
        return moments.after(RECOVERY_DELAYS_S[looks])

    def save(self, before: State) -> None:
        """Save the row as it stands; raises PostingMoved when it is not in `before` any more."""
        ids = (getattr(self.row, "txn_id", ""), getattr(self.row, "qb_id", ""))
        known = next((each for each in ids if each), "")
        commits.save_row(
            row=self.row,
            before=before,
            now=moments.now(),
            details={"txn_id": known} if known else None,
        )

    def _after_refusal(self) -> None:
        """A lock in QuickBooks passes by itself: back into the queue, with a pause, as new."""
        row = self.row
        if self.reading.try_again and row.tries < LOCK_TRIES_MAX:
            row.tries += 1
            row.queued_at = row.queued_at or moments.now()
            row.due_at = moments.after(LOCK_DELAY_S * row.tries)
            self.meet(Event.FIXED)


_EFFECTS: Final[Mapping[Effect, Callable[[Exporter], None]]] = {
    Effect.FREEZE_BYTES: Exporter._freeze_bytes,
    Effect.NEXT_SET_ID: Exporter._next_set_id,
    Effect.SAME_BYTES: Exporter._same_bytes,
    Effect.COMMIT_INTENT: Exporter._commit_intent,
    Effect.SEND: Exporter._hand_out,
    Effect.KEEP: Exporter._must_be_kept,
    Effect.RECORD: Exporter._record,
    Effect.EXPLAIN: Exporter._explain,
    Effect.COUNT_RECOVERY: Exporter._count_recovery,
    Effect.HOLD_UNLESS_FENCED: Exporter._hold_unless_fenced,
    Effect.RELEASE: Exporter._release,
    Effect.NEVER_SENT: Exporter._never_sent,
}


def next_set_id(row: Row) -> str:
    """The set id after the row's present one: from a posting's key, by lot for other writes.

    What may be written twice without harm (a name is unique, an edit has its sequence) needs no
    id that survives the loss of our database.
    """
    if isinstance(row, Posting):
        return keys.set_id_of(row.key, row.set_id)
    return keys.message_set_id(moments.random10())


def _cannot_be_read(answer: Answer) -> bool:
    """Whether QuickBooks proves that it ran nothing, because it cannot read our message."""
    if answer.outcome is not Outcome.HRESULT or answer.money_affected is not False:
        return False
    return answer.hresult == CANNOT_PARSE


def _found_json(reading: Reading) -> dict[str, Any]:
    found = asdict(reading.found) if reading.found else {}
    return {name: value if value is None else str(value) for name, value in found.items()}
