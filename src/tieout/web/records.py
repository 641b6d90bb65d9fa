"""The record that an address names, or 404: another company's is not there."""

from __future__ import annotations

from django.http import Http404

from tieout.service.access import Access
from tieout.store.queries import invoice_detail, jobs

NO_INVOICE = "There is no such invoice."


def job_or_404(access: Access, job_id: int) -> jobs.SourceJob:
    """The contractor job with what a row of Map Jobs shows."""
    job = jobs.get_job(company_id=access.company.pk, job_id=job_id)
    if job is None:
        message = "There is no such contractor job."
        raise Http404(message)
    return job


def invoice_or_404(access: Access, invoice_id: int) -> invoice_detail.Detail:
    """The invoice of the back office, with what it became."""
    found = invoice_detail.detail(company_id=access.company.pk, invoice_id=invoice_id)
    if found is None:
        raise Http404(NO_INVOICE)
    return found


def posting_or_404(access: Access, posting_id: int) -> invoice_detail.Posting:
    """One posting of an invoice."""
    posting = invoice_detail.posting(company_id=access.company.pk, posting_id=posting_id)
    if posting is None:
        raise Http404(NO_INVOICE)
    return posting
