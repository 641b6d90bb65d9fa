"""Counts the transactions that one SQLite connection writes to disk, and its statements."""

from __future__ import annotations

import sqlite3
from contextlib import suppress


class CommitCounter:
    """Listens to a connection's statements. What changed no row is no commit: no disk is waited
    for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._commits = self.statements = 0
        self._inside = False
        self._changes = connection.total_changes
        self._connection = connection
        connection.set_trace_callback(self._seen)

    @property
    def commits(self) -> int:
        with suppress(sqlite3.ProgrammingError):  # closed, or of another thread
            self._settle()
        return self._commits

    def stop(self) -> None:
        self._settle()
        self._connection.set_trace_callback(None)

    def _seen(self, statement: str) -> None:
        word = statement.lstrip()[:9].split(None, 1)[0].rstrip(";").upper()
        if word in {"--", "PRAGMA"}:  # a statement inside a trigger; a setting of the connection
            return
        self._settle()
        if word == "BEGIN":
            self._inside = True
        elif word in {"COMMIT", "ROLLBACK"}:
            self._inside = False
        else:
            self.statements += 1

    def _settle(self) -> None:
        """What was changed before this moment, outside of a transaction or in one that ended."""
        if not self._inside and self._connection.total_changes != self._changes:
            self._changes = self._connection.total_changes
            self._commits += 1
