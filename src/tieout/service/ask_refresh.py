"""Ask for the QuickBooks lists to be read again; one refresh is open at a time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.service.access import Access
from tieout.store.commits import events, tasks
from tieout.store.queries.tasks import Task


def ask_refresh(*, access: Access, now: datetime) -> Task:
    """The refresh that waits or runs, or else a new one. The worker does it, not the page."""
    company_id = access.company.pk
    with transaction.atomic():
        open_ = tasks.open_task(company_id=company_id, kind=Task.Kind.REFRESH)
        if open_ is not None:
            return open_
        entry = events.Entry(verb="asked", subject="refresh")
        # the log's head is locked first, so that two clicks at once make one task
        events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
        open_ = tasks.open_task(company_id=company_id, kind=Task.Kind.REFRESH)
        return open_ or tasks.request(
            company_id=company_id, kind=Task.Kind.REFRESH, now=now, user=access.user
        )
