"""Bulk changes of mappings, and what belongs to each."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from tieout.store.models import Event, MappingBatch, Posting
from tieout.store.queries.mappings import COMMITTED_STATES

__all__ = ["MappingBatch"]

SHOWN = 5
KEYS_AT_ONCE = 400


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


def staying(*, company_id: int, job_keys: Collection[str]) -> dict[tuple[str, int], int]:
    """(job key, id of the QuickBooks job) -> how many of its invoices are there for good."""
    wanted = sorted(job_keys)
    found: dict[tuple[str, int], int] = {}
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        rows = Posting.objects.filter(
            company_id=company_id,
            job_key__in=wanted[start : start + KEYS_AT_ONCE],
            state__in=COMMITTED_STATES,
            customer_id__isnull=False,
        )
        counted = rows.order_by().values_list("job_key", "customer_id")
        for key, customer_id, count in counted.annotate(Count("invoice_id", distinct=True)):
            found[key, customer_id] = count
    return found
