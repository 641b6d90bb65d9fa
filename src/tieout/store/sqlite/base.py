"""SQLite as Django's backend opens it, with changes for many short transactions.

SQLite's own wait for the write lock sleeps 1, 2, 5, 10 … 100 ms between its looks, many times as
long as our transactions last, so that writers sleep beside a free lock. Here one of a process's
threads looks again after a fifth of a millisecond, and the longer somebody holds it, the less
often; the others wait for that thread without looking, because looking costs what they wait for.
What Django makes of a statement's placeholders is remembered, because the same few statements
come again, and those run without the layers that serve observers.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from tieout.store.sqlite.operations import DatabaseOperations

LOOK_S: Final = 0.0002
LOOK_SELDOM_S: Final = 0.01
LOOK_SHARE: Final = 0.1  # of the wait so far; a longer wait is for something big
STATEMENTS: Final = 500
_PRIMARY: Final = 0xFF  # of an extended error code
_looking = threading.Lock()  # held by the thread that looks for the write lock, not by who has it


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
    ops_class = DatabaseOperations

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of ours."""
        return self.connection.cursor(factory=Cursor)

    @property
    def is_unobserved(self) -> bool:
        """Whether it is open, and nobody logs its statements or stands between."""
        observed = self.force_debug_cursor or self.execute_wrappers
        return not (observed or self.connection is None)

    def run(self, query: str, values: Sequence[Any]) -> sqlite3.Cursor:
        """Run a statement while nobody observes the connection, in the thread that owns it."""
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            found: sqlite3.Cursor = self.connection.execute(_with_question_marks(query), values)
            return found

    def _start_transaction_under_autocommit(self) -> None:
        """Take the write lock, if this is a writer's connection; raises OperationalError when it
        cannot be had within the connection's time-out."""
        timeout_s = self.settings_dict["OPTIONS"].get("timeout", 5)
        until = time.monotonic() + timeout_s
        first = _looking.acquire(timeout=timeout_s)
        try:
            self._wait_in_sqlite(0)
            try:
                self._look_until(until)
            finally:
                self._wait_in_sqlite(timeout_s)
        finally:
            if first:
                _looking.release()

    def _look_until(self, until: float) -> None:
        started = time.monotonic()
        while True:
            try:
                self._begin()
            except OperationalError as error:
                now = time.monotonic()
                if not _is_busy(error) or now >= until:
                    raise
                time.sleep(min(max(LOOK_S, (now - started) * LOOK_SHARE), LOOK_SELDOM_S))
            else:
                return

    def _begin(self) -> None:
        self._frame(f"BEGIN {self.transaction_mode or ''}")

    def _savepoint(self, sid: str) -> None:
        self._frame(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._frame(self.ops.savepoint_commit_sql(sid))

    def _frame(self, statement: str) -> None:
        """Begin or end a transaction or a part of one."""
        if self.is_unobserved:
            with self.wrap_database_errors:
                self.connection.execute(statement)
        else:
            with self.cursor() as cursor:
                cursor.execute(statement)

    def _wait_in_sqlite(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _is_busy(error: OperationalError) -> bool:
    cause = error.__cause__
    if not isinstance(cause, sqlite3.Error):
        return False
    return cause.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
