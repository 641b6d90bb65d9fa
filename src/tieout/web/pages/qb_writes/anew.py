"""An invoice that is gone from QuickBooks: have it looked for, send it anew, or say it is right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tieout.service import answer_notice, confirm_gone, moments, send_anew
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.web.access import company_page
from tieout.web.records import posting_or_404


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("work")
def anew(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """What it becomes, with its new number; posted with a reason, it is ready to be exported."""
    posting = posting_or_404(access, posting_id)
    context: dict[str, Any] = {"posting": posting, "reason": request.POST.get("reason", "")}
    try:
        if request.method == "POST":
            made = send_anew.send_anew(
                access=access,
                posting_id=posting_id,
                number=request.POST.get("number", ""),
                reason=request.POST.get("reason", ""),
                now=moments.now(),
            )
            messages.success(
                request,
                f"It waits under Ready as {made.number}. Export it from the list; QuickBooks is "
                "asked first, as always.",
            )
            return redirect("invoice", access.company.pk, posting.invoice_id)
    except CannotWrite as refused:
        context["problem"] = str(refused)
    try:
        context["anew"] = send_anew.preview(access=access, posting_id=posting_id)
    except CannotWrite as refused:
        context["problem"] = str(refused)
    status = 422 if request.method == "POST" else 200
    return render(request, "qb_writes/anew.html", context, status=status)


@require_POST
@company_page("work")
def look(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """Ask QuickBooks whether it was voided or deleted there. It only reads."""
    posting = posting_or_404(access, posting_id)
    try:
        confirm_gone.start(access=access, posting_id=posting_id, now=moments.now())
    except CannotWrite as refused:
        messages.error(request, str(refused))
    return redirect("invoice", access.company.pk, posting.invoice_id)


@require_POST
@company_page("work")
def right(request: HttpRequest, access: Access, posting_id: int) -> HttpResponse:
    """Say that it is right that it is gone: no tie-out names it any more."""
    posting = posting_or_404(access, posting_id)
    try:
        answer_notice.is_right(
            access=access,
            posting_id=posting_id,
            reason=request.POST.get("reason", ""),
            now=moments.now(),
        )
    except CannotWrite as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Noted. {posting.number} is no difference any more.")
    return redirect("invoice", access.company.pk, posting.invoice_id)
