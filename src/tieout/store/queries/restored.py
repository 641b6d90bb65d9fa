"""After a restored backup: which exported postings are looked for, and which were not found."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core.exporting import State
from tieout.store.models import Posting, SourceInvoice, Task


def exported_before(*, company_id: int, before: int | None, limit: int) -> list[Posting]:
    """Exported postings with an id below `before`, the latest first."""
    rows = Posting.objects.filter(company_id=company_id, state=State.EXPORTED.value)
    rows = rows.exclude(txn_id="")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.only("id", "kind", "txn_id").order_by("-id")[:limit])


def exported_between(*, company_id: int, first: int, last: int) -> list[Posting]:
    """The same between two ids, both included."""
    rows = Posting.objects.filter(
        company_id=company_id, state=State.EXPORTED.value, pk__gte=last, pk__lte=first
    )
    return list(rows.exclude(txn_id="").only("id", "kind", "txn_id").order_by("-id"))


def count_exported(*, company_id: int) -> int:
    """How many exported postings there are to be looked for."""
    rows = Posting.objects.filter(company_id=company_id, state=State.EXPORTED.value)
    return rows.exclude(txn_id="").count()


def exported_of(*, company_id: int, ids: Sequence[int]) -> list[Posting]:
    """Those of them that stand as exported, the latest first."""
    rows = Posting.objects.filter(company_id=company_id, pk__in=ids, state=State.EXPORTED.value)
    return list(rows.only("id", "kind", "txn_id").order_by("-id"))


def postings(*, company_id: int, ids: Sequence[int]) -> list[Posting]:
    """These postings with invoice and customer, by date and number."""
    rows = Posting.objects.select_related("invoice__client", "customer").defer("content")
    return list(
        rows.filter(company_id=company_id, pk__in=ids).order_by("txn_date", "number", "id")
    )


def lock(*, company_id: int, ids: Sequence[int]) -> list[Posting]:
    """Those of them that stand as exported, locked until the transaction ends, invoices first."""
    owners = Posting.objects.filter(company_id=company_id, pk__in=ids).values("invoice_id")
    invoices = SourceInvoice.objects.select_for_update(no_key=True).filter(pk__in=owners)
    list(invoices.order_by("id").values_list("pk"))
    rows = Posting.objects.select_for_update(of=("self",), no_key=True).select_related(
        "invoice", "customer"
    )
    found = rows.filter(company_id=company_id, pk__in=ids, state=State.EXPORTED.value)
    return list(found.order_by("invoice_id", "id"))


def latest_look(*, company_id: int, posting_ids: Sequence[int]) -> Task | None:
    """The latest question whether QuickBooks still holds one of these."""
    rows = Task.objects.filter(company_id=company_id, kind=Task.Kind.GONE)
    return rows.filter(params__posting__in=list(posting_ids)).order_by("-id").first()
