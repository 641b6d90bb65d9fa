"""What the last contact with QuickBooks showed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from tieout.store.models import Book, Connection, Lane

NOTE_EVERY_S = 5  # a busy export notes its contact this often, not at every call


def note_contact(*, company_id: int, now: datetime) -> None:
    """QuickBooks answered; clears the last problem."""
    old = now - timedelta(seconds=NOTE_EVERY_S)
    Connection.objects.filter(company_id=company_id).filter(
        Q(last_contact_at__isnull=True) | Q(last_contact_at__lt=old) | ~Q(problem="")
    ).update(last_contact_at=now, status=Connection.Status.ACTIVE, problem="", remedy="")
    Lane.objects.filter(company_id=company_id, failures__gt=0).update(failures=0)


def note_trouble(*, company_id: int, problem: str, remedy: str) -> None:
    """QuickBooks could not be asked: what was seen, and who puts it right."""
    Connection.objects.filter(company_id=company_id).update(
        status=Connection.Status.BROKEN, problem=problem[:500], remedy=remedy[:500]
    )


IDENTITY = ("company_name", "company_file")
KEPT_AT_REFRESH = ("last_restore_time", *IDENTITY)  # only Verify may accept another one


def record_preferences(
    *, company_id: int, columns: Mapping[str, Any], now: datetime
) -> tuple[bool, bool]:
    """Bring what planning depends on up to date, if this is the company file that was verified.

    Returns (it is the same company file, something that planning depends on changed).
    """
    book = Book.objects.get(company_id=company_id)
    for name in IDENTITY:
        if getattr(book, name) and columns[name] and getattr(book, name) != columns[name]:
            return False, False
    fresh = {name: value for name, value in columns.items() if name not in KEPT_AT_REFRESH}
    changed = any(getattr(book, name) != value for name, value in fresh.items())
    Book.objects.filter(company_id=company_id).update(**fresh, read_at=now)
    return True, changed
