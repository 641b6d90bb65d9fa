"""SQLite as Django's backend opens it, with two changes for many short transactions.

SQLite's own wait for the write lock sleeps 1, 2, 5, 10 … 100 ms between its looks, many times as
long as our transactions last, so that writers sleep beside a free lock. Here they look again
after half a millisecond, and only where somebody holds it for long, less often. And what Django
makes of a statement's placeholders is remembered, because the same few statements come again.
"""

from __future__ import annotations

import sqlite3
import time
from functools import lru_cache
from typing import Any, Final

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

LOOK_S: Final = 0.0005
LOOK_SELDOM_S: Final = 0.01
SHORT_S: Final = 0.1  # who waits longer than this waits for something big
STATEMENTS: Final = 500
_PRIMARY: Final = 0xFF  # of an extended error code


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that knows the statements it has seen."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """The statement with SQLite's placeholders."""
        if param_names is None:
            return _with_question_marks(query)
        converted: str = super().convert_query(query, param_names=param_names)
        return converted


@lru_cache(maxsize=STATEMENTS)
def _with_question_marks(query: str) -> str:
    converted: str = base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    return converted


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    transaction_mode: str | None

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of ours."""
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        """Take the write lock, if this is a writer's connection; raises OperationalError when it
        cannot be had within the connection's time-out."""
        until = time.monotonic() + self.settings_dict["OPTIONS"].get("timeout", 5)
        seldom_after = time.monotonic() + SHORT_S
        with self.cursor() as cursor:
            self._wait_in_sqlite(0)
            try:
                while True:
                    try:
                        cursor.execute(f"BEGIN {self.transaction_mode or ''}")
                    except OperationalError as error:
                        now = time.monotonic()
                        if not _is_busy(error) or now >= until:
                            raise
                        time.sleep(LOOK_S if now < seldom_after else LOOK_SELDOM_S)
                    else:
                        return
            finally:
                self._wait_in_sqlite(self.settings_dict["OPTIONS"].get("timeout", 5))

    def _wait_in_sqlite(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _is_busy(error: OperationalError) -> bool:
    cause = error.__cause__
    if not isinstance(cause, sqlite3.Error):
        return False
    return cause.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
