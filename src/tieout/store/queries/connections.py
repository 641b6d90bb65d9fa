"""The saved settings of the way to QuickBooks."""

from __future__ import annotations

from tieout.store.models import Book, Connection


def settings_of(*, company_id: int) -> Connection:
    """The company's connection row."""
    return Connection.objects.get(company_id=company_id)


def expected_company(*, company_id: int) -> str:
    """The path of the company file that Verify found; "" before the first Verify."""
    path = Book.objects.filter(company_id=company_id).values_list("company_file", flat=True)
    return path.first() or ""
