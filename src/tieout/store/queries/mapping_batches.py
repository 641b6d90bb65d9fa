"""Bulk changes of mappings, and what belongs to each."""

from __future__ import annotations

from tieout.store.models import Event, MappingBatch

__all__ = ["MappingBatch"]

SHOWN = 5


def latest(*, company_id: int) -> list[MappingBatch]:
    """The latest bulk changes, for the dialog in which one may be undone; one query."""
    rows = MappingBatch.objects.filter(company_id=company_id)
    return list(rows.select_related("user", "undone_by").order_by("-id")[:SHOWN])


def changes_of(*, batch: MappingBatch, subject: str) -> list[Event]:
    """The events that the batch made, in their order."""
    rows = Event.objects.filter(
        company_id=batch.company_id,
        sequence__gte=batch.first,
        sequence__lte=batch.last,
        subject=subject,
    )
    return list(rows.order_by("sequence"))
