"""Background work as rows: asked for, moved on, finished."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tieout.store import prepared
from tieout.store.commits import lanes
from tieout.store.models import Task, User

LEASE_S = 60
SLOW = [Task.Kind.SUGGEST]  # may compute for a minute while people wait for other tasks


def request(
    *,
    company_id: int,
    kind: Task.Kind,
    now: datetime,
    user: User | None = None,
    params: Mapping[str, Any] | None = None,
    on_lane: bool = True,
    total: int | None = None,
) -> Task:
    """Note the wish and wake whoever does it, in the caller's transaction."""
    task = Task.objects.create(
        company_id=company_id,
        kind=kind,
        on_lane=on_lane,
        requested_by=user,
        created_at=now,
        due_at=now,
        params=dict(params or {}),
        total=total,
    )
    if on_lane:
        lanes.wake(company_id=company_id, at=now)
    return task


def open_task(*, company_id: int, kind: Task.Kind) -> Task | None:
    """The task of this kind that waits or runs, if any."""
    return (
        Task.objects.filter(company_id=company_id, kind=kind)
        .filter(state__in=[Task.State.WAITING, Task.State.RUNNING])
        .order_by("id")
        .first()
    )


def waiting_task(*, company_id: int, kind: Task.Kind) -> Task | None:
    """The task of this kind that nobody has begun yet, if any."""
    return (
        Task.objects.filter(company_id=company_id, kind=kind, state=Task.State.WAITING)
        .order_by("id")
        .first()
    )


def want_plan(*, company_id: int, now: datetime, user: User | None = None) -> Task:
    """The plan that waits for this company, or a new one, in the caller's transaction.

    A plan that runs already may have looked past the rows just written, so only one that has not
    begun counts as asked for.
    """
    waiting = waiting_task(company_id=company_id, kind=Task.Kind.PLAN)
    if waiting is not None:
        return waiting
    return request(company_id=company_id, kind=Task.Kind.PLAN, now=now, user=user, on_lane=False)


def claim_beside_lane(
    *, now: datetime, lease_s: int = LEASE_S, slow: bool | None = None
) -> Task | None:
    """Take the oldest due task that needs no lane; a dead worker's task is taken again.

    `slow` leaves out those that nobody waits for (False), or all others (True).
    """
    due = _due if slow is None else _due_slow if slow else _due_quick
    for task_id, tries in due(now=now):
        taken = Task.objects.filter(
            id=task_id, tries=tries, state__in=[Task.State.WAITING, Task.State.RUNNING]
        ).update(
            state=Task.State.RUNNING,
            tries=tries + 1,
            started_at=now,
            lease_until=now + timedelta(seconds=lease_s),
        )
        if taken:
            return Task.objects.get(id=task_id)
    return None


@prepared.rows
def _due(*, now: datetime) -> QuerySet[Task, tuple[int, int]]:
    return _due_of(Task.objects.all(), now)


@prepared.rows
def _due_slow(*, now: datetime) -> QuerySet[Task, tuple[int, int]]:
    return _due_of(Task.objects.filter(kind__in=SLOW), now)


@prepared.rows
def _due_quick(*, now: datetime) -> QuerySet[Task, tuple[int, int]]:
    return _due_of(Task.objects.exclude(kind__in=SLOW), now)


def _due_of(tasks: QuerySet[Task], now: datetime) -> QuerySet[Task, tuple[int, int]]:
    left = Q(state=Task.State.WAITING) | Q(state=Task.State.RUNNING, lease_until__lt=now)
    due = tasks.filter(left, on_lane=False, due_at__lte=now)
    return due.order_by("id").values_list("id", "tries")[:5]


def free_of_the_dead(*, now: datetime) -> None:
    """End every lease of work beside the lanes; for the only worker of this database."""
    ended = now - timedelta(seconds=1)
    Task.objects.filter(on_lane=False, state=Task.State.RUNNING, lease_until__gte=ended).update(
        lease_until=ended
    )


def start(*, task: Task, now: datetime) -> None:
    """Mark a lane's task as running."""
    if task.state == Task.State.WAITING:
        Task.objects.filter(id=task.pk).update(
            state=Task.State.RUNNING, started_at=now, tries=task.tries + 1
        )
        task.state = Task.State.RUNNING


def progress(
    *,
    task_id: int,
    done: int | None = None,
    total: int | None = None,
    message: str | None = None,
    lease_until: datetime | None = None,
) -> None:
    """Say how far it is; what is None stays."""
    changes: dict[str, Any] = {
        "done": done,
        "total": total,
        "message": message,
        "lease_until": lease_until,
    }
    Task.objects.filter(id=task_id).update(
        **{name: value for name, value in changes.items() if value is not None}
    )


class TakenError(Exception):
    """Another worker runs this task now; whoever sees this stops and writes nothing more."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"Task {task.pk} was taken by another worker (try {task.tries} is over).")


def still_ours(*, task: Task) -> bool:
    """Whether this run of the task has not been taken over by another worker."""
    return _this_run(task).exists()


def hold(*, task: Task) -> None:
    """Lock the task's row, or raise TakenError."""
    if not _this_run(task).select_for_update(no_key=True).exists():
        raise TakenError(task)


def beat(
    *, task: Task, now: datetime, message: str, lease_s: int, done: int | None = None
) -> None:
    """Say how far the work beside the lane is, and keep the task; or raise TakenError."""
    changes: dict[str, Any] = {
        "message": message[:500],
        "lease_until": now + timedelta(seconds=lease_s),
    }
    if done is not None:
        changes["done"] = done
    if not _this_run(task).update(**changes):
        raise TakenError(task)


def _this_run(task: Task) -> QuerySet[Task]:
    return Task.objects.filter(id=task.pk, tries=task.tries, state=Task.State.RUNNING)


def show_page(*, task_id: int, done: int, total: int, message: str) -> None:
    """Say how far it is, after every page."""
    _show({"done": done, "total": total, "message": message}, task_id=task_id)


@prepared.change("done", "total", "message")
def _show(*, task_id: int) -> QuerySet[Task]:
    return Task.objects.filter(pk=task_id)


def note_params(*, task_id: int, params: Mapping[str, Any]) -> None:
    """How far a task is, for whoever takes its next step."""
    Task.objects.filter(id=task_id).update(params=dict(params))


def finish(*, task_id: int, now: datetime, message: str, result: Mapping[str, Any]) -> None:
    """The work is done."""
    Task.objects.filter(id=task_id).update(
        state=Task.State.DONE,
        finished_at=now,
        message=message,
        problem="",
        remedy="",
        result=dict(result),
    )


def fail(*, task_id: int, now: datetime, problem: str, remedy: str) -> None:
    """The work ended without success; the sentence says what happened and the remedy what to do."""
    Task.objects.filter(id=task_id).update(
        state=Task.State.FAILED, finished_at=now, problem=problem[:500], remedy=remedy[:500]
    )


def postpone(*, task_id: int, until: datetime, problem: str, remedy: str) -> None:
    """Try again by itself at `until`; the screen shows why."""
    Task.objects.filter(id=task_id).update(
        state=Task.State.WAITING, due_at=until, problem=problem[:500], remedy=remedy[:500]
    )


TRIES_MAX = 5
RETRY_S = 10
NOBODY_WAITS_TRIES_MAX = 8  # the pauses double: 21 minutes, as long as a computer takes to restart


def postpone_or_fail(*, task: Task, now: datetime, problem: str, remedy: str) -> None:
    """A reading task that met trouble: a few tries by itself, then a person looks at it.

    Nobody looks at what runs at night, so that is more patient.
    """
    attended = task.requested_by_id is not None
    tries = Task.objects.filter(id=task.pk).values_list("tries", flat=True).get()
    if tries >= (TRIES_MAX if attended else NOBODY_WAITS_TRIES_MAX):
        fail(task_id=task.pk, now=now, problem=problem, remedy=remedy)
        return
    pause_s = RETRY_S * (tries if attended else 2 ** (max(tries, 1) - 1))
    postpone(
        task_id=task.pk, until=now + timedelta(seconds=pause_s), problem=problem, remedy=remedy
    )


def hasten(*, task: Task, now: datetime) -> None:
    """Try a task of the lane that waits again at once: somebody asks for it just now."""
    if Task.objects.filter(id=task.pk, state=Task.State.WAITING).update(due_at=now):
        lanes.wake(company_id=task.company_id, at=now)


def give_up_or_retry(*, task: Task, now: datetime, problem: str) -> bool:
    """A task beside the lane broke off: a few tries by itself, then a person looks at it.

    Answers whether it was given up. Whoever was paused so long that another worker has the task
    says nothing about it any more.
    """
    if not still_ours(task=task):
        return False
    remedy = "Tieout tries again by itself; if it stays, report it with the log."
    if task.tries >= TRIES_MAX:
        fail(task_id=task.pk, now=now, problem=problem, remedy="Report it with the log.")
        return True
    postpone(
        task_id=task.pk,
        until=now + timedelta(seconds=RETRY_S * task.tries),
        problem=problem,
        remedy=remedy,
    )
    return False
