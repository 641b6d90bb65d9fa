"""The embedded runner: looks for due lanes and tasks, and works them off, on either database.

It decides only *when* to look, never *whether*: everything that is to be done is in rows, and a
lane whose wake-up was lost is found by the sweep. Several workers may run side by side; a lane or
a task is taken by one of them.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import close_old_connections, transaction

from tieout.service import (
    advance,
    import_source,
    moments,
    nightly,
    plan_export,
    proposal_task,
    qbwc_later,
    retention,
    suggest_jobs,
    suggest_sisters,
    verify_connection,
)
from tieout.store.commits import lanes, tasks
from tieout.store.queries import due
from tieout.store.queries.exports import Task

log = logging.getLogger("tieout.worker")

POLL_S = 0.5
# One wish follows another while somebody sits before the screen: soon after work it looks more
# often. A look is five queries and some 5 ms, too much for the long hours without any work.
LIVELY_POLL_S = 0.1
LIVELY_S = 3.0
BESIDE_LANE_LEASE_S = 600
SWEEP_S = 60.0
RETENTION_AFTER = timedelta(minutes=5)  # after the start: what waits for people comes first


def _plan(task: Task) -> None:
    def progress(done: int, total: int) -> None:
        tasks.progress(
            task_id=task.pk,
            done=done,
            total=total,
            message=f"Checked {done:,} of {total:,}",
            lease_until=moments.now() + timedelta(seconds=BESIDE_LANE_LEASE_S),
        )

    planned = plan_export.plan_waiting(company_id=task.company_id, progress=progress)
    tasks.finish(
        task_id=task.pk,
        now=moments.now(),
        message=f"Checked {planned:,} invoices.",
        result={"planned": planned},
    )


def _suggest(task: Task) -> None:
    suggest_sisters.catch_up(company_id=task.company_id, now=moments.now())
    suggest_jobs.run(task.pk)


BESIDE_LANE: dict[str, Callable[[Task], object]] = {
    Task.Kind.PLAN: _plan,
    Task.Kind.IMPORT: lambda task: import_source.run(task.pk),
    Task.Kind.SUGGEST: _suggest,
    Task.Kind.VERIFY: lambda task: verify_connection.run(task.pk),
    Task.Kind.MAPPINGS: lambda task: proposal_task.run(task.pk),
}


class Worker:
    """One worker process: a thread for the lanes and two for the work beside them."""

    def __init__(self) -> None:
        self.machine = socket.gethostname()[:40]
        self.owner = f"{self.machine}:{os.getpid()}"
        self.stopping = threading.Event()
        self._look_around_at = moments.now()
        self._retention = retention.Retention(due_at=self._look_around_at + RETENTION_AFTER)
        self._worked_at = time.monotonic()  # by any of its threads

    def bury_the_dead(self) -> None:
        """End the leases of workers before this one, which is known to be the only one.

        Otherwise a company would stand still until the lease of a killed worker has run out. Were
        it wrong, the epoch would still refuse whatever the other one does.
        """
        lanes.free_of_the_dead(now=moments.now())
        tasks.free_of_the_dead(now=moments.now())

    def bury_the_dead_of_this_machine(self) -> None:
        """End the leases of workers that ran here and are gone: for one that may have others.

        Whoever restarts a killed worker would else wait for minutes. Two machines of one name may
        take each other's workers for dead; the epoch then refuses what the loser does, and the
        lane is looked at afresh.
        """
        for owner in due.lane_owners(now=moments.now()):
            machine, _, number = owner.rpartition(":")
            if machine == self.machine and number.isdecimal() and not _is_another(int(number)):
                log.warning("worker %s is gone: its lease ends", owner)
                lanes.free_of_the_dead(now=moments.now(), owner=owner)

    def run(self) -> None:
        """Work until `stop`; what is begun is brought to the end of its step."""
        threads = [
            threading.Thread(target=self._loop, args=(work,), name=name)
            for name, work in (
                ("beside-lanes", lambda: self.do_beside(slow=False)),
                ("suggestions", lambda: self.do_task(slow=True)),
            )
        ]
        for thread in threads:
            thread.start()
        self._loop(self.do_lane)
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """End after the present step."""
        self.stopping.set()

    def run_until_idle(self) -> None:
        """Do everything that is due now, then return: for the command line and tests."""
        while self.do_beside() or self.do_lane():
            pass

    def _loop(self, do: Callable[[], bool]) -> None:
        while not self.stopping.is_set():
            close_old_connections()
            try:
                worked = do()
            except Exception:
                # whatever it was, the row says that the work is not done: log it and look again
                log.exception("a step failed; it is tried again")
                worked = False
            if worked:
                self._worked_at = time.monotonic()
            else:
                lively = time.monotonic() - self._worked_at < LIVELY_S
                self.stopping.wait(LIVELY_POLL_S if lively else POLL_S)
        close_old_connections()

    def do_lane(self) -> bool:
        """Advance the company whose lane is due longest; False when none is."""
        now = moments.now()
        company_id = self._look_around(now) if now >= self._look_around_at else None
        if company_id is None:
            company_id = due.next_lane(now=now)
        if company_id is None:
            return False
        return advance.advance(company_id=company_id, owner=self.owner)

    def _look_around(self, now: datetime) -> int | None:
        """Once a minute, however busy the lanes are: ask for what is read at night, and look for
        a company whose wake-up was lost."""
        self._look_around_at = now + timedelta(seconds=SWEEP_S)
        nightly.ask_nightly(now=now)
        return due.asleep(now=now, sweep_before=now - timedelta(seconds=SWEEP_S))

    def do_beside(self, *, slow: bool | None = None) -> bool:
        """A big answer of the Web Connector, or a task that needs no lane; else what is too old
        goes, a bundle."""
        return (
            qbwc_later.apply_next()
            or self.do_task(slow=slow)
            or self._retention.some(now=moments.now())
        )

    def do_task(self, *, slow: bool | None = None) -> bool:
        """Do the oldest due task that needs no lane; False when there is none.

        `slow`: see `tasks.claim_beside_lane`.
        """
        task = tasks.claim_beside_lane(now=moments.now(), lease_s=BESIDE_LANE_LEASE_S, slow=slow)
        if task is None:
            return False
        if task.tries > tasks.TRIES_MAX:  # it left no word: it ended the worker itself
            _broke_off(task, "The worker ended every time it tried this.")
            return True
        try:
            BESIDE_LANE[task.kind](task)
        except Exception as error:
            log.exception("task %s (%s) failed", task.pk, task.kind)
            _broke_off(task, _said(error))
        return True


def _is_another(process: int) -> bool:
    """Whether another process of this number runs. Ours is new: what held a lane under it is gone."""
    if process == os.getpid():
        return False
    if os.name == "nt":
        return True  # there, asking with a signal ends the one that is asked
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def _broke_off(task: Task, said: str) -> None:
    with transaction.atomic():
        given_up = tasks.give_up_or_retry(task=task, now=moments.now(), problem=said)
        if given_up and task.kind == Task.Kind.IMPORT:
            import_source.give_up(task.pk, said)
        if given_up and task.kind == Task.Kind.MAPPINGS:
            proposal_task.give_up(task)


def _said(error: Exception) -> str:
    return f"This did not work: {type(error).__name__}: {error}"[:500]
