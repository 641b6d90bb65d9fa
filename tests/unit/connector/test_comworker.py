"""What a worker process does when the connector that asked it is gone."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests import com_double
from tests.com_double import Desk

from tieout.connector import comframes, comworker
from tieout.connector.comframes import WorkerSettings

OPEN = {"do": "open", "app_name": "Tieout", "company_file": "", "mode": "either"}
PROCESS = {"do": "process", "qbxml": "<QBXML/>"}
ENDING = ["EndSession", "CloseConnection", "CoUninitialize"]


class Child:
    """A worker process whose connector is this test."""

    def __init__(self, desk: Desk, *, grace_s: float = 5.0) -> None:
        context = multiprocessing.get_context("spawn")
        requests, self.requests = context.Pipe(duplex=False)
        self.replies, replies = context.Pipe(duplex=False)
        settings = WorkerSettings(lock=desk.folder / "lock", lock_s=1.0, grace_s=grace_s)
        prepare = partial(com_double.install, desk.folder)
        self.process = context.Process(
            target=comworker.run, args=(settings, requests, replies, prepare), daemon=True
        )
        self.process.start()
        requests.close()
        replies.close()

    def send(self, frame: comframes.Frame) -> None:
        self.requests.send_bytes(comframes.encode(frame))

    def result(self) -> comframes.Frame:
        while "ok" not in (frame := comframes.decode(self.replies.recv_bytes())):
            pass
        return frame

    def status(self) -> int | None:
        self.process.join(15)
        return self.process.exitcode

    def close(self) -> None:
        self.requests.close()
        self.replies.close()
        self.process.kill()
        self.process.join()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.books.close()


def test_an_orphan_ends_its_session(desk: Desk) -> None:
    child = Child(desk)
    child.send(OPEN)
    assert child.result()["ok"]
    child.requests.close()
    assert child.status() == 0
    assert desk.calls()[-3:] == ENDING
    child.close()


def test_an_orphan_in_a_call_that_ends_still_ends_its_session(desk: Desk) -> None:
    child = Child(desk)
    child.send(OPEN)
    assert child.result()["ok"]
    desk.books.raise_fault("hang", delay_s=1.0)
    child.send(PROCESS)
    desk.wait_for("ProcessRequest")
    child.requests.close()
    child.replies.close()
    assert child.status() == 0
    assert desk.calls()[-3:] == ENDING
    child.close()


def test_an_orphan_in_a_call_that_hangs_dies_after_its_grace(desk: Desk) -> None:
    child = Child(desk, grace_s=0.5)
    child.send(OPEN)
    assert child.result()["ok"]
    desk.plan("ProcessRequest", "hang")
    child.send(PROCESS)
    desk.wait_for("ProcessRequest")
    child.requests.close()
    assert child.status() == comworker.ORPHANED
    child.close()


def test_what_was_not_begun_when_the_connector_died_never_begins() -> None:
    requests, sender = multiprocessing.Pipe(duplex=False)
    inbox = comworker.Inbox(requests, grace_s=60.0)
    inbox.done.set()  # else it would end this process
    sender.send_bytes(comframes.encode(PROCESS))
    sender.close()
    inbox.start()
    assert inbox.orphaned.wait(5)
    assert inbox.next(idle=lambda: None) is None
    requests.close()


def test_while_nothing_comes_the_apartment_is_served() -> None:
    requests, sender = multiprocessing.Pipe(duplex=False)
    inbox = comworker.Inbox(requests, grace_s=60.0)
    inbox.done.set()
    inbox.start()
    idle: list[float] = []

    def note() -> None:
        idle.append(time.monotonic())
        if len(idle) == 2:
            sender.send_bytes(comframes.encode(PROCESS))

    assert inbox.next(idle=note) == PROCESS
    assert len(idle) >= 2
    sender.close()
    assert inbox.orphaned.wait(5)
    requests.close()
