"""Planted bugs, one of each kind that loses or doubles invoices. The simulation must catch each.

A mutant is Tieout's side with one rule broken: a method of the model, a decision of the core, or
one transition of its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tests.simulation.rows import NEVER, WEB, Answer, Exchange, Message, Posting, Turn
from tests.simulation.schedules import Fault, Schedule
from tests.simulation.tieout_model import Tieout

from tieout.core import exporting
from tieout.core.exporting import Effect, Event, State, Step
from tieout.core.recovering import Looked


class NoProbe(Tieout):
    """Sends without asking QuickBooks first."""

    def _build_for(self, turn: Turn, row: Posting) -> Message | None:
        if row.state is State.READY:
            self.meet(turn, row, Event.CLAIM)
        if row.state is State.CLAIMED:
            self.meet(turn, row, Event.PROBE_CLEAN)
            return self.send(turn, row)
        return super()._build_for(turn, row)


class NoFence(Tieout):
    """Takes "not found" for "will never be there"."""

    def absent(self, turn: Turn, row: Posting) -> Event:
        row.call_over = True
        return Event.ABSENT_FENCED


class NoWait(Tieout):
    """Believes that a ticket of the Web Connector is over as soon as another one asks."""

    def fence_at(self, write: Exchange) -> int | None:
        return write.at if write.ticket else None


class Eager(Tieout):
    """Records what an answer says before the answer is kept."""

    def keep(self, turn: Turn, message: Message, answer: Answer) -> None:
        if not message.writes:
            super().keep(turn, message, answer)

    def apply(self, turn: Turn, message: Message, answer: Answer) -> int:
        if message.writes:
            return self.after(turn, self._act(turn, message, answer))
        return super().apply(turn, message, answer)


class Impatient(Tieout):
    """Goes on with the next invoice while one is unconfirmed."""

    def _unsettled(self) -> Posting | None:
        found = super()._unsettled()
        others = any(row.state is State.READY and row.queued != NEVER for row in self.postings)
        return None if others and found and found.state is State.UNCONFIRMED else found


class NoStatusCheck(Tieout):
    """Takes absence for proved without asking for the stored answer."""

    def looked(self, turn: Turn, row: Posting) -> Looked:
        over = self.ticket_over(turn, self.last_write(row))
        looked = super().looked(turn, row)
        skips = looked.call_over or not looked.recallable or looked.nothing_stored
        return replace(looked, nothing_stored=skips, call_over=looked.call_over or over)


class NumberOnly(Tieout):
    """Searches by number alone, as if nobody ever changed one."""

    def searched(self, turn: Turn, row: Posting, answer: Answer) -> Answer | None:
        if answer.payload[0] == "searched":
            payload = ("searched", answer.payload[1], (), answer.payload[3])
            answer = answer._replace(payload=payload)
        return super().searched(turn, row, answer)


class Adopting(Tieout):
    """Takes a look-alike for ours."""

    def judge(self, row: Posting, found: Any) -> tuple[Event | None, Any]:
        event, each = super().judge(row, found)
        return (Event.FOUND_OURS if event is Event.FOUND_ALIKE else event), each


class NoEpoch(Tieout):
    """Lets a worker go on that lost its lane."""

    def check(self, turn: Turn) -> None:
        return


class LateHand(Tieout):
    """Applies an answer under an old epoch."""

    def apply(self, turn: Turn, message: Message, answer: Answer) -> int:
        return super().apply(turn._replace(epoch=self.epoch), message, answer)


class StaleProbe(Tieout):
    """Believes what another holding of the lane was told, also one before a restored backup."""

    def is_fresh(self, turn: Turn, exchange: Exchange) -> bool:
        return True


class DeafAfterSendAgain(Tieout):
    """Throws away the late answer to an earlier call, once a person has it sent again."""

    def take_write(
        self, turn: Turn, row: Posting, message: Message, answer: Answer
    ) -> Answer | None:
        if row.state in (State.READY, State.CLAIMED, State.PROBED):
            return None
        return super().take_write(turn, row, message, answer)


class SameIdAfterRefusal(Tieout):
    """Sends what was refused again under the id of the refusal."""

    def new_bytes(self, row: Posting) -> tuple[Any, ...]:
        if row.set_id:
            return self.last_write(row).message.request
        return super().new_bytes(row)


class SameIdOtherBytes(Tieout):
    """Uses one set id for all bytes of an invoice."""

    def new_bytes(self, row: Posting) -> tuple[Any, ...]:
        request = super().new_bytes(row)
        return (request[0], f"s-{row.index}", "", *request[3:])


class NewIdForUnsentResend(Tieout):
    """Takes a new set id when a resend did not get through."""

    def of_resend(self, row: Posting, event: Event) -> Event:
        return event


class Forgetful(Tieout):
    """Clears the record of a set that left twice."""

    def may_clear(self, set_id: str) -> bool:
        return True


class Blind(Tieout):
    """Does not look which company file is open."""

    def _needs_check(self, turn: Turn, row: Posting) -> bool:
        return False

    def same_session(self, turn: Turn, answer: Answer) -> bool:
        return True


class Deaf(Tieout):
    """Takes a search that failed for one that found nothing."""

    def wait(self, turn: Turn, row: Posting, answer: Answer) -> Answer:
        if row.state is State.UNCONFIRMED and row.nothing_stored:
            row.call_over = True
            self.meet(turn, row, Event.ABSENT_FENCED)
        else:
            super().wait(turn, row, answer)
        return answer


@dataclass(frozen=True)
class Mutant:
    """A planted bug: whose Tieout it is, which transitions are broken, in how many seeds it shows."""

    name: str
    tieout: type[Tieout] = Tieout
    table: Mapping[tuple[State, Event], Step] = field(default_factory=dict)
    seeds: int = 4_000
    shows: Schedule | None = None  # where chance takes too long: the schedule that shows it


_SEND_AGAIN_AS_NEW = Step(State.SENDING, (Effect.NEW_SET_ID, Effect.COMMIT_INTENT, Effect.SEND))
_SILENCE_IS_FAILURE = Step(State.READY, (Effect.KEEP, Effect.RELEASE))

# the first call commits, and its answer comes, between Send again and the second sending
LATE_NEWS = Schedule(
    seed=-1,
    invoices=1,
    road=WEB,
    same_path=False,
    people=0xFFF,
    faults=(
        Fault(0, "request late", 7, writes=True),
        Fault(32, "foreign", 0, writes=True),
        Fault(55, "people", 0, writes=True),
    ),
)

MUTANTS = (
    Mutant("sends without a probe", NoProbe),
    Mutant("no fence", NoFence),
    Mutant("no wait for a silent ticket", NoWait),
    Mutant("new id on resend", table={(State.RESENDABLE, Event.SEND): _SEND_AGAIN_AS_NEW}),
    Mutant("new id for a resend that did not get through", NewIdForUnsentResend),
    Mutant(
        "silence taken for failure", table={(State.SENDING, Event.SILENCE): _SILENCE_IS_FAILURE}
    ),
    Mutant("records before the answer is kept", Eager),
    Mutant("writes while one is unconfirmed", Impatient),
    Mutant("absence without a status check", NoStatusCheck),
    Mutant("search by number only", NumberOnly),
    Mutant("a failed search taken for absence", Deaf),
    Mutant("look-alike adopted", Adopting),
    Mutant("epoch ignored", NoEpoch),
    Mutant("applies under an old epoch", LateHand),
    Mutant("stale probe used after a restore", StaleProbe),
    Mutant("late answer thrown away after Send again", DeafAfterSendAgain, shows=LATE_NEWS),
    Mutant("refusal sent again under the same id", SameIdAfterRefusal),
    Mutant("one set id for other bytes", SameIdOtherBytes),
    Mutant("clears the record of a set that left twice", Forgetful),
    Mutant("does not look which file is open", Blind),
)


@contextmanager
def planted(mutant: Mutant) -> Iterator[type[Tieout]]:
    """Break the table for the time of the block."""
    before = {key: exporting.TABLE[key[0]][key[1]] for key in mutant.table}
    try:
        for (state, event), step in mutant.table.items():
            exporting.TABLE[state][event] = step
        yield mutant.tieout
    finally:
        for (state, event), step in before.items():
            exporting.TABLE[state][event] = step
