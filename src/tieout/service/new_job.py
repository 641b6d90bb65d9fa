"""What a QuickBooks job that does not exist yet should be called, and below which customer."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.new_jobs import Known, NewJob, propose_customer, propose_job
from tieout.store.queries import jobs, qb_lists
from tieout.store.queries.qb_lists import QbCustomer


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The proposed job; without a `customer` it is the client's customer that is missing."""

    job: NewJob
    customer: QbCustomer | None


def propose(*, company_id: int, job: jobs.SourceJob) -> Proposal:
    """The name for this contractor job, below the customer that its client is mapped to."""
    mapping = getattr(job.client, "mapping", None)
    customer: QbCustomer | None = mapping.target if mapping else None
    if customer is not None and customer.gone_at is not None:
        customer = None
    if customer is None:
        siblings = qb_lists.names_below(company_id=company_id, list_id="")
        return Proposal(
            job=propose_customer(client=job.client.name, siblings=siblings), customer=None
        )
    known = [
        Known(name=name, contractor=contractor, title=title)
        for name, contractor, title in qb_lists.mapped_below(
            company_id=company_id, list_id=customer.list_id
        )
    ]
    named = propose_job(
        contractor=job.contractor,
        title=job.title,
        customer=customer.full_name,
        siblings=qb_lists.names_below(company_id=company_id, list_id=customer.list_id),
        known=known,
    )
    return Proposal(job=named, customer=customer)
