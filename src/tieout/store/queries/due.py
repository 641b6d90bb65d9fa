"""Which company is to be looked at next."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from tieout.core.exporting import UNDER_WAY, State
from tieout.store.models import Book, Connection, Lane, Posting, QbWrite, Task


def next_lane(*, now: datetime, sweep_before: datetime) -> int | None:
    """The company whose lane is due longest and held by nobody.

    A lane that sleeps although something of its company waits (its wake-up was lost) is found
    too, when that something is older than `sweep_before`.
    """
    free = (Q(lease_until__isnull=True) | Q(lease_until__lt=now)) & _we_call()
    left_behind = Q(lease_until__lt=now)  # never given back: its worker died
    found = (
        Lane.objects.filter(free)
        .filter(Q(wake_at__lte=now) | left_behind)
        .order_by("wake_at", "company_id")
        .values_list("company_id", flat=True)
        .first()
    )
    return found if found is not None else _asleep(free, sweep_before)


def lane_owners(*, now: datetime) -> list[str]:
    """Who holds a lane at present, by the leases that still run."""
    running = Lane.objects.filter(lease_until__gte=now).exclude(owner="")
    return sorted(set(running.values_list("owner", flat=True)))


def _we_call() -> Q:
    """Over the Web Connector's road nobody delivers: it calls us, and takes the lane itself."""
    return ~Q(company__connection__road=Connection.Road.WEB_CONNECTOR)


def nightly(*, read_before: datetime, limit: int) -> list[int]:
    """Companies with an active connection whose lists were last read whole before then."""
    busy = Task.objects.filter(
        kind=Task.Kind.REFRESH, state__in=[Task.State.WAITING, Task.State.RUNNING]
    )
    rows = Book.objects.filter(
        lists_full_at__lt=read_before, company__connection__status=Connection.Status.ACTIVE
    ).exclude(company_id__in=busy.values("company_id"))
    return list(rows.order_by("lists_full_at").values_list("company_id", flat=True)[:limit])


def _asleep(free: Q, sweep_before: datetime) -> int | None:
    sleeping = Lane.objects.filter(free, wake_at__isnull=True, held_reason="")
    waiting = Q(state__in=[s.value for s in UNDER_WAY]) | Q(
        state=State.READY.value, queued_at__lt=sweep_before
    )
    left = Posting.objects.filter(waiting, state_at__lt=sweep_before).values("company_id")
    others = QbWrite.objects.filter(waiting, state_at__lt=sweep_before).values("company_id")
    tasks = Task.objects.filter(
        on_lane=True,
        state__in=[Task.State.WAITING, Task.State.RUNNING],
        due_at__lt=sweep_before,
    ).values("company_id")
    return (
        sleeping.filter(
            Q(company_id__in=left) | Q(company_id__in=others) | Q(company_id__in=tasks)
        )
        .order_by("company_id")
        .values_list("company_id", flat=True)
        .first()
    )
