"""The mirrored QuickBooks lists as choices: jobs, customers, items and classes, and their age."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tieout.store import prepared
from tieout.store.models import Book, JobMapping, QbCustomer, QbEntry, SourceJob, Task
from tieout.store.queries import searching

__all__ = ["Choices", "ListState", "QbCustomer", "QbEntry"]

CHOICES_MAX = 20
IDS_AT_ONCE = 500
LOOKED_AT = 400  # matches that are put in order before the first CHOICES_MAX are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a search offers; `more` says that it found more than is shown."""

    rows: list[QbCustomer]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """How old the lists are, what the company file uses, and the latest refresh."""

    refreshed_at: datetime | None
    uses_classes: bool
    task: Task | None

    @property
    def refreshing(self) -> bool:
        return self.task is not None and not self.task.over


def list_state(*, company_id: int) -> ListState:
    """The age of the lists and the latest Refresh QuickBooks list; two queries."""
    book, task = _book(company_id=company_id), _refresh(company_id=company_id)
    return ListState(
        refreshed_at=book.lists_refreshed_at if book else None,
        uses_classes=bool(book and book.uses_classes),
        task=task,
    )


@prepared.row
def _book(*, company_id: int) -> QuerySet[Book]:
    return Book.objects.filter(company_id=company_id)


@prepared.row
def _refresh(*, company_id: int) -> QuerySet[Task]:
    return Task.objects.filter(company_id=company_id, kind=Task.Kind.REFRESH)


def choose_jobs(*, company_id: int, search: str, customer_list_id: str) -> Choices:
    """Jobs for the dropdown, those under the client's customer first; two queries.

    `customer_list_id` is the ListID of that customer, "" when the client is not mapped.
    """
    words = searching.words(search)
    there = _present(company_id)
    own: list[QbCustomer] = []
    if customer_list_id:
        family = there.filter(top_list_id=customer_list_id)
        if words:
            family = family.filter(_read(words))
        own = list(family.order_by("full_name", "id")[: CHOICES_MAX + 1])
        # the customer itself is the last choice among its jobs, never the first
        own.sort(key=lambda row: not row.parent_list_id)
    if len(own) > CHOICES_MAX:
        return Choices(rows=own[:CHOICES_MAX], more=True)
    wanted = CHOICES_MAX - len(own)
    others = _matching(company_id, there, words, besides=customer_list_id)
    return Choices(rows=own + others[:wanted], more=len(others) > wanted)


def choose_customers(*, company_id: int, search: str) -> Choices:
    """Customers (no jobs) for Client Mapping; one query."""
    there = _present(company_id).filter(parent_list_id="")
    rows = _matching(company_id, there, searching.words(search), besides="")
    return Choices(rows=rows[:CHOICES_MAX], more=len(rows) > CHOICES_MAX)


def choose_entries(*, company_id: int, kind: str, search: str) -> tuple[list[QbEntry], bool]:
    """Items or classes for a dropdown, active ones first, and whether there are more; one query."""
    rows = QbEntry.objects.filter(company_id=company_id, kind=kind, gone_at__isnull=True)
    words = searching.words(search)
    for word in (*words.long, *words.short):
        rows = rows.filter(full_name__icontains=word)
    found = list(rows.order_by("-active", "full_name", "id")[: CHOICES_MAX + 1])
    return found[:CHOICES_MAX], len(found) > CHOICES_MAX


def get_customer(*, company_id: int, list_id: str) -> QbCustomer | None:
    """The customer or job of this company with the ListID; another company's is not found."""
    return QbCustomer.objects.filter(company_id=company_id, list_id=list_id).first()


def customers(*, company_id: int, ids: Collection[int]) -> dict[int, QbCustomer]:
    """Customers and jobs of this company by id, in several queries when there are very many."""
    wanted = sorted(ids)
    found: dict[int, QbCustomer] = {}
    for start in range(0, len(wanted), IDS_AT_ONCE):
        found |= QbCustomer.objects.filter(company_id=company_id).in_bulk(
            wanted[start : start + IDS_AT_ONCE]
        )
    return found


def customers_by_list_id(*, company_id: int, list_ids: Collection[str]) -> dict[str, QbCustomer]:
    """Customers and jobs of this company by ListID, in several queries when there are very many."""
    wanted = sorted(list_ids)
    found: dict[str, QbCustomer] = {}
    for start in range(0, len(wanted), IDS_AT_ONCE):
        some = wanted[start : start + IDS_AT_ONCE]
        rows = QbCustomer.objects.filter(company_id=company_id, list_id__in=some).order_by()
        found |= {row.list_id: row for row in rows}
    return found


def entries_by_list_id(
    *, company_id: int, kind: str, list_ids: Collection[str]
) -> dict[str, QbEntry]:
    """Entries of one list of this company by ListID, gone ones as well; one query."""
    rows = QbEntry.objects.filter(company_id=company_id, kind=kind, list_id__in=sorted(list_ids))
    return {row.list_id: row for row in rows.order_by()}


def customer_names(*, company_id: int) -> Iterator[tuple[str, str, str]]:
    """(full name, ListID, ListID of its parent) of every customer and job that still exists."""
    rows = _present(company_id).order_by().values_list("full_name", "list_id", "parent_list_id")
    return rows.iterator(chunk_size=5000)


def names_below(*, company_id: int, list_id: str) -> list[str]:
    """The names that stand directly below a customer or job, or at the top for ""; one query."""
    rows = _present(company_id).filter(parent_list_id=list_id)
    return list(rows.order_by().values_list("name", flat=True))


def mapped_below(*, company_id: int, list_id: str, limit: int = 50) -> list[tuple[str, str, str]]:
    """(name, contractor, title) of mapped jobs directly below a customer, the latest first."""
    rows = JobMapping.objects.filter(
        company_id=company_id, target__parent_list_id=list_id, target__gone_at__isnull=True
    ).order_by("-id")
    return list(rows.values_list("target__name", "job__contractor", "job__title")[:limit])


def served_by(*, company_id: int, target_ids: Collection[int]) -> dict[int, list[SourceJob]]:
    """The contractor jobs that are mapped to each of these QuickBooks jobs; one query."""
    served: dict[int, list[SourceJob]] = {}
    for row in _serving(company_id=company_id, target_ids=target_ids):
        if row.target_id is not None:
            served.setdefault(row.target_id, []).append(row.job)
    return served


@prepared.rows
def _serving(*, company_id: int, target_ids: Collection[int]) -> QuerySet[JobMapping]:
    rows = JobMapping.objects.filter(
        company_id=company_id, target_id__in=prepared.each(target_ids)
    )
    return rows.select_related("job__client").order_by("job__contractor", "job_id")


def _present(company_id: int) -> QuerySet[QbCustomer]:
    return QbCustomer.objects.filter(company_id=company_id, gone_at__isnull=True)


def _read(words: searching.Words) -> Q:
    condition = searching.contained(searching.Words(long=words.long))
    for word in words.short:
        condition &= Q(search_text__contains=word)
    return condition


def _matching(
    company_id: int, there: QuerySet[QbCustomer], words: searching.Words, *, besides: str
) -> list[QbCustomer]:
    """Matches outside one customer's family, by path; of very many only some are put in order."""
    if besides:
        there = there.exclude(top_list_id=besides)
    if not words:
        return list(there.order_by("full_name", "id")[: CHOICES_MAX + 1])
    if words.long:
        # on SQLite a walk along the index of this very column; see migration 0002
        every = QbCustomer.objects.filter(company_id=company_id)
        found_ids = (
            every.filter(searching.contained(words)).order_by().values_list("id", flat=True)
        )
        there = there.filter(id__in=list(found_ids[:LOOKED_AT]))
    else:
        there = there.filter(searching.leading(words, name="full_name"))
    found = there.order_by()[:LOOKED_AT]
    return sorted(found, key=lambda row: (not row.active, row.full_name, row.pk))
