"""The lane: one writer per company, taken by compare-and-set, with a fencing epoch."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from tieout.store import prepared
from tieout.store.models import Lane

LEASE_S = 60


class LaneLost(Exception):
    """Another worker holds the lane now; whoever sees this stops and writes nothing more."""


def wake(*, company_id: int, at: datetime) -> None:
    """Ask for the company to be looked at no later than `at`; an earlier wish stands."""
    Lane.objects.get_or_create(company_id=company_id)
    Lane.objects.filter(company_id=company_id).filter(
        Q(wake_at__isnull=True) | Q(wake_at__gt=at)
    ).update(wake_at=at)


def lock(*, company_id: int) -> None:
    """Lock the lane's row until the transaction ends, before anything else of the company.

    The order in which everybody locks stands in `locks`. Whoever wakes the lane after other locks
    begins with this.
    """
    Lane.objects.get_or_create(company_id=company_id)
    list(
        Lane.objects.select_for_update(no_key=True).filter(company_id=company_id).values_list("pk")
    )


def take(*, company_id: int, owner: str, now: datetime, lease_s: int = LEASE_S) -> int | None:
    """Take the lane if nobody's lease runs; returns the new epoch, or None when it is held."""
    taken = (
        Lane.objects.filter(company_id=company_id)
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
        .update(owner=owner, lease_until=now + timedelta(seconds=lease_s), epoch=F("epoch") + 1)
    )
    if not taken:
        return None
    return Lane.objects.values_list("epoch", flat=True).get(company_id=company_id, owner=owner)


def renew(*, company_id: int, epoch: int, now: datetime, lease_s: int = LEASE_S) -> None:
    """Keep the lease running; raises LaneLost when the epoch has moved on.

    It is extended when less than half of it is left: each extension waits for the disk, and the
    lane is looked at before every step.
    """
    until = _lease_until(company_id=company_id, epoch=epoch)
    if until is not None and until > now + timedelta(seconds=lease_s / 2):
        return
    held = Lane.objects.filter(company_id=company_id, epoch=epoch)
    if not held.update(lease_until=now + timedelta(seconds=lease_s)):
        message = f"Company {company_id} has another writer now (epoch {epoch} is over)."
        raise LaneLost(message)


@prepared.row
def _lease_until(*, company_id: int, epoch: int) -> QuerySet[Lane, datetime | None]:
    held = Lane.objects.filter(company_id=company_id, epoch=epoch)
    return held.values_list("lease_until", flat=True)


def check(*, company_id: int, epoch: int) -> None:
    """Lock the lane's row for this transaction and refuse when the epoch has moved on.

    Called first in every transaction that writes a result, so that a worker that was paused
    beyond its lease changes nothing.
    """
    if _locked(company_id=company_id, epoch=epoch) is None:
        message = f"Company {company_id} has another writer now (epoch {epoch} is over)."
        raise LaneLost(message)


@prepared.row
def _locked(*, company_id: int, epoch: int) -> QuerySet[Lane, int]:
    held = Lane.objects.select_for_update(no_key=True).filter(company_id=company_id, epoch=epoch)
    return held.values_list("pk", flat=True)


def release(*, company_id: int, epoch: int, wake_at: datetime | None) -> None:
    """Give the lane back and say when to look again; an old epoch releases nothing.

    Waking is merged with a wish that arrived meanwhile: the row is locked before it is read, or
    a concurrent wake-up would be overwritten and lost.
    """
    lane = (
        Lane.objects.select_for_update(no_key=True)
        .filter(company_id=company_id, epoch=epoch)
        .first()
    )
    if lane is None:
        return
    wishes = [moment for moment in (lane.wake_at, wake_at) if moment is not None]
    lane.lease_until = None
    lane.owner = ""
    lane.wake_at = min(wishes) if wishes else None
    lane.save(update_fields=["lease_until", "owner", "wake_at"])


def clear_wish(*, company_id: int, epoch: int) -> None:
    """Forget the wake-up that led here; a later one is a new wish."""
    Lane.objects.filter(company_id=company_id, epoch=epoch).update(wake_at=None)


def free_of_the_dead(*, now: datetime, owner: str | None = None) -> None:
    """End the leases of one owner that is known to be gone.

    Without `owner` all of them: for a worker that is known to be the only one of this database.
    """
    ended = now - timedelta(seconds=1)
    running = Lane.objects.filter(lease_until__gte=ended)
    held = running if owner is None else running.filter(owner=owner)
    held.update(lease_until=ended)


def note_checked(*, company_id: int, epoch: int, session_id: str, journal_id: str = "") -> None:
    """In this QuickBooks session the company file is the right one; "" forgets that it was.

    `journal_id`: of the connector through which it was seen.
    """
    Lane.objects.filter(company_id=company_id, epoch=epoch).update(
        checked_epoch=epoch if session_id else 0,
        checked_session=session_id,
        checked_journal=journal_id,
    )


def hold(*, company_id: int, epoch: int, reason: str, fence_epoch: int = 0) -> None:
    """Let nothing be written to this company's QuickBooks until a Super User looked at it.

    Whoever lost the lane holds nothing. `fence_epoch`: the connector refused us because it has
    seen this epoch of another writer; a fence stands until somebody takes over, whatever else is
    found out meanwhile.
    """
    Lane.objects.filter(company_id=company_id, epoch=epoch).update(
        held_reason=reason[:300], fence_epoch=Greatest("fence_epoch", fence_epoch)
    )


def unhold(*, company_id: int, now: datetime) -> None:
    """The company file is the right one, a person says so: what is queued goes on.

    A fence is not lifted by that: see `take_over`.
    """
    freed = Lane.objects.filter(company_id=company_id, fence_epoch=0).exclude(held_reason="")
    if freed.update(held_reason=""):
        wake(company_id=company_id, at=now)


def pass_fence(*, company_id: int) -> int:
    """Raise the epoch above everything the connector has seen; returns the new one.

    Whoever held the lane has an old epoch now. What holds the lane stays: see `took_over`.
    """
    lock(company_id=company_id)
    Lane.objects.filter(company_id=company_id).update(
        epoch=Greatest("epoch", "fence_epoch") + 1, lease_until=None, owner=""
    )
    return Lane.objects.values_list("epoch", flat=True).get(company_id=company_id)


def took_over(*, company_id: int, epoch: int, now: datetime) -> bool:
    """The connector lets us write from `epoch` on: what holds the lane goes.

    False when a later fence was met meanwhile: that one stands.
    """
    lock(company_id=company_id)
    ours = Lane.objects.filter(company_id=company_id, fence_epoch__lte=epoch)
    freed = ours.update(held_reason="", fence_epoch=0)
    wake(company_id=company_id, at=now)
    return bool(freed)


def pass_on(*, company_id: int) -> None:
    """Raise the epoch and end the lease: whoever works may send and apply nothing more."""
    Lane.objects.filter(company_id=company_id).update(
        epoch=F("epoch") + 1, lease_until=None, owner="", failures=0
    )


def count_failure(*, company_id: int) -> int:
    """Count a try that did not reach QuickBooks; returns how many there were in a row."""
    Lane.objects.filter(company_id=company_id).update(failures=F("failures") + 1)
    return Lane.objects.values_list("failures", flat=True).get(company_id=company_id)
