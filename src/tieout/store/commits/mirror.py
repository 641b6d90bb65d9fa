"""Mirror QuickBooks' lists in pages: what is there is upserted, what went is marked, never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from tieout.store.models import (
    Book,
    Listing,
    QbCustomer,
    QbEntry,
    Task,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A customer or job as QuickBooks listed it."""

    list_id: str
    name: str
    full_name: str
    parent_list_id: str
    sublevel: int
    active: bool
    edit_sequence: str
    time_modified: str
    job_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry of a short list as QuickBooks listed it."""

    list_id: str
    full_name: str
    active: bool
    has_account: bool = True
    detail: str = ""


_CUSTOMER_COLUMNS = (
    "company_id", "list_id", "name", "full_name", "parent_list_id", "top_list_id", "sublevel",
    "active", "gone_at", "edit_sequence", "time_modified", "job_status", "merged_into",
    "merged_proof", "seen_pass", "search_text",
)  # fmt: skip
_CUSTOMER_UPDATED = _CUSTOMER_COLUMNS[2:]


def mirror_customers(*, company_id: int, rows: Sequence[CustomerRow], seen_pass: int) -> None:
    """Upsert one page of customers and jobs; part of the caller's transaction.

    One statement for the page instead of the ORM's objects: a list may hold 100,000 of them.
    """
    if not rows:
        return
    tops = _tops(company_id, rows)
    names = ", ".join(_CUSTOMER_COLUMNS)
    places = ", ".join(["%s"] * len(_CUSTOMER_COLUMNS))
    updates = ", ".join(f"{name} = excluded.{name}" for name in _CUSTOMER_UPDATED)
    statement = (
        f"INSERT INTO {QbCustomer._meta.db_table} ({names}) VALUES ({places}) "  # noqa: S608
        f"ON CONFLICT (company_id, list_id) DO UPDATE SET {updates}"
    )
    values = [
        (
            company_id,
            row.list_id,
            row.name,
            row.full_name,
            row.parent_list_id,
            tops[row.list_id],
            row.sublevel,
            row.active,
            None,
            row.edit_sequence,
            row.time_modified,
            row.job_status,
            "",  # what is there was not merged away
            "",
            seen_pass,
            row.full_name.lower(),
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _tops(company_id: int, rows: Sequence[CustomerRow]) -> dict[str, str]:
    """The root customer of each row. QuickBooks lists parents before their children."""
    parents = {row.list_id: row.parent_list_id for row in rows}
    outside = {p for p in parents.values() if p and p not in parents}
    known = dict(
        QbCustomer.objects.filter(company_id=company_id, list_id__in=outside).values_list(
            "list_id", "top_list_id"
        )
    )
    tops: dict[str, str] = {}
    for row in rows:
        at, seen = row.list_id, set()
        while at in parents and parents[at] and at not in seen:
            seen.add(at)
            at = parents[at]
        tops[row.list_id] = known.get(at) or at
    return tops


def mirror_entries(
    *, company_id: int, kind: QbEntry.Kind, rows: Sequence[EntryRow], seen_pass: int
) -> bool:
    """Upsert entries of a short list; returns whether any is new or different."""
    present = {
        row.list_id: (row.full_name, row.active, row.has_account, row.gone_at is None)
        for row in QbEntry.objects.filter(
            company_id=company_id, kind=kind, list_id__in=[row.list_id for row in rows]
        )
    }
    changed = any(
        present.get(row.list_id) != (row.full_name, row.active, row.has_account, True)
        for row in rows
    )
    QbEntry.objects.bulk_create(
        [
            QbEntry(
                company_id=company_id,
                kind=kind,
                list_id=row.list_id,
                full_name=row.full_name,
                active=row.active,
                has_account=row.has_account,
                detail=row.detail,
                gone_at=None,
                seen_pass=seen_pass,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["company", "kind", "list_id"],
        update_fields=["full_name", "active", "has_account", "detail", "gone_at", "seen_pass"],
        batch_size=500,
    )
    return changed


def mark_gone(*, company_id: int, kind: str, seen_pass: int, now: datetime) -> int:
    """Mark what an uninterrupted pass did not see; returns how many went."""
    rows = (
        QbCustomer.objects.filter(company_id=company_id)
        if kind == "customer"
        else QbEntry.objects.filter(company_id=company_id, kind=kind)
    )
    return rows.filter(gone_at__isnull=True).exclude(seen_pass=seen_pass).update(gone_at=now)


def settle_descendants(*, company_id: int) -> None:
    """Give every job the root of its parent; a rename or move may come before its children."""
    while True:
        wrong = (
            QbCustomer.objects.filter(company_id=company_id)
            .exclude(parent_list_id="")
            .filter(top_list_id=F("parent_list_id"))
        )
        parents = dict(
            QbCustomer.objects.filter(
                company_id=company_id, list_id__in=wrong.values("parent_list_id").distinct()
            )
            .exclude(parent_list_id="")
            .values_list("list_id", "top_list_id")
        )
        if not parents:
            return
        for list_id, top in parents.items():
            wrong.filter(parent_list_id=list_id).update(top_list_id=top)


def open_listings(*, task: Task, kinds: Sequence[str]) -> list[Listing]:
    """The lists a refresh reads, noted once; a later step finds them as they were left."""
    if not task.listings.exists():
        Listing.objects.bulk_create(
            Listing(task=task, company_id=task.company_id, position=n, kind=kind)
            for n, kind in enumerate(kinds)
        )
    return list(task.listings.order_by("position"))


def listing_at(*, task: Task, place: Mapping[str, int | str]) -> Listing | None:
    """The list a page was asked for, None when it has moved on since."""
    return (
        task.listings.filter(pk=place["listing"], seen=place["seen"], restarts=place["restarts"])
        .exclude(state="done")
        .first()
    )


def lists_refreshed(*, company_id: int, now: datetime) -> None:
    """Note when all lists had been read."""
    Book.objects.filter(company_id=company_id).update(lists_refreshed_at=now)
