"""The company file and the mirror of its lists."""

from __future__ import annotations

from tieout.store.models import Book as Book
from tieout.store.models import Listing as Listing
from tieout.store.models import QbCustomer as QbCustomer
from tieout.store.models import QbEntry as QbEntry


def customer_names(*, company_id: int, list_ids: set[str]) -> dict[str, str]:
    """List id -> full name, for those that are known."""
    return dict(
        QbCustomer.objects.filter(company_id=company_id, list_id__in=list_ids).values_list(
            "list_id", "full_name"
        )
    )
