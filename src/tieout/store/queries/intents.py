"""Whether what a posting was planned from still holds: asked in the transaction of its intent.

A refresh, an import or a clerk may change it while the posting is queued. One question for each
posting: it is asked for every invoice that is sent.
"""

from __future__ import annotations

from tieout.core.planning import link_blocks
from tieout.store.models import ClientMapping, JobMapping, Posting, QbCustomer
from tieout.store.queries.planning import job_fact, job_link, qb_job_fact


def job_stands(*, posting: Posting) -> bool:
    """Whether the mapping is the one it was planned from, and planning would still post along it.

    `invoice` must be loaded with the posting.
    """
    link = (
        JobMapping.objects.select_related(
            "job__client__mapping__target", "target", "remembered_client"
        )
        .filter(company_id=posting.company_id, job__key=posting.job_key, target__isnull=False)
        .first()
    )
    if link is None or link.version != posting.mapping_version:
        return False
    client_id = posting.invoice.client_id
    if client_id == link.job.client_id:
        mapping = getattr(link.job.client, "mapping", None)
    else:
        mapping = _client_mapping(client_id)
    customer: QbCustomer | None = mapping.target if mapping else None
    found = link_blocks(
        job_fact(link.job), job_link(link), customer=qb_job_fact(customer) if customer else None
    )
    return not any(found)


def client_stands(*, posting: Posting) -> bool:
    """Whether the invoice's client still leads to that customer, and it takes invoices."""
    mapping = _client_mapping(posting.invoice.client_id)
    target = mapping.target if mapping else None
    if target is None or target.gone_at is not None or not target.active:
        return False
    planned: str = posting.content["customer"]["list_id"]
    return target.list_id == planned


def _client_mapping(client_id: int) -> ClientMapping | None:
    return ClientMapping.objects.select_related("target").filter(client_id=client_id).first()
