"""Mirror QuickBooks' lists in pages: what is there is upserted, what went is marked, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Substr

from tieout.core.exporting import IN_QUICKBOOKS
from tieout.core.facts import PostingKind
from tieout.store.models import (
    Book,
    Posting,
    QbCustomer,
    QbEntry,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedRow:
    """A customer or job of QuickBooks' log of deleted names."""

    list_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOn:
    """On which customer or job an invoice of ours stands in QuickBooks now."""

    txn_id: str
    number: str
    list_id: str


IDS_AT_ONCE = 500
AHEAD_MAX = timedelta(hours=15)  # of a clock beside QuickBooks, before UTC: its zone and an hour
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
    known: dict[str, str] = {}
    if outside:
        above = QbCustomer.objects.filter(company_id=company_id, list_id__in=outside)
        known = dict(above.values_list("list_id", "top_list_id"))
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
    """Mark what an uninterrupted pass over all of it did not see; returns how many went."""
    if kind == "customer":
        customers = QbCustomer.objects.filter(company_id=company_id, gone_at__isnull=True)
        unseen = customers.exclude(seen_pass=seen_pass)
        return unseen.update(gone_at=now, merged_into="", merged_proof="")
    entries = QbEntry.objects.filter(company_id=company_id, kind=kind, gone_at__isnull=True)
    return entries.exclude(seen_pass=seen_pass).update(gone_at=now)


def settle_descendants(*, company_id: int) -> None:
    """Give every job the root of its parent; a rename or move may come before its children.

    From above: a parent hands its root down once that is a customer, and no job itself.
    """
    ours = QbCustomer.objects.filter(company_id=company_id).order_by()
    below = ours.exclude(parent_list_id="")
    roots = ours.filter(parent_list_id="").values("list_id")
    while True:
        wrong = below.filter(top_list_id=F("parent_list_id"))
        parents = below.filter(
            list_id__in=wrong.values("parent_list_id"), top_list_id__in=roots
        ).values_list("list_id", "top_list_id")
        found = dict(parents)
        for list_id, top in found.items():
            wrong.filter(parent_list_id=list_id).update(top_list_id=top)
        if not found:
            return


def lists_refreshed(
    *, company_id: int, now: datetime, whole: bool = False, full_because: str = ""
) -> None:
    """Note when all lists had been read, up to which change, and whether that was everything.

    A change that QuickBooks dates ahead of every clock on earth was made while the clock beside it
    was wrong: after it was put right, nothing would ever be later.
    """
    ahead = (now.astimezone(UTC) + AHEAD_MAX).strftime("%Y-%m-%dT%H:%M:%S")
    wall = QbCustomer.objects.filter(company_id=company_id, time_modified__lte=ahead)
    wall = wall.exclude(time_modified="")
    latest = wall.aggregate(at=Max(Substr("time_modified", 1, 19)))["at"] or ""
    book = {"lists_refreshed_at": now, "customers_modified_to": latest}
    if whole:
        book["lists_full_at"] = now
    if whole or full_because:
        book["full_because"] = full_because
    Book.objects.filter(company_id=company_id).update(**book)


# ------------------------------------------------------------------ only what changed


def count_customers(*, company_id: int) -> int:
    """How many customers and jobs the mirror holds that are not gone."""
    return QbCustomer.objects.filter(company_id=company_id, gone_at__isnull=True).count()


def mark_deleted(
    *, company_id: int, list_ids: Sequence[str], seen_pass: int, now: datetime
) -> int:
    """Mark what QuickBooks' log of deleted names holds; returns how many went."""
    went = 0
    for start in range(0, len(list_ids), IDS_AT_ONCE):
        rows = QbCustomer.objects.filter(
            company_id=company_id,
            list_id__in=list_ids[start : start + IDS_AT_ONCE],
            gone_at__isnull=True,
        )
        went += rows.update(gone_at=now, seen_pass=seen_pass, merged_into="", merged_proof="")
    return went


def carry_down_some(
    *, company_id: int, seen_pass: int, after: int, limit: int
) -> tuple[int, int | None]:
    """Put paths and roots right of the next jobs below what this pass saw, in the order of ids.

    A rename of a customer changes the full names of its jobs without touching them. What is put
    right counts as seen, so that the jobs below it follow. Returns how many these were, and the id
    to go on after, None at the end of the list: then the whole list is gone through again, until
    nothing below is wrong. Each bundle is a transaction of the caller's.
    """
    table = QbCustomer._meta.db_table
    wrong = (
        "SELECT child.id, child.name, parent.full_name, parent.top_list_id, parent.sublevel "  # noqa: S608
        f"FROM {table} child JOIN {table} parent ON parent.company_id = child.company_id "
        "AND parent.list_id = child.parent_list_id "
        "WHERE child.company_id = %s AND child.id > %s AND child.gone_at IS NULL "
        "AND parent.seen_pass = %s AND parent.gone_at IS NULL "
        "AND (child.full_name <> parent.full_name || ':' || child.name "
        "OR child.top_list_id <> parent.top_list_id) "
        "ORDER BY child.id LIMIT %s"
    )
    right = (
        f"UPDATE {table} SET full_name = %s, search_text = %s, top_list_id = %s, "  # noqa: S608
        "sublevel = %s, seen_pass = %s WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(wrong, [company_id, after, seen_pass, limit])
        rows = cursor.fetchall()
        values = []
        for pk, name, above, top, sublevel in rows:
            path = f"{above}:{name}"
            # in lower case as Python has it: SQLite knows that of no letter beyond ASCII
            values.append((path, path.lower(), top, sublevel + 1, seen_pass, pk))
        cursor.executemany(right, values)
    return len(rows), rows[-1][0] if len(rows) == limit else None


# ------------------------------------------------------------------ who took over from the gone


def to_find(*, company_id: int, limit: int) -> list[str]:
    """TxnIDs of our invoices on mapped jobs that are gone: where QuickBooks has them now tells
    into which job theirs was merged. The latest of each job; again when that one is gone, too."""
    states = [state.value for state in IN_QUICKBOOKS]
    heirs = QbCustomer.objects.filter(
        company_id=company_id, list_id=OuterRef("customer__merged_into"), gone_at__isnull=True
    )
    rows = (
        Posting.objects.filter(
            ~Exists(heirs),
            company_id=company_id,
            customer__gone_at__isnull=False,
            customer__job_mappings__isnull=False,
            kind=PostingKind.INVOICE.value,
            state__in=states,
        )
        .exclude(txn_id="")
        .order_by("-customer__gone_at", "customer_id", "-id")
        .values_list("customer_id", "txn_id")
    )
    latest: dict[int, str] = {}
    for customer_id, txn_id in rows.iterator():
        latest.setdefault(customer_id, txn_id)
        if len(latest) >= limit:
            break
    return list(latest.values())


def note_survivors(*, company_id: int, found: Sequence[FoundOn]) -> None:
    """Note on which job the invoices of a gone one were found."""
    by_txn = {each.txn_id: each for each in found if each.list_id}
    rows = Posting.objects.filter(company_id=company_id, txn_id__in=by_txn).values_list(
        "txn_id", "customer_id", "customer__list_id"
    )
    for txn_id, customer_id, list_id in rows:
        each = by_txn[txn_id]
        if each.list_id != list_id:
            QbCustomer.objects.filter(pk=customer_id, gone_at__isnull=False).update(
                merged_into=each.list_id, merged_proof=f"invoice {each.number} is on it now"
            )
