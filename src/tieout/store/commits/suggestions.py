"""Store suggestions and the wish to look for them; each function in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieout.store.commits import tasks
from tieout.store.models import JobSuggestion, SourceJob, SuggestionState, Task, User

CHUNK = 500
JOBS_MAX = 500  # a wish for more jobs than this looks at everything
COLUMNS = [
    "target", "score", "bucket", "safe", "reasons", "others", "target_name", "job_mark",
    "books_mark", "computed_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The candidates of one job; `target_id` is None when probably none is in QuickBooks."""

    job_id: int
    target_id: int | None
    target_name: str
    score: int  # in ten-thousandths
    bucket: str
    safe: bool
    reasons: Sequence[str]
    others: Sequence[Mapping[str, Any]]
    job_mark: str


def want(
    *, company_id: int, now: datetime, user: User | None, job_ids: Collection[int] | None
) -> Task:
    """The look for suggestions that waits, with these jobs added to it, or a new one.

    One that runs already may have looked past the rows just written, so only one that has not
    begun is added to.
    """
    waiting = (
        Task.objects.select_for_update()
        .filter(company_id=company_id, kind=Task.Kind.SUGGEST, state=Task.State.WAITING)
        .order_by("id")
        .first()
    )
    if waiting is None:
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.SUGGEST,
            now=now,
            user=user,
            params=_params(job_ids),
            on_lane=False,
        )
    if "jobs" in waiting.params:
        both = None if job_ids is None else {*waiting.params["jobs"], *job_ids}
        waiting.params = _params(both)
        waiting.save(update_fields=["params"])
    return waiting


def _params(job_ids: Collection[int] | None) -> dict[str, Any]:
    if job_ids is None or len(job_ids) > JOBS_MAX:
        return {}
    return {"jobs": sorted(job_ids)}


def store(*, company_id: int, found: Sequence[Found], books_mark: str, now: datetime) -> None:
    """Write the candidates of some jobs over what was there, and restate the jobs."""
    JobSuggestion.objects.bulk_create(
        [
            JobSuggestion(
                company_id=company_id,
                job_id=each.job_id,
                target_id=each.target_id,
                score=each.score,
                bucket=each.bucket,
                safe=each.safe,
                reasons=list(each.reasons),
                others=[dict(other) for other in each.others],
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
    unmapped = SourceJob.objects.filter(
        company_id=company_id, map_state=SourceJob.MapState.NOT_MAPPED
    )
    for suggested in (True, False):
        ids = [each.job_id for each in found if (each.target_id is not None) is suggested]
        for start in range(0, len(ids), CHUNK):
            some = unmapped.filter(id__in=ids[start : start + CHUNK])
            some.exclude(suggested=suggested).update(suggested=suggested)


def books_read(*, company_id: int, books_mark: str, books_at: datetime | None) -> None:
    """Note the QuickBooks list that suggestions are computed from from now on."""
    SuggestionState.objects.update_or_create(
        company_id=company_id, defaults={"books_mark": books_mark, "books_at": books_at}
    )


def still_right(*, company_id: int, books_mark: str, job_ids: Sequence[int]) -> None:
    """These were computed anew from this QuickBooks list, and the answer is the same."""
    rows = JobSuggestion.objects.filter(company_id=company_id)
    for start in range(0, len(job_ids), CHUNK):
        rows.filter(job_id__in=job_ids[start : start + CHUNK]).update(books_mark=books_mark)


def done(*, company_id: int, now: datetime) -> None:
    """Every job without a mapping has been looked at."""
    SuggestionState.objects.filter(company_id=company_id).update(done_at=now)
