"""Contractor jobs as Map Jobs shows them: a page of rows, counters, the next one to do.

A page costs a fixed number of queries: the ids in order (walking one index), then their rows. With
100,000 jobs a company, what matters is never to sort more than `NARROW` rows: what is narrower is
sorted, what is wider is walked in the order of an index and filtered on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from tieout.store.models import SourceClient, SourceJob
from tieout.store.queries import searching

__all__ = ["MapState", "SourceJob"]

MapState = SourceJob.MapState
Sort = Literal["contractor", "client", "start", "state"]
SORTS: dict[str, tuple[str, ...]] = {
    "contractor": ("contractor", "id"),
    "client": ("client__name", "client_id", "contractor", "id"),
    "start": ("start_date", "id"),
    "state": ("map_state", "contractor", "id"),
}
NARROW = 3000  # rows that may be sorted for one page


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """What is on screen: one tab, one counter ("" for All), a search, an order, a page (from 1)."""

    active: bool = True
    state: str = ""
    search: str = ""
    sort: Sort = "contractor"
    descending: bool = False
    page: int = 1
    rows: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """Rows with client, mapping and QuickBooks job loaded. `found` is None when not counted."""

    rows: list[SourceJob]
    has_next: bool
    found: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """How many jobs of one tab stand where, and how many the other tab holds."""

    all: int
    not_mapped: int
    mapped: int
    attention: int
    other_tab: int

    def of(self, state: str) -> int:
        """The counter of a map state, or of all when it is ""."""
        return int(getattr(self, state or "all"))


def count_jobs(*, company_id: int, active: bool) -> Counters:
    """The counters of a tab; one query that reads an index alone."""
    counted: dict[tuple[bool, str], int] = {
        (row["active"], row["map_state"]): row["n"]
        for row in SourceJob.objects.filter(company_id=company_id)
        .order_by()
        .values("active", "map_state")
        .annotate(n=Count("id"))
    }
    states = {state.value: counted.get((active, state.value), 0) for state in MapState}
    return Counters(
        all=sum(states.values()),
        other_tab=sum(n for (tab, _), n in counted.items() if tab != active),
        **states,
    )


def list_jobs(*, company_id: int, wanted: JobFilter, counters: Counters) -> JobPage:
    """One page of the filtered jobs, two or three queries. `counters` is of the same tab."""
    offset = (max(wanted.page, 1) - 1) * wanted.rows
    words = searching.words(wanted.search)
    tab = SourceJob.objects.filter(company_id=company_id, active=wanted.active)
    narrow: list[int] | None = None
    found: int | None = counters.of(wanted.state)
    if words:
        narrow = _searched(tab, wanted, words)
        found = None if narrow is None else len(narrow)
    ordered: QuerySet[Any, int]
    if narrow is not None:
        ordered = _ordered(SourceJob.objects.filter(id__in=narrow), wanted)
    elif wanted.sort == "client" and counters.of(wanted.state) > NARROW:
        ordered = _by_client(company_id, wanted, words)
    else:
        ordered = _ordered(_walked(tab, wanted, words, counters), wanted)
    ids = list(ordered[offset : offset + wanted.rows + 1])
    return JobPage(
        rows=rows_of(company_id=company_id, ids=ids[: wanted.rows]),
        has_next=len(ids) > wanted.rows,
        found=found,
    )


def rows_of(*, company_id: int, ids: list[int]) -> list[SourceJob]:
    """These jobs in this order, with client, mapping and QuickBooks job; one query."""
    rows = {
        row.pk: row
        for row in SourceJob.objects.filter(company_id=company_id, id__in=ids).select_related(
            "client", "mapping__target"
        )
    }
    return [rows[pk] for pk in ids if pk in rows]


def get_job(*, company_id: int, job_id: int) -> SourceJob | None:
    """The job with client, mapping, QuickBooks job and who mapped it; None for a stranger's."""
    return (
        SourceJob.objects.filter(company_id=company_id, id=job_id)
        .select_related("client__mapping__target", "mapping__target", "mapping__changed_by")
        .first()
    )


def find_job(*, company_id: int, key: str) -> SourceJob | None:
    """The job by its key in the back office."""
    return (
        SourceJob.objects.filter(company_id=company_id, key=key)
        .select_related("client__mapping__target", "mapping__target", "mapping__changed_by")
        .first()
    )


def next_unmapped(*, company_id: int, after: SourceJob | None) -> SourceJob | None:
    """The next active job without a mapping, by contractor; after the last comes the first."""
    waiting = SourceJob.objects.filter(
        company_id=company_id, active=True, map_state=MapState.NOT_MAPPED
    ).order_by("contractor", "id")
    if after is None:
        return waiting.first()
    later = waiting.filter(contractor__gte=after.contractor).exclude(
        contractor=after.contractor, id__lte=after.pk
    )
    return later.first() or waiting.exclude(pk=after.pk).first()


def each_job(*, company_id: int, wanted: JobFilter) -> QuerySet[SourceJob]:
    """Everything that the filter finds, by contractor, whatever the page: for a download."""
    words = searching.words(wanted.search)
    tab = SourceJob.objects.filter(company_id=company_id, active=wanted.active)
    if wanted.state:
        tab = tab.filter(map_state=wanted.state)
    if words.long:
        tab = tab.filter(searching.indexed(words, index="job_search"))
    if words.short:
        tab = tab.filter(searching.leading(words, name="contractor"))
    return tab.select_related("client", "mapping__target").order_by("contractor", "id")


def _searched(
    tab: QuerySet[SourceJob], wanted: JobFilter, words: searching.Words
) -> list[int] | None:
    """Ids of all matches, or None when they are more than may be sorted."""
    matches = tab
    if wanted.state:
        matches = matches.filter(map_state=wanted.state)
    if words.long:
        matches = matches.filter(searching.indexed(words, index="job_search"))
    if words.short:
        matches = matches.filter(searching.leading(words, name="contractor"))
    ids = list(matches.order_by().values_list("id", flat=True)[: NARROW + 1])
    return ids if len(ids) <= NARROW else None


def _walked(
    tab: QuerySet[SourceJob], wanted: JobFilter, words: searching.Words, counters: Counters
) -> QuerySet[SourceJob]:
    if wanted.state and (wanted.sort in {"contractor", "state"} or not _wide(wanted, counters)):
        tab = tab.filter(map_state=wanted.state)
    elif wanted.state:
        tab = _off_index(tab, wanted.state)
    if words:
        tab = tab.filter(searching.contained(words), searching.leading(words, name="contractor"))
    return tab


def _wide(wanted: JobFilter, counters: Counters) -> bool:
    return counters.of(wanted.state) > NARROW


def _off_index(jobs: QuerySet[SourceJob], state: str) -> QuerySet[SourceJob]:
    """The state as a condition that no index answers.

    Without it the database takes the index that begins with the state and sorts all that it
    finds; most rows have the state, so walking in the wanted order finds a page at once.
    """
    return jobs.alias(plain_state=Lower("map_state")).filter(plain_state=state)


def _ordered(jobs: QuerySet[SourceJob], wanted: JobFilter) -> QuerySet[SourceJob, int]:
    sign = "-" if wanted.descending else ""
    fields = SORTS[wanted.sort]
    return jobs.order_by(*(sign + field for field in fields)).values_list("id", flat=True)


def _by_client(
    company_id: int, wanted: JobFilter, words: searching.Words
) -> QuerySet[SourceClient, int]:
    """Ids by client: the clients in order of their index, and each one's jobs in order of theirs."""
    sign = "-" if wanted.descending else ""
    clients = SourceClient.objects.filter(company_id=company_id, jobs__active=wanted.active)
    if wanted.state:
        clients = clients.filter(jobs__map_state=wanted.state)
    for word in (*words.long, *words.short):
        clients = clients.filter(Q(jobs__search_text__contains=word))
    fields = ("name", "id", "jobs__contractor", "jobs__id")
    return clients.order_by(*(sign + field for field in fields)).values_list("jobs__id", flat=True)
