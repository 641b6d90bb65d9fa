"""The two ways to QuickBooks, with everything that breaks on them.

The Remote Connector keeps a journal and a fence as `tieout.connector` does; the Web Connector
asks for work, carries it to QuickBooks and brings the answer back under its ticket. Neither looks
into a request: both carry the model's tuples and the service's bytes alike.
"""

from __future__ import annotations

from typing import Any

from tests.simulation.books import Died
from tests.simulation.rows import (
    NEVER_CAME,
    REMOTE,
    TICKET_S,
    UNKNOWN,
    WEB,
    Answer,
    LaneLost,
    Turn,
)

NOT_SENT = Answer("not sent", executed=False)
IN_QUICKBOOKS = frozenset(
    {"before save", "after save", "reply lost", "not stored", "forgets the answer", "cut"}
)
IDLE, BUILD, HAND, CARRY, KEEP, APPLY = range(6)
TICKET_EVERY_S = 300
IDLE_S = 120  # the connector's setting: an idle session of QuickBooks is closed


class Late:
    """A message set that QuickBooks executes later, whoever waits for it or not."""

    __slots__ = ("blocks", "call", "live", "request", "session", "tick")

    def __init__(self, call: Any, session: int, tick: int, *, blocks: bool, live: bool) -> None:
        self.call = call
        self.session = session
        self.tick = tick
        self.blocks = blocks  # QuickBooks answers nobody before it is done
        self.live = live  # the connector that handed it over still waits


class Connector:
    """The Remote Connector: one call at a time, a journal of writes, a fence by epoch."""

    asks_the_session = True

    def __init__(self, world: Any) -> None:
        self.world = world
        # call id -> [state, answer]; states: "handed over", "finished", "abandoned", "withdrawn"
        self.journal: dict[str, list[Any]] = {}
        self.stones: set[str] = set()  # of the withdrawn
        self.highest = 0
        self.session = 0  # generation of the QuickBooks session it holds, 0 = none
        self.used_at = 0
        self.count = 0  # sessions begun, part of their name

    def carry(self, message: Any, epoch: int, looked_at: str) -> Answer:
        """Deliver one message set, through whatever is armed against it.

        `looked_at`: the session in which the sender looked which file is open.
        """
        world = self.world
        strike, which = world.struck(message)
        if strike == "not reached":
            return NOT_SENT
        if strike in ("request lost", "search fails"):
            return UNKNOWN
        if strike == "request late":
            world.stray.append((world.tick + 2 + which * 6, message, epoch, looked_at))
            return UNKNOWN
        answer = self.arrive(message, epoch, looked_at, strike, which)
        if strike in ("answer lost", "answer cut", "soap lost"):
            return UNKNOWN
        return answer

    def arrive(
        self, message: Any, epoch: int, looked_at: str, strike: str = "", which: int = 0
    ) -> Answer:
        """The call has come in: fence, journal, session, QuickBooks."""
        world, books = self.world, self.world.books
        writes = message.writes
        if writes and message.call_id in self.journal:
            return self._known(message.call_id, self.journal[message.call_id])
        if world.blocked():
            return NOT_SENT if writes else UNKNOWN
        if writes:
            if epoch < self.highest:
                return Answer("fenced", executed=False, highest=self.highest)
            self.highest = epoch
        try:
            self._begin()
        except Died:
            return Answer("hresult", executed=False)
        if books.files[books.open].path != world.path:
            return NOT_SENT
        if writes:
            if looked_at != self.name and self.asks_the_session:
                return NOT_SENT  # in another session another file may be open at the same path
            self._earlier_are_over()
            self.journal[message.call_id] = ["handed over", None]
            world.note_sent(message, REMOTE)
        if strike.startswith("connector dies"):
            return self._die(message, strike, which)
        if strike == "hangs":
            world.late.append(
                Late(message, self.session, world.tick + 3 + which * 7, blocks=True, live=True)
            )
            return UNKNOWN
        answer = self._process(message, strike)
        if writes:
            self.journal[message.call_id] = ["finished", answer]
        return answer

    @property
    def name(self) -> str:
        """The session's name."""
        return f"{self.session}.{self.count}"

    def _earlier_are_over(self) -> None:
        """A later session has begun and one call runs at a time: whoever waited is dead."""
        for call_id, (state, _) in self.journal.items():
            if state == "handed over":
                self.world.log.append(("fence", call_id))

    def _begin(self) -> None:
        books, now = self.world.books, self.world.uptime
        idle, self.used_at = now - self.used_at, now
        if self.session != books.generation or idle > IDLE_S:
            self.session = books.begin()
            self.count += 1

    def _process(self, message: Any, strike: str) -> Answer:
        books = self.world.books
        name = self.name
        point = strike if strike in IN_QUICKBOOKS else ""
        self.world.note_run(message)
        try:
            payload = books.process(self.session, self.world.app, message.request, point)
        except Died as died:
            self.session = 0
            return Answer("hresult", None, name, died.executed)
        return Answer("response", payload, name, executed=True)

    def _die(self, message: Any, strike: str, which: int) -> Answer:
        """The connector's process ends with the call handed over; the next one knows no more."""
        world = self.world
        session, self.session = self.session, 0
        if strike == "connector dies late":
            tick = world.tick + 3 + which * 7
            world.late.append(Late(message, session, tick, blocks=which % 2 == 0, live=False))
        elif strike == "connector dies":
            world.execute(session, message)
        return UNKNOWN

    def restart(self) -> None:
        """Stopped and started: the journal and the fence stay."""
        self.session = 0
        for late in self.world.late:
            late.live = False

    def recall(self, call_id: str) -> Answer:
        """What became of a call; proves that it is over where that can be proved."""
        world = self.world
        if any(late.live and late.call.call_id == call_id for late in world.late):
            return UNKNOWN
        entry = self.journal.get(call_id)
        if entry is None:
            entry = self.journal[call_id] = ["withdrawn", None]
            self.stones.add(call_id)
        return self._known(call_id, entry)

    def _known(self, call_id: str, entry: list[Any]) -> Answer:
        answer: Answer | None = entry[1]
        if answer is not None and (answer.outcome == "response" or answer.executed is False):
            return answer
        if entry[0] == "abandoned":
            return self._abandoned(call_id)
        try:
            if self.world.blocked():
                return UNKNOWN
            self._begin()
        except Died:
            return answer or UNKNOWN
        books = self.world.books
        if books.files[books.open].path != self.world.path:
            return answer or UNKNOWN
        entry[0] = "abandoned"
        self.world.log.append(("fence", call_id))
        return self._abandoned(call_id)

    def _abandoned(self, call_id: str) -> Answer:
        return Answer("abandoned", NEVER_CAME if call_id in self.stones else None)


class Worker:
    """A background worker of Tieout's: takes the lane, builds, carries, keeps, applies."""

    def __init__(self, world: Any, name: str) -> None:
        self.world = world
        self.name = name
        self.phase = IDLE
        self.resumes = 0  # tick
        self.turn: Turn = Turn(0, REMOTE)
        self.message: Any = None
        self.answer: Answer = UNKNOWN
        self.twice = False

    def kill(self) -> bool:
        """The process ends; what it held in memory is gone."""
        was, self.phase = self.phase, IDLE
        self.resumes = 0
        return was != IDLE

    def pause(self, ticks: int) -> bool:
        """Stopped for a while, beyond its lease."""
        if self.phase == IDLE:
            return False
        self.resumes = self.world.tick + ticks
        return True

    def step(self) -> bool:
        """One small step; False when there is nothing to do."""
        world = self.world
        if self.resumes > world.tick:
            return False
        tieout = world.tieout
        stale = self.phase in (BUILD, APPLY) and self.turn.epoch != tieout.epoch
        before = tieout.states() if stale else ()
        try:
            return self._step(world, tieout)
        except LaneLost:
            self.phase = IDLE
            return True
        finally:
            if stale and tieout.states() != before:
                world.log.append(("stale hand", world.tick, self.name))

    def _step(self, world: Any, tieout: Any) -> bool:
        phase = self.phase
        if phase == IDLE:
            if world.road != REMOTE or not world.is_due():
                return False
            epoch = tieout.take(self.name)
            if epoch is None:
                return False
            self.turn = Turn(epoch, REMOTE)
            self.phase = BUILD
        elif phase == BUILD:
            tieout.renew(self.turn)
            if world.road != REMOTE:
                tieout.release(self.turn, tieout.now)
                self.phase = IDLE
                return True
            got = tieout.build(self.turn)
            if got is None or isinstance(got, int):
                tieout.release(self.turn, got)
                self.phase = IDLE
            else:
                self.message = got
                self.phase = CARRY
        elif phase == CARRY:
            self._carry(world)
            self.phase = KEEP
        elif phase == KEEP:
            tieout.keep(self.turn, self.message, self.answer)
            if self.twice and self.message.writes:  # a query's answer has nowhere else to go
                tieout.keep(self.turn, self.message, self.answer)
            self.phase = APPLY
        else:
            wait = tieout.apply(self.turn, self.message, self.answer)
            self.phase = BUILD
            if wait:
                tieout.release(self.turn, tieout.now + wait)
                self.phase = IDLE
        return True

    def _carry(self, world: Any) -> None:
        message = self.message
        self.twice = False
        if message.recall:
            strike, _ = world.struck(message)
            lost = strike in ("recall lost", "request lost", "answer lost", "not reached")
            self.answer = UNKNOWN if lost else world.connector.recall(message.recall)
            return
        self.twice = world.peek(message) == "answer twice"
        looked_at = world.tieout.session_looked_at(self.turn) if message.writes else ""
        self.answer = world.connector.carry(message, self.turn.epoch, looked_at)


class WebConnector:
    """Intuit's Web Connector with our end of its calls: a ticket holds the lane."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.phase = IDLE
        self.resumes = 0
        self.next_at = 0  # it comes by its schedule, not when we wish
        self.turn: Turn = Turn(0, WEB)
        self.session = 0
        self.message: Any = None
        self.answer: Answer = UNKNOWN
        self.outstanding: Any = None
        self.before: tuple[Turn, Any] | None = None  # an unclosed ticket and what it had out
        self.tickets = 0
        self.twice = False

    def kill(self) -> bool:
        """A process of ours or of theirs ended in a call: the ticket just falls silent."""
        if self.phase == IDLE:
            return False
        self._silent()
        return True

    def pause(self, ticks: int) -> bool:
        """It stands still for a while: a dialog on its own window, a sleeping machine."""
        if self.phase == IDLE:
            return False
        self.resumes = self.world.tick + ticks
        return True

    def _silent(self) -> None:
        self.before = (self.turn, self.outstanding)
        self.outstanding = None
        self.phase = IDLE
        self.resumes = 0
        self.next_at = self.world.tieout.now + TICKET_EVERY_S

    def _close(self, wake_at: int | None) -> None:
        tieout = self.world.tieout
        if self.outstanding is not None and self.turn.epoch == tieout.epoch:
            tieout.lose(self.turn, self.outstanding.call_id)
        tieout.release(self.turn, wake_at)
        self.outstanding = None
        self.phase = IDLE

    def step(self) -> bool:
        """One small step; False when there is nothing to do."""
        world = self.world
        if self.resumes > world.tick:
            return False
        try:
            return self._step(world, world.tieout)
        except LaneLost:  # the ticket has expired
            self.outstanding = None
            self.phase = IDLE
            return True

    def _step(self, world: Any, tieout: Any) -> bool:
        phase = self.phase
        if phase == IDLE:
            return self._authenticate(world, tieout)
        if phase != CARRY:
            self._note_call(world, tieout)
        if phase == BUILD:
            self._ask_for_work(world, tieout)
        elif phase == HAND:
            tieout.hand_out(self.turn, self.message)
            self.outstanding = self.message
            self.phase = CARRY
        elif phase == CARRY:
            self._carry(world)
        elif phase == KEEP:
            tieout.keep(self.turn, self.message, self.answer)
            if self.twice:
                tieout.keep(self.turn, self.message, self.answer)
            self.outstanding = None
            self.phase = APPLY
        else:
            wait = tieout.apply(self.turn, self.message, self.answer)
            self.phase = BUILD
            if wait or self.answer.outcome != "response":
                self._close(tieout.now + max(wait, 1))
        return True

    def _note_call(self, world: Any, tieout: Any) -> None:
        tieout.note_call(self.turn.ticket)
        world.log.append(("call", self.turn.ticket, world.uptime))

    def _authenticate(self, world: Any, tieout: Any) -> bool:
        if world.road != WEB or not world.is_due() or tieout.now < self.next_at:
            return False
        if world.books.dialog or world.blocked():
            self.next_at = tieout.now + TICKET_EVERY_S
            return False
        epoch = tieout.take("web connector", TICKET_S)
        if epoch is None:
            return False
        self.tickets += 1
        self.turn = Turn(epoch, WEB, f"t{self.tickets}")
        self._note_call(world, tieout)
        self.session = world.books.begin()
        if self.before is not None:
            _, out = self.before
            self.before = None
            if out is not None:
                tieout.lose(self.turn, out.call_id)
        self.phase = BUILD
        return True

    def _ask_for_work(self, world: Any, tieout: Any) -> None:
        tieout.check(self.turn)
        books = world.books
        if world.road != WEB:
            self._close(tieout.now)
            return
        if self.session == books.generation and books.files[books.open].path != world.path:
            world.tieout.hold_wrong_file(self.turn)
            self._close(tieout.now + TICKET_EVERY_S)
            self.next_at = tieout.now + TICKET_EVERY_S
            return
        if self.outstanding is not None:
            tieout.lose(self.turn, self.outstanding.call_id)
            self.outstanding = None
        tieout.renew(self.turn, TICKET_S)
        got = tieout.build(self.turn)
        if got is None or isinstance(got, int):
            self._close(got)
            return
        self.message = got
        self.phase = HAND

    def _carry(self, world: Any) -> None:
        message = self.message
        strike, which = world.struck(message)
        self.twice = strike == "answer twice"
        if strike in ("soap lost", "request lost", "not reached", "search fails"):
            if which % 2:  # its next call is sendRequestXML once more, or closeConnection
                self.phase = BUILD
            else:
                self._silent()
            return
        if message.writes:
            world.note_sent(message, self.turn.ticket)
        if strike in ("request late", "hangs", "connector dies late"):
            tick = world.tick + 3 + which * 7
            blocks = which % 2 == 0
            world.late.append(Late(message, self.session, tick, blocks=blocks, live=False))
            if strike == "request late":  # and the answer comes under the old ticket
                world.late_answers.append((tick + 1, self.turn, message))
            self._silent()
            return
        if strike == "connector dies":
            world.execute(self.session, message)
            self._silent()
            return
        point = strike if strike in IN_QUICKBOOKS else ""
        world.note_run(message)
        try:
            payload = world.books.process(self.session, world.app, message.request, point)
            self.answer = Answer("response", payload, self.turn.ticket, executed=True)
        except Died as died:
            self.answer = Answer("hresult", None, self.turn.ticket, died.executed)
            if died.executed is False:
                world.log.append(("never ran", message.set_id))
        self.phase = KEEP
        if strike in ("answer lost", "answer cut", "connector dies never"):
            if which % 2:
                self.phase = BUILD
            else:
                self._silent()
        elif strike == "answer late":
            self.resumes = world.tick + 3 + which * 7
