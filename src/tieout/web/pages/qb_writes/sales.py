"""Undo a batch, void one invoice, update one in place: preview, confirm, and what became of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tieout.core.exporting import UNDER_WAY, State
from tieout.service import moments, undo_batch, update_invoice
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.service.undo_batch import Candidate
from tieout.store.queries import invoice_detail as details
from tieout.web import numbers
from tieout.web.access import company_page
from tieout.web.pages.qb_writes.views import STUCK, WriteView, view_of
from tieout.web.records import invoice_or_404


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("work")
def undo(request: HttpRequest, access: Access, batch_id: int) -> HttpResponse:
    """What an export made, each with a box; posted, the chosen ones are voided."""
    batch = _batch(access, batch_id)
    problem = ""
    if request.method == "POST":
        problem = _void(request, access)
        if not problem:
            return redirect("undo_batch", access.company.pk, batch_id)
    context = _undo_context(access, batch_id) | {"batch": batch, "problem": problem}
    context["reason"] = request.POST.get("reason", "")
    return render(request, "qb_writes/undo.html", context, status=422 if problem else 200)


@require_GET
@never_cache
@company_page("work")
def undo_progress(request: HttpRequest, access: Access, batch_id: int) -> HttpResponse:
    """The part of that page that moves while voids are under way."""
    context = _undo_context(access, batch_id) | {"batch": _batch(access, batch_id)}
    return render(request, "qb_writes/_undo_table.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("work")
def void(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """Confirm with a reason, then void one invoice."""
    found = undo_batch.candidates(
        company_id=access.company.pk, batch_id=None, posting_id=posting_id
    )
    if not found:
        message = "There is no such invoice."
        raise Http404(message)
    posting, problem = found[0].posting, found[0].why_not
    if request.method == "POST":
        problem = _void(request, access, posting_id=posting_id)
        if not problem:
            return redirect("invoice", access.company.pk, posting.invoice_id)
    context = {"posting": posting, "problem": problem, "reason": request.POST.get("reason", "")}
    refused = request.method == "POST"
    return render(request, "qb_writes/void.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("work")
def update(request: HttpRequest, access: Access, invoice_id: int) -> HttpResponse:
    """What QuickBooks would hold instead; posted, it is written over the invoice there."""
    found = invoice_or_404(access, invoice_id)
    context: dict[str, Any] = {"invoice": found.invoice}
    try:
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            update_invoice.update(
                access=access, invoice_id=invoice_id, seen=seen, now=moments.now()
            )
            messages.success(
                request, "Queued. QuickBooks is asked first whether it is unchanged and unpaid."
            )
            return redirect("invoice", access.company.pk, invoice_id)
        context["updates"] = update_invoice.preview(access=access, invoice_id=invoice_id)
    except CannotWrite as refused:
        context["problem"] = str(refused)
    status = 422 if request.method == "POST" else 200
    return render(request, "qb_writes/update.html", context, status=status)


def _void(request: HttpRequest, access: Access, posting_id: int | None = None) -> str:
    """Queue the voids; answers why not."""
    given = request.POST.getlist("posting")
    chosen = [posting_id] if posting_id else numbers.wholes(given)
    try:
        rows = undo_batch.void(
            access=access,
            posting_ids=chosen,
            reason=request.POST.get("reason", ""),
            now=moments.now(),
        )
    except CannotWrite as refused:
        return str(refused)
    count = "1 void is" if len(rows) == 1 else f"{len(rows):,} voids are"
    messages.success(
        request, f"{count} queued. Before each, QuickBooks is asked: edited or paid ones stay."
    )
    return ""


def _undo_context(access: Access, batch_id: int) -> dict[str, Any]:
    found = undo_batch.candidates(company_id=access.company.pk, batch_id=batch_id)
    rows = [(each, _view(access, each)) for each in found]
    moving = {"queued", *UNDER_WAY}
    possible = [each.posting for each in found if not each.why_not]
    return {
        "rows": rows,
        "possible": len(possible),
        "possible_total": sum((_signed(each) for each in possible), Decimal("0.00")),
        "voided": sum(1 for each in found if each.posting.state == State.VOIDED),
        "left": sum(1 for _, view in rows if view and view.state in STUCK),
        "moving": any(view and view.state in moving for _, view in rows),
    }


def _view(access: Access, candidate: Candidate) -> WriteView | None:
    return view_of(access, candidate.write) if candidate.write else None


def _signed(posting: details.Posting) -> Decimal:
    total: Decimal = posting.total
    return -total if posting.kind == "credit_memo" else total


def _batch(access: Access, batch_id: int) -> details.Batch:
    batch = details.batch(company_id=access.company.pk, batch_id=batch_id)
    if batch is None:
        message = "There is no such batch."
        raise Http404(message)
    return batch
