"""An export in a storm: every process is killed or stopped at random, wires are cut, and the books
are audited in between. Nothing here is simulated: processes, sockets, databases are real.

What waits (pauses before a next look) is made due at once, so that two hundred faults take
minutes. That only shortens waits; what is done after them is not touched. The leases of the dead
are ended by the workers that take their place.
"""

from __future__ import annotations

import contextlib
import random
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from tests.journeys import agency
from tests.journeys.cutting_proxy import CuttingProxy
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.office import Office
from tests.journeys.settling import OPEN, SLOW_S, Settling

LONG_AGO = "2020-01-01 00:00:00"
JOBS = {"J-1": agency.ORTIZ, "J-2": agency.REED, "J-3": agency.WEBB}
A_ROUND = 20  # faults between two audits
INVOICES = 12  # invoices that are queued together
# So long the export may take to end by itself once the faults have stopped. No wait is left in it
# (see above) and no call hangs: a cut wire is noticed at both its ends at once, and so is a dead
# process. What is left is work: a dozen invoices of two messages each, one of them looked for and
# sent again, and a worker or connector that starts. It took 1.5 to 5 s on a quiet machine, and
# 29 s where ten programs wanted its two processors (16 of them until the new worker had started).
# Three times as much is a hang, and `Settling` tells in what.
SETTLED_S = 90.0
KILLED_S = 10.0  # a QuickBooks that is to die dies within a write
# what QuickBooks does to itself; `kill_…` takes the connector that hosts the company with it
IN_QUICKBOOKS = (
    "crash_before_save", "crash_after_save", "drop_reply", "truncated_reply", "broken_reply",
    "forget_response", "state_not_stored", "rpc", "kill_before_save", "kill_after_save",
    "kill_after_state",
)  # fmt: skip


class Storm:
    """One installation, one company, and everything that may go wrong.

    On PostgreSQL (`database` is its address) two workers compete; on SQLite one works alone.
    """

    def __init__(self, folder: Path, *, seed: int, database: str = "") -> None:
        self.database = database
        self.random = random.Random(seed)
        self.home = folder / "home"
        self.home.mkdir()
        self.installation = Installation(self.home, database=database)
        (folder / "office").mkdir()
        self.office = Office(self.installation, folder / "office", 1)
        self.connector_port = int(self.office.connector_url.rpartition(":")[2])
        self.proxy = CuttingProxy(self.connector_port)
        self.office.connector_url = f"http://127.0.0.1:{self.proxy.port}"
        self.office.bring_in()
        self.office.connect()
        self.office.map("clients", "items", "jobs")
        self.workers = [self.installation.worker]
        if database:
            self.workers.append(self.installation.another_worker())
        self._book = self._open()
        self.client = httpx2.Client(base_url=self.installation.url, trust_env=False, timeout=10)
        self.expected: dict[str, tuple[str, Decimal]] = {}
        self.faults: Counter[str] = Counter()
        self.told: list[str] = []  # how each round ended
        self.sends = 0  # so often the invoice with the worst luck was sent
        self.next_number = 30_001

    def close(self) -> None:
        self._book.close()
        self.client.close()
        self.proxy.close()
        self.office.books.close()
        self.installation.close()

    # ------------------------------------------------------------------ the clerk

    def queue_more(self) -> None:
        """Import invoices and export them from the page, as a clerk does."""
        rows = []
        for _ in range(INVOICES):
            number, hours = str(self.next_number), self.random.randint(1, 40)
            job = self.random.choice(sorted(JOBS))
            rows.append((number, job, str(hours)))
            self.expected[number] = (JOBS[job], Decimal(hours * 10).quantize(Decimal("0.01")))
            self.next_number += 1
        self.office.run("import", str(agency.weekly_invoices(self.office.folder, rows)))
        self.office.run("plan")
        self.export_ready()

    def export_ready(self) -> None:
        """Press Export until it is queued; the web server may be killed meanwhile."""
        until = time.monotonic() + SETTLED_S
        while ids := self._ready():
            assert time.monotonic() < until, "the page could not be used to export"
            with contextlib.suppress(httpx2.HTTPError):
                self._sign_in()
                self._post(f"{self.office.path}invoices/export/", {"invoices": ",".join(ids)})
            self.revive()

    def _ready(self) -> list[str]:
        found = self._ask(
            "SELECT id FROM store_sourceinvoice WHERE standing = 'ready' AND number IN "
            f"({','.join('?' * len(self.expected))})",
            *self.expected,
        )
        return [str(pk) for (pk,) in found]

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
        kinds: list[tuple[Callable[[], str], int]] = [
            (self._cut, 40),
            (self._quickbooks_fails, 25),
            (self._kill_worker, 12),
            (self._kill_connector, 10),
            (self._kill_web, 6),
        ]
        if len(self.workers) > 1:
            kinds.append((self._pause_worker, 8))
        time.sleep(self.random.uniform(0.0, 0.25))
        fault = self.random.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        self.faults[fault()] += 1
        self.revive()
        self.hurry()

    def _cut(self) -> str:
        """Anywhere in a request or its answer, headers and bodies alike."""
        before = self.proxy.cuts
        self.proxy.cut_after(self.random.randint(0, 6000))
        self._until(lambda: self.proxy.cuts > before, 4.0)
        return "wire cut" if self.proxy.cuts > before else "nothing to cut"

    def _quickbooks_fails(self) -> str:
        kind = self.random.choice(IN_QUICKBOOKS)
        self.office.books.raise_fault(kind, times=1)
        happened = self._until(lambda: not self.office.books.list_faults(), 4.0)
        if not happened:
            self.office.books.clear_faults()
        elif kind.startswith("kill_"):  # it is used up before it acts: the process dies after that
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.office.connector.wait(KILLED_S)
        return kind if happened else "nothing to fail"

    def _kill_worker(self) -> str:
        place = self.random.randrange(len(self.workers))
        self.installation.end(self.workers[place])
        self.workers[place] = self.installation.another_worker()
        return "worker killed"

    def _kill_connector(self) -> str:
        self.office.connector.send_signal(signal.SIGKILL)
        self.office.connector.wait()
        return "connector killed"

    def _kill_web(self) -> str:
        self.installation.end(self.installation.web)
        self._until(self._port_is_free, 5.0)  # its own processes end when it is gone
        self.installation.start_web()
        return "web killed"

    def _port_is_free(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.installation.port)) != 0

    def _pause_worker(self) -> str:
        """Stopped beyond its lease while another takes over, then it wakes and goes on."""
        worker = self.random.choice(self.workers)
        worker.send_signal(signal.SIGSTOP)
        try:
            epoch = self._epoch()
            self._until(lambda: self._expired() and self._epoch() > epoch, 2.0)
            time.sleep(self.random.uniform(0.0, 0.3))
        finally:
            worker.send_signal(signal.SIGCONT)
        return "worker paused"

    def revive(self) -> None:
        """Start what has died, by our hand or by QuickBooks'."""
        if self.office.connector.poll() is not None:
            self.office.connector_url = f"http://127.0.0.1:{self.connector_port}"
            self.office.start_connector_again()
            self.office.connector_url = f"http://127.0.0.1:{self.proxy.port}"
        for place, worker in enumerate(self.workers):
            assert worker.poll() is None, f"worker {place} ended by itself"
        assert self.installation.web.poll() is None, "the web server ended by itself"

    # ------------------------------------------------------------------ time

    def hurry(self) -> None:
        """Make everything that waits due now."""
        now = LONG_AGO
        self._tell("UPDATE store_posting SET due_at = ? WHERE due_at > ?", now, now)
        self._tell(
            "UPDATE store_task SET due_at = ? WHERE state = 'waiting' AND due_at > ?", now, now
        )
        self._tell(
            "UPDATE store_lane SET wake_at = ?, failures = 0 "
            "WHERE wake_at IS NULL OR wake_at > ? OR failures > 0",
            *(now, now),
        )

    def _expired(self) -> bool:
        return self._tell(
            "UPDATE store_lane SET lease_until = ?, wake_at = ? WHERE lease_until IS NOT NULL",
            LONG_AGO,
            LONG_AGO,
        )

    def _epoch(self) -> int:
        return int(self._ask("SELECT MAX(epoch) FROM store_lane")[0][0])

    def _until(self, what: Callable[[], bool], timeout_s: float) -> bool:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if what():
                return True
            self.hurry()
            time.sleep(0.05)
        return False

    # ------------------------------------------------------------------ the audit

    def settle(self) -> None:
        """The faults are over: the export ends by itself."""
        self.proxy.spare()
        self.office.books.clear_faults()
        self.revive()
        self.export_ready()
        settling = Settling(self._ask, self._alive)
        done = self._until(settling.is_over, SETTLED_S)
        self.told.append(settling.summary() if settling.took_s < SLOW_S else settling.story())
        self.sends = int(str(self._ask("SELECT MAX(writes) FROM store_posting")[0][0]))
        assert done, settling.story()

    def _alive(self) -> str:
        """What has died by itself: nothing that the storm killed is left dead."""
        places = {"connector": self.office.connector, "web": self.installation.web} | {
            f"worker {place}": worker for place, worker in enumerate(self.workers)
        }
        return ", ".join(f"{name} is dead" for name, it in places.items() if it.poll() is not None)

    def open_postings(self) -> int:
        """Queued or under way, by Tieout's own book."""
        return int(self._ask(f"SELECT COUNT(*) {OPEN}")[0][0])

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

    # ------------------------------------------------------------------ Tieout's book

    def _ask(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with contextlib.closing(self._book.cursor()) as rows:
            rows.execute(self._spoken(sql), values)
            return list(rows.fetchall())

    def _tell(self, sql: str, *values: object) -> bool:
        """Change Tieout's book; False when a stopped process holds the lock for now."""
        with contextlib.closing(self._book.cursor()) as rows:
            try:
                rows.execute(self._spoken(sql), values)
            except psycopg.errors.LockNotAvailable:
                return False
        return True

    def _spoken(self, sql: str) -> str:
        return sql.replace("?", "%s") if self.database else sql

    def _open(self) -> Any:
        """One connection for the whole storm. What is hurried need not survive a power cut."""
        if self.database:
            options = "-c lock_timeout=1000 -c synchronous_commit=off"
            return psycopg.connect(self.database, options=options, autocommit=True)
        book = sqlite3.connect(self.home / "tieout.sqlite3", timeout=30, isolation_level=None)
        book.execute("PRAGMA synchronous=OFF")
        return book


def blow(storm: Storm, faults: int) -> None:
    """Let so many faults strike while invoices are exported; audit after every twentieth."""
    while storm.faults.total() - _misses(storm) < faults:
        before = storm.faults.total() - _misses(storm)
        while storm.faults.total() - _misses(storm) < before + A_ROUND:
            if storm.open_postings() < INVOICES // 2:
                storm.queue_more()
            storm.strike()
        storm.settle()
        storm.audit()


def _misses(storm: Storm) -> int:
    return storm.faults["nothing to cut"] + storm.faults["nothing to fail"]
