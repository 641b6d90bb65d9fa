"""Pages served from the test itself commit for real, so the database is flushed after each test.

Events are append-only by triggers, which SQLite would hold against the flush too (PostgreSQL's
TRUNCATE passes them): they step aside for exactly that moment.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

TRIGGERS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'store_event'"
)


@pytest.fixture(scope="module", autouse=True)
def event_triggers(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[dict[str, str]]:
    """The triggers by name; put back when the last test of the module is over."""
    if connection.vendor != "sqlite":
        yield {}
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        found = dict(cursor.execute(TRIGGERS).fetchall())
    assert found, "the events are not append-only"
    yield found
    with django_db_blocker.unblock():
        _put_back(found)


@pytest.fixture(autouse=True)
def flushable(event_triggers: dict[str, str], transactional_db: None) -> Iterator[None]:
    """During the test the triggers stand; they step aside before the flush that follows it."""
    _put_back(event_triggers)
    yield
    with connection.cursor() as cursor:
        for name in event_triggers:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _put_back(triggers: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for name, sql in triggers.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(sql)
