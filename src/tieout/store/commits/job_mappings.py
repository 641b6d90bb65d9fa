"""Write the mappings of contractor jobs, one or many at once, with whatever depends on them.

The decisions are made in `core.mapping`; every function here runs in the caller's transaction and
costs a fixed number of statements per `CHUNK` mappings, however many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tieout.core.mapping import WarningKind
from tieout.store.commits import drifts, memories
from tieout.store.commits.mappings import map_state, search_text
from tieout.store.models import Drift, JobMapping, QbCustomer, SourceJob, User
from tieout.store.queries.suggestions import suggested_among

CHUNK = 500
WRITTEN = [
    "target", "version", "changed_by", "changed_at", "other_customer_confirmed",
    "shared_confirmed", *memories.COLUMNS, "former",
]  # fmt: skip
LOADED = (
    "client__mapping__target", "mapping__target", "mapping__changed_by", "suggestion__target",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A locked job and what it is linked to from now on; `target` is None to unlink it.

    `undoes` is the version of the change that is taken back, 0 for none.
    """

    job: SourceJob
    target: QbCustomer | None
    version: int
    confirmed: frozenset[WarningKind]
    undoes: int = 0


def lock_jobs(*, company_id: int, ids: Collection[int]) -> list[SourceJob]:
    """These jobs with what a save needs, locked until the transaction ends.

    Locked first and read after it: PostgreSQL would hand out the mapping as it was before another
    clerk's save that the lock waited for.
    """
    wanted = sorted(set(ids))
    found: list[SourceJob] = []
    for start in range(0, len(wanted), CHUNK):
        rows = SourceJob.objects.filter(
            company_id=company_id, id__in=wanted[start : start + CHUNK]
        ).order_by("id")
        list(rows.select_for_update(no_key=True).values_list("id", flat=True))
        found += rows.select_related(*LOADED).defer("suggestion__ranks")
    return found


def lock_job(*, company_id: int, key: str) -> SourceJob | None:
    """The same for one job by its key."""
    rows = SourceJob.objects.filter(company_id=company_id, key=key)
    ids = list(rows.order_by().values_list("id", flat=True))
    return next(iter(lock_jobs(company_id=company_id, ids=ids)), None)


def write_job_mappings(
    *, company_id: int, links: Sequence[Link], user: User, now: datetime
) -> None:
    """Link locked jobs, or remove their associations, and restate the jobs.

    What both sides are like now is remembered, so that a later change is noticed. That answers
    whatever drifted before; where a change is taken back, what was remembered then counts again,
    and what it answered is open again.
    """
    for start in range(0, len(links), CHUNK):
        _write(company_id, links[start : start + CHUNK], user, now)


def _write(company_id: int, links: Sequence[Link], user: User, now: datetime) -> None:
    before = [getattr(link.job, "mapping", None) for link in links]
    undone = drifts.answered_by(
        versions={
            former.pk: link.undoes
            for link, former in zip(links, before, strict=True)
            if former is not None and link.undoes
        }
    )
    rows = [
        _row(company_id, link, former, user, now)
        for link, former in zip(links, before, strict=True)
    ]
    _take_back(rows, undone)
    JobMapping.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["job"], update_fields=WRITTEN
    )
    known = [
        (row, link, former)
        for row, link, former in zip(rows, links, before, strict=True)
        if former is not None  # a job that was mapped before may have drifts
    ]
    if known:
        saved = {
            row.pk: (row.target_id, row.version)
            for row, link, former in known
            # a confirmation that is taken back answers nothing
            if not (link.undoes and row.target_id == former.target_id)
        }
        drifts.close(
            saved=saved, before={former.pk: former for *_, former in known}, user=user, now=now
        )
        drifts.reopen(undone)
        ids = sorted(row.pk for row, _, _ in known)
        drifts.notice(company_id=company_id, now=now, mapping_ids=ids)
    _restate(rows, links)


def _row(
    company_id: int, link: Link, before: JobMapping | None, user: User, now: datetime
) -> JobMapping:
    memory = memories.columns(
        row=before, job=link.job, target=link.target, undoing=bool(link.undoes)
    )
    return JobMapping(
        pk=before.pk if before else None,
        company_id=company_id,
        job=link.job,
        target=link.target,
        version=link.version,
        changed_by=user,
        changed_at=now,
        other_customer_confirmed=WarningKind.OTHER_CUSTOMER in link.confirmed,
        shared_confirmed=WarningKind.SHARED in link.confirmed,
        **memory,
    )


def _take_back(rows: Sequence[JobMapping], undone: Sequence[Drift]) -> None:
    """What was kept by an undone change is not remembered any more."""
    by_id = {row.pk: row for row in rows}
    for drift in undone:
        row = by_id[drift.mapping_id]
        if drift.answer == Drift.Answer.KEPT and drift.memory and drift.target_id == row.target_id:
            memories.take_back(row, drift)


def _restate(rows: Sequence[JobMapping], links: Sequence[Link]) -> None:
    """One prepared statement: a bundle has hundreds of jobs, each with a search text of its own."""
    unlinked = [link.job.pk for link in links if link.target is None]
    suggested = suggested_among(job_ids=unlinked) if unlinked else set()
    values: list[tuple[str, str, bool, int]] = []
    for row, link in zip(rows, links, strict=True):
        job, target = link.job, link.target
        client = getattr(job.client, "mapping", None)
        job.map_state = map_state(
            mapping=row, target=target, customer=client.target if client else None
        )
        job.search_text = search_text(job=job, client_name=job.client.name, target=target)
        job.suggested = job.pk in suggested
        values.append((job.map_state, job.search_text, job.suggested, job.pk))
    statement = (
        f"UPDATE {SourceJob._meta.db_table} "  # noqa: S608 — a constant
        "SET map_state = %s, search_text = %s, suggested = %s WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
