"""What a person decides about a change: link, try again, set aside; and the stamp's one button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tieout.service import moments, qb_writes
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import QbWrite
from tieout.web.access import company_page


@require_POST
@company_page("work")
def link(request: HttpRequest, access: Access, write_id: int) -> HttpResponse:
    """Say that the job found in QuickBooks is the one that was to be created."""
    return _decide(request, access, write_id, qb_writes.link, "Linked.")


@require_POST
@company_page("work")
def try_again(request: HttpRequest, access: Access, write_id: int) -> HttpResponse:
    """Do it after all; QuickBooks is asked first how things stand."""
    done = "Queued. QuickBooks is asked first, as always."
    return _decide(request, access, write_id, qb_writes.try_again, done)


def _decide(
    request: HttpRequest,
    access: Access,
    write_id: int,
    decide: Callable[..., QbWrite],
    done: str,
) -> HttpResponse:
    _row(access, write_id)
    now: datetime = moments.now()
    try:
        row = decide(access=access, write_id=write_id, now=now)
    except CannotWrite as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, " ".join(filter(None, [done, row.problem, row.remedy])))
    return redirect("qb_write", access.company.pk, write_id)


@require_http_methods(["GET", "POST"])
@company_page("work")
def set_aside(request: HttpRequest, access: Access, write_id: int) -> HttpResponse:
    """Ask for a reason, then take it out of the queue for good."""
    row = _row(access, write_id)
    problem = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            qb_writes.set_aside(access=access, write_id=write_id, reason=reason, now=moments.now())
        except CannotWrite as refused:
            problem = str(refused)
        else:
            messages.success(request, "Set aside.")
            return redirect("qb_write", access.company.pk, write_id)
    context = {"write": row, "problem": problem}
    return render(request, "qb_writes/set_aside.html", context, status=422 if problem else 200)


@require_POST
@company_page("configure")
def stamp(request: HttpRequest, access: Access) -> HttpResponse:
    """Let the company file bear this company's stamp."""
    try:
        qb_writes.write_stamp(access=access, now=moments.now())
    except CannotWrite as refused:
        messages.error(request, str(refused))
        return redirect("connection", access.company.pk)
    messages.success(request, "The stamp is being written; this page shows how far it is.")
    return redirect("qb_writes", access.company.pk)


def _row(access: Access, write_id: int) -> QbWrite:
    row = queries.get(company_id=access.company.pk, write_id=write_id)
    if row is None:
        message = "There is no such change."
        raise Http404(message)
    return row
