"""Creating the missing job from Record Mapping: the button, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.core.exporting import State
from tieout.service import moments
from tieout.service.access import Access
from tieout.service.create_job import create_job
from tieout.service.qb_writes import CannotWrite
from tieout.store.queries import jobs
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import QbWrite
from tieout.web.access import company_page
from tieout.web.pages.map_jobs.offers import shown_rows
from tieout.web.pages.qb_writes.views import view_of
from tieout.web.records import job_or_404

PART = "qb_writes/_create_job.html"


@require_POST
@company_page("work")
def create(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """Create the job in QuickBooks under the name that was entered."""
    job = job_or_404(access, job_id)
    name, under = request.POST.get("name", ""), request.POST.get("under", "")
    try:
        row = create_job(access=access, job_key=job.key, name=name, now=moments.now(), under=under)
    except CannotWrite as refused:
        context = {"job": job, "problem": str(refused), "name": name, "under": under}
        return render(request, PART, context, status=422)
    return render(request, PART, _context(access, job, row))


@require_GET
@never_cache
@company_page("work")
def progress(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """How far it is; once the job is mapped, its row behind the dialog, too."""
    job = job_or_404(access, job_id)
    row = queries.latest_of_job(job_id=job.pk, kind=QbWrite.Kind.CUSTOMER_ADD)
    if row is None:
        message = "Nothing is being created for this job."
        raise Http404(message)
    context = _context(access, job, row)
    if context["view"].state == "done":
        context["changed_rows"] = shown_rows(company_id=access.company.pk, rows=[job])
    return render(request, PART, context)


def _context(access: Access, job: jobs.SourceJob, row: QbWrite) -> dict[str, Any]:
    view = view_of(access, row)
    ended = {"done", "not_sent", State.REFUSED, State.NEEDS_PERSON, State.SET_ASIDE}
    return {"job": job, "view": view, "over": view.state in ended}
