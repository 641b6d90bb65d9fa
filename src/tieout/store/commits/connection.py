"""Write the connection's settings and what Verify found; and the company's export rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, Q, QuerySet, Value, When

from tieout.core import facts
from tieout.store import prepared
from tieout.store.commits import exports, locks
from tieout.store.models import Book, Company, Connection, Lane, SourceInvoice
from tieout.store.queries import connections

Status = Connection.Status
NOTE_EVERY_S = 5  # a busy export notes its contact this often, not at every call
IDENTITY = ("company_name", "company_file", "stamp")
KEPT_AT_REFRESH = ("last_restore_time", *IDENTITY)  # only Verify may accept another one
Standing = SourceInvoice.Standing


def save_settings(*, company_id: int, changes: Mapping[str, Any], now: datetime) -> None:
    """Save changed columns of the connection; what was verified before counts no more."""
    Connection.objects.filter(company_id=company_id).update(
        **changes,
        status=Status.UNVERIFIED,
        ladder=[],
        problem="",
        remedy="",
        updated_at=now,
    )


def save_ladder(
    *, company_id: int, settings_at: datetime | None, ladder: Sequence[Mapping[str, Any]]
) -> None:
    """The rungs as far as they are climbed, unless the settings changed meanwhile."""
    _of(company_id, settings_at).update(ladder=list(ladder))


def record_broken(
    *,
    company_id: int,
    settings_at: datetime | None,
    ladder: Sequence[Mapping[str, Any]],
    problem: str,
    remedy: str,
    contact: bool,
    now: datetime,
) -> bool:
    """A rung broke. `contact`: QuickBooks itself answered before that.

    False when the settings were changed after `settings_at`: then nothing is written.
    """
    changes: dict[str, Any] = {"last_contact_at": now} if contact else {}
    written = _of(company_id, settings_at).update(
        **changes,
        status=Status.BROKEN,
        ladder=list(ladder),
        problem=problem[:500],
        remedy=remedy[:500],
    )
    return bool(written)


def record_verified(
    *,
    company_id: int,
    settings_at: datetime | None,
    ladder: Sequence[Mapping[str, Any]],
    book: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Every rung holds: the connection is active and the company file is as `book` says.

    False when the settings were changed after `settings_at`: then nothing is written.
    """
    written = _of(company_id, settings_at).update(
        status=Status.ACTIVE,
        ladder=list(ladder),
        problem="",
        remedy="",
        last_contact_at=now,
        verified_at=now,
    )
    if written:
        Book.objects.filter(company_id=company_id).update(**book, read_at=now)
    return bool(written)


def _of(company_id: int, settings_at: datetime | None) -> QuerySet[Connection]:
    return Connection.objects.filter(company_id=company_id, updated_at=settings_at)


def save_rules(*, company_id: int, rules: facts.ExportRules) -> None:
    """The company's own choices, whole."""
    Company.objects.filter(pk=company_id).update(
        syncing=rules.syncing.value,
        jobless_lines=rules.jobless_lines.value,
        zero_totals=rules.zero_totals.value,
        require_approval=rules.require_approval,
        split_suffix=rules.split_suffix,
        number_prefix_strip=rules.number_prefix_strip,
        template_name=rules.template_name,
    )


def save_switches(*, company_id: int, switches: Mapping[str, bool]) -> None:
    """What Tieout may do to jobs in QuickBooks."""
    Company.objects.filter(pk=company_id).update(**switches)


def plan_all_again(*, company_id: int) -> int:
    """Let every planned invoice be planned anew; returns how many."""
    concerned = connections.planned_again(company_id=company_id)
    ids = locks.invoices(company_id=company_id, which=Q(pk__in=concerned.values("pk")))
    return sum(
        SourceInvoice.objects.filter(pk__in=some).update(standing=Standing.TO_PLAN)
        for some in locks.chunks(ids)
    )


# ------------------------------------------------------------------ what later contacts show


def note_contact(*, company_id: int, now: datetime) -> None:
    """QuickBooks answered; clears the last problem, and after a silence ends the pauses.

    The connection is active then, unless it was never verified: only Verify learns whose books
    answer, and nothing is written before.
    """
    if _is_noted(company_id=company_id, since=now - timedelta(seconds=NOTE_EVERY_S)):
        return
    known = Exists(Book.objects.filter(company_id=company_id).exclude(company_name=""))
    Connection.objects.filter(company_id=company_id).update(
        last_contact_at=now,
        status=Case(When(known, then=Value(Status.ACTIVE)), default=Value(Status.UNVERIFIED)),
        problem="",
        remedy="",
    )
    if Lane.objects.filter(company_id=company_id, failures__gt=0).update(failures=0):
        exports.look_now(company_id=company_id, now=now)


@prepared.row
def _is_noted(*, company_id: int, since: datetime) -> QuerySet[Connection, int]:
    """The connection, if there was a contact just now and no trouble since."""
    return Connection.objects.filter(
        company_id=company_id,
        last_contact_at__gte=since,
        problem="",
        company__lane__failures=0,
    ).values_list("pk", flat=True)


def note_trouble(*, company_id: int, problem: str, remedy: str) -> None:
    """QuickBooks could not be asked: what was seen, and who puts it right."""
    Connection.objects.filter(company_id=company_id).update(
        status=Connection.Status.BROKEN, problem=problem[:500], remedy=remedy[:500]
    )


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
    # whose books these are only Verify says: till then they count as never read
    read_at = None if book.read_at is None else now
    Book.objects.filter(company_id=company_id).update(**fresh, read_at=read_at)
    return True, changed
