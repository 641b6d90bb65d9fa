"""Ask for waiting invoices to be planned; at most one such wish waits at a time."""

from __future__ import annotations

from datetime import datetime

from tieout.store.commits import tasks
from tieout.store.queries.people import User
from tieout.store.queries.tasks import Task


def want_planning(company_id: int, now: datetime, user: User | None = None) -> Task:
    """The plan that waits for this company, or a new one, in the caller's transaction."""
    return tasks.want_plan(company_id=company_id, now=now, user=user)
