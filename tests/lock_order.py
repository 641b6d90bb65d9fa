"""Watch in which order transactions lock rows, and fail where it is not that of `commits.locks`.

Only on PostgreSQL: SQLite has one writer at a time and says nothing of rows in its statements. A
transaction is what our own code begins; the one that a test is rolled back with does not count.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

import tieout

LANE, DESK, HEAD = "lane", "company", "eventhead"
ORDER = [LANE, DESK, "sourceinvoice", "posting", HEAD]
# rows that need no order among themselves, because whoever locks them has locked this first
BEHIND = {
    LANE: {"connection", "book", "qbwrite", "listing", "qbcustomer", "qbentry"},
    DESK: {"sourceclient", "sourcejob", "jobmapping", "clientmapping", "drift", "jobsuggestion"},
}
OURS = str(Path(tieout.__file__).parent)  # transactions of tests themselves are not watched
_LOCKS = (
    re.compile(r'^UPDATE "store_(\w+)"'),
    re.compile(r'^DELETE FROM "store_(\w+)"'),
    re.compile(r'^INSERT INTO "?store_(\w+)"?.* DO UPDATE', re.DOTALL),
    re.compile(r'^SELECT.*? FROM "store_(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL),
)


def why_wrong(held: list[str], table: str) -> str:
    """Why a lock on rows of `table` may not follow these; "" when it may."""
    if table in held or not held:
        return ""
    if table in ORDER:
        later = [each for each in held if each in ORDER[ORDER.index(table) + 1 :]]
        if later:
            return f"{table} is locked after {', '.join(later)}"
    for gate, rows in BEHIND.items():
        if table in rows and gate not in held and not (table == "sourcejob" and LANE in held):
            return f"{table} is locked among others without the {gate} before them"
    first = next(iter(held))
    for gate, rows in BEHIND.items():
        if table == gate and first in rows:
            return f"{first} was locked before the {gate}"
    return ""


class Watch:
    """The locks of the transaction under way, in order; savepoints belong to it."""

    def __init__(self) -> None:
        self.depth = 0
        self.held: list[str] = []
        self.wrong: list[str] = []

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:  # Django's signature
        for found in filter(None, (pattern.match(sql) for pattern in _LOCKS)):
            if not self.depth:
                break
            problem = why_wrong(self.held, found[1])
            if problem:
                self.wrong.append(f"{problem} (held: {', '.join(self.held)}): {sql[:160]}")
            if found[1] not in self.held:
                self.held.append(found[1])
        return execute(sql, params, many, context)


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch this process's transactions on PostgreSQL; says nothing on SQLite."""
    watch = Watch()
    if connection.vendor != "postgresql":
        yield watch
        return
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

    def entered(atomic: Any) -> None:
        enter(atomic)
        if watch.depth or OURS in sys._getframe(1).f_code.co_filename:
            watch.held = watch.held if watch.depth else []
            watch.depth += 1

    def left(atomic: Any, *rest: Any) -> None:
        leave(atomic, *rest)
        watch.depth -= bool(watch.depth)

    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = entered, left
    try:
        with connection.execute_wrapper(watch):
            yield watch
    finally:
        transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave


@pytest.fixture(autouse=True)
def locks_in_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """For a folder whose conftest imports it: fail a test in which locks came in another order."""
    if "db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    with watched() as watch:
        yield
    assert not watch.wrong, "\n".join(dict.fromkeys(watch.wrong))
