"""The rows that Tieout keeps, in memory: postings, exchanges, the lane; and what people decide."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from tieout.core import exporting
from tieout.core.exporting import Event, State

LEASE_S = 180
TICKET_S = 600
NEVER = -1
START = 100_000  # the clock may be put back
REMOTE, WEB = "remote", "web connector"


class LaneLost(Exception):
    """Another holder has the lane now."""


class Answer(NamedTuple):
    """What came of a call; `executed` False: proved that nothing ran."""

    outcome: str  # "response", "hresult", "not sent", "unknown", "fenced", "abandoned"
    payload: Any = None
    session: str = ""
    executed: bool | None = None
    highest: int = 0


UNKNOWN = Answer("unknown")
NEVER_CAME = "never came"  # of a call that was withdrawn
USABLE = frozenset({"response", "hresult", "not sent"})
OF_A_CALL = frozenset({"response", "hresult", "not sent", "abandoned"})


class Turn(NamedTuple):
    """One holding of the lane over one road."""

    epoch: int
    road: str
    ticket: str = ""
    may_write: bool = True


class Message(NamedTuple):
    """A message set; the request is what the model QuickBooks understands."""

    call_id: str
    purpose: str  # "session", "probe", "write", "status", "search", "recall"
    request: tuple[Any, ...] = ()
    posting: int = -1
    set_id: str = ""
    recall: str = ""
    silent: bool = False  # the ticket of the write, when QuickBooks was asked

    @property
    def writes(self) -> bool:
        return self.purpose == "write"


class Posting:
    """One row."""

    __slots__ = (
        "app", "call_over", "customer", "due", "found", "guid", "holds", "index", "key", "looks",
        "nothing_stored", "number", "proof_epoch", "queued", "recoveries", "set_id", "set_known", "state", "state_at",
        "total", "tries", "txn", "writes",
    )  # fmt: skip

    def __init__(self, index: int) -> None:
        self.index = index
        self.guid = f"g{index}"
        self.key = f"k{index}"
        self.number = f"N{index}"
        self.customer = index % 2
        self.total = 100 + index
        self.state = State.READY
        self.state_at = 0  # counted, not timed: its order is all that is asked for
        self.set_id = ""
        self.app = ""
        self.queued = START
        self.due = NEVER
        self.writes = 0
        self.recoveries = 0
        self.looks = 0
        self.tries = 0
        self.proof_epoch = 0
        self.call_over = False
        self.nothing_stored = False
        self.set_known = False  # and whether QuickBooks left open if the set was executed
        self.holds = False
        self.txn = 0
        self.found: Any = None  # the invoice that a person looks at


class Exchange:
    """One row: what was said, and the raw answer."""

    __slots__ = ("answer", "app", "applied", "at", "epoch", "message", "road", "ticket")

    def __init__(self, message: Message, turn: Turn, app: str, at: int) -> None:
        self.message = message
        self.road = turn.road
        self.ticket = turn.ticket
        self.epoch = turn.epoch
        self.app = app
        self.at = at
        self.answer: Answer | None = None
        self.applied = False


class Rows:
    """The rows of one company: its lane, what people decide. `now` is set by whoever drives it."""

    def __init__(self, invoices: int, *, app: str = "Tieout") -> None:
        self.now = START  # the clock on the wall
        self.uptime = 0  # the clock that only runs
        self.called: dict[str, int] = {}  # ticket -> its latest call, by that clock
        # ticket -> when it was opened and when it called, by the clock on the wall
        self.on_wall: dict[str, tuple[int, int]] = {}
        self.app = app
        self.postings = [Posting(i) for i in range(invoices)]
        self.exchanges: dict[str, Exchange] = {}
        self.unapplied: list[str] = []
        self.epoch = 0
        self.lease_until = NEVER
        self.wake_at: int | None = 0
        self.held = ""
        self.fence_epoch = 0
        self.checked_epoch = 0
        self.checked_session = ""
        self.verified: tuple[Any, ...] = ("Northgate", "C:/N.QBW", 0)
        self.moves = 0
        self.ids = 0  # random in the service: a restored database does not give one out again

    # ------------------------------------------------------------------ backup

    def snapshot(self) -> dict[str, Any]:
        """A backup of the database."""
        rows = dict(self.__dict__)
        rows["postings"] = [copy.copy(p) for p in self.postings]
        rows["exchanges"] = {k: copy.copy(e) for k, e in self.exchanges.items()}
        rows["unapplied"] = list(self.unapplied)
        rows["called"], rows["on_wall"] = dict(self.called), dict(self.on_wall)
        return rows

    def restore(self, rows: dict[str, Any]) -> None:
        """Put the backup in place; the clocks and the generator of ids go on."""
        now, ids, uptime = self.now, self.ids, self.uptime
        self.__dict__.update(rows)
        self.postings = [copy.copy(p) for p in rows["postings"]]
        self.exchanges = {k: copy.copy(e) for k, e in rows["exchanges"].items()}
        self.unapplied = list(rows["unapplied"])
        self.called, self.on_wall = dict(rows["called"]), dict(rows["on_wall"])
        self.now, self.ids, self.uptime = now, ids, uptime
        self.lease_until = NEVER  # the processes start anew
        self.wake_at = now

    # ------------------------------------------------------------------ lane

    def take(self, owner: str, lease_s: int = LEASE_S) -> int | None:
        """Take the lane by compare-and-set, or None."""
        if self.lease_until >= self.now:
            return None
        self.lease_until = self.now + lease_s
        self.epoch += 1
        self.wake_at = None
        return self.epoch

    def renew(self, turn: Turn, lease_s: int = LEASE_S) -> None:
        """Keep the lease running; LaneLost when somebody else has it."""
        self.check(turn)
        if self.lease_until <= self.now + lease_s / 2:
            self.lease_until = self.now + lease_s

    def release(self, turn: Turn, wake_at: int | None) -> None:
        """Give it back."""
        if turn.epoch != self.epoch:
            return
        self.lease_until = NEVER
        if wake_at is not None and (self.wake_at is None or wake_at < self.wake_at):
            self.wake_at = wake_at

    def check(self, turn: Turn) -> None:
        """The first line of every transaction that writes a result."""
        if turn.epoch != self.epoch:
            raise LaneLost

    def session_looked_at(self, turn: Turn) -> str:
        """The QuickBooks session in which this holder of the lane looked; "" when it did not."""
        return self.checked_session if self.checked_epoch == turn.epoch else ""

    def note_call(self, ticket: str) -> None:
        """The Web Connector called under that ticket."""
        self.called[ticket] = self.uptime
        self.on_wall[ticket] = (self.on_wall.get(ticket, (self.now, 0))[0], self.now)

    def looked_in_vain(self) -> None:
        """A session check that failed is a look in vain at what is unconfirmed."""
        for row in self.postings:
            if row.state is State.UNCONFIRMED:
                row.looks += 1

    def hold_wrong_file(self, turn: Turn) -> None:
        """The Web Connector named another company file."""
        self.check(turn)
        self.held = self.held or "another company file"

    # ------------------------------------------------------------------ answers

    def keep_by_call(self, call_id: str, answer: Answer) -> bool:
        """Keep an answer against its call. The first usable one stays."""
        exchange = self.exchanges.get(call_id)
        if exchange is None:
            return False
        if exchange.answer is not None and exchange.answer.outcome in USABLE:
            return True
        exchange.answer = answer
        exchange.applied = False
        if call_id not in self.unapplied:
            self.unapplied.append(call_id)
        return True

    def _applied(self, call_id: str) -> bool:
        exchange = self.exchanges[call_id]
        if call_id in self.unapplied:
            self.unapplied.remove(call_id)
        if exchange.applied:
            return False
        exchange.applied = True
        return True

    def last_write(self, row: Posting) -> Exchange:
        """The latest write that was handed out for the row."""
        for exchange in reversed(self.exchanges.values()):
            if exchange.message.posting == row.index and exchange.message.purpose == "write":
                return exchange
        message = f"posting {row.index} is {row.state.value} but no write of it was noted"
        raise RuntimeError(message)

    def in_quickbooks(self, row: Posting) -> int:
        """How often the row's message set may have reached QuickBooks."""
        answers = [
            each.answer
            for each in self.exchanges.values()
            if each.message.writes and each.message.set_id == row.set_id
        ]
        return sum(
            answer is None or (answer.executed is not False and answer.payload != NEVER_CAME)
            for answer in answers
        )

    # ------------------------------------------------------------------ people

    def link(self, index: int) -> None:
        """A person says that the invoice found is this one."""
        row = self.postings[index]
        row.state = exporting.step(row.state, Event.PERSON_LINKS).state
        self.moves += 1
        row.state_at = self.moves
        row.txn = row.found.txn
        row.found, row.holds = None, False
        self.wake()

    def send_again(self, index: int) -> None:
        """A person sends again; QuickBooks is probed first."""
        row = self.postings[index]
        row.state = exporting.step(row.state, Event.PERSON_SENDS_AGAIN).state
        row.queued, row.due, row.found = self.now, NEVER, None
        self.wake()

    def set_aside(self, index: int) -> None:
        """A Super User takes it out of the queue."""
        row = self.postings[index]
        row.state = exporting.step(row.state, Event.PERSON_SETS_ASIDE).state
        row.queued, row.due, row.holds = NEVER, NEVER, False
        self.wake()

    def retry(self, index: int) -> None:
        """A refused one is queued again after the cause was mended."""
        row = self.postings[index]
        row.state = exporting.step(row.state, Event.FIXED).state
        row.queued, row.due, row.tries = self.now, NEVER, 0
        self.wake()

    def verify(self, facts: tuple[Any, ...]) -> None:
        """A Super User looked at the company file and confirms it."""
        self.verified = facts
        if not self.fence_epoch:
            self.held = ""
            self.wake()

    def take_over(self) -> None:
        """A Super User raises the epoch above all that the connector has seen."""
        self.epoch = max(self.epoch, self.fence_epoch) + 1
        self.held, self.fence_epoch, self.lease_until = "", 0, NEVER
        self.wake()

    def wake(self) -> None:
        """Look at this company now."""
        if self.wake_at is None or self.wake_at > self.now:
            self.wake_at = self.now

    # ------------------------------------------------------------------ what is claimed

    def states(self) -> tuple[str, ...]:
        """Where each posting stands."""
        return tuple([row.state for row in self.postings])

    def has_answer(self, index: int) -> bool:
        """Whether a raw answer is kept to a write of this posting."""
        return any(
            exchange.answer is not None and exchange.message.writes
            for exchange in self.exchanges.values()
            if exchange.message.posting == index
        )

    def claims(self) -> list[tuple[str, int]]:
        """State and the id in QuickBooks of each posting."""
        return [(row.state.value, row.txn) for row in self.postings]
