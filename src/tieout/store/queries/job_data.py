"""Job-level data of mapped jobs: what is read next, and what is proposed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from tieout.store.models import JobDataSeen, JobMapping, QbCustomer, SourceJob

__all__ = [
    "JobDataSeen",
    "SourceJob",
    "count_mapped",
    "count_proposed",
    "mapped_after",
    "proposed",
    "proposed_by",
]


def _alone(company_id: int) -> QuerySet[JobMapping]:
    """Mappings to a job that is there and that serves no other contractor job.

    Asked of each mapping by itself: to find all shared jobs first would walk through every mapping
    of the company for each hundred.
    """
    rows = JobMapping.objects.filter(company_id=company_id, target__gone_at__isnull=True)
    others = JobMapping.objects.filter(company_id=company_id, target=OuterRef("target"))
    return rows.filter(~Exists(others.exclude(pk=OuterRef("pk"))), target__isnull=False)


def count_mapped(*, company_id: int) -> int:
    """How many jobs are to be read."""
    return _alone(company_id).count()


def mapped_after(*, company_id: int, job_id: int, limit: int) -> list[tuple[SourceJob, str]]:
    """The next mapped jobs by id, each with the ListID of its QuickBooks job."""
    rows = _alone(company_id).filter(job_id__gt=job_id).select_related("job", "target")
    return [
        (row.job, row.target.list_id if row.target else "")
        for row in rows.order_by("job_id")[:limit]
    ]


def mapped_between(*, company_id: int, first: int, last: int) -> list[tuple[SourceJob, str]]:
    """The same between two ids, both included."""
    rows = _alone(company_id).filter(job_id__gte=first, job_id__lte=last)
    found = rows.select_related("job", "target").order_by("job_id")
    return [(row.job, row.target.list_id if row.target else "") for row in found]


def proposed_by(*, task_id: int, limit: int | None = None) -> list[int]:
    """Ids of the jobs of which this reading found something to change; the first so many."""
    rows = JobDataSeen.objects.filter(proposed_by=task_id).order_by("job_id")
    return list(rows.values_list("job_id", flat=True)[:limit])


def count_proposed(*, task_id: int) -> int:
    """How many these are."""
    return JobDataSeen.objects.filter(proposed_by=task_id).count()


def proposed(*, company_id: int, job_ids: Sequence[int]) -> list[tuple[JobDataSeen, QbCustomer]]:
    """What was read of these jobs, as far as they are still mapped to what was read."""
    rows = JobDataSeen.objects.filter(company_id=company_id, job_id__in=job_ids).select_related(
        "job__client", "job__mapping__target"
    )
    found = []
    for row in rows.order_by("job__contractor", "job_id"):
        mapping = getattr(row.job, "mapping", None)
        target = mapping.target if mapping else None
        if target is not None and target.list_id == row.list_id:
            found.append((row, target))
    return found
