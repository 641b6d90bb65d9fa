"""One run of a schedule: who is at work takes small steps while the faults strike.

The same `World` drives the model and, with other `tieout` and `books`, the real service and the
rehearsal company. It decides nothing about invoices; it only carries, breaks and notes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.simulation.books import RIGHT, WRONG, Died, QuickBooks
from tests.simulation.roads import Connector, WebConnector, Worker
from tests.simulation.rows import LEASE_S, REMOTE, TICKET_S, WEB, Answer
from tests.simulation.schedules import ARROWS, ONLY, TICKS, Schedule
from tests.simulation.tieout_model import FENCE_S, Tieout

STEPS_MAX = 900  # a run that is not settled by then does not end by itself
RETRIES_MAX = 3
CALM_AT = TICKS + 16  # what was armed and never met a message is put away
_ARROWS = frozenset(ARROWS)


class Run(NamedTuple):
    """What is left to judge when a run is over."""

    schedule: Schedule
    log: list[tuple[Any, ...]]
    trace: list[tuple[str, ...]]
    claims: list[tuple[str, int]]
    wanted: list[tuple[str, int, str, int]]  # guid, customer, number, total
    right: list[Any]
    wrong: list[Any]
    ended: bool
    ticks: int
    tieout: Any


class World:
    """Everything around Tieout, and the clock."""

    def __init__(self, schedule: Schedule, tieout: Any, books: Any, log: list[Any]) -> None:
        self.schedule = schedule
        self.log = log
        self.tieout = tieout
        self.books = books
        self.path = books.files[RIGHT].path
        self.app = tieout.app
        self.road = schedule.road
        self.tick = 0
        self.uptime = 0  # seconds since the beginning, whatever the clocks on the wall say
        self.connector = Connector(self)
        self.workers = [Worker(self, "A")]
        self.web = WebConnector(self)
        self.armed: list[Any] = []
        self.late: list[Any] = []
        self.late_answers: list[Any] = []
        self.stray: list[Any] = []  # remote calls that arrive later
        self.backup: Any = None
        self.forgotten: set[str] = set()  # calls on their way when our database was restored
        self.trace: list[tuple[str, ...]] = []
        self.retries = 0
        self.calm = False

    # ------------------------------------------------------------------ asked by the roads

    def is_due(self) -> bool:
        """Whether the lane wants to be looked at."""
        wake_at = self.tieout.wake_at
        return wake_at is not None and wake_at <= self.tieout.now

    def blocked(self) -> bool:
        """Whether QuickBooks is in a call that does not end."""
        return any(late.blocks for late in self.late)

    def struck(self, message: Any) -> tuple[str, int]:
        """The fault that strikes this message, and its small number."""
        for fault in self.armed:
            if self._meets(fault, message):
                self.armed.remove(fault)
                self.log.append(("strike", self.tick, fault.kind, message.purpose))
                return fault.kind, fault.which
        return "", 0

    def peek(self, message: Any) -> str:
        """The same without using it up."""
        for fault in self.armed:
            if self._meets(fault, message):
                return str(fault.kind)
        return ""

    def _meets(self, fault: Any, message: Any) -> bool:
        only = ONLY.get(fault.kind)
        if only is not None:
            return bool(message.purpose == only)
        return message.writes or not fault.writes

    def note_sent(self, message: Any, by: str) -> None:
        """A write is handed to QuickBooks, remotely or by a ticket: what the auditor wants to know."""
        digest = message.request[3] if isinstance(message.request, tuple) else message.request
        states = self.tieout.states()
        self.log.append(
            (
                "sent",
                self.tick,
                message.posting,
                message.set_id,
                digest,
                states,
                message.call_id,
                by,
                self.uptime,
            )
        )

    def note_run(self, message: Any) -> None:
        """QuickBooks begins to execute a write."""
        if message.writes:
            self.log.append(("runs", message.call_id, self.uptime))

    def goes_by(self, seconds: int) -> None:
        """Time goes by, on every clock."""
        self.uptime += seconds
        self.tieout.now += seconds
        self.tieout.uptime = self.uptime

    def execute(self, session: int, message: Any) -> Answer | None:
        """QuickBooks executes a message set that nobody waits for."""
        self.note_run(message)
        try:
            payload = self.books.process(session, self.app, message.request)
        except Died:
            return None
        return Answer("response", payload, executed=True)

    # ------------------------------------------------------------------ the run

    def run(self) -> Run:
        """Until everything is settled."""
        tieout = self.tieout
        faults = list(self.schedule.faults)
        faults.reverse()
        last: tuple[str, ...] = ()
        ended = False
        for step in range(STEPS_MAX):
            tick = self.tick
            while faults and faults[-1].at <= tick:
                self.strike(faults.pop())
            if self.late or self.stray or self.late_answers:
                self._late_ones()
            if self.workers[step % len(self.workers)].step() or self.web.step():
                moved = True
            else:
                moved = any(worker.step() for worker in self.workers)
            self.tick += 1
            self.goes_by(1)
            states = tieout.states()
            if states != last:
                self._note_states(last, states)
                last = states
            if tick >= CALM_AT and not faults:
                if not self.calm:
                    self.calm_down()
                elif step % 16 == 0:
                    self.people()
            if not moved and not self._jump(faults):
                ended = True
                break
        return Run(
            self.schedule, self.log, self.trace, tieout.claims(),
            [(p.guid, p.customer, p.number, p.total) for p in tieout.postings],
            self.books.right_books(), self.books.wrong_books(), ended, self.tick, tieout,
        )  # fmt: skip

    def _note_states(self, before: tuple[str, ...], states: tuple[str, ...]) -> None:
        self.trace.append(states)
        self.log.append(("states", states))
        for index, (was, state) in enumerate(zip(before, states, strict=False)):
            if was == "sending" and state in ("exported", "refused"):
                self.log.append(("judged", index, self.tieout.has_answer(index)))

    def _jump(self, faults: list[Any]) -> bool:
        """Nobody can move: on to the next moment at which somebody can; False when all is over."""
        tieout = self.tieout
        now = tieout.now
        if tieout.wake_at is not None:
            moments = [tieout.wake_at]
            if tieout.lease_until >= now:
                moments.append(tieout.lease_until + 1)
            if self.road == WEB:
                moments.append(self.web.next_at)
            if any(worker.resumes > self.tick for worker in self._everybody()):
                self.tick += 1
            self.goes_by(max(now, *moments) - now)
            return True
        if tieout.lease_until >= now:
            tieout.wake()
            return True
        ticks = [fault.at for fault in faults[-1:]]
        ticks += [late.tick for late in self.late]
        ticks += [stray[0] for stray in self.stray] + [late[0] for late in self.late_answers]
        ticks += [w.resumes for w in self._everybody() if w.resumes > self.tick]
        if ticks:
            self.tick = max(self.tick, min(ticks))
            return True
        if not self.calm:
            self.calm_down()
            return True
        return self.people()

    def calm_down(self) -> None:
        """The faults stop: what still stood open is put right."""
        self.calm = True
        self.armed.clear()
        self.books.dialog = self.books.lock = self.books.refuse = False
        self.books.switch(RIGHT)
        self.tieout.wake()

    def _late_ones(self) -> None:
        """What comes late and is due."""
        tick = self.tick
        for late in [late for late in self.late if late.tick <= tick]:
            self.late.remove(late)
            answer = self.execute(late.session, late.call)
            if late.live and answer is not None and late.call.writes:
                self.connector.journal[late.call.call_id] = ["finished", answer]
        for stray in [stray for stray in self.stray if stray[0] <= tick]:
            self.stray.remove(stray)
            self.connector.arrive(stray[1], stray[2], stray[3])
        for late in [late for late in self.late_answers if late[0] <= tick]:
            self.late_answers.remove(late)
            _, turn, message = late
            # the answer of the set as QuickBooks stored it, brought back under the old ticket
            payload = self.books.stored(self.app, message.request)
            if payload is not None:
                answer = Answer("response", payload, turn.ticket, executed=True)
                self.tieout.keep(turn, message, answer)
                saved = [i.txn for i in self.books.right_books() if i.guid == self._guid(message)]
                stood = str(self.tieout.states()[message.posting])
                # proofs do not keep: what a question brought too late is not acted on
                if message.writes and message.call_id not in self.forgotten:
                    out = frozenset(stray[1].call_id for stray in self.stray)
                    self.log.append(("told", message.posting, saved, stood, out))
                self.tieout.wake()

    def _guid(self, message: Any) -> str:
        return str(self.tieout.postings[message.posting].guid)

    # ------------------------------------------------------------------ faults

    def strike(self, fault: Any) -> None:
        """Arm an arrow, or let an event happen now."""
        kind = fault.kind
        if kind in _ARROWS:
            self.armed.append(fault)
            return
        self.log.append(("event", self.tick, kind, fault.which))
        getattr(self, "on_" + kind.replace(" ", "_"))(fault.which)

    def _posting(self, which: int) -> Any:
        return self.tieout.postings[which % len(self.tieout.postings)]

    def _everybody(self) -> list[Any]:
        return [*self.workers, self.web]

    def on_crash(self, which: int) -> None:
        for each in self._everybody():
            if each.kill():
                return

    def on_pause(self, which: int) -> None:
        for each in self._everybody():
            if each.pause(6 + which * 4):
                beyond = (LEASE_S, TICKET_S, FENCE_S)[which % 3]
                self.goes_by(beyond + 5)
                self.tieout.wake()
                if len(self.workers) == 1:
                    self.workers.append(Worker(self, "B"))
                return

    def on_second_worker(self, which: int) -> None:
        if len(self.workers) == 1:
            self.workers.append(Worker(self, "B"))
        self.tieout.wake()

    def on_clock_forward(self, which: int) -> None:
        self.tieout.now += 3600
        self.tieout.wake()

    def on_clock_back(self, which: int) -> None:
        self.tieout.now -= 700

    def on_switch_road(self, which: int) -> None:
        self.road = WEB if self.road == REMOTE else REMOTE
        self.tieout.wake()

    def on_back_up_ours(self, which: int) -> None:
        self.backup = self.tieout.snapshot()

    def on_restore_ours(self, which: int) -> None:
        """A backup of Tieout's database is put back; its processes start anew."""
        if self.backup is None:
            return
        for each in self._everybody():
            each.kill()
        self.web.before = None
        self.tieout.restore(self.backup)
        out = [late.call for late in self.late] + [stray[1] for stray in self.stray]
        out += [late[2] for late in self.late_answers]
        self.forgotten.update(message.call_id for message in out)
        self.log.append(("restored ours", frozenset(self.forgotten)))

    def on_back_up_theirs(self, which: int) -> None:
        self.books.back_up()

    def on_restore_theirs(self, which: int) -> None:
        self.books.restore()

    def on_renumber(self, which: int) -> None:
        posting = self._posting(which)
        self.books.edit(posting.guid, number=f"{posting.number}x")

    def on_moved_away(self, which: int) -> None:
        """Another number and another customer at once: no search by either finds it."""
        posting = self._posting(which)
        self.books.edit(posting.guid, number=f"{posting.number}m", customer=7)

    def on_delete(self, which: int) -> None:
        self.books.delete(self._posting(which).guid)

    def on_void(self, which: int) -> None:
        self.books.edit(self._posting(which).guid, voided=True, total=0)

    def on_edit(self, which: int) -> None:
        posting = self._posting(which)
        self.books.edit(posting.guid, total=posting.total + 7)

    def on_unmark(self, which: int) -> None:
        self.books.edit(self._posting(which).guid, key="")

    def on_foreign(self, which: int) -> None:
        posting = self._posting(which)
        self.books.add_foreign(posting.number, posting.customer, 5)

    def on_alike(self, which: int) -> None:
        posting = self._posting(which)
        self.books.add_foreign(posting.number, posting.customer, posting.total)

    def on_lock(self, which: int) -> None:
        self.books.lock = True

    def on_refuse(self, which: int) -> None:
        self.books.refuse = True

    def on_dialog(self, which: int) -> None:
        self.books.dialog = not self.books.dialog

    def on_wrong_file(self, which: int) -> None:
        self.books.switch(WRONG if self.books.open == RIGHT else RIGHT)

    def on_quickbooks_restarts(self, which: int) -> None:
        self.books.die()

    def on_connector_restarts(self, which: int) -> None:
        self.connector.restart()

    def on_records_lost(self, which: int) -> None:
        self.books.lose_records()

    def on_people(self, which: int) -> None:
        self.people()

    # ------------------------------------------------------------------ people

    def people(self) -> bool:
        """People do what Tieout asks of them; False when nothing is asked."""
        tieout = self.tieout
        if tieout.held:
            if tieout.fence_epoch:
                tieout.take_over()
                return True
            if self.books.dialog or self.books.open != RIGHT:
                return False
            tieout.verify(self.books.facts())
            return True
        if any(self._decide(i, p) for i, p in enumerate(tieout.postings)):
            return True
        if self.books.dialog or self.books.open != RIGHT:
            return False
        return bool(tieout.tie_out(self.books.right_books()))

    def _decide(self, index: int, posting: Any) -> bool:
        tieout, bits = self.tieout, self.schedule.people >> (index * 3)
        if posting.state == "refused" and self.retries < RETRIES_MAX:
            self.retries += 1
            tieout.retry(index)
            return True
        if posting.state != "needs a person":
            return False
        found = posting.found
        self.log.append(("asked", self.tick, index, posting.holds))
        if found is not None and found.guid == posting.guid:
            tieout.link(index)
        elif posting.holds:
            self._set_aside(index)
        elif bits & 3 and self.retries < RETRIES_MAX:
            self.retries += 1
            if found is not None:
                self.books.make_room(posting.number, posting.guid)
            self.log.append(("sent again", index))
            tieout.send_again(index)
        else:
            self._set_aside(index)
        return True

    def _set_aside(self, index: int) -> None:
        self.log.append(("set aside", index))
        self.tieout.set_aside(index)


def run_model(schedule: Schedule, make: Any = Tieout) -> Run:
    """A run against the model; `make` is the class of Tieout's side (a mutant in tests)."""
    log: list[tuple[Any, ...]] = []
    books = QuickBooks(log, same_path=schedule.same_path)
    return World(schedule, make(schedule.invoices), books, log).run()
