"""One open connection to a company file: transactions, settings, counters and the clock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tieout.sandbox.calendar import LocalClock
from tieout.sandbox.settings import DEFAULTS

Clock = Callable[[], datetime]
FIRST_TXN_ID = 0x1A00


def utc_now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


class Books:
    """The company file as one transaction sees it. Not for several threads at once."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self._settings: dict[str, Any] | None = None
        self._wall: LocalClock | None = None
        self.names: dict[tuple[str, str], str] = {}

    @contextmanager
    def reading(self) -> Iterator[Books]:
        """See one state of the file throughout."""
        with self._transaction("BEGIN"):
            yield self

    @contextmanager
    def writing(self) -> Iterator[Books]:
        """Change the file: committed (and on disk) at the end, or not at all."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield self

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self.connection.execute(begin)
        self._settings = None
        self.names = {}
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            self._settings = None
            raise
        self.connection.execute("COMMIT")

    def now(self) -> int:
        """Return seconds since 1970; a clock without zone is taken as UTC."""
        moment = self.clock()
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp())

    @property
    def wall(self) -> LocalClock:
        """The clock on the wall beside QuickBooks."""
        if self._wall is None or self._settings is None:
            self._wall = LocalClock(
                offset_minutes=self.setting("utc_offset_minutes"),
                daylight_saving=self.setting("daylight_saving"),
                standard_offset_always=self.setting("standard_offset_always"),
            )
        return self._wall

    def today(self) -> str:
        """Return the local day as YYYY-MM-DD."""
        return self.wall.today(self.now())

    def setting(self, name: str) -> Any:
        """Return a setting as this transaction sees it."""
        if self._settings is None:
            rows = self.connection.execute("SELECT name, value FROM setting")
            self._settings = {key: json.loads(value) for key, value in rows}
        return self._settings.get(name, DEFAULTS[name])

    def set_setting(self, name: str, value: object) -> None:
        """Keep a setting."""
        self.connection.execute(
            "INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value))
        )
        self._settings = None

    def count(self, name: str, *, first: int = 1, step: int = 1) -> int:
        """Take `step` numbers from a counter and return the first of them."""
        row = self.connection.execute(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT(name)"
            " DO UPDATE SET value = value + ? RETURNING value",
            (name, first + step, step),
        ).fetchone()
        return int(row[0]) - step

    def new_list_id(self, family: str) -> str:
        """Return a ListID such as 80000013-1735743002: unique within its list only."""
        return f"8{self.count('list ' + family):07X}-{self.now()}"

    def new_txn_id(self) -> str:
        """Return a TxnID or TxnLineID such as 1A3F-1739196044; both share one counter."""
        return f"{self.count('txn id', first=FIRST_TXN_ID):X}-{self.now()}"
