from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout.connector.logfile import log, start_log, stop_log
from tieout.connector.settings import LogSettings


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, propagates = list(log.handlers), log.propagate
    yield
    log.handlers, log.propagate = before, propagates


def test_by_size_so_many_old_files_are_kept(tmp_path: Path) -> None:
    handler = start_log(
        tmp_path / "connector.log", LogSettings(rotate="size", megabytes=1, keep=2)
    )
    for number in range(40):
        log.info("%d %s", number, "x" * 100_000)
    stop_log(handler)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["connector.log", "connector.log.1", "connector.log.2"]
    assert all(path.stat().st_size <= 1024 * 1024 for path in tmp_path.iterdir())
    assert "39 xxx" in (tmp_path / "connector.log").read_text()
    assert handler not in log.handlers


def test_daily_a_new_file_begins_after_midnight(tmp_path: Path) -> None:
    path = tmp_path / "connector.log"
    settings = LogSettings(rotate="daily", keep=2)
    for days_ago in (4, 3, 2, 1):
        handler = start_log(path, settings)
        log.info("written %d days ago", days_ago)
        stop_log(handler)
        then = time.time() - days_ago * 86_400
        os.utime(path, (then, then))
    handler = start_log(path, settings)
    log.info("written today")
    stop_log(handler)
    assert path.read_text().endswith("written today\n")
    assert "days ago" not in path.read_text()
    assert len(list(tmp_path.iterdir())) == 3
    kept = "".join(each.read_text() for each in tmp_path.iterdir())
    assert "written 1 days ago" in kept
    assert "written 4 days ago" not in kept


def test_the_log_is_its_own(tmp_path: Path) -> None:
    handler = start_log(tmp_path / "connector.log")
    log.info("a line")
    logging.getLogger("tieout.other").info("another")
    stop_log(handler)
    assert "a line" in (tmp_path / "connector.log").read_text()
    assert "another" not in (tmp_path / "connector.log").read_text()
