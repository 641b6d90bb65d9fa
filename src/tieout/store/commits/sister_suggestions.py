"""Write the suggestions for clients, pay/bill items and class values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tieout.store.models import SisterSuggestion, SisterSuggestionRun

__all__ = ["SisterSuggestion"]

CHUNK = 500


def replace(
    *,
    company_id: int,
    kind: str,
    rows: Iterable[SisterSuggestion],
    computed_from: str,
    now: datetime,
) -> None:
    """Put new suggestions in the place of all former ones of the kind, in one transaction."""
    SisterSuggestionRun.objects.update_or_create(
        company_id=company_id,
        kind=kind,
        defaults={"computed_from": computed_from, "computed_at": now},
    )
    SisterSuggestion.objects.filter(company_id=company_id, kind=kind).delete()
    SisterSuggestion.objects.bulk_create(rows, batch_size=CHUNK)
