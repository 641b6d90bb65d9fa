"""The batches of bulk changes, by which each is undone as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tieout.store.models import Event, MappingBatch, User


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
    rows = MappingBatch.objects.select_for_update(of=("self",), no_key=True).select_related(
        "undone_by"
    )
    return rows.filter(company_id=company_id, id=batch_id).first()


def mark_undone(*, batch: MappingBatch, user: User, now: datetime) -> None:
    """The batch was undone, as far as it could be."""
    batch.undone_at, batch.undone_by = now, user
    batch.save(update_fields=["undone_at", "undone_by"])
