"""Write many first mappings at once, and the batch by which they are undone together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tieout.core.mapping import WarningKind
from tieout.store.commits import mappings, memories
from tieout.store.models import Event, JobMapping, MappingBatch, QbCustomer, SourceJob, User

CHUNK = 500

First = tuple[
    SourceJob, QbCustomer, int, frozenset[WarningKind]
]  # job, target, version, confirmed


def write_first_mappings(
    *, company_id: int, firsts: Sequence[First], user: User, now: datetime
) -> None:
    """Link each locked job to its QuickBooks job, as `mappings.write_job_mapping` does one.

    A job that was mapped before has memories and drifts of its own: it is written by itself.
    """
    fresh: list[JobMapping] = []
    jobs: list[SourceJob] = []
    for job, target, version, confirmed in firsts:
        if getattr(job, "mapping", None) is not None:
            mappings.write_job_mapping(
                job=job, target=target, version=version, confirmed=confirmed, user=user, now=now
            )
            continue
        row = JobMapping(
            company_id=company_id,
            job=job,
            target=target,
            version=version,
            changed_by=user,
            changed_at=now,
            other_customer_confirmed=WarningKind.OTHER_CUSTOMER in confirmed,
            shared_confirmed=WarningKind.SHARED in confirmed,
            **memories.columns(row=None, job=job, target=target),
        )
        client = getattr(job.client, "mapping", None)
        job.map_state = mappings.map_state(
            mapping=row, target=target, customer=client.target if client else None
        )
        job.search_text = mappings.search_text(job=job, client_name=job.client.name, target=target)
        job.suggested = False
        fresh.append(row)
        jobs.append(job)
    JobMapping.objects.bulk_create(fresh, batch_size=CHUNK)
    SourceJob.objects.bulk_update(
        jobs, ["map_state", "search_text", "suggested"], batch_size=CHUNK
    )


def add_batch(
    *, company_id: int, user: User, now: datetime, what: str, made: Sequence[Event]
) -> MappingBatch:
    """Note that these events, which follow one another, are one bulk change."""
    return MappingBatch.objects.create(
        company_id=company_id,
        user=user,
        at=now,
        what=what,
        saved=len(made),
        first=made[0].sequence,
        last=made[-1].sequence,
    )


def lock_batch(*, company_id: int, batch_id: int) -> MappingBatch | None:
    """The batch, locked until the transaction ends: it is undone once."""
    rows = MappingBatch.objects.select_for_update(of=("self",)).select_related("undone_by")
    return rows.filter(company_id=company_id, id=batch_id).first()


def mark_undone(*, batch: MappingBatch, user: User, now: datetime) -> None:
    """The batch was undone, as far as it could be."""
    batch.undone_at, batch.undone_by = now, user
    batch.save(update_fields=["undone_at", "undone_by"])
