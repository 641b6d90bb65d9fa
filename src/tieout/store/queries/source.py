"""What the back office's records are called, so that an import can resolve its references."""

from __future__ import annotations

from tieout.store.models import SourceClient, SourceInvoice, SourceItem, SourceJob


def client_names(*, company_id: int) -> list[tuple[str, str]]:
    """(key, name) of every client."""
    return list(SourceClient.objects.filter(company_id=company_id).values_list("key", "name"))


def job_keys(*, company_id: int) -> set[str]:
    """The key of every contractor job."""
    return set(SourceJob.objects.filter(company_id=company_id).values_list("key", flat=True))


def item_names(*, company_id: int) -> list[tuple[str, str, str]]:
    """(kind, key, name) of every pay/bill item."""
    return list(
        SourceItem.objects.filter(company_id=company_id).values_list("kind", "key", "name")
    )


def counts(*, company_id: int) -> dict[str, int]:
    """How many clients, contractor jobs, pay/bill items and invoices the company has."""
    return {
        "clients": SourceClient.objects.filter(company_id=company_id).count(),
        "jobs": SourceJob.objects.filter(company_id=company_id).count(),
        "items": SourceItem.objects.filter(company_id=company_id).count(),
        "invoices": SourceInvoice.objects.filter(company_id=company_id).count(),
    }
