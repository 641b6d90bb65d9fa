"""Which company is to be looked at next."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Q, QuerySet, When

from tieout.core.exporting import UNDER_WAY, State
from tieout.store import prepared
from tieout.store.models import Book, Connection, Lane, Posting, QbWrite, Task


@prepared.row
def next_lane(*, now: datetime) -> QuerySet[Lane, int]:
    """The company whose lane is due longest and held by nobody.

    One that was never given back, because its worker died, is due since its lease ran out.
    """
    woken = When(wake_at__lte=now, then="wake_at")
    found = (
        _free(now)
        .filter(Q(wake_at__lte=now) | Q(lease_until__lt=now))
        .order_by(Case(woken, default="lease_until"), "company_id")
    )
    return found.values_list("company_id", flat=True)


@prepared.row
def asleep(*, now: datetime, sweep_before: datetime) -> QuerySet[Lane, int]:
    """A company whose lane sleeps although something of it waits since before `sweep_before`.

    Its wake-up was lost.
    """
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
    sleeping = (
        _free(now)
        .filter(wake_at__isnull=True, held_reason="")
        .filter(Q(company_id__in=left) | Q(company_id__in=others) | Q(company_id__in=tasks))
    )
    return sleeping.order_by("company_id").values_list("company_id", flat=True)


def _free(now: datetime) -> QuerySet[Lane]:
    """Lanes that nobody holds, of companies that we call: over the Web Connector's road nobody
    delivers, it calls us and takes the lane itself."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Lane.objects.filter(free).exclude(
        company__connection__road=Connection.Road.WEB_CONNECTOR
    )


def lane_owners(*, now: datetime) -> list[str]:
    """Who holds a lane at present, by the leases that still run."""
    running = Lane.objects.filter(lease_until__gte=now).exclude(owner="")
    return sorted(set(running.values_list("owner", flat=True)))


def nightly(*, read_before: datetime, limit: int) -> list[int]:
    """Companies with an active connection whose lists were last read whole before then."""
    busy = Task.objects.filter(
        kind=Task.Kind.REFRESH, state__in=[Task.State.WAITING, Task.State.RUNNING]
    )
    rows = Book.objects.filter(
        lists_full_at__lt=read_before, company__connection__status=Connection.Status.ACTIVE
    ).exclude(company_id__in=busy.values("company_id"))
    return list(rows.order_by("lists_full_at").values_list("company_id", flat=True)[:limit])
