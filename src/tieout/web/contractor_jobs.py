"""The contractor job that an address names."""

from __future__ import annotations

from django.http import Http404

from tieout.service.access import Access
from tieout.store.queries import jobs


def job_or_404(access: Access, job_id: int) -> jobs.SourceJob:
    """The job with what a row of Map Jobs shows; another company's is not there."""
    job = jobs.get_job(company_id=access.company.pk, job_id=job_id)
    if job is None:
        message = "There is no such contractor job."
        raise Http404(message)
    return job
