"""Write what QuickBooks holds of job-level data, as it was read and as it was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.store.models import JobDataSeen, QbWrite, SourceJob, Task

_READ = ["list_id", "edit_sequence", "there", "sent", "read_at", "proposed_by"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What QuickBooks holds of one contractor job, on the QuickBooks job that it is mapped to."""

    job: SourceJob
    list_id: str
    edit_sequence: str
    there: Mapping[str, str]


def seen(*, read: Sequence[Read], now: datetime) -> list[JobDataSeen]:
    """QuickBooks holds this now; nothing is proposed of it yet.

    What was sent to another QuickBooks job counts no more.

    Two statements, whatever the number of jobs.
    """
    former = {
        (row.job_id, row.list_id): row.sent
        for row in JobDataSeen.objects.filter(job__in=[each.job.pk for each in read])
    }
    rows = [
        JobDataSeen(
            company_id=each.job.company_id,
            job=each.job,
            list_id=each.list_id,
            edit_sequence=each.edit_sequence,
            there=dict(each.there),
            sent=former.get((each.job.pk, each.list_id), {}),
            read_at=now,
        )
        for each in read
    ]
    return JobDataSeen.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["job"], update_fields=_READ
    )


def propose(*, task: Task, job_ids: Sequence[int]) -> None:
    """This reading found something to change of these jobs."""
    JobDataSeen.objects.filter(job_id__in=job_ids).update(proposed_by=task)


def created(*, write: QbWrite, now: datetime) -> None:
    """QuickBooks has a new job with these fields: they are what Tieout last sent there."""
    data = {name: value for name, value in write.content["data"].items() if value}
    if data and write.job is not None:
        JobDataSeen.objects.update_or_create(
            job=write.job,
            defaults={
                "company_id": write.company_id,
                "list_id": write.qb_id,
                "edit_sequence": write.edit_sequence,
                "there": data,
                "sent": data,
                "read_at": now,
                "proposed_by": None,
            },
        )


def sent(*, write: QbWrite) -> None:
    """QuickBooks took these fields: they are what Tieout last sent."""
    row = JobDataSeen.objects.filter(job_id=write.job_id, list_id=write.content["list_id"]).first()
    if row is None:
        return
    want = write.content["want"]
    row.there = {**row.there, **want}
    row.sent = {**row.sent, **want}
    row.edit_sequence = write.edit_sequence
    row.save()
