"""Count failed sign-ins in the database, so that every process and machine sees them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from tieout.store.models import SignInTry

FORGOTTEN_AFTER = timedelta(hours=12)


def tries(*, keys: list[str], now: datetime) -> dict[str, SignInTry]:
    """The rows of these keys, locked until the transaction ends; missing ones are made."""
    SignInTry.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    SignInTry.objects.bulk_create(
        [SignInTry(key=key, last_at=now) for key in keys], ignore_conflicts=True
    )
    rows = SignInTry.objects.select_for_update(no_key=True).filter(key__in=keys).order_by("key")
    return {row.key: row for row in rows}


def count(*, keys: list[str], now: datetime) -> None:
    """One more try under each key; counted before the password is looked at."""
    SignInTry.objects.filter(key__in=keys).update(failures=F("failures") + 1, last_at=now)


def forgive(*, key: str, also: str) -> None:
    """The try under `key` was right: forget its failures, and take it back from `also`."""
    SignInTry.objects.filter(key=key).delete()
    SignInTry.objects.filter(key=also, failures__gt=0).update(failures=F("failures") - 1)
