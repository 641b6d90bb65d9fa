"""Store suggestions and the wish to look for them; each function in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieout.core.matching_facts import Bucket
from tieout.store.commits import tasks
from tieout.store.models import JobSuggestion, SourceJob, SuggestionState, Task, User
from tieout.store.queries.suggestions import SCORE_ONE

CHUNK = 500
MARKED = 5000  # suggestions marked in one transaction: some tenths of a second
NONE = Bucket.NONE.value
NAMED_MAX = 500  # a wish that names more jobs than this looks at everything
COLUMNS = [
    "target", "score", "bucket", "safe", "reasons", "flags", "ranks", "target_name", "job_mark",
    "books_mark", "computed_at",
]  # fmt: skip


class OvertakenError(Exception):
    """Another worker has stored suggestions of this company meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The candidates of one job; `target_id` is None when probably none is in QuickBooks.

    `ranks`: all fields of each suggestion but job and rank, the best first.
    """

    job_id: int
    target_id: int | None
    target_name: str
    job_mark: str
    ranks: Sequence[Mapping[str, Any]]

    @property
    def best(self) -> Mapping[str, Any]:
        return self.ranks[0]


def want(
    *,
    company_id: int,
    now: datetime,
    user: User | None,
    job_ids: Collection[int] | None,
    target_ids: Collection[int],
) -> Task:
    """The look for suggestions that waits, with this added to it, or a new one.

    One that runs already may have looked past the rows just written, so only one that has not
    begun is added to.
    """
    waiting = (
        Task.objects.select_for_update(no_key=True)
        .filter(company_id=company_id, kind=Task.Kind.SUGGEST, state=Task.State.WAITING)
        .order_by("id")
        .first()
    )
    asked: dict[str, Any] = {"targets": list(target_ids)}
    if job_ids is not None:
        asked["jobs"] = list(job_ids)
    if waiting is None:
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.SUGGEST,
            now=now,
            user=user,
            params=_bounded(asked),
            on_lane=False,
        )
    waiting.params = _bounded(_merged(waiting.params, asked))
    waiting.save(update_fields=["params"])
    return waiting


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    both: dict[str, Any] = {"targets": [*one.get("targets", []), *other.get("targets", [])]}
    if "jobs" in one and "jobs" in other:  # one without looks at everything
        both["jobs"] = [*one["jobs"], *other["jobs"]]
    return both | {"anew": True} if "anew" in one else both


def _bounded(params: dict[str, Any]) -> dict[str, Any]:
    kept = {name: sorted(set(ids)) for name, ids in params.items() if name != "anew"}
    if "anew" in params or len(kept["targets"]) > NAMED_MAX:
        return {"anew": True, "targets": []}
    if len(kept.get("jobs", ())) > NAMED_MAX:
        del kept["jobs"]
    return kept


def next_serial(*, company_id: int, after: int) -> int:
    """Number the rows that this transaction stores; OvertakenError when `after` is not the last."""
    SuggestionState.objects.get_or_create(company_id=company_id)
    rows = SuggestionState.objects.filter(company_id=company_id, serial=after)
    if not rows.update(serial=after + 1):
        raise OvertakenError
    return after + 1


def store(*, company_id: int, found: Sequence[Found], books_mark: str, now: datetime) -> None:
    """Write the candidates of some jobs over what was there, and restate the jobs."""
    JobSuggestion.objects.bulk_create(
        [
            JobSuggestion(
                company_id=company_id,
                job_id=each.job_id,
                target_id=each.target_id,
                score=round(each.best["score"] * SCORE_ONE),
                bucket=each.best["bucket"] if each.target_id else NONE,
                safe=each.best["accepted"],
                reasons=each.best["reasons"],
                flags=each.best["flags"],
                ranks=[dict(rank) for rank in each.ranks],
                target_name=each.target_name,
                job_mark=each.job_mark,
                books_mark=books_mark,
                computed_at=now,
            )
            for each in found
        ],
        update_conflicts=True,
        unique_fields=["job"],
        update_fields=COLUMNS,
        batch_size=CHUNK,
    )
    # a job that was mapped meanwhile is not suggested
    state = SourceJob.MapState.NOT_MAPPED
    unmapped = SourceJob.objects.filter(company_id=company_id, map_state=state)
    for suggested in (True, False):
        ids = [each.job_id for each in found if (each.target_id is not None) is suggested]
        for start in range(0, len(ids), CHUNK):
            some = unmapped.filter(id__in=ids[start : start + CHUNK])
            some.exclude(suggested=suggested).update(suggested=suggested)


def mark_some(*, company_id: int, books_mark: str) -> int:
    """Note on the next suggestions that they hold for this QuickBooks list too; returns how many.

    Any change of the list concerns every row, a hundred thousand perhaps, so it goes in bundles,
    each in a transaction of the caller's.
    """
    rows = JobSuggestion.objects.filter(company_id=company_id).exclude(books_mark=books_mark)
    ids = list(rows.order_by("id").values_list("id", flat=True)[:MARKED])
    for start in range(0, len(ids), CHUNK):
        some = JobSuggestion.objects.filter(id__in=ids[start : start + CHUNK])
        some.update(books_mark=books_mark)
    return len(ids)


def all_looked_at(
    *, company_id: int, books_mark: str, books_at: datetime | None, now: datetime
) -> None:
    """Every job without a mapping was compared with this QuickBooks list; what stands, holds."""
    SuggestionState.objects.filter(company_id=company_id).update(
        books_mark=books_mark, books_at=books_at, done_at=now
    )
