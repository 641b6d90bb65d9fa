"""Export selected: the confirmation, the batch's progress and its result."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import moments, run_export
from tieout.service.access import Access
from tieout.service.run_export import CannotExport
from tieout.store.queries import invoice_detail as details
from tieout.store.queries import invoices as queries
from tieout.store.queries.invoice_detail import Batch
from tieout.web.access import company_page
from tieout.web.pages.invoices import shown
from tieout.web.pages.invoices.forms import filters_of, invoice_ids

POSTINGS_A_PAGE = 100
# groups of states as the result counts them
DONE = ("exported", "voided", "deleted", "changed in quickbooks", "changed in source")
UNSURE = ("unconfirmed", "resendable")


@require_POST
@company_page("work")
def confirm(request: HttpRequest, access: Access) -> HttpResponse:
    """What would be exported: counted anew, nothing queued yet."""
    ids = invoice_ids(request.POST)
    if request.POST.get("matching"):
        ids = queries.matching_ids(company_id=access.company.pk, filters=filters_of(request.GET))
    rows = queries.chosen(company_id=access.company.pk, invoice_ids=ids)
    postings = [posting for row in rows for posting in row.postings]
    context = {
        "ids": ",".join(str(row.invoice.pk) for row in rows),
        "count": len(rows),
        "total": sum((row.invoice.total for row in rows), Decimal("0.00")),
        "postings": len(postings),
        "credits": sum(1 for posting in postings if posting.kind == "credit_memo"),
        "left": len(set(ids)) - len(rows),
        "book": queries.company_file(company_id=access.company.pk),
    }
    page = "_confirm" if _in_dialog(request) else "confirm"
    return render(request, f"invoices/{page}.html", context)


@require_POST
@company_page("work")
def export(request: HttpRequest, access: Access) -> HttpResponse:
    """Queue what was confirmed, and go to the batch's page."""
    try:
        made = run_export.start(
            access=access, invoice_ids=invoice_ids(request.POST), now=moments.now()
        )
    except CannotExport as refused:
        messages.error(request, str(refused))
        return redirect("invoices", access.company.pk)
    return redirect("batch", access.company.pk, made.pk)


@require_GET
@never_cache
@company_page("read")
def exports(request: HttpRequest, access: Access) -> HttpResponse:
    """The latest batches."""
    found = details.batches(company_id=access.company.pk)
    return render(request, "invoices/exports.html", {"batches": found})


@require_GET
@never_cache
@company_page("read")
def batch(request: HttpRequest, access: Access, batch_id: int) -> HttpResponse:
    """One batch: live while it runs, its result afterwards."""
    return render(request, "invoices/batch.html", _context(request, access, batch_id))


@require_GET
@never_cache
@company_page("read")
def progress(request: HttpRequest, access: Access, batch_id: int) -> HttpResponse:
    """The part of the batch's page that moves."""
    return render(request, "invoices/_batch.html", _context(request, access, batch_id))


def _context(request: HttpRequest, access: Access, batch_id: int) -> dict[str, Any]:
    found = details.batch(company_id=access.company.pk, batch_id=batch_id)
    if found is None:
        message = "There is no such export."
        raise Http404(message)
    states = details.batch_states(batch_id=batch_id)
    page = Paginator(range(sum(states.values())), POSTINGS_A_PAGE).get_page(
        request.GET.get("page")
    )
    postings = details.batch_postings(
        batch_id=batch_id, start=(page.number - 1) * POSTINGS_A_PAGE, limit=POSTINGS_A_PAGE
    )
    return {
        "batch": found,
        "task": found.task,
        "counts": _counts(found, states),
        "page": page,
        "postings": [shown.posting_view(access, posting) for posting in postings],
    }


def _counts(found: Batch, states: dict[str, int]) -> dict[str, int]:
    exported = sum(states.get(state, 0) for state in DONE)
    unsure = sum(states.get(state, 0) for state in UNSURE)
    refused, person = states.get("refused", 0), states.get("needs a person", 0)
    aside = states.get("set aside", 0)
    total = sum(states.values())
    return {
        "exported": exported,
        "unconfirmed": unsure,
        "refused": refused,
        "needs_person": person,
        "set_aside": aside,
        "left": total - exported - unsure - refused - person - aside,
        "moved": found.postings_count - total,  # exported again in a later batch
    }


def _in_dialog(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
