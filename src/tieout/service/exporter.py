"""Carry out what core.exporting decides for one posting: an interpreter of its ordered effects.

A transition's effects are performed in the order of the table. What a transition changes is saved
in one transaction that first checks the lane's epoch; a raw answer is kept in a transaction of its
own, before and without that check.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.core import exporting, keys
from tieout.core.exporting import Effect, Event, State
from tieout.core.facts import PostingKind
from tieout.quickbooks import qbxml, translate
from tieout.quickbooks.translate import Expected, Reading
from tieout.service import moments, posting_content, posting_words
from tieout.service.connect import Line
from tieout.store.commits import exports as commits
from tieout.store.commits import lanes
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Exchange, Posting

LOCK_TRIES_MAX = 5
LOCK_DELAY_S = 60
RECOVERY_DELAYS_S = (2, 10, 30, 60, 120, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The lane as its present holder sees it."""

    company_id: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """QuickBooks could not be asked: nothing was written, the work is tried again later."""

    problem: str
    remedy: str
    needs_person: bool = False  # trying again by itself would not help
    fence_epoch: int = 0  # refused by the connector's fence: the highest epoch it has seen


class Exporter:
    """One posting at work, under one lease, over one line."""

    def __init__(self, *, posting: Posting, lease: Lease, line: Line) -> None:
        self.posting = posting
        self.lease = lease
        self.line = line
        self.set_id = ""
        self.request = b""
        self.exchange: Exchange | None = None
        self.answer: Answer | None = None
        self.reading = Reading(event=None)

    # -------------------------------------------------------------- asking

    def ask(self, purpose: Exchange.Purpose, request: bytes) -> Answer:
        """Send a query about the posting; its raw answer is kept. No intent is needed."""
        now = moments.now()
        delivery = self.line.ask(request)
        answer = self.line.channel.deliver(delivery)
        self.answer = answer
        with transaction.atomic():
            self.exchange = commits.add_exchange(
                posting=self.posting,
                purpose=purpose,
                call_id=delivery.call_id,
                request=request,
                epoch=self.lease.epoch,
                now=now,
            )
            self._keep()
        return answer

    def probe(self) -> Trouble | None:
        """Ask whether QuickBooks already holds the number, and move on by what it says."""
        answer = self.ask(Exchange.Purpose.PROBE, translate.render_probe(self.expected))
        reading = _read(answer, lambda data: translate.read_probe(data, self.expected))
        if reading is None or reading.event is None:
            self.meet(Event.GIVE_BACK)
            return _trouble(answer, reading)
        self.meet(reading.event, reading)
        return None

    def send(self) -> Trouble | None:
        """Send the write (the first time, or the same bytes again) and judge the answer."""
        if not self._still_mapped():
            with transaction.atomic():
                self.meet(Event.GIVE_BACK)
                commits.plan_anew(posting=self.posting, now=moments.now())
            return None
        if self.posting.state == State.PROBED and not self._sendable():
            return None
        self.meet(Event.SEND)
        answer = self.answer
        if answer is None:  # the table says SEND in every transition that leads here
            message = "The intent was committed but nothing was handed over."
            raise RuntimeError(message)
        self.judge_write(answer)
        return None if answer.outcome is Outcome.RESPONSE else _trouble(answer, None)

    def _sendable(self) -> bool:
        """Whether the message passes our own check; one that does not must not hold the queue."""
        try:
            self._render(set_id=keys.message_set_id("0" * 10), old_set_id="")
        except qbxml.RefusedByUs as refused:
            message = f"Tieout would not send it: {refused}."
            self.meet(
                Event.UNSENDABLE,
                Reading(event=None, message=message, remedy=refused.remedy),
            )
            return False
        return True

    def judge_write(self, answer: Answer) -> None:
        """Move on by the answer to the write, whenever it arrives."""
        if answer.outcome is Outcome.RESPONSE:
            reading = _read(answer, lambda data: translate.read_write(data, self.expected))
            self.meet((reading and reading.event) or Event.SILENCE, reading)
        elif answer.outcome in {Outcome.NOT_SENT, Outcome.BUSY, Outcome.FENCED} or (
            answer.outcome is Outcome.HRESULT and answer.money_affected is False
        ):
            self.meet(Event.NOT_SENT)
        else:
            self.meet(Event.SILENCE)

    # -------------------------------------------------------------- transitions

    def meet(self, event: Event, reading: Reading | None = None) -> None:
        """Perform the transition that `event` brings, effect by effect."""
        self.reading = reading or Reading(event=event)
        before = State(self.posting.state)
        step = exporting.step(before, event)
        self.posting.state = step.state.value
        sent = False
        for effect in step.effects:
            match effect:
                case Effect.COMMIT_INTENT:
                    self._commit_intent(before)
                    sent = True
                case _:
                    self._perform(effect)
        if not sent:
            self._save(before)
            self._after_refusal()

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Effect.NEW_SET_ID:
                self._new_bytes()
            case Effect.SAME_BYTES:
                self._same_bytes()
            case Effect.SEND:
                self._hand_over()
            case Effect.KEEP:
                self._keep()
            case Effect.RECORD:
                self._record()
            case Effect.EXPLAIN:
                self._explain()
            case Effect.COUNT_RECOVERY:
                self.posting.recoveries += 1
            case Effect.RELEASE:
                # nothing is stored in QuickBooks under the former set id
                self.posting.tries += 1
                self.posting.writes = 0
                self.posting.set_id = ""
            case Effect.COMMIT_INTENT:
                message = "An intent is committed in its own transaction."
                raise RuntimeError(message)

    def _new_bytes(self) -> None:
        self.set_id = keys.message_set_id(moments.random10())
        # refused before: the record of that set is cleared with the new one
        self.request = self._render(set_id=self.set_id, old_set_id=self.posting.set_id)
        self.posting.writes = 0

    def _render(self, *, set_id: str, old_set_id: str) -> bytes:
        return translate.render_write(
            posting_content.from_json(self.posting.content),
            expected=self.expected,
            set_id=set_id,
            old_set_id=old_set_id,
        )

    def _same_bytes(self) -> None:
        last = queries.last_write(posting_id=self.posting.pk)
        if last is None:
            message = f"Posting {self.posting.pk} has no bytes to send again."
            raise RuntimeError(message)
        self.set_id, self.request = last.set_id, bytes(last.request)

    def _commit_intent(self, before: State) -> None:
        now = moments.now()
        with transaction.atomic():
            lanes.check(company_id=self.lease.company_id, epoch=self.lease.epoch)
            if not self._still_mapped():
                message = f"The job of posting {self.posting.pk} was mapped anew."
                raise commits.PostingMoved(message)
            self.posting.set_id = self.set_id
            self.posting.app_name = self.line.app_name
            self.posting.writes += 1
            self.posting.recoveries = 0
            self.exchange = commits.add_exchange(
                posting=self.posting,
                purpose=Exchange.Purpose.WRITE,
                call_id=moments.call_id(),
                request=self.request,
                epoch=self.lease.epoch,
                now=now,
                set_id=self.set_id,
            )
            commits.save_posting(posting=self.posting, before=before, now=now)

    def _hand_over(self) -> None:
        exchange = self.exchange
        if exchange is None:
            message = "Nothing is sent without a committed intent."
            raise RuntimeError(message)
        self.answer = self.line.channel.deliver(
            self.line.delivery(
                self.request, call_id=exchange.call_id, writes=True, epoch=self.lease.epoch
            )
        )

    def _keep(self) -> None:
        if self.exchange is None or self.answer is None:
            return
        answer = self.answer
        commits.keep_answer(
            exchange=self.exchange,
            kept=commits.Kept(
                outcome=answer.outcome.value,
                answer=answer.qbxml,
                hresult=answer.hresult,
                stage=answer.stage,
                message=answer.message,
                session_id=answer.session_id,
            ),
            now=moments.now(),
        )

    def _record(self) -> None:
        found = self.reading.found
        if found is None:
            message = f"Posting {self.posting.pk} is recorded without what QuickBooks holds."
            raise RuntimeError(message)
        posting = self.posting
        posting.txn_id = found.txn_id
        posting.edit_sequence = found.edit_sequence
        posting.qb_number = found.number or posting.number
        posting.qb_total = found.total
        posting.exported_at = moments.now()
        posting.queued_at = posting.due_at = None
        posting.problem = posting.remedy = ""
        posting.found = {}
        if found.total is not None and found.total != posting.total:
            posting.problem, posting.remedy = posting_words.amount_differs(posting, found.total)

    def _explain(self) -> None:
        posting = self.posting
        state = State(posting.state)
        posting.problem, posting.remedy = posting_words.of_state(
            posting, self.reading, answer=self.answer
        )
        if self.reading.found is not None:
            posting.found = _found_json(self.reading)
        if state is State.REFUSED:
            posting.writes = 0  # nothing was saved: what comes next is a new intent
        if state is State.UNCONFIRMED:
            posting.due_at = self.later()
        else:
            posting.queued_at = posting.due_at = None

    def later(self) -> datetime:
        """When the next look is due; the waits grow."""
        looks = min(self.posting.recoveries, len(RECOVERY_DELAYS_S) - 1)
        return moments.now() + timedelta(seconds=RECOVERY_DELAYS_S[looks])

    def _save(self, before: State) -> None:
        with transaction.atomic():
            lanes.check(company_id=self.lease.company_id, epoch=self.lease.epoch)
            commits.save_posting(
                posting=self.posting,
                before=before,
                now=moments.now(),
                details={"txn_id": self.posting.txn_id} if self.posting.txn_id else None,
            )

    def _after_refusal(self) -> None:
        """A lock in QuickBooks passes by itself: back into the queue, with a pause, as new."""
        posting = self.posting
        passing = posting.state == State.REFUSED and self.reading.try_again
        if passing and posting.tries < LOCK_TRIES_MAX:
            posting.tries += 1
            posting.queued_at = posting.queued_at or moments.now()
            posting.due_at = moments.now() + timedelta(seconds=LOCK_DELAY_S * posting.tries)
            self.meet(Event.FIXED)

    # -------------------------------------------------------------- facts

    @property
    def expected(self) -> Expected:
        posting = self.posting
        return Expected(
            kind=PostingKind(posting.kind),
            number=posting.number,
            customer_list_id=posting.content["customer"]["list_id"],
            txn_date=posting.txn_date,
            total=posting.total,
            key=posting.key,
            guid=posting.guid,
            request_id=f"posting-{posting.pk}",
        )

    def _still_mapped(self) -> bool:
        """Whether the mapping it was planned from is still the one in force."""
        posting = self.posting
        if posting.writes or not posting.job_key or not posting.mapping_version:
            return True  # once an intent left, the mapping is frozen for this posting
        now_in_force = queries.mapping_version(
            company_id=posting.company_id, job_key=posting.job_key
        )
        if now_in_force == posting.mapping_version:
            return True
        posting.queued_at = None
        return False


def _found_json(reading: Reading) -> dict[str, Any]:
    found = asdict(reading.found) if reading.found else {}
    return {name: value if value is None else str(value) for name, value in found.items()}


def _read(answer: Answer, judge: Any) -> Reading | None:
    """Judge a response; None when there is none or it cannot be read."""
    if answer.outcome is not Outcome.RESPONSE:
        return None
    try:
        reading: Reading = judge(answer.qbxml)
    except qbxml.MalformedResponse as error:
        return Reading(event=None, message=str(error))
    return reading


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
