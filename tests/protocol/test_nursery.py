"""What is forked is a process of its own, and ends as one."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nursery import TIEOUT, Nursery
from tests.protocol import connector_process
from tests.protocol.connector_process import PASSWORD, READER_PASSWORD, start_connector
from tests.waiting import wait_for

import tieout


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery([TIEOUT])
    yield made
    made.close()


def test_it_says_and_ends_what_the_command_says_and_ends_with(nursery: Nursery) -> None:
    said = nursery.start(TIEOUT, ["--version"])
    assert said.stdout is not None
    with said.stdout:
        assert said.stdout.read() == f"tieout {tieout.__version__}\n"
    assert said.wait(60) == 0


def test_what_it_says_can_go_to_a_file(nursery: Nursery, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    assert nursery.start(TIEOUT, ["no-such-command"], log=log).wait(60) == 2
    assert log.read_text().startswith("before\nusage: tieout")
    assert "no-such-command" in log.read_text()


def test_it_has_the_environment_it_was_given(nursery: Nursery) -> None:
    wide = nursery.start(TIEOUT, ["--help"], env={"COLUMNS": "200"})
    narrow = nursery.start(TIEOUT, ["--help"], env={"COLUMNS": "40"})
    widths = []
    for child in (wide, narrow):
        assert child.stdout is not None
        with child.stdout:
            widths.append(max(map(len, child.stdout.read().splitlines())))
        assert child.wait(60) == 0
    assert widths[0] > 60 > widths[1]


def test_it_is_killed_alone_and_another_serves_on(tmp_path: Path) -> None:
    first, second = start_connector(tmp_path / "1"), start_connector(tmp_path / "2")
    assert first.process.pid != second.process.pid
    assert _parent(first.process.pid) == _parent(second.process.pid) != os.getpid()
    first.process.kill()
    assert first.stop() == -signal.SIGKILL
    assert second.get("/v1/status")[0] == 200
    with pytest.raises(subprocess.TimeoutExpired):
        second.process.wait(0.01)
    assert second.stop() == 0


def test_nothing_of_the_nursery_is_held_by_what_it_forked(tmp_path: Path) -> None:
    """A socket or pipe that a child held would keep the nursery from noticing its end."""
    running = start_connector(tmp_path)
    parent = _parent(running.process.pid)
    try:
        assert not _sockets(running.process.pid) & _sockets(parent)
        assert len(list(Path(f"/proc/{parent}/task").iterdir())) == 1  # forked while alone
    finally:
        assert running.stop() == 0


def test_it_ends_with_the_nursery(nursery: Nursery, tmp_path: Path) -> None:
    child = nursery.start(
        connector_process.__name__,
        [str(tmp_path)],
        env={**os.environ, "FULL": PASSWORD, "READER": READER_PASSWORD},
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline()
    nursery.close()
    wait_for(lambda: not Path(f"/proc/{child.pid}/exe").exists())


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _sockets(pid: int) -> set[str]:
    found = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        held = str(each.readlink())
        if held.startswith("socket:"):
            found.add(held)
    return found
