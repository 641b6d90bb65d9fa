"""Planted bugs, one of each kind that loses or doubles invoices. The simulation must catch each.

A mutant is Tieout's side with one rule broken: a method of the model, a decision of the core, or
one transition of its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tests.simulation.roads import Connector
from tests.simulation.rows import NEVER, REMOTE, WEB, Answer, Exchange, Message, Posting, Turn
from tests.simulation.schedules import Fault, Schedule
from tests.simulation.tieout_model import FENCE_S, Tieout

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

    def fence_in(self, write: Exchange) -> int | None:
        return 0 if write.ticket else None


class WallClock(Tieout):
    """Measures the silence of a ticket by the clock on the wall, which people put forward."""

    def __init__(self, invoices: int, *, app: str = "Tieout") -> None:
        super().__init__(invoices, app=app)
        self.wall: dict[str, int] = {}

    def note_call(self, ticket: str) -> None:
        super().note_call(ticket)
        self.wall[ticket] = self.now

    def fence_in(self, write: Exchange) -> int | None:
        return self.wall[write.ticket] + FENCE_S - self.now if write.ticket else None


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
        over = self.is_silent(self.last_write(row))
        looked = super().looked(turn, row)
        skips = looked.call_over or not looked.recallable or looked.nothing_stored
        return replace(looked, nothing_stored=skips, call_over=looked.call_over or over)


class NumberOnly(Tieout):
    """Searches by number alone, as if nobody ever changed one."""

    def marked(self, row: Posting, found: Any) -> list[Any]:
        return []


class CustomerOnly(Tieout):
    """Searches among its customer's invoices, as if nobody ever moved one."""

    def marked(self, row: Posting, found: Any) -> list[Any]:
        return [each for each in super().marked(row, found) if each.customer == row.customer]


class NarrowProbe(Tieout):
    """Probes by number alone, also when its database may have been restored."""

    def take_probe(
        self, turn: Turn, row: Posting, message: Message, answer: Answer
    ) -> Answer | None:
        if answer.outcome == "response" and answer.payload[0] == "found":
            answer = answer._replace(payload=("found", answer.payload[1], ()))
        return super().take_probe(turn, row, message, answer)


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

    def next_set_id(self, row: Posting) -> str:
        return f"{row.key}+"


class SameIdOtherBytes(Tieout):
    """Freezes the bytes of a resend anew."""

    def frozen_bytes(self, row: Posting) -> tuple[Any, ...]:
        set_id = row.set_id or self.next_set_id(row)
        return self.bytes_of(row, set_id, f"of {self.moves}")


class RandomIds(Tieout):
    """Takes set ids that a restored database does not take again."""

    def next_set_id(self, row: Posting) -> str:
        self.ids += 1
        return f"s{self.ids}"


class NewIdByAPerson(Tieout):
    """Takes a new set id when a person has it sent again."""

    def send_again(self, index: int) -> None:
        super().send_again(index)
        row = self.postings[index]
        row.set_id = self.next_set_id(row)


class NewIdForUnsentResend(Tieout):
    """Takes a new set id when a resend did not get through."""

    def of_resend(self, row: Posting, event: Event) -> Event:
        if event is Event.NOT_SENT:
            row.set_id = self.next_set_id(row)
        return event


class ClearsAtOnce(Tieout):
    """Clears QuickBooks' record of a set as soon as the next one leaves."""

    def to_clear(self, row: Posting) -> str:
        done = [each for each in self.postings if each.state is State.EXPORTED]
        return max(done, key=lambda each: each.state_at).set_id if done else ""


class DeafTieOut(Tieout):
    """Leaves set aside what its tie-out finds in QuickBooks."""

    def tie_out(self, invoices: Any) -> bool:
        return False


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
    asks_the_session: bool = True


_SEND_AGAIN_AS_NEW = Step(
    State.SENDING,
    (Effect.NEXT_SET_ID, Effect.FREEZE_BYTES, Effect.COMMIT_INTENT, Effect.SEND),
)
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

# it leaves twice, and the first call commits long after the second was settled
_LATE = Fault(0, "connector dies late", 7, writes=True)


def _shown(*faults: Fault, road: str = REMOTE, invoices: int = 1) -> Schedule:
    return Schedule(-1, invoices, road, same_path=False, people=0xFFF, faults=faults)


CLEARED_AT_ONCE = _shown(_LATE, invoices=2)
JUMPED = _shown(
    Fault(0, "connector dies late", 3, writes=True),
    Fault(14, "clock forward", 0, writes=True),
    Fault(14, "not stored", 0, writes=True),
    road=WEB,
)
SENT_AGAIN = _shown(
    Fault(0, "connector dies late", 5, writes=True),
    Fault(15, "foreign", 0, writes=True),
    Fault(32, "people", 0, writes=True),
)
OVERSLEPT = _shown(
    Fault(0, "second worker", 0, writes=True), Fault(11, "pause", 0, writes=True), invoices=2
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
    Mutant("applies under an old epoch", LateHand, shows=OVERSLEPT),
    Mutant("stale probe used after a restore", StaleProbe),
    Mutant("late answer thrown away after Send again", DeafAfterSendAgain, shows=LATE_NEWS),
    Mutant("refusal sent again under the same id", SameIdAfterRefusal),
    Mutant("one set id for other bytes", SameIdOtherBytes),
    Mutant("clears QuickBooks' record at once", ClearsAtOnce, shows=CLEARED_AT_ONCE),
    Mutant("does not look which file is open", Blind),
    Mutant("writes in a session that was not looked at", asks_the_session=False),
    Mutant("waits by the clock on the wall", WallClock, shows=JUMPED),
    Mutant("search within the customer only", CustomerOnly),
    Mutant("probe by number only", NarrowProbe),
    Mutant("set ids by lot", RandomIds),
    Mutant("new id when a person has it sent again", NewIdByAPerson, shows=SENT_AGAIN),
    Mutant("tie-out leaves set aside what is there", DeafTieOut),
)


@contextmanager
def planted(mutant: Mutant) -> Iterator[type[Tieout]]:
    """Break the table for the time of the block."""
    before = {key: exporting.TABLE[key[0]][key[1]] for key in mutant.table}
    try:
        for (state, event), step in mutant.table.items():
            exporting.TABLE[state][event] = step
        Connector.asks_the_session = mutant.asks_the_session
        yield mutant.tieout
    finally:
        Connector.asks_the_session = True
        for (state, event), step in before.items():
            exporting.TABLE[state][event] = step
