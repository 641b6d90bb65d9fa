"""The part of Record Mapping for a QuickBooks job that does not exist yet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tieout.service.access import Access
from tieout.service.new_job import propose
from tieout.web.access import company_page
from tieout.web.records import job_or_404


@require_GET
@never_cache
@company_page("work")
def panel(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """The name to copy, what was changed to fit, who has it already, and the clicks."""
    job = job_or_404(access, job_id)
    proposal = propose(company_id=access.company.pk, job=job)
    return render(request, "new_job/_panel.html", {"job": job, "proposal": proposal})
