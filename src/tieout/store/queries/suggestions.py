"""What suggestions are computed from, and the stored ones for the screens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from django.db.models import Count, Q, QuerySet

from tieout.store import prepared
from tieout.store.models import (
    Book,
    JobMapping,
    JobSuggestion,
    Posting,
    QbCustomer,
    SourceClient,
    SourceJob,
    SuggestionState,
    Task,
)
from tieout.store.queries import searching
from tieout.store.queries.mappings import COMMITTED_STATES

__all__ = ["JobSuggestion", "SuggestionState"]

NOT_MAPPED = SourceJob.MapState.NOT_MAPPED
MARK_LENGTH = 16  # hex digits: 64 bits
IDS_AT_ONCE = 500
SCORE_ONE = 10_000  # a score of 1 as it is stored


class JobRow(NamedTuple):
    """A contractor job without a mapping, as matching wants it, with the mark of all that."""

    pk: int
    key: str
    contractor: str
    client: str
    client_key: str
    title: str
    start: date | None
    end: date | None
    customer: str  # ListID of the client's customer, "" when the client is not mapped
    mark: str


class CandidateRow(NamedTuple):
    """A customer or Customer:Job as matching wants it."""

    pk: int
    list_id: str
    full_name: str
    active: bool
    parent: str
    gone_at: datetime | None


CANDIDATE = ("id", "list_id", "full_name", "active", "parent_list_id", "gone_at")


# ------------------------------------------------------------------ what they are computed from


def mark(parts: Sequence[object]) -> str:
    """Short text that differs when one of the parts does."""
    said = json.dumps(parts, default=str, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("ascii")).hexdigest()[:MARK_LENGTH]


def job_mark(job: SourceJob) -> str:
    """The mark of a job as it is now; its client with mapping and customer must be loaded."""
    mapping = getattr(job.client, "mapping", None)
    customer = mapping.target.list_id if mapping and mapping.target else ""
    end = job.end_date or job.projected_end_date
    return _mark_of(
        job.key, job.contractor, job.client.name, job.client.key, job.title, job.start_date, end,
        customer,
    )  # fmt: skip


def _mark_of(*parts: object) -> str:
    return mark(parts)


def unmapped(*, company_id: int, ids: Collection[int] | None = None) -> Iterator[JobRow]:
    """The contractor jobs without a mapping: all, or those of them with these ids."""
    rows = SourceJob.objects.filter(company_id=company_id, map_state=NOT_MAPPED)
    if ids is not None:
        rows = rows.filter(id__in=ids)
    columns = rows.order_by().values_list(
        "id", "key", "contractor", "client__name", "client__key", "title", "start_date",
        "end_date", "projected_end_date", "client__mapping__target__list_id",
    )  # fmt: skip
    for (
        pk,
        key,
        who,
        client,
        client_key,
        title,
        start,
        ended,
        projected,
        customer,
    ) in columns.iterator(chunk_size=5000):
        end = ended or projected
        link = customer or ""
        said = _mark_of(key, who, client, client_key, title, start, end, link)
        yield JobRow(pk, key, who, client, client_key, title, start, end, link, said)


def candidates(*, company_id: int) -> Iterator[CandidateRow]:
    """Every customer and job of the company file, gone ones too, by ListID."""
    rows = QbCustomer.objects.filter(company_id=company_id).order_by("list_id")
    for row in rows.values_list(*CANDIDATE).iterator(chunk_size=5000):
        yield CandidateRow._make(row)


def used_targets(*, company_id: int) -> set[int | None]:
    """Ids of the customers and jobs that a job's mapping uses."""
    rows = JobMapping.objects.filter(company_id=company_id, target__isnull=False).order_by()
    return set(rows.values_list("target_id", flat=True))


def free(*, company_id: int, ids: Collection[int]) -> list[CandidateRow]:
    """Those of these customers and jobs that no job's mapping uses."""
    rows = QbCustomer.objects.filter(company_id=company_id, id__in=ids)
    columns = rows.exclude(job_mappings__isnull=False).order_by("list_id").values_list(*CANDIDATE)
    return [CandidateRow._make(row) for row in columns]


def list_ids_of(*, company_id: int, ids: Collection[int]) -> set[str]:
    """The ListIDs of these customers and jobs."""
    rows = QbCustomer.objects.filter(company_id=company_id, id__in=ids).order_by()
    return set(rows.values_list("list_id", flat=True))


def keys_of(*, company_id: int, ids: Collection[int]) -> set[str]:
    """The keys of these contractor jobs."""
    rows = SourceJob.objects.filter(company_id=company_id, id__in=ids).order_by()
    return set(rows.values_list("key", flat=True))


def earlier(*, company_id: int, keys: Collection[str] | None) -> dict[str, dict[str, int]]:
    """Job key -> ListID -> how many of its invoices went there; of these jobs, or all unmapped."""
    rows = Posting.objects.filter(company_id=company_id, state__in=COMMITTED_STATES)
    if keys is None:
        jobs = SourceJob.objects.filter(company_id=company_id, map_state=NOT_MAPPED)
        rows = rows.filter(job_key__in=jobs.order_by().values("key"))
    else:
        rows = rows.filter(job_key__in=keys)
    counted = rows.order_by().values_list("job_key", "customer__list_id")
    found: dict[str, dict[str, int]] = {}
    for key, list_id, count in counted.annotate(Count("invoice_id", distinct=True)):
        if key and list_id:
            found.setdefault(key, {})[list_id] = count
    return found


def stored(*, company_id: int) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(job key, mark, candidates with the best first) of every job without a mapping."""
    rows = JobSuggestion.objects.filter(company_id=company_id, job__map_state=NOT_MAPPED)
    yield from rows.order_by().values_list("job__key", "job_mark", "ranks").iterator(5000)


def task_by_id(*, task_id: int) -> Task:
    """The task for the worker that claimed it."""
    return Task.objects.select_related("requested_by").get(id=task_id)


def lists_refreshed_at(*, company_id: int) -> datetime | None:
    """When the QuickBooks lists were last read to their end."""
    found = Book.objects.filter(company_id=company_id).values_list("lists_refreshed_at").first()
    return found[0] if found else None


def find_state(*, company_id: int) -> SuggestionState:
    """What the company's suggestions were computed from; an empty one when there were none."""
    return _state(company_id=company_id) or SuggestionState(company_id=company_id)


@prepared.row
def _state(*, company_id: int) -> QuerySet[SuggestionState]:
    return SuggestionState.objects.filter(company_id=company_id)


def suggested_among(*, job_ids: Collection[int]) -> set[int]:
    """Those of these jobs for which there is a candidate to show; one query."""
    rows = JobSuggestion.objects.filter(job_id__in=job_ids, target__isnull=False).order_by()
    return set(rows.values_list("job_id", flat=True))


# ------------------------------------------------------------------ for the screens


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """What the suggestions on screen were computed from, and the work on them."""

    state: SuggestionState
    task: Task | None  # the newest look for suggestions
    refreshed_at: datetime | None

    @property
    def looking(self) -> bool:
        return self.task is not None and not self.task.over

    @property
    def stale(self) -> bool:
        """The QuickBooks list was read since."""
        return bool(self.refreshed_at) and self.state.books_at != self.refreshed_at


def age(*, company_id: int, refreshed_at: datetime | None) -> Age:
    """How old the suggestions are; two queries."""
    state, task = find_state(company_id=company_id), _looking(company_id=company_id)
    return Age(state=state, task=task, refreshed_at=refreshed_at)


@prepared.row
def _looking(*, company_id: int) -> QuerySet[Task]:
    return Task.objects.filter(company_id=company_id, kind=Task.Kind.SUGGEST)


def is_stale(*, job: SourceJob, suggestion: JobSuggestion, books_mark: str) -> bool:
    """Whether job, candidate or QuickBooks list are others than it was computed from; no query."""
    target = suggestion.target
    return (
        suggestion.books_mark != books_mark
        or suggestion.job_mark != job_mark(job)
        or (target is not None and target.full_name != suggestion.target_name)
    )


def is_suggested(*, job: SourceJob, target: QbCustomer | None) -> bool:
    """Whether this is suggested for the job as it is now; no query."""
    suggestion = getattr(job, "suggestion", None)
    return (
        suggestion is not None
        and target is not None
        and suggestion.target_id == target.pk
        and suggestion.job_mark == job_mark(job)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One candidate of a job in the dropdown, the best first."""

    target: QbCustomer
    bucket: str
    reasons: list[str]


def offers(*, company_id: int, suggestion: JobSuggestion | None) -> list[Offer]:
    """The stored candidates of a job that are still in QuickBooks; at most one query."""
    if suggestion is None:
        return []
    said: list[dict[str, Any]] = [each for each in suggestion.ranks if each["list_id"]]
    known = {
        row.list_id: row
        for row in QbCustomer.objects.filter(
            company_id=company_id,
            list_id__in=[each["list_id"] for each in said],
            gone_at__isnull=True,
        )
    }
    return [
        Offer(
            target=known[each["list_id"]],
            bucket=each["bucket"],
            reasons=list(each["reasons"]),
        )
        for each in said
        if each["list_id"] in known
    ]


# ------------------------------------------------------------------ for bulk changes

Only = Literal["safe", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFilter:
    """Which suggestions a bulk change is about: what is on screen, a client, a threshold."""

    active: bool = True
    search: str = ""
    client_id: int | None = None
    only: Only = "safe"
    score_from: int = 0  # in ten-thousandths


def bulk_by_client(*, company_id: int, wanted: BulkFilter, limit: int) -> list[int]:
    """Ids of the first jobs that the filter finds, by client and contractor; one query.

    Without a search the clients are walked in the order of their index, and each one's jobs in that
    of theirs: nothing is sorted, however many suggestions there are. With one, ids alone are.
    """
    if wanted.search:
        sorted_ids = _bulk(company_id, wanted).order_by(
            "client__name", "client_id", "contractor", "id"
        )
        return list(sorted_ids.values_list("id", flat=True)[:limit])
    # one filter() call: each further one would join the jobs once more
    found = SourceClient.objects.filter(_condition(wanted, of="jobs__"), company_id=company_id)
    walked = found.order_by("name", "id", "jobs__contractor", "jobs__id")
    return list(walked.values_list("jobs__id", flat=True)[:limit])


def bulk_ids(*, company_id: int, wanted: BulkFilter) -> list[int]:
    """The ids of all that the filter finds, by contractor; one query."""
    rows = _bulk(company_id, wanted).order_by("contractor", "id")
    return list(rows.values_list("id", flat=True))


def wanted_twice(*, company_id: int, wanted: BulkFilter) -> set[int]:
    """Ids of the QuickBooks jobs that several of the filter's suggestions name; one query."""
    rows = _bulk(company_id, wanted).order_by().values("suggestion__target")
    often = rows.annotate(count=Count("id")).filter(count__gt=1)
    return set(often.values_list("suggestion__target", flat=True))


def count_bulk(*, company_id: int, wanted: BulkFilter) -> int:
    """How many suggestions the filter finds."""
    return _bulk(company_id, wanted).order_by().count()


def _bulk(company_id: int, wanted: BulkFilter) -> QuerySet[SourceJob]:
    rows = SourceJob.objects.filter(_condition(wanted), company_id=company_id)
    words = searching.words(wanted.search)
    condition = Q()
    if words.long:
        condition = searching.contained(words)
    elif words:
        condition = searching.leading(words, name="contractor")
    return rows.filter(condition)


def _condition(wanted: BulkFilter, *, of: str = "") -> Q:
    """The filter without its search, as a condition on jobs; `of` is the way that leads to them.

    A list of one value is written because SQLite answers a bare boolean from no index.
    """
    condition = Q(
        **{
            f"{of}active__in": [wanted.active],
            f"{of}suggested__in": [True],
            f"{of}suggestion__score__gte": wanted.score_from,
        }
    )
    if wanted.only == "safe":
        condition &= Q(**{f"{of}suggestion__safe": True})
    if wanted.client_id is not None:
        condition &= Q(**{f"{of}client_id": wanted.client_id})
    return condition
