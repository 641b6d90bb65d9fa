"""Bring background work to its end: leave it to the worker that runs here, or do it ourselves."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tieout.cli.output import CommandError, note
from tieout.cli.project import WAIT_DEFAULT_S
from tieout.config import environment
from tieout.connector.lock import FolderLock, FolderTaken
from tieout.service.worker import Worker
from tieout.store.queries import tasks
from tieout.store.queries.tasks import Task

LOCK_NAME = "worker.lock"
POLL_S = 0.1
SHOW_EVERY_S = 1.0
STALL_S = 300.0  # no single step takes this long


def drive(task: Task, *, wait_s: float = WAIT_DEFAULT_S, quiet: bool = False) -> Task:
    """Wait until the task is over and return it as it ended.

    Progress goes to standard error when a person reads it. Raises CommandError (status 1) when
    the work met trouble that did not pass within `wait_s`; it stays in the queue.
    """
    with working():
        return _watch(task, wait_s=wait_s, show=not quiet and sys.stderr.isatty())


@contextmanager
def working() -> Iterator[None]:
    """Background work gets done inside this block, whether or not a worker runs here."""
    lock = take_lock(environment.home())
    if lock is None:
        yield  # a worker runs here: it sees the rows
        return
    worker = Worker()
    thread = threading.Thread(target=worker.run, name="worker")
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()
        lock.release()


def take_lock(home: Path) -> FolderLock | None:
    """The right to be the worker of this data directory; None when one runs already."""
    try:
        return FolderLock(home / LOCK_NAME)
    except FolderTaken:
        return None


def _watch(task: Task, *, wait_s: float, show: bool) -> Task:
    shown_at = 0.0
    moved_at, last = time.monotonic(), ""
    trouble_at: float | None = None
    while True:
        found = tasks.get_task(company_id=task.company_id, task_id=task.pk)
        if found is None:
            message = f"The task {task.pk} is no longer there."
            raise CommandError(message, status=1)
        if found.over:
            return found
        now = time.monotonic()
        line = _line(found)
        if line != last:
            moved_at, last, trouble_at = now, line, None
            if show and now - shown_at >= SHOW_EVERY_S:
                note(line)
                shown_at = now
        trouble_at = (trouble_at or now) if found.problem else None
        _not_for_ever(
            found, troubled_s=now - (trouble_at or now), still_s=now - moved_at, wait_s=wait_s
        )
        time.sleep(POLL_S)


def _not_for_ever(task: Task, *, troubled_s: float, still_s: float, wait_s: float) -> None:
    """Raises CommandError when waiting on is of no use."""
    if task.problem and troubled_s >= wait_s:
        message = (
            f"{task.problem} {task.remedy} It stays in the queue and goes on with the next "
            "command or the worker."
        )
        raise CommandError(message, status=1)
    if still_s >= max(STALL_S, wait_s):
        message = (
            f"{task.get_kind_display()} has not moved for {still_s / 60:.0f} minutes: look into "
            "the worker's log, and at `tieout doctor`."
        )
        raise CommandError(message, status=1)


def _line(task: Task) -> str:
    of = f" of {task.total:,}" if task.total else ""
    return f"  {task.get_kind_display()}: {task.done:,}{of} {task.message}".rstrip()


def must_succeed(task: Task) -> Task:
    """The task, when it ended well; else CommandError with what happened and who mends it."""
    if task.state == Task.State.DONE:
        return task
    raise CommandError(f"{task.problem} {task.remedy}".strip(), status=1)
