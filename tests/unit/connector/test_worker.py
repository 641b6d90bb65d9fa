from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from tests.unit.connector.fakes import FILE, NOW, MemoryLink
from tests.waiting import wait_for

from tieout.connector.link import LinkError
from tieout.connector.worker import Sessions, Task, Worker


def open_one(sessions: Sessions, app_name: str = "Tieout") -> str:
    return sessions.get(app_name=app_name, company_file=FILE, mode="either").session_id


@pytest.fixture
def link() -> MemoryLink:
    return MemoryLink()


@pytest.fixture
def worker(link: MemoryLink) -> Iterator[Worker]:
    started = Worker(link, clock=lambda: NOW, idle_s=30, queue_max=2)
    started.start()
    yield started
    started.stop(grace_s=5)


def do(worker: Worker, work: Callable[[Sessions], object]) -> Task:
    task = Task(lambda sessions: work(sessions) and None, label="test")
    assert worker.submit(task)
    return task


def test_everything_happens_on_one_thread_of_its_own(worker: Worker, link: MemoryLink) -> None:
    for _ in range(3):
        do(worker, open_one).done.wait(5)
    worker.stop(grace_s=5)
    assert link.events == ["open 1", "close s-1"]
    assert len(link.threads) == 1
    assert threading.get_ident() not in link.threads


def test_a_session_under_other_names_replaces_the_first(link: MemoryLink) -> None:
    sessions = Sessions(link, clock=lambda: NOW)
    assert [open_one(sessions), open_one(sessions, "Other"), open_one(sessions)] == [
        "s-1",
        "s-2",
        "s-3",
    ]
    assert link.events == ["open 1", "close s-1", "open 2", "close s-2", "open 3"]


def test_a_dropped_session_is_not_used_again_and_the_error_is_shown(link: MemoryLink) -> None:
    sessions = Sessions(link, clock=lambda: NOW)
    open_one(sessions)
    assert (sessions.quickbooks_up, sessions.shown[1]) == (True, "s-1")
    sessions.drop(LinkError("process", 0x800706BE, "gone"))
    assert (sessions.quickbooks_up, sessions.shown[1]) == (False, "")
    assert (sessions.last_error_at, "800706BE" in sessions.last_error) == (NOW, True)
    assert open_one(sessions) == "s-2"


def test_a_quickbooks_that_cannot_be_opened_is_shown(link: MemoryLink) -> None:
    sessions = Sessions(link, clock=lambda: NOW)
    link.begin_error = LinkError("begin", 0x80040408, "could not start")
    with pytest.raises(LinkError):
        open_one(sessions)
    assert sessions.quickbooks_up is False


def test_the_queue_is_bounded_and_a_waiting_task_can_be_taken_back(worker: Worker) -> None:
    gate = threading.Event()
    running = do(worker, lambda _sessions: gate.wait(5))
    while not worker.running:
        time.sleep(0.001)
    waiting = [do(worker, open_one) for _ in range(2)]
    assert (worker.has_room, worker.queue_length) == (False, 2)
    assert not worker.submit(Task(lambda _sessions: None, label="one too many"))
    assert worker.cancel(waiting[0])
    assert not worker.cancel(waiting[0])
    assert not worker.cancel(running)
    gate.set()
    assert waiting[1].done.wait(5)
    assert not waiting[0].done.is_set()


def test_an_idle_session_ends(link: MemoryLink) -> None:
    worker = Worker(link, clock=lambda: NOW, idle_s=0.05, queue_max=2)
    worker.start()
    do(worker, open_one).done.wait(5)
    wait_for(lambda: "close s-1" in link.events)
    worker.stop(grace_s=5)


def test_a_defect_in_a_task_does_not_end_the_thread(worker: Worker, link: MemoryLink) -> None:
    def fail(sessions: Sessions) -> None:
        open_one(sessions)
        raise ZeroDivisionError

    assert do(worker, fail).done.wait(5)
    assert do(worker, open_one).done.wait(5)
    assert link.events[:3] == ["open 1", "close s-1", "open 2"]


def test_stopping_hands_back_what_waits_and_lets_the_running_end(worker: Worker) -> None:
    gate = threading.Event()
    running = do(worker, lambda _sessions: gate.wait(5))
    while not worker.running:
        time.sleep(0.001)
    waiting = do(worker, open_one)
    threading.Timer(0.1, gate.set).start()
    assert worker.stop(grace_s=5) == ([waiting], True)
    assert running.done.is_set()
    assert not worker.submit(Task(lambda _sessions: None, label="too late"))


def test_stopping_does_not_wait_for_ever(worker: Worker) -> None:
    gate = threading.Event()
    do(worker, lambda _sessions: gate.wait(5))
    while not worker.running:
        time.sleep(0.001)
    assert worker.stop(grace_s=0.05) == ([], False)
    gate.set()
