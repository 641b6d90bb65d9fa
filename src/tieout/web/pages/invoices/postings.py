"""What a person decides about one posting: retry, link, send again, set aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tieout.service import moments, run_export
from tieout.service.access import Access
from tieout.service.run_export import CannotExport
from tieout.store.queries.invoice_detail import Posting
from tieout.web.access import company_page
from tieout.web.records import posting_or_404


@require_POST
@company_page("work")
def retry(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """Queue it again after somebody mended the cause."""
    posting = posting_or_404(access, posting_id)
    try:
        batch = run_export.retry(access=access, posting_id=posting_id, now=moments.now())
    except CannotExport as refused:
        return _back(request, access, posting, str(refused))
    return redirect("batch", access.company.pk, batch.pk)


@require_POST
@company_page("work")
def link(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """Say that the invoice found in QuickBooks is this one."""
    posting = posting_or_404(access, posting_id)
    try:
        run_export.link(access=access, posting_id=posting_id, now=moments.now())
    except CannotExport as refused:
        return _back(request, access, posting, str(refused))
    messages.success(request, f"Linked. Invoice {posting.number} counts as exported.")
    return _back(request, access, posting)


@require_POST
@company_page("work")
def send_again(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """Send it again; QuickBooks is asked first whether it holds it."""
    posting = posting_or_404(access, posting_id)
    try:
        run_export.send_again(access=access, posting_id=posting_id, now=moments.now())
    except CannotExport as refused:
        return _back(request, access, posting, str(refused))
    messages.success(
        request, f"Invoice {posting.number} is queued. QuickBooks is asked first, as always."
    )
    return _back(request, access, posting)


@require_http_methods(["GET", "POST"])
@company_page("configure")
def set_aside(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """Ask for a reason, then take the posting out of the queue for good."""
    posting = posting_or_404(access, posting_id)
    problem = ""
    if request.method == "POST":
        try:
            run_export.set_aside(
                access=access,
                posting_id=posting_id,
                reason=request.POST.get("reason", ""),
                now=moments.now(),
            )
        except CannotExport as refused:
            problem = str(refused)
        else:
            messages.success(request, f"Invoice {posting.number} is set aside.")
            return _back(request, access, posting)
    context = {"posting": posting, "problem": problem}
    return render(request, "invoices/set_aside.html", context, status=422 if problem else 200)


def _back(
    request: HttpRequest, access: Access, posting: Posting, problem: str = ""
) -> HttpResponse:
    if problem:
        messages.error(request, problem)
    return redirect("invoice", access.company.pk, posting.invoice_id)
