"""The saved settings of the way to QuickBooks."""

from __future__ import annotations

from tieout.store.models import Book, Company, Connection


def settings_of(*, company_id: int) -> Connection:
    """The company's connection row."""
    return Connection.objects.get(company_id=company_id)


def expected_company(*, company_id: int) -> str:
    """The path of the company file that Verify found; "" before the first Verify."""
    path = Book.objects.filter(company_id=company_id).values_list("company_file", flat=True)
    return path.first() or ""


def lock(*, company_id: int) -> None:
    """Hold the company's connection row until this transaction ends."""
    Connection.objects.select_for_update().only("pk").get(company_id=company_id)


def shown(*, company_id: int) -> Connection:
    """The connection as a page may show it: its password is not even read."""
    return Connection.objects.defer("password").get(company_id=company_id)


def book_of(*, company_id: int) -> Book:
    """The company file's facts as last read."""
    return Book.objects.get(company_id=company_id)


def company(*, company_id: int) -> Company:
    """The company as it is now, inside the caller's transaction."""
    return Company.objects.get(pk=company_id)
