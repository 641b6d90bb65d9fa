"""The saved settings of the way to QuickBooks."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from tieout.store import prepared
from tieout.store.models import Book, Company, Connection, Lane, Posting, SourceInvoice
from tieout.store.queries.mappings import COMMITTED_STATES

__all__ = [
    "Book",
    "Company",
    "Connection",
    "book_of",
    "company",
    "count_planned",
    "expected_company",
    "has_password",
    "held",
    "lock",
    "planned_again",
    "settings_of",
    "shown",
]

Standing = SourceInvoice.Standing
_PLANNED = (Standing.READY, Standing.BLOCKED, Standing.SKIPPED, Standing.TO_PLAN)


def settings_of(*, company_id: int) -> Connection:
    """The company's connection row."""
    found = _settings(company_id=company_id)
    if found is None:
        raise Connection.DoesNotExist
    return found


@prepared.row
def _settings(*, company_id: int) -> QuerySet[Connection]:
    return Connection.objects.filter(company_id=company_id)


def expected_company(*, company_id: int) -> str:
    """The path of the company file that Verify found; "" before the first Verify."""
    return _company_file(company_id=company_id) or ""


@prepared.row
def _company_file(*, company_id: int) -> QuerySet[Book, str]:
    return Book.objects.filter(company_id=company_id).values_list("company_file", flat=True)


def lock(*, company_id: int) -> None:
    """Hold the company's connection row until this transaction ends."""
    Connection.objects.select_for_update(no_key=True).only("pk").get(company_id=company_id)


def shown(*, company_id: int) -> Connection:
    """The connection as a page may show it: its password is not even read."""
    return Connection.objects.defer("password").get(company_id=company_id)


def book_of(*, company_id: int) -> Book:
    """The company file's facts as last read."""
    return Book.objects.get(company_id=company_id)


def company(*, company_id: int) -> Company:
    """The company as it is now, inside the caller's transaction."""
    return Company.objects.get(pk=company_id)


def has_password(*, company_id: int) -> bool:
    """Whether a password is saved; it is neither decrypted nor read."""
    saved = Connection.objects.filter(company_id=company_id).exclude(password="")
    return saved.exists()


def planned_again(*, company_id: int) -> QuerySet[SourceInvoice]:
    """The invoices that a change of the export rules concerns.

    An invoice of which something was sent keeps its plan and its mode for good.
    """
    sent = Posting.objects.filter(invoice_id=OuterRef("pk"), state__in=COMMITTED_STATES)
    return SourceInvoice.objects.filter(
        ~Exists(sent), company_id=company_id, standing__in=_PLANNED
    )


def count_planned(*, company_id: int) -> int:
    """How many invoices a change of the export rules would plan again."""
    return planned_again(company_id=company_id).count()


def held(*, company_id: int) -> Lane | None:
    """The company's lane, which says whether and why exporting stands still."""
    return Lane.objects.filter(company_id=company_id).first()
