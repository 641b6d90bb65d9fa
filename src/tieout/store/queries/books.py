"""The company file and the mirror of its lists."""

from __future__ import annotations

from tieout.store.models import Book as Book
from tieout.store.models import Listing as Listing
from tieout.store.models import QbCustomer as QbCustomer
from tieout.store.models import QbEntry as QbEntry

IDS_AT_ONCE = 5_000  # a database takes only so many values in one statement


def get_book(*, company_id: int) -> Book:
    """The company file as it was last read."""
    return Book.objects.get(company_id=company_id)


def customer_names(*, company_id: int, list_ids: set[str]) -> dict[str, str]:
    """List id -> full name, for those that are known."""
    wanted = sorted(list_ids)
    names: dict[str, str] = {}
    for start in range(0, len(wanted), IDS_AT_ONCE):
        rows = QbCustomer.objects.filter(
            company_id=company_id, list_id__in=wanted[start : start + IDS_AT_ONCE]
        )
        names.update(rows.values_list("list_id", "full_name"))
    return names
