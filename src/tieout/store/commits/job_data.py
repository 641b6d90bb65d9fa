"""Write what QuickBooks holds of job-level data, as it was read and as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tieout.store.models import JobDataSeen, QbWrite, SourceJob


def seen(
    *, job: SourceJob, list_id: str, edit_sequence: str, there: Mapping[str, str], now: datetime
) -> JobDataSeen:
    """QuickBooks holds this now. What was sent to another QuickBooks job counts no more."""
    row = JobDataSeen.objects.filter(job=job).first()
    if row is None or row.list_id != list_id:
        JobDataSeen.objects.filter(job=job).delete()
        row = JobDataSeen(company_id=job.company_id, job=job, list_id=list_id)
    row.edit_sequence, row.there, row.read_at = edit_sequence, dict(there), now
    row.save()
    return row


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
