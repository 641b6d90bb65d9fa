"""Create the QuickBooks job of a contractor job under the mapped customer, and map it then."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from tieout.core import job_data
from tieout.core.job_data import JobData
from tieout.core.names import LEVEL_MAX
from tieout.core.new_jobs import FULL_MAX, LEVELS_MAX
from tieout.core.texts import storable
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.store.commits import job_mappings, lanes
from tieout.store.commits import qb_writes as commits
from tieout.store.commits.qb_writes import Wish
from tieout.store.queries import connections, qb_lists
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import QbWrite
from tieout.store.queries.jobs import SourceJob
from tieout.store.queries.qb_lists import QbCustomer


def create_job(
    *, access: Access, job_key: str, name: str, now: datetime, under: str = ""
) -> QbWrite:
    """Queue the creation of a job called `name` for this contractor job, once.

    `under` is the ListID of the customer that was shown, "" when none was. Raises CannotWrite where
    it is not allowed, the name does not do, or stands there already.
    """
    company_id = access.company.pk
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotWrite(message)
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        company = connections.company(company_id=company_id)
        if not company.create_jobs:
            message = (
                "Creating jobs in QuickBooks is switched off. A Super User switches it on under "
                "QuickBooks Desktop Accounting Configuration, Jobs in QuickBooks."
            )
            raise CannotWrite(message)
        job = job_mappings.lock_job(company_id=company_id, key=job_key)
        if job is None:
            message = "This contractor job is not known here. Import the contractor jobs again."
            raise CannotWrite(message)
        customer = _customer(job)
        if under and under != customer.list_id:
            message = (
                f"{job.client.name} is mapped to {customer.full_name} since this was shown. "
                "Choose No such job yet again."
            )
            raise CannotWrite(message)
        if queries.open_of_job(job_id=job.pk, kind=QbWrite.Kind.CUSTOMER_ADD) is not None:
            message = "It is being created already. See Changes sent to QuickBooks."
            raise CannotWrite(message)
        name = _name(company_id, customer, name)
        data = _data(job) if company.keep_job_data else JobData()
        prefix = f"job-{job.pk}-"
        number = queries.count_of(company_id=company_id, prefix=prefix) + 1
        wish = Wish(
            kind=QbWrite.Kind.CUSTOMER_ADD,
            key=f"{prefix}{number}",
            title=f"Create job {customer.full_name}:{name}",
            content={
                "name": name,
                "parent_list_id": customer.list_id,
                "parent_full_name": customer.full_name,
                "data": asdict(data),
            },
            job=job,
            after={"job": job.key},
        )
        (row,) = commits.queue(company_id=company_id, wishes=[wish], user=access.user, now=now)
        return row


def _customer(job: SourceJob) -> QbCustomer:
    """The customer of the job's client, when a job can be created below it."""
    mapping = getattr(job, "mapping", None)
    if mapping is not None and mapping.target is not None:
        message = f"{job.contractor} is mapped to {mapping.target.full_name} already."
        raise CannotWrite(message)
    of_client = getattr(job.client, "mapping", None)
    customer: QbCustomer | None = of_client.target if of_client else None
    if customer is None:
        message = (
            f"{job.client.name} is not mapped to a QuickBooks customer. Map the client first."
        )
        raise CannotWrite(message)
    if customer.gone_at is not None or not customer.active:
        what = "gone from QuickBooks" if customer.gone_at is not None else "inactive in QuickBooks"
        message = f"{customer.full_name} is {what}. Map the client to another customer first."
        raise CannotWrite(message)
    if customer.sublevel + 2 > LEVELS_MAX:
        message = f"{customer.full_name} is {LEVELS_MAX} levels deep; QuickBooks allows no more."
        raise CannotWrite(message)
    return customer


def _name(company_id: int, customer: QbCustomer, name: str) -> str:
    """The name as QuickBooks will hold it; refused when it would not hold what the clerk saw."""
    name = name.strip()
    kept, notes = storable(name, where="Name", limit=LEVEL_MAX, one_line=True)
    if not name:
        message = "Name: enter the name of the job in QuickBooks."
        raise CannotWrite(message)
    if notes or kept != name:
        why = " ".join(notes) or "QuickBooks would keep another text."
        message = f"Name “{name}”: {why} Change it to {kept}."
        raise CannotWrite(message)
    if ":" in name:
        message = f"Name “{name}”: a colon separates the levels in QuickBooks. Leave it out."
        raise CannotWrite(message)
    full_name = f"{customer.full_name}:{name}"
    if len(full_name) > FULL_MAX:
        message = f"Name “{name}”: with its customer it is longer than {FULL_MAX} characters."
        raise CannotWrite(message)
    below = qb_lists.names_below(company_id=company_id, list_id=customer.list_id)
    if name.casefold() in {each.casefold() for each in below}:
        message = (
            f"{full_name} stands in QuickBooks already. If it is this contractor job, choose it "
            "under QuickBooks Contractor Job; if not, take another name."
        )
        raise CannotWrite(message)
    if queries.is_creating(company_id=company_id, list_id=customer.list_id, name=name):
        message = f"{full_name} is being created for another contractor job. Take another name."
        raise CannotWrite(message)
    return name


def _data(job: SourceJob) -> JobData:
    return job_data.wanted(
        active=job.active,
        title=job.title,
        start=job.start_date,
        projected_end=job.projected_end_date,
        end=job.end_date,
    )
