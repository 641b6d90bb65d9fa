"""Ask for the QuickBooks lists to be read again; one refresh is open at a time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.service.access import Access
from tieout.store.commits import events, lanes, tasks
from tieout.store.queries.tasks import Task


def ask_refresh(*, access: Access, now: datetime, full: bool = False) -> Task:
    """The refresh that waits or runs, or else a new one. The worker does it, not the page.

    It reads what changed since the last one; with `full`, everything. A refresh that is under way
    already stays as it is (see `misses`); one that waits because of a trouble tries again at once.
    """
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)  # two clicks at once make one task
        open_ = tasks.open_task(company_id=company_id, kind=Task.Kind.REFRESH)
        if open_ is not None:
            tasks.hasten(task=open_, now=now)
            return open_
        entry = events.Entry(verb="asked", subject="refresh")
        events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.REFRESH,
            now=now,
            user=access.user,
            params={"full": True} if full else {},
        )


def misses(task: Task, *, now: datetime, full: bool = False) -> str:
    """What a refresh that was asked for before `now` may not see, for whoever asked just now.

    Empty where it has not begun: then it sees all that is there by now.
    """
    if task.created_at == now or task.started_at is None:
        return ""
    if full and not task.params.get("full"):
        return "This refresh was under way already, and may read only what changed."
    return "This refresh was under way already: what QuickBooks got since may be missing."
