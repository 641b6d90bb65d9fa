"""SQLite's one writer: whoever waits for the lock gets it soon after it is free, or is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.db import ConnectionHandler, OperationalError
from django.db.backends.sqlite3 import operations
from django.test.utils import CaptureQueriesContext

from tieout.config import settings
from tieout.config.environment import Database
from tieout.store.sqlite import base
from tieout.store.sqlite.base import DatabaseWrapper

TIMEOUT_S = 0.3
_EAST = timezone(timedelta(hours=5, minutes=30))
MOMENTS = [
    datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    datetime(2026, 11, 23, 10, 0, 0, 120, tzinfo=UTC),
    datetime(2026, 1, 1, 2, 30, 59, 999999, tzinfo=_EAST),
    None,
]


@pytest.fixture
def pair(
    transactional_db: None, tmp_path: Path
) -> Iterator[tuple[DatabaseWrapper, DatabaseWrapper]]:
    """Two connections to one file, as two processes of the product have them."""
    product = settings.database(Database("sqlite", str(tmp_path / "x.sqlite3")))
    one = product | {"OPTIONS": product["OPTIONS"] | {"timeout": TIMEOUT_S}}
    made = [ConnectionHandler({"default": dict(one)})["default"] for _ in range(2)]
    with made[0].cursor() as cursor:
        cursor.execute("CREATE TABLE kept (text TEXT)")
    yield made[0], made[1]
    for each in made:
        each.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection: DatabaseWrapper) -> None:
    connection.commit()
    connection.set_autocommit(True)


def test_a_writer_waits_until_the_other_is_done(
    pair: tuple[DatabaseWrapper, DatabaseWrapper],
) -> None:
    first, second = pair
    first.inc_thread_sharing()
    begin(first)
    done_at: list[float] = []

    def finish() -> None:
        time.sleep(0.05)
        end(first)
        done_at.append(time.monotonic())

    thread = threading.Thread(target=finish)
    thread.start()
    begin(second)
    thread.join()
    assert done_at[0] <= time.monotonic()
    with second.cursor() as cursor:
        cursor.execute("INSERT INTO kept VALUES (%s)", ["100 %"])
    end(second)


def test_who_waits_too_long_is_told(pair: tuple[DatabaseWrapper, DatabaseWrapper]) -> None:
    first, second = pair
    begin(first)
    started = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        begin(second)
    assert time.monotonic() - started >= TIMEOUT_S
    end(first)


def test_single_statements_wait_as_sqlite_does(
    pair: tuple[DatabaseWrapper, DatabaseWrapper],
) -> None:
    first, _ = pair
    begin(first)
    end(first)
    with first.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (round(TIMEOUT_S * 1000),)


def test_another_failure_is_no_wait(
    pair: tuple[DatabaseWrapper, DatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = pair
    first.transaction_mode = "NOW"
    monkeypatch.setattr(base.time, "sleep", lambda _: pytest.fail("it slept"))
    with pytest.raises(OperationalError, match="syntax"):
        begin(first)


def test_placeholders_and_percent_signs(pair: tuple[DatabaseWrapper, DatabaseWrapper]) -> None:
    first, _ = pair
    with first.cursor() as cursor:
        for text in ("a", "b"):
            cursor.execute("SELECT %s || '%%' LIKE 'a%%'", [text])
            assert cursor.fetchone() == (text == "a",)
        cursor.execute("SELECT %(word)s", {"word": "named"})
        assert cursor.fetchone() == ("named",)


def test_the_product_begins_as_a_writer_and_syncs_every_commit(
    pair: tuple[DatabaseWrapper, DatabaseWrapper],
) -> None:
    first, second = pair
    assert (type(first), first.transaction_mode) == (DatabaseWrapper, "IMMEDIATE")
    begin(first)  # nothing is written yet, and the lock is taken all the same
    with pytest.raises(OperationalError, match="locked"):
        begin(second)
    end(first)
    with first.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous")
        ]
    assert found == [("wal",), (2,)]  # 2 = FULL: an intent survives a power cut


def test_one_thread_of_a_process_looks_and_the_others_wait_for_it(
    pair: tuple[DatabaseWrapper, DatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking costs a processor what the one who has the lock needs of it."""
    first, second = pair
    second.inc_thread_sharing()
    looks: list[float] = []
    monkeypatch.setattr(base.time, "sleep", looks.append)

    def wait() -> None:
        begin(second)
        end(second)

    begin(first)
    with base._looking:  # as a third one that looks
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
        assert not looks
    end(first)
    thread.join()
    assert not base._looking.locked()


def test_moments_are_what_djangos_own_backend_makes_of_them(
    pair: tuple[DatabaseWrapper, DatabaseWrapper],
) -> None:
    first, _ = pair
    theirs = operations.DatabaseOperations(first)
    for moment in MOMENTS:
        text = first.ops.adapt_datetimefield_value(moment)
        assert text == theirs.adapt_datetimefield_value(moment)
        read = first.ops.convert_datetimefield_value(text, None, first)
        assert read == theirs.convert_datetimefield_value(text, None, first)
        assert read is None or read.tzinfo is UTC
    for text in ("2026-11-23 10:00:00+02:00", "2026-1-2 3:04", None):
        read = first.ops.convert_datetimefield_value(text, None, first)
        assert read == theirs.convert_datetimefield_value(text, None, first)


def test_an_observed_connection_shows_its_statements(
    pair: tuple[DatabaseWrapper, DatabaseWrapper],
) -> None:
    first, _ = pair
    assert first.is_unobserved
    assert first.run("SELECT %s || '%%'", ["100 "]).fetchall() == [("100 %",)]
    with first.execute_wrapper(lambda execute, *given: execute(*given)):
        assert not first.is_unobserved
    with CaptureQueriesContext(first):
        assert not first.is_unobserved
    with pytest.raises(OperationalError, match="no such table"):
        first.run("SELECT * FROM nowhere", [])
