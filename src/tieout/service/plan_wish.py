"""Ask for waiting invoices to be planned; at most one such wish waits at a time."""

from __future__ import annotations

from datetime import datetime

from tieout.store.commits import tasks
from tieout.store.queries.people import User
from tieout.store.queries.tasks import Task


def want_planning(company_id: int, now: datetime, user: User | None = None) -> Task:
    """The plan that waits for this company, or a new one, in the caller's transaction.

    A plan that runs already may have looked past the rows just written, so only one that has not
    begun counts as asked for.
    """
    waiting = tasks.waiting_task(company_id=company_id, kind=Task.Kind.PLAN)
    if waiting is not None:
        return waiting
    return tasks.request(
        company_id=company_id, kind=Task.Kind.PLAN, now=now, user=user, on_lane=False
    )
