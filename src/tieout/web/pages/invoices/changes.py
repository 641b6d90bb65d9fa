"""What a person decides about an invoice that the back office changed after its export."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tieout.service import accept_change, moments
from tieout.service.accept_change import CannotAccept
from tieout.service.access import Access
from tieout.web.access import company_page
from tieout.web.pages.invoices import shown
from tieout.web.records import invoice_or_404

SENT_NOTHING = "Nothing was sent to QuickBooks."


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("work")
def settled(request: HttpRequest, access: Access, invoice_id: int) -> HttpResponse:
    """Ask for a note, then let what the back office says now count as exported."""
    found = invoice_or_404(access, invoice_id)
    problem, note = "", request.POST.get("note", "")
    if request.method == "POST":
        try:
            accept_change.accept(
                access=access,
                invoice_id=invoice_id,
                note=note,
                seen=request.POST.get("seen", ""),
                now=moments.now(),
            )
        except CannotAccept as refused:
            problem = str(refused)
        else:
            messages.success(request, f"Invoice {found.invoice.number} is settled. {SENT_NOTHING}")
            return redirect("invoice", access.company.pk, invoice_id)
    change = shown.change(found.invoice, found.postings)
    context = {"invoice": found.invoice, "change": change, "problem": problem, "note": note}
    return render(request, "invoices/settled.html", context, status=422 if problem else 200)
