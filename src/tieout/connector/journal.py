"""What the connector remembers of writes, on disk before each next step.

received → handed over → finished | abandoned, or received → not sent. A step is durable (fsync)
before the next one begins, so that after a power cut the journal never claims less than what
happened: a write that reached QuickBooks stands at least as "handed over". Queries leave one
line with hash and size; they may run again.

One process at a time owns the folder. What an earlier process left as "received" was never
handed over and becomes "not sent"; what it left as "handed over" has lost its worker.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tieout.connector.settings import KEEP_DAYS_MIN
from tieout.quickbooks import wire

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (journal_id TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    call_id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL, qbxml TEXT NOT NULL, user_name TEXT NOT NULL,
    company_file TEXT NOT NULL, app_name TEXT NOT NULL, mode TEXT NOT NULL,
    installation_id TEXT NOT NULL, epoch INTEGER NOT NULL,
    process_id TEXT NOT NULL, received_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK
        (state IN ('received', 'handed over', 'finished', 'not sent', 'abandoned')),
    reply TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS calls_received ON calls (received_at);
CREATE TABLE IF NOT EXISTS queries (
    call_id TEXT NOT NULL, at TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
    user_name TEXT NOT NULL, outcome TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS queries_at ON queries (at);
CREATE TABLE IF NOT EXISTS fences (
    company_key TEXT PRIMARY KEY, company_file TEXT NOT NULL,
    installation_id TEXT NOT NULL, epoch INTEGER NOT NULL, changed_at TEXT NOT NULL
) STRICT;
"""
_LATEST = """
SELECT * FROM (
    SELECT received_at AS at, call_id, 1, user_name, state, json_extract(reply, '$.outcome'),
           json_extract(reply, '$.code'), json_extract(reply, '$.hresult')
    FROM calls ORDER BY received_at DESC LIMIT ?)
UNION ALL SELECT * FROM (
    SELECT at, call_id, 0, user_name, 'finished', outcome, '', NULL
    FROM queries ORDER BY at DESC LIMIT ?)
ORDER BY at DESC LIMIT ?
"""
_FACTS = """
SELECT min(received_at), count(*),
       sum(state IN ('handed over', 'finished') AND json_extract(reply, '$.executed') IS NULL)
FROM calls
"""
_COLUMNS = "sha256, company_file, app_name, mode, installation_id, epoch, process_id, state, reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One write in the journal. `reply` is what a repeated call is answered with."""

    call_id: str
    sha256: str
    company_file: str
    app_name: str
    mode: wire.Mode
    installation_id: str
    epoch: int
    process_id: str
    state: wire.State
    reply: wire.ProcessReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One call as the status page lists it. `detail` is the code or HRESULT of a failure."""

    at: datetime
    call_id: str
    writes: bool
    user: str
    state: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFacts:
    """Since when it keeps what: `open_ends` are writes whose end is not known."""

    created_at: datetime
    oldest_at: datetime | None
    writes: int
    open_ends: int


FENCED, OTHER_INSTALLATION = "fenced", "other-installation"


class Refused(Exception):
    """The fence turned a write away; `code` is FENCED or OTHER_INSTALLATION."""

    def __init__(self, code: str, message: str, highest_epoch: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.highest_epoch = highest_epoch


class Journal:
    """The journal of one data folder; safe to use from several threads."""

    def __init__(self, path: Path, *, now: datetime, durable: bool = True) -> None:
        self.process_id = secrets.token_hex(8)
        self._lock = threading.RLock()
        self._disk = _open(path, synchronous="FULL" if durable else "OFF")
        # A second road to the same file: its commits wait for no disk (lines about queries).
        self._light = _open(path, synchronous="NORMAL" if durable else "OFF")
        with self._transaction() as disk:
            if disk.execute("SELECT 1 FROM about").fetchone() is None:
                disk.execute("INSERT INTO about VALUES (?, ?)", (secrets.token_hex(8), _iso(now)))
        self.journal_id: str = self._disk.execute("SELECT journal_id FROM about").fetchone()[0]
        self._settle_received(now)

    def close(self) -> None:
        """Close both roads to the file."""
        with self._lock:
            self._light.close()
            self._disk.close()

    def get(self, call_id: str) -> Entry | None:
        """The write with this id, if the journal holds it."""
        with self._lock:
            row = self._disk.execute(
                f"SELECT {_COLUMNS} FROM calls WHERE call_id = ?",  # noqa: S608 — constant
                (call_id,),
            ).fetchone()
        if row is None:
            return None
        names = _COLUMNS.split(", ")
        values = dict(zip(names, row, strict=True))
        reply = wire.decode(wire.ProcessReply, values.pop("reply").encode())
        return Entry(call_id=call_id, reply=reply, **values)

    def record_received(
        self, call: wire.ProcessCall, *, user: str, reply: wire.ProcessReply, now: datetime
    ) -> None:
        """Pass the fence by the file that was asked for, and keep the whole call."""
        with self._transaction() as disk:
            if call.company_file:
                self._pass_fence(disk, call.company_file, call, now)
            disk.execute(
                "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    call.call_id,
                    call.sha256,
                    call.qbxml,
                    user,
                    call.company_file,
                    call.app_name,
                    call.mode,
                    call.installation_id,
                    call.epoch,
                    self.process_id,
                    _iso(now),
                    reply.state,
                    wire.encode(reply).decode(),
                ),
            )

    def record_handed_over(
        self, call: wire.ProcessCall, *, reply: wire.ProcessReply, now: datetime
    ) -> None:
        """Pass the fence by the file that is really open; the next step is QuickBooks itself."""
        with self._transaction() as disk:
            self._pass_fence(disk, reply.company_file, call, now)
            _move(disk, reply, "received")

    def record_end(self, reply: wire.ProcessReply, *, was: wire.State) -> None:
        """Keep the final reply (finished, not sent or abandoned)."""
        with self._transaction() as disk:
            _move(disk, reply, was)

    def record_withdrawn(
        self,
        withdrawal: wire.WithdrawCall,
        *,
        reply: wire.ProcessReply,
        user: str,
        now: datetime,
    ) -> None:
        """Keep a stone where a call would stand that never came, so that it never runs."""
        with self._transaction() as disk:
            disk.execute(
                "INSERT INTO calls VALUES (?, '', '', ?, ?, ?, ?, '', 0, ?, ?, ?, ?)",
                (
                    reply.call_id,
                    user,
                    withdrawal.company_file,
                    withdrawal.app_name,
                    withdrawal.mode,
                    self.process_id,
                    _iso(now),
                    reply.state,
                    wire.encode(reply).decode(),
                ),
            )

    def record_query(
        self, call: wire.ProcessCall, *, user: str, outcome: str, now: datetime
    ) -> None:
        """One line about a query; not waited for on disk."""
        size = len(call.qbxml)
        with self._lock:
            self._light.execute(
                "INSERT INTO queries VALUES (?, ?, ?, ?, ?, ?)",
                (call.call_id, _iso(now), call.sha256, size, user, outcome),
            )

    def record_takeover(self, takeover: wire.TakeoverCall, *, now: datetime) -> None:
        """Give a company file to another installation; its epoch counts from here."""
        with self._transaction() as disk:
            _set_fence(disk, takeover.company_file, takeover.installation_id, takeover.epoch, now)

    def list_fences(self) -> tuple[wire.FenceMark, ...]:
        """Every company file that was written to, in order of its path."""
        with self._lock:
            rows = self._disk.execute(
                "SELECT company_file, installation_id, epoch FROM fences ORDER BY company_key"
            ).fetchall()
        return tuple(
            wire.FenceMark(company_file=file, installation_id=installation, epoch=epoch)
            for file, installation, epoch in rows
        )

    def list_latest(self, count: int) -> list[Line]:
        """The latest calls, newest first: writes, and queries once they have ended."""
        with self._lock:
            rows = self._light.execute(_LATEST, (count, count, count)).fetchall()
        return [
            Line(
                at=datetime.fromisoformat(at),
                call_id=call_id,
                writes=bool(writes),
                user=user,
                state=state,
                outcome=outcome,
                detail=code or (f"0x{code_of_failure:08X}" if code_of_failure else ""),
            )
            for at, call_id, writes, user, state, outcome, code, code_of_failure in rows
        ]

    def facts(self) -> JournalFacts:
        """How old it is and how much it holds."""
        with self._lock:
            created = self._light.execute("SELECT created_at FROM about").fetchone()[0]
            oldest, writes, open_ends = self._light.execute(_FACTS).fetchone()
        return JournalFacts(
            created_at=datetime.fromisoformat(created),
            oldest_at=None if oldest is None else datetime.fromisoformat(oldest),
            writes=writes,
            open_ends=open_ends or 0,
        )

    def prune(self, *, now: datetime, keep_days: int) -> int:
        """Forget what is older than `keep_days` (at least 14); returns how many writes went.

        A write whose end is not known stays, whatever its age.
        """
        horizon = _iso(now - timedelta(days=max(keep_days, KEEP_DAYS_MIN)))
        with self._transaction() as disk:
            disk.execute("DELETE FROM queries WHERE at < ?", (horizon,))
            gone = disk.execute(
                "DELETE FROM calls WHERE received_at < ?"
                " AND (state IN ('not sent', 'abandoned') OR"
                " (state = 'finished' AND json_extract(reply, '$.executed') IS NOT NULL))",
                (horizon,),
            )
        return gone.rowcount

    def _settle_received(self, now: datetime) -> None:
        with self._transaction() as disk:
            rows = disk.execute("SELECT reply FROM calls WHERE state = 'received'").fetchall()
            for (text,) in rows:
                old = wire.decode(wire.ProcessReply, text.encode())
                _move(disk, stopped_reply(old.call_id, now), "received")

    def _pass_fence(
        self, disk: sqlite3.Connection, company_file: str, call: wire.ProcessCall, now: datetime
    ) -> None:
        row = disk.execute(
            "SELECT installation_id, epoch FROM fences WHERE company_key = ?",
            (wire.fence_key(company_file),),
        ).fetchone()
        if row is not None:
            holder, highest = row
            if holder != call.installation_id:
                message = "Another installation of Tieout writes to this company file."
                raise Refused(OTHER_INSTALLATION, message, highest)
            if call.epoch < highest:
                message = f"Epoch {call.epoch} is over; {highest} has written since."
                raise Refused(FENCED, message, highest)
        if row is None or call.epoch > row[1]:
            _set_fence(disk, company_file, call.installation_id, call.epoch, now)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._disk.execute("BEGIN IMMEDIATE")
            try:
                yield self._disk
            except BaseException:
                self._disk.execute("ROLLBACK")
                raise
            self._disk.execute("COMMIT")


def stopped_reply(call_id: str, now: datetime) -> wire.ProcessReply:
    """The end of a call that was waiting when its connector stopped."""
    return wire.ProcessReply(
        call_id=call_id,
        outcome="not-sent",
        state="not sent",
        executed=False,
        code="stopped",
        message="The connector stopped before this call was handed to QuickBooks.",
        finished=now,
    )


def _open(path: Path, *, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA fullfsync=1")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _move(disk: sqlite3.Connection, reply: wire.ProcessReply, was: wire.State) -> None:
    changed = disk.execute(
        "UPDATE calls SET state = ?, reply = ? WHERE call_id = ? AND state = ?",
        (reply.state, wire.encode(reply).decode(), reply.call_id, was),
    )
    if changed.rowcount != 1:
        msg = f"call {reply.call_id} is not {was} any more"
        raise LookupError(msg)


def _set_fence(
    disk: sqlite3.Connection, company_file: str, installation_id: str, epoch: int, now: datetime
) -> None:
    disk.execute(
        "INSERT INTO fences VALUES (?, ?, ?, ?, ?) ON CONFLICT (company_key) DO UPDATE SET"
        " installation_id = excluded.installation_id, epoch = excluded.epoch,"
        " changed_at = excluded.changed_at",
        (wire.fence_key(company_file), company_file, installation_id, epoch, _iso(now)),
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
