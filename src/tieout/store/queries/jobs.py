"""Contractor jobs as Map Jobs shows them: a page of rows, counters, the next one to do.

A page costs a fixed number of queries: the ids in order (walking one index), then their rows. With
100,000 jobs a company, what matters is never to sort more than `NARROW` rows: what is narrower is
sorted, what is wider is walked in the order of an index and filtered on the way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower

from tieout.store import prepared
from tieout.store.models import SourceClient, SourceJob
from tieout.store.queries import searching

__all__ = ["MapState", "SourceClient", "SourceJob"]

MapState = SourceJob.MapState
Sort = Literal["contractor", "client", "start", "state"]
# what a row of the desk shows
OWN = ("mapping__target", "suggestion__target")
ROW = ("client__mapping__target", *OWN)
# of all its columns, what no page and no rule looks at
OF_QUICKBOOKS = (
    "name", "sublevel", "edit_sequence", "time_modified", "job_status", "merged_into",
    "merged_proof", "seen_pass", "search_text",
)  # fmt: skip
NOT_SHOWN = (
    "search_text", "suggestion__ranks", "suggestion__computed_at",
    *(f"{target}__{column}" for target in OWN for column in OF_QUICKBOOKS),
)  # fmt: skip
SORTS: dict[str, tuple[str, ...]] = {
    "contractor": ("contractor", "id"),
    "client": ("client__name", "client_id", "contractor", "id"),
    "start": ("start_date", "id"),
    "state": ("map_state", "contractor", "id"),
}
SUGGESTED = "suggested"  # a filter like a state: not mapped, and there is a suggestion
NARROW = 1000  # rows that may be sorted for one page
BATCH = 1000
IDS_AT_ONCE = 400


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
    found: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """How many jobs of each tab stand where: `active["mapped"]`; "" counts them all.

    What is suggested is not mapped, and counted there as well.
    """

    active: dict[str, int]
    inactive: dict[str, int]

    def of(self, wanted: JobFilter) -> int:
        """How many rows the filter shows without its search."""
        return (self.active if wanted.active else self.inactive)[wanted.state]


# name -> the range of the index that is counted for it; what waits is counted in two
_RANGES: dict[str, tuple[str, tuple[str | bool, ...]]] = {
    "": ("map_state=%s AND suggested=%s", (MapState.NOT_MAPPED, False)),
    SUGGESTED: ("map_state=%s AND suggested=%s", (MapState.NOT_MAPPED, True)),
    MapState.MAPPED.value: ("map_state=%s", (MapState.MAPPED,)),
    MapState.ATTENTION.value: ("map_state=%s", (MapState.ATTENTION,)),
}


def count_jobs(*, company_id: int) -> Counters:
    """The counters of both tabs: one query, eight ranges of one narrow index.

    So many ranges are counted in half the time of one GROUP BY over all of them.
    """
    begin = f"(SELECT count(*) FROM {SourceJob._meta.db_table} WHERE company_id=%s AND active=%s"  # noqa: S608
    counts: list[str] = []
    asked: list[int | str] = []
    for tab in (True, False):
        for condition, values in _RANGES.values():
            counts.append(f"{begin} AND {condition})")
            asked += [company_id, tab, *values]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(counts), asked)
        found = cursor.fetchone()
    half = len(_RANGES)
    return Counters(active=_by_state(found[:half]), inactive=_by_state(found[half:]))


def _by_state(found: Sequence[int]) -> dict[str, int]:
    counted = dict(zip(_RANGES, found, strict=True))
    waiting = counted.pop("") + counted[SUGGESTED]
    mapped = counted[MapState.MAPPED] + counted[MapState.ATTENTION]
    return {"": waiting + mapped, MapState.NOT_MAPPED.value: waiting, **counted}


def list_jobs(*, company_id: int, wanted: JobFilter) -> JobPage:
    """One page of the filtered jobs; at most five queries, whatever the number of jobs."""
    start = (max(wanted.page, 1) - 1) * wanted.rows
    stop = start + wanted.rows
    words = searching.words(wanted.search)
    narrow = _narrow(company_id, wanted, words)
    if narrow is not None:
        ids = list(_ordered(SourceJob.objects.filter(id__in=narrow), wanted))
        found, has_next, ids = len(ids), len(ids) > stop, ids[start:stop]
    else:
        wide = _by_client if wanted.sort == "client" else _walked
        ids = list(wide(company_id, wanted, words)[start : stop + 1])
        found, has_next, ids = None, len(ids) > wanted.rows, ids[: wanted.rows]
    return JobPage(rows=rows_of(company_id=company_id, ids=ids), has_next=has_next, found=found)


def rows_of(*, company_id: int, ids: list[int]) -> list[SourceJob]:
    """These jobs in this order, with client, mapping, QuickBooks job and suggestion; two queries.

    Jobs of one client share it: a bulk preview has two hundred jobs of a handful of clients.
    """
    found = {row.pk: row for row in _rows_of(ids=ids)}
    rows = [found[pk] for pk in ids if pk in found and found[pk].company_id == company_id]
    clients = {row.pk: row for row in _clients_of(ids={row.client_id for row in rows})}
    for row in rows:
        row.client = clients[row.client_id]
    return rows


@prepared.rows
def _rows_of(*, ids: list[int]) -> QuerySet[SourceJob]:
    loaded = SourceJob.objects.filter(id__in=prepared.each(ids)).select_related(*OWN)
    return loaded.order_by().defer(*NOT_SHOWN)


@prepared.rows
def _clients_of(*, ids: Collection[int]) -> QuerySet[SourceClient]:
    clients = SourceClient.objects.filter(id__in=prepared.each(ids))
    return clients.select_related("mapping__target").order_by()


def get_job(*, company_id: int, job_id: int) -> SourceJob | None:
    """The job as a row has it, and who mapped it; None for a stranger's."""
    return (
        SourceJob.objects.filter(company_id=company_id, id=job_id)
        .select_related(*ROW, "mapping__changed_by")
        .first()
    )


def get_client(*, company_id: int, client_id: int) -> SourceClient | None:
    """The client by its id; None for a stranger's."""
    return SourceClient.objects.filter(company_id=company_id, id=client_id).first()


def ids_of(*, company_id: int, keys: Sequence[str]) -> list[int]:
    """The ids of the jobs with these keys."""
    found: list[int] = []
    for start in range(0, len(keys), IDS_AT_ONCE):
        some = keys[start : start + IDS_AT_ONCE]
        rows = SourceJob.objects.filter(company_id=company_id, key__in=some)
        found += rows.order_by().values_list("id", flat=True)
    return found


def next_unmapped(
    *, company_id: int, after: SourceJob | None, wanted: JobFilter | None = None
) -> SourceJob | None:
    """The next job without a mapping, by contractor; after the last comes the first.

    `wanted`: of its tab and its search, whatever its order; else of all that are active.
    """
    wanted = replace(wanted or JobFilter(), state=MapState.NOT_MAPPED.value, sort="contractor")
    waiting = _in_state(_tab(company_id, wanted), wanted.state).order_by("contractor", "id")
    if words := searching.words(wanted.search):
        few = _narrow(company_id, wanted, words)
        waiting = waiting.filter(_read(words) if few is None else Q(id__in=few))
    if after is None:
        return waiting.first()
    later = waiting.filter(contractor__gte=after.contractor).exclude(
        contractor=after.contractor, id__lte=after.pk
    )
    return later.first() or waiting.exclude(pk=after.pk).first()


def each_job(*, company_id: int, wanted: JobFilter) -> Iterator[SourceJob]:
    """Everything that the filter finds, by contractor, whatever the page: for a download."""
    jobs = _walked(company_id, replace(wanted, sort="contractor"), searching.words(wanted.search))
    for ids in batched(jobs.iterator(chunk_size=BATCH), BATCH):
        yield from rows_of(company_id=company_id, ids=ids)


def _narrow(company_id: int, wanted: JobFilter, words: searching.Words) -> list[int] | None:
    """Ids of all that the filter finds when they are few enough to be sorted, else None."""
    tab = _tab(company_id, wanted)
    if wanted.state and (words or wanted.sort not in {"contractor", "state"}):
        in_state = _in_state(tab, wanted.state).order_by()
        if not in_state.values_list("id")[NARROW : NARROW + 1]:
            return _few(in_state.filter(_read(words)))
    if words.long:
        also: dict[str, searching.Plain] = {"company_id": company_id, "active": wanted.active}
        if wanted.state == SUGGESTED:
            also["suggested"] = True
        elif wanted.state:
            also["map_state"] = wanted.state
        jobs = SourceJob.objects.all()
        ids = searching.matching(jobs, words, index="job_search", limit=NARROW + 1, also=also)
    elif words:
        led = tab.filter(searching.leading(words, name="contractor"))
        ids = _few(_in_state(led, wanted.state))
    else:
        return None
    return ids if len(ids) <= NARROW else None


def _in_state(jobs: QuerySet[SourceJob], state: str) -> QuerySet[SourceJob]:
    if state == SUGGESTED:
        return jobs.filter(suggested__in=[True])  # see _tab
    return jobs.filter(map_state=state) if state else jobs


def _read(words: searching.Words) -> Q:
    """The search as a condition on the rows themselves."""
    if words.long:
        return searching.contained(words)
    return searching.leading(words, name="contractor") if words else Q()


def _few(jobs: QuerySet[SourceJob]) -> list[int]:
    return list(jobs.order_by().values_list("id", flat=True)[: NARROW + 1])


def _tab(company_id: int, wanted: JobFilter) -> QuerySet[SourceJob]:
    """The jobs of the tab. `active = true` is written by Django as a bare column, which SQLite
    answers from no index; a list of one value is an equality to it."""
    return SourceJob.objects.filter(company_id=company_id, active__in=[wanted.active])


def _walked(
    company_id: int, wanted: JobFilter, words: searching.Words
) -> QuerySet[SourceJob, int]:
    """Ids in the order of an index, filtered on the way: a wide filter finds a page at once."""
    jobs = _tab(company_id, wanted)
    if wanted.state and wanted.sort in {"contractor", "state"}:
        jobs = _in_state(jobs, wanted.state)
    elif wanted.state:
        # written so that no index answers it: the database would take the one that begins with
        # the state, and sort all that it finds
        suggested = Coalesce("suggested", Value(value=False))
        jobs = jobs.alias(plain_state=Lower("map_state"), plain_suggested=suggested)
        if wanted.state == SUGGESTED:
            jobs = jobs.filter(plain_suggested=True)
        else:
            jobs = jobs.filter(plain_state=wanted.state)
    jobs = jobs.filter(_read(words))
    return _ordered(jobs, wanted)


def _ordered(jobs: QuerySet[SourceJob], wanted: JobFilter) -> QuerySet[SourceJob, int]:
    sign = "-" if wanted.descending else ""
    sort = "contractor" if wanted.state and wanted.sort == "state" else wanted.sort
    fields = SORTS[sort]
    return jobs.order_by(*(sign + field for field in fields)).values_list("id", flat=True)


def _by_client(
    company_id: int, wanted: JobFilter, words: searching.Words
) -> QuerySet[SourceClient, int]:
    """Ids by client: the clients in order of their index, and each one's jobs in order of theirs."""
    sign = "-" if wanted.descending else ""
    # one filter() call: each further one would join the jobs once more
    conditions = Q(company_id=company_id, jobs__active__in=[wanted.active])
    if wanted.state == SUGGESTED:
        conditions &= Q(jobs__suggested__in=[True])
    elif wanted.state:
        conditions &= Q(jobs__map_state=wanted.state)
    for word in (*words.long, *words.short):
        conditions &= Q(jobs__search_text__contains=word)
    clients = SourceClient.objects.filter(conditions)
    fields = ("name", "id", "jobs__contractor", "jobs__id")
    return clients.order_by(*(sign + field for field in fields)).values_list("jobs__id", flat=True)


def batched(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    """The ids in lists of at most `size`."""
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch
