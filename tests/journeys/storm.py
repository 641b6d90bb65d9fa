"""An export in a storm: every process is killed or stopped at random, wires are cut, and the books
are audited in between. Nothing here is simulated: processes, sockets, databases are real.

No row is touched to make it quicker: leases and pauses are real ones, made short by the settings
that an installation has for them. What differs between the two roads is in `storm_remote` and
`storm_web_connector`.
"""

from __future__ import annotations

import contextlib
import random
import re
import signal
import socket
import sqlite3
import statistics
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from tests.journeys import agency
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.office import Office
from tests.journeys.settling import OPEN, SLOW_S, Settling
from tests.nursery import Child

JOBS = {"J-1": agency.ORTIZ, "J-2": agency.REED, "J-3": agency.WEBB}
A_ROUND = 20  # faults between two audits
INVOICES = 12  # invoices that are queued together
A_FEW = 3  # invoices that are queued while the web server is struck
LEASE_S = 2  # a worker that is silent for so long is taken for dead, on a machine with time for us
SLOWEST = 12.0  # a machine that is slower still is taken for one of these
PAUSE_MAX_S = 1  # between two looks after trouble
# So long the export may take to end by itself once the faults have stopped. No call hangs: a cut
# wire is noticed at both its ends at once, and so is a dead process. What is left is work (a dozen
# invoices of two messages each, one of them looked for and sent again, a process that starts), the
# leases and pauses above, and over the Web Connector's road the silence of a ticket. Where twelve
# programs wanted two processors it took 1 to 9 s, over the Web Connector's road up to 16 s; where
# twenty did, up to 49 s. Much more is a hang, and `Settling` tells in what.
SETTLED_S = 90.0
HAPPENS_S = 4.0  # a fault that has met nothing by then is taken back
LOOK_S = 0.02
WORK_S = 0.3  # of a processor: enough to see how busy the machine is
# what QuickBooks does to itself; `kill_…` takes the process that hosts the company with it
IN_QUICKBOOKS = (
    "crash_before_save", "crash_after_save", "drop_reply", "truncated_reply", "broken_reply",
    "forget_response", "state_not_stored", "rpc", "kill_before_save", "kill_after_save",
    "kill_after_state",
)  # fmt: skip
MISSES = ("nothing to cut", "nothing to fail")


class Storm(ABC):
    """One installation, one company, and everything that may go wrong.

    On PostgreSQL (`database` is its address) two workers or web servers compete; on SQLite there
    is one of each. A subclass says what there is besides, and what may strike.
    """

    def __init__(self, folder: Path, *, seed: int, database: str = "") -> None:
        self.folder = folder
        self.database = database
        self.random = random.Random(seed)
        self.home = folder / "home"
        self.home.mkdir()
        self.slowness = slowness()
        self.lease_s = self.paced(LEASE_S)
        self.installation = Installation(self.home, database=database, settings=self.settings())
        (folder / "office").mkdir()
        self.office = self.open_office()
        self._book = self._open()
        self.client = httpx2.Client(base_url=self.installation.url, trust_env=False, timeout=30)
        self.expected: dict[str, tuple[str, Decimal]] = {}
        self.queued: set[str] = set()  # numbers whose export the page has promised
        self.faults: Counter[str] = Counter()
        self.took: Counter[str] = Counter()  # seconds by what was done
        self.told: list[str] = []  # how each round ended
        self.ends_s: list[float] = []  # from the last fault to the last export
        self.pressed_again = 0  # invoices whose click had met a dead server
        self.sends = 0  # so often the invoice with the worst luck was sent
        self.next_number = 30_001

    def paced(self, seconds: int) -> int:
        """So long, or longer on a busy machine: whoever works must not look dead."""
        return round(seconds * max(1.0, self.slowness / 4))

    def close(self) -> None:
        self._book.close()
        self.client.close()
        self.office.books.close()
        self.installation.close()

    # ------------------------------------------------------------------ what a road has of its own

    def settings(self) -> dict[str, str]:
        """The waits of the installation."""
        return {"TIEOUT_LEASE_S": str(self.lease_s), "TIEOUT_PAUSE_MAX_S": str(PAUSE_MAX_S)}

    @abstractmethod
    def open_office(self) -> Office:
        """The company, mapped and ready to export."""

    @abstractmethod
    def kinds(self) -> list[tuple[Callable[[], str], int]]:
        """What may strike, with its weight; each says what it was."""

    @abstractmethod
    def processes(self) -> dict[str, Child]:
        """Everything that runs."""

    @abstractmethod
    def revive(self) -> None:
        """Start what has died, by our hand or by QuickBooks'; the rest must live."""

    def calm(self) -> None:
        """Nothing strikes any more, also nothing that was ordered and has met nothing yet."""
        self.office.books.clear_faults()

    # ------------------------------------------------------------------ the clerk

    def queue_more(self) -> None:
        """Import invoices and export them from the page, as a clerk does."""
        with self.timing("clerk"):
            self._bring_in(INVOICES)
            self._press()

    def _bring_in(self, count: int) -> None:
        rows = []
        for _ in range(count):
            number, hours = str(self.next_number), self.random.randint(1, 40)
            job = self.random.choice(sorted(JOBS))
            rows.append((number, job, str(hours)))
            self.expected[number] = (JOBS[job], Decimal(hours * 10).quantize(Decimal("0.01")))
            self.next_number += 1
        self.office.run("import", str(agency.weekly_invoices(self.office.folder, rows)))
        self.office.run("plan")

    def _press(self) -> None:
        """Press Export once for all that is ready; a dead server shows an error, no more."""
        ready = self._ready()
        with contextlib.suppress(httpx2.HTTPError):
            self._sign_in()
            fields = {"invoices": ",".join(ready.values())}
            self._post(f"{self.office.path}invoices/export/", fields)
            self.queued.update(ready)

    def _while_pressing(self, strike: Callable[[], None]) -> None:
        """Strike while a click on Export is on its way."""
        self._bring_in(A_FEW)
        pressing = threading.Thread(target=self._press)
        pressing.start()
        time.sleep(self.random.uniform(0.0, 0.15))
        strike()
        pressing.join()

    def _ready(self) -> dict[str, str]:
        """Number and id of what is ready and not queued."""
        found = self._ask(
            "SELECT number, id FROM store_sourceinvoice WHERE standing = 'ready' AND number IN "
            f"({','.join('?' * len(self.expected))})",
            *self.expected,
        )
        return {str(number): str(pk) for number, pk in found}

    def _sign_in(self) -> None:
        if "sessionid" not in self.client.cookies:
            fields = {"username": self.office.people["bea"], "password": PASSWORD}
            self._post(f"{self.installation.url}/sign-in/", fields)

    def _post(self, url: str, fields: dict[str, str]) -> None:
        page = self.client.get(f"{self.installation.url}/sign-in/", follow_redirects=True)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:500]
        answer = self.client.post(url, data={**fields, "csrfmiddlewaretoken": token[1]})
        assert answer.status_code < httpx2.codes.BAD_REQUEST, (url, answer.status_code)

    # ------------------------------------------------------------------ faults

    def strike(self) -> None:
        """One fault at a random moment, and what it killed is started again."""
        kinds = self.kinds()
        time.sleep(self.random.uniform(0.0, 0.25))
        fault = self.random.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        with self.timing(fault.__name__.strip("_").replace("_", " ")):
            self.faults[fault()] += 1
        with self.timing("starting again"):
            self.revive()

    def struck(self) -> int:
        """Faults that have met something."""
        return self.faults.total() - sum(self.faults[miss] for miss in MISSES)

    def _quickbooks_fails(self) -> str:
        kind = self.random.choice(IN_QUICKBOOKS)
        self.office.books.raise_fault(kind, times=1)
        happened = self._until(lambda: not self.office.books.list_faults(), HAPPENS_S)
        if not happened:
            self.office.books.clear_faults()
        elif kind.startswith("kill_"):  # it is used up before it acts: the process dies after that
            self._until(self._somebody_is_dead, HAPPENS_S)
        return kind if happened else "nothing to fail"

    def _somebody_is_dead(self) -> bool:
        return any(process.poll() is not None for process in self.processes().values())

    def _stop(self, process: Child, seconds: float) -> None:
        """SIGSTOP for longer than its lease, while others take over; then it wakes and goes on."""
        process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(seconds + self.random.uniform(0.0, 0.3))
        finally:
            process.send_signal(signal.SIGCONT)

    def _wait_for_port(self, port: int) -> None:
        """Until nobody listens there."""

        def is_free() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) != 0

        assert self._until(is_free, HAPPENS_S)

    def _until(self, what: Callable[[], bool], timeout_s: float) -> bool:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if what():
                return True
            time.sleep(LOOK_S)
        return False

    @contextlib.contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Add up where a storm spends its time."""
        began = time.monotonic()
        yield
        self.took[what] += time.monotonic() - began  # type: ignore[assignment]

    # ------------------------------------------------------------------ the audit

    def settle(self) -> None:
        """The faults are over: the export ends by itself, and nobody presses anything.

        What the page has promised must be exported then. Where a click met a dead server the clerk
        saw an error, and presses again.
        """
        self.calm()
        self.revive()
        with self.timing("ending by itself"):
            self.ends_s.append(self._ends_by_itself())
        left = self._ready()
        forgotten = self.queued & left.keys()
        assert not forgotten, f"queued, and left the queue again: {sorted(forgotten)}"
        if left:
            self.pressed_again += len(left)
            with self.timing("pressing again"):
                self._press()
                assert not self._ready(), "the page could not be used to export"
                self._ends_by_itself()
        self.sends = int(str(self._ask("SELECT MAX(writes) FROM store_posting")[0][0]))

    def _ends_by_itself(self) -> float:
        settling = Settling(self._ask, self._alive)
        done = self._until(settling.is_over, SETTLED_S * max(1.0, self.slowness / 6))
        self.told.append(settling.summary() if settling.took_s < SLOW_S else settling.story())
        assert done, settling.story()
        return settling.took_s

    def _alive(self) -> str:
        """What has died by itself: nothing that the storm killed is left dead."""
        dead = [name for name, it in self.processes().items() if it.poll() is not None]
        return ", ".join(f"{name} is dead" for name in dead)

    def open_postings(self) -> int:
        """Queued or under way, by Tieout's own book."""
        return int(str(self._ask(f"SELECT COUNT(*) {OPEN}")[0][0]))

    def audit(self) -> None:
        """Both books, each read from its own file, against what the clerk wanted."""
        theirs = self.office.books.list_invoices()
        numbers = Counter(row.number for row in theirs)
        doubled = {number: n for number, n in numbers.items() if n > 1}
        assert not doubled, f"doubled in QuickBooks: {doubled}"
        lost = set(self.expected) - set(numbers)
        assert not lost, self._ask(
            "SELECT number, state, writes, problem FROM store_posting WHERE state != 'exported' "
            f"AND number IN ({','.join('?' * len(lost))})",
            *sorted(lost),
        )
        extra = set(numbers) - set(self.expected)
        assert not extra, f"never asked for: {sorted(extra)}"
        for row in theirs:
            assert (row.customer, row.total) == self.expected[row.number], row
        ours = self._ask("SELECT number, state, txn_id FROM store_posting WHERE queued_at IS NULL")
        claimed = {
            number: txn_id
            for number, state, txn_id in ours
            if number in self.expected and state == "exported"
        }
        assert claimed == {row.number: row.txn_id for row in theirs}

    def figures(self) -> str:
        """What there is to tell of a storm that is over."""
        ends = sorted(self.ends_s) or [0.0]
        spent = ", ".join(f"{what} {took:.0f} s" for what, took in self.took.most_common())
        return "\n".join(
            [
                f"{len(self.expected)} invoices, {self.struck()} faults: {dict(self.faults)}",
                *self.told,
                f"the end by itself took {statistics.median(ends):.1f} s (median), at most "
                f"{ends[-1]:.1f} s; {self.pressed_again} invoices were pressed again",
                f"the one with the worst luck was sent {self.sends} times",
                f"lease {self.lease_s} s, work took {self.slowness:.1f} times its processor time",
                f"where the time went: {spent}",
            ]
        )

    # ------------------------------------------------------------------ Tieout's book

    def _ask(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with contextlib.closing(self._book.cursor()) as rows:
            rows.execute(sql.replace("?", "%s") if self.database else sql, values)
            return list(rows.fetchall())

    def _open(self) -> Any:
        """One connection for the whole storm, which reads only."""
        if self.database:
            return psycopg.connect(self.database, autocommit=True)
        path = self.home / "tieout.sqlite3"
        return sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)


def slowness() -> float:
    """How much longer work takes here than the processor time it needs, just now."""
    began, worked = time.monotonic(), time.process_time()
    while (spent := time.process_time() - worked) < WORK_S:
        pass
    return min((time.monotonic() - began) / spent, SLOWEST)


def blow(storm: Storm, faults: int) -> None:
    """Let so many faults strike while invoices are exported; audit after every twentieth."""
    while storm.struck() < faults:
        before = storm.struck()
        while storm.struck() < before + A_ROUND:
            if storm.open_postings() < INVOICES // 2:
                storm.queue_more()
            storm.strike()
        storm.settle()
        storm.audit()
