"""After a backup was restored in QuickBooks: look, see what vanished, put it back, verify."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import moments, restored_backup
from tieout.service.access import Access
from tieout.service.restored_backup import CannotPutBack
from tieout.store.queries import connections
from tieout.store.queries.exports import Posting
from tieout.store.queries.restored import LOOKED_FOR
from tieout.web import numbers
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response

HEADER = (
    "our_number", "quickbooks_number", "client", "quickbooks_job", "date", "total", "state", "what",
)  # fmt: skip


@require_GET
@never_cache
@company_page("read")
def restored(request: HttpRequest, access: Access) -> HttpResponse:
    """What is known of the restored backup, and the one next step."""
    return render(request, "restored/restored.html", _state(access))


@require_POST
@company_page("work")
def look(request: HttpRequest, access: Access) -> HttpResponse:
    """Ask QuickBooks which exported invoices are gone. It only reads."""
    try:
        restored_backup.start(access=access, now=moments.now())
    except CannotPutBack as refused:
        messages.error(request, str(refused))
    return redirect("restored", access.company.pk)


@require_GET
@company_page("read")
def as_csv(request: HttpRequest, access: Access) -> HttpResponseBase:
    """What is gone, or as it was before a change, as a file."""
    task = restored_backup.latest(company_id=access.company.pk)
    cells = [_cells(row, "gone") for row in restored_backup.gone(task=task)]
    cells += [_cells(row, f"{what} undone") for row, what in restored_backup.undone(task=task)]
    return csv_response("gone-from-quickbooks.csv", HEADER, cells)


def _cells(row: Posting, what: str) -> tuple[object, ...]:
    return (
        row.invoice.number,
        row.qb_number or row.number,
        row.invoice.client.name,
        row.customer.full_name,
        row.txn_date.isoformat(),
        _signed(row),
        row.state,
        what,
    )


@require_POST
@company_page("configure")
def put_back(request: HttpRequest, access: Access) -> HttpResponse:
    """Let what vanished be sent again: QuickBooks is asked for it once more first."""
    chosen = numbers.wholes(request.POST.getlist("posting"))
    try:
        task = restored_backup.put_back(access=access, posting_ids=chosen, now=moments.now())
    except CannotPutBack as refused:
        messages.error(request, str(refused))
    else:
        words = "1 invoice" if task.total == 1 else f"{task.total:,} invoices"
        messages.success(
            request,
            f"QuickBooks is asked for {words} once more. What it does not hold is put back and "
            "planned again: export it under Invoices then. What it holds as before a change is "
            "changed again: see Changes sent to QuickBooks.",
        )
    return redirect("restored", access.company.pk)


def _state(access: Access) -> dict[str, Any]:
    company_id = access.company.pk
    task = restored_backup.latest(company_id=company_id)
    rows = restored_backup.gone(task=task)
    still = [row for row in rows if row.state in LOOKED_FOR]
    return {
        "task": task,
        "book": connections.book_of(company_id=company_id),
        "held": connections.held(company_id=company_id),
        "connection": connections.shown(company_id=company_id),
        "rows": rows,
        "undone": restored_backup.undone(task=task),
        "still": len(still),
        "total": sum((_signed(row) for row in rows), Decimal("0.00")),
        "still_total": sum((_signed(row) for row in still), Decimal("0.00")),
        "restored_at": task.params.get("last_restore_time", "") if task else "",
    }


def _signed(row: Posting) -> Decimal:
    total: Decimal = row.total
    return -total if row.kind == "credit_memo" else total
