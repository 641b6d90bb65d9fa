"""Read the lists whole once a night, when nobody waits for QuickBooks.

A rename does not touch the jobs below it, and what QuickBooks' clock hid from an incremental
refresh (the hour that comes twice in autumn) is seen here. The night is that of the installation's
time zone. A company that was not read at night, because nothing ran, is read whole by the first
refresh of the day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from tieout.store.commits import events, lanes, tasks
from tieout.store.queries import due
from tieout.store.queries.exports import Task

NIGHT_H = range(1, 5)
READ_WITHIN_H = 20
AT_ONCE = 20


def next_nightly(*, whole_at: datetime | None, now: datetime) -> datetime | None:
    """When lists that were last read whole at `whole_at` are read whole by themselves, at the soonest.

    None when they never were: the first refresh is asked for by a person.
    """
    if whole_at is None:
        return None
    soonest = timezone.localtime(max(now, whole_at + timedelta(hours=READ_WITHIN_H)))
    if soonest.hour in NIGHT_H:
        return soonest
    night = soonest.replace(hour=NIGHT_H.start, minute=0, second=0, microsecond=0)
    return night if night > soonest else night + timedelta(days=1)


def ask_nightly(*, now: datetime) -> int:
    """Ask for the refreshes of this night that nobody has asked for yet; returns how many."""
    if timezone.localtime(now).hour not in NIGHT_H:
        return 0
    waiting = due.nightly(read_before=now - timedelta(hours=READ_WITHIN_H), limit=AT_ONCE)
    return sum(_ask(company_id, now) for company_id in waiting)


def _ask(company_id: int, now: datetime) -> bool:
    with transaction.atomic():
        lanes.lock(company_id=company_id)  # two workers at once make one task
        if tasks.open_task(company_id=company_id, kind=Task.Kind.REFRESH):
            return False
        tasks.request(
            company_id=company_id, kind=Task.Kind.REFRESH, now=now, params={"full": True}
        )
        entry = events.Entry(verb="asked", subject="refresh", after={"nightly": True})
        events.append(company_id=company_id, at=now, entries=[entry])
    return True
