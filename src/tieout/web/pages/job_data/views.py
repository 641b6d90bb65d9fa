"""Job-level data: read QuickBooks, show what differs, send what somebody chose."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import keep_job_data, moments
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.web import numbers
from tieout.web.access import company_page

JOBS_A_PAGE = 100


@require_GET
@never_cache
@company_page("read")
def job_data(request: HttpRequest, access: Access) -> HttpResponse:
    """The proposed changes of the latest reading, a hundred jobs a page."""
    company_id = access.company.pk
    task = keep_job_data.latest(company_id=company_id)
    ids = keep_job_data.proposed_ids(task=task)
    page = Paginator(ids, JOBS_A_PAGE).get_page(request.GET.get("page"))
    proposals = keep_job_data.proposals(company_id=company_id, job_ids=list(page.object_list))
    context = {
        "task": task,
        "page": page,
        "proposals": proposals,
        "open": sum(1 for each in proposals if not each.under_way),
    }
    return render(request, "job_data/job_data.html", context)


@require_POST
@company_page("work")
def read(request: HttpRequest, access: Access) -> HttpResponse:
    """Read job-level data from QuickBooks; nothing is written."""
    try:
        keep_job_data.start(access=access, now=moments.now())
    except CannotWrite as refused:
        messages.error(request, str(refused))
    return redirect("job_data", access.company.pk)


@require_POST
@company_page("work")
def send(request: HttpRequest, access: Access) -> HttpResponse:
    """Send the chosen fields."""
    chosen: dict[int, dict[str, str]] = defaultdict(dict)
    for each in request.POST.getlist("change"):
        ref, name, want = [*each.split(":", 2), "", ""][:3]
        if (job_id := numbers.whole(ref)) is not None:
            chosen[job_id][name] = want
    try:
        rows = keep_job_data.send(
            access=access,
            chosen=chosen,
            seen_task=numbers.whole(request.POST.get("seen", "")) or 0,
            now=moments.now(),
        )
    except CannotWrite as refused:
        messages.error(request, str(refused))
        return redirect("job_data", access.company.pk)
    words = "1 job is" if len(rows) == 1 else f"{len(rows):,} jobs are"
    messages.success(
        request, f"{words} queued. QuickBooks is asked first; what was edited there stays."
    )
    return redirect("job_data", access.company.pk)
