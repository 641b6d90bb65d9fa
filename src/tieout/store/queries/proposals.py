"""Proposals of mapping changes as their preview shows them, and what reading a file looks up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from tieout.store.models import (
    ClassMapping,
    Posting,
    Proposal,
    ProposedChange,
    QbCustomer,
    QbEntry,
    SourceClient,
    SourceItem,
    SourceJob,
)
from tieout.store.queries.mappings import COMMITTED_STATES

__all__ = ["LOCKED", "Proposal", "ProposedChange", "RowState"]

RowState = ProposedChange.State
LOCKED = "locked"  # a kind of warning beside those of core.mapping: a saved mapping would change
RECENT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """A page of a proposal's rows."""

    rows: list[ProposedChange]
    has_next: bool


def find(*, company_id: int, proposal_id: int) -> Proposal | None:
    """The proposal with who made it; None for a stranger's."""
    rows = Proposal.objects.select_related("user", "task")
    return rows.filter(company_id=company_id, id=proposal_id).first()


def by_task(*, task_id: int) -> Proposal | None:
    """The proposal on which a task works."""
    rows = Proposal.objects.select_related("company", "user")
    return rows.filter(task_id=task_id).first()


def recent(*, company_id: int) -> list[Proposal]:
    """The latest proposals of which something was saved, newest first; one query."""
    rows = Proposal.objects.filter(company_id=company_id, saved_at__isnull=False)
    return list(rows.select_related("user").order_by("-id")[:RECENT])


def counts(*, proposal_id: int) -> dict[str, int]:
    """How many rows are in each state; every state has a figure."""
    counted = dict.fromkeys(RowState.values, 0)
    rows = ProposedChange.objects.filter(proposal_id=proposal_id).order_by()
    counted.update(rows.values_list("state").annotate(count=Count("id")))
    return counted


def page(*, proposal_id: int, states: Collection[str], page: int, rows: int) -> RowPage:
    """Rows in the order of the file; of some states, of all when there are none."""
    found = ProposedChange.objects.filter(proposal_id=proposal_id)
    if states:
        found = found.filter(state__in=states)
    start = (max(page, 1) - 1) * rows
    taken = list(found.order_by("line")[start : start + rows + 1])
    return RowPage(rows=taken[:rows], has_next=len(taken) > rows)


def each_row(*, proposal_id: int, states: Collection[str]) -> Iterator[ProposedChange]:
    """All rows of these states, or of all, in the order of the file: for a download."""
    found = ProposedChange.objects.filter(proposal_id=proposal_id)
    if states:
        found = found.filter(state__in=states)
    yield from found.order_by("line").iterator(chunk_size=1000)


def rows_of(
    *,
    proposal_id: int,
    states: Collection[str],
    ids: Collection[int] | None = None,
    limit: int = 0,
    last_first: bool = False,
) -> list[ProposedChange]:
    """Rows of these states in the order of the file: all, the chosen, or the first `limit`; with
    `last_first` the last `limit`."""
    rows = ProposedChange.objects.filter(proposal_id=proposal_id, state__in=states)
    if ids is not None:
        rows = rows.filter(id__in=ids)
    ordered = rows.order_by("-line" if last_first else "line")
    found = list(ordered[:limit] if limit else ordered)
    return found[::-1] if last_first else found


def count_rows(*, proposal_id: int, states: Collection[str], field: str = "") -> int:
    """How many rows are in these states; with `field` only those that it stands against."""
    rows = ProposedChange.objects.filter(proposal_id=proposal_id, state__in=states)
    return (rows.filter(field=field) if field else rows).count()


# ------------------------------------------------------------------ what a file names


def jobs_by_key(*, company_id: int, keys: Sequence[str]) -> dict[str, SourceJob]:
    """Contractor jobs with client, mapping, QuickBooks job and who mapped it; one query."""
    rows = SourceJob.objects.filter(company_id=company_id, key__in=keys)
    loaded = rows.select_related(
        "client__mapping__target", "mapping__target", "mapping__changed_by"
    )
    return {row.key: row for row in loaded.order_by()}


def sisters_by_key(
    *, company_id: int, kind: str, keys: Sequence[str]
) -> dict[tuple[str, str], Any]:
    """(invoice kind or "", key) -> client, pay/bill item or class value with its mapping."""
    if kind == "class":
        values = ClassMapping.objects.select_related("target", "changed_by")
        found = values.filter(company_id=company_id, value__in=keys)
        return {(row.kind, row.value): row for row in found}
    loaded = ("mapping__target", "mapping__changed_by")
    if kind == "client":
        clients = SourceClient.objects.select_related(*loaded)
        return {("", r.key): r for r in clients.filter(company_id=company_id, key__in=keys)}
    items = SourceItem.objects.select_related(*loaded)
    return {(r.kind, r.key): r for r in items.filter(company_id=company_id, key__in=keys)}


def customers_named(
    *, company_id: int, kind: str, list_ids: Iterable[str], names: Iterable[str]
) -> list[QbCustomer]:
    """Customers and jobs that are still there, by ListID or full name (any case); two queries.

    For "client" only customers, for "job" both.
    """
    there = QbCustomer.objects.filter(company_id=company_id, gone_at__isnull=True)
    if kind == "client":
        there = there.filter(parent_list_id="")
    # in no order: SQLite would walk all of them along the index of the usual one
    by_id = there.filter(list_id__in=sorted(set(list_ids))).order_by()
    by_name = there.filter(search_text__in=sorted({name.lower() for name in names})).order_by()
    return [*by_id, *by_name]


def entries_of(*, company_id: int, kind: str) -> list[QbEntry]:
    """All items or classes that are still there; one query."""
    rows = QbEntry.objects.filter(company_id=company_id, kind=kind, gone_at__isnull=True)
    return list(rows.order_by("id"))


def staying(
    *, company_id: int, job_keys: Sequence[str], target_ids: Sequence[int]
) -> dict[tuple[str, str], int]:
    """(job key, ListID) -> invoices that are on that QuickBooks job for good; one query.

    `target_ids` are the QuickBooks jobs to which these contractor jobs are mapped now.
    """
    rows = (
        Posting.objects.filter(
            # the company by its customers, or SQLite would walk all of its postings
            customer__company_id=company_id,
            customer_id__in=target_ids,
            job_key__in=job_keys,
            state__in=COMMITTED_STATES,
        )
        .order_by()
        .values_list("job_key", "customer__list_id")
        .annotate(count=Count("invoice_id", distinct=True))
    )
    return {(key, list_id): count for key, list_id, count in rows}
