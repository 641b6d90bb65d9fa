"""The lane's tasks and what people see of them: progress, problems, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from django.db import transaction

from tieout.channels.base import Answer
from tieout.core.exporting import State
from tieout.service import (
    confirm_gone,
    keep_job_data,
    moments,
    refresh_lists,
    restored_backup,
    tie_out,
)
from tieout.service.turns import Lease, Place, Question, Trouble, Until
from tieout.store.commits import connection as connections
from tieout.store.commits import lanes, tasks
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Batch, Task

HELD_LOOK_S = 3600  # a held lane is freed by a person, not by waiting


class Runner(Protocol):
    """A task that reads from QuickBooks, page by page; where it stands is in rows."""

    def ask(self, task: Task) -> Question | None:
        """The question for the next page; None when everything was read."""

    def take(
        self, *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
    ) -> Trouble | None:
        """Act on the answer to a question."""

    def finish(self, task: Task, lease: Lease) -> bool:
        """Everything was read: do the next part of what follows; whether that was the last."""


_RUNNERS: Final[Mapping[str, Runner]] = {
    Task.Kind.REFRESH: refresh_lists,
    Task.Kind.TIE_OUT: tie_out,
    Task.Kind.RESTORED: restored_backup,
    Task.Kind.JOB_DATA: keep_job_data,
    Task.Kind.GONE: confirm_gone,
}


# what these ask may be answered with tens of megabytes; the others name the few ids they want
_PIECE_BY_PIECE: Final = frozenset({Task.Kind.REFRESH, Task.Kind.TIE_OUT})


def ask(*, task: Task, lease: Lease) -> Question | Until | None:
    """What a task that reads from QuickBooks asks next; None when it was finished instead.

    Until now, when it has more to do by itself: the lane may be renewed or given to others first.
    """
    runner = _RUNNERS[task.kind]
    tasks.start(task=task, now=moments.now())
    question = runner.ask(task)
    if question is not None:
        return question
    over = runner.finish(task, lease)
    note_contact(company_id=task.company_id)
    return None if over else Until(at=moments.now())


def take(
    *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    """Act on the answer; trouble postpones the task by itself, or says why it failed."""
    runner = _RUNNERS[task.kind]
    if answer.parts is not None and task.kind not in _PIECE_BY_PIECE:
        answer = replace(answer, qbxml=b"".join(answer.parts()), parts=None)
    trouble = runner.take(task=task, place=place, lease=lease, answer=answer, took_s=took_s)
    if trouble is None:
        note_contact(company_id=task.company_id)
        return None
    with transaction.atomic():
        # the task is the present holder's by now: an overtaken worker's trouble is not its own
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        _note_trouble_of(task, trouble)
    return None


def _note_trouble_of(task: Task, trouble: Trouble) -> None:
    now, problem, remedy = moments.now(), trouble.problem, trouble.remedy
    if trouble.needs_person:
        tasks.fail(task_id=task.pk, now=now, problem=problem, remedy=remedy)
    else:
        tasks.postpone_or_fail(task=task, now=now, problem=problem, remedy=remedy)
    connections.note_trouble(company_id=task.company_id, problem=problem, remedy=remedy)


def note_contact(*, company_id: int) -> None:
    """QuickBooks answered just now."""
    connections.note_contact(company_id=company_id, now=moments.now())


def note_exported(*, batch_id: int | None) -> None:
    """One of a batch has come to its end: bring the export's progress up to date, or finish it."""
    batch = None if batch_id is None else queries.open_batch(batch_id=batch_id)
    if batch is not None:
        _note_batch(batch)


def note_all_exported(*, company_id: int) -> None:
    """Bring every open export up to date: a person may have settled what was left of it."""
    for batch in queries.open_batches(company_id=company_id):
        _note_batch(batch)


def _note_batch(batch: Batch) -> None:
    now, task = moments.now(), batch.task
    if task is None:
        return  # there is nothing on screen to bring up to date
    left = queries.batch_left(batch_id=batch.pk)
    tasks.start(task=task, now=now)
    if left:
        tasks.progress(task_id=task.pk, done=max(batch.postings_count - left, 0))
        return
    counts = queries.batch_counts(batch_id=batch.pk)
    with transaction.atomic():
        tasks.progress(task_id=task.pk, done=batch.postings_count)
        tasks.finish(task_id=task.pk, now=now, message=_outcome(counts), result=counts)


def note_held(*, company_id: int) -> None:
    """Nothing is queued, or nothing may be written: say which on the open export tasks."""
    note_all_exported(company_id=company_id)
    reason = queries.held_reason(company_id=company_id)
    if not reason:
        return
    for task in queries.open_export_tasks(company_id=company_id):
        tasks.postpone(
            task_id=task.pk,
            until=moments.now() + timedelta(seconds=HELD_LOOK_S),
            problem=reason,
            remedy="The invoices stay queued. A Super User looks at the connection; then they "
            "go on by themselves.",
        )


def note_trouble(*, company_id: int, trouble: Trouble, delays_s: Sequence[int]) -> int:
    """Say why the export waits; returns the seconds until the next try, which grow."""
    failures = lanes.count_failure(company_id=company_id)
    wait_s = delays_s[min(failures, len(delays_s)) - 1]
    connections.note_trouble(company_id=company_id, problem=trouble.problem, remedy=trouble.remedy)
    for task in queries.open_export_tasks(company_id=company_id):
        tasks.postpone(
            task_id=task.pk,
            until=moments.after(wait_s),
            problem=trouble.problem,
            remedy=trouble.remedy,
        )
    return wait_s


def note_fault(*, company_id: int, fault: Exception, delays_s: Sequence[int]) -> int:
    """A fault of our own: say so on everything that waits; returns the seconds to the next try."""
    failures = lanes.count_failure(company_id=company_id)
    wait_s = delays_s[min(failures, len(delays_s)) - 1]
    for task in queries.open_lane_tasks(company_id=company_id):
        tasks.postpone(
            task_id=task.pk,
            until=moments.after(wait_s),
            problem=f"A fault in Tieout: {type(fault).__name__}: {fault}"[:500],
            remedy="Nothing is sent twice. Tieout tries again by itself; report it with the log.",
        )
    return wait_s


def _outcome(counts: dict[str, int]) -> str:
    """The batch's result in one line, exported first."""
    exported = counts.get(State.EXPORTED, 0)
    words = {State.READY.value: "not sent: checked again, what they say had changed"}
    rest = [
        f"{n} {words.get(state, state)}"
        for state, n in sorted(counts.items())
        if state != State.EXPORTED
    ]
    return ", ".join([f"{exported} exported", *rest])
