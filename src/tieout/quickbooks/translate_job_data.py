"""Job-level data of many jobs, read as QuickBooks holds it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.core.job_data import JobData
from tieout.quickbooks import qbxml
from tieout.quickbooks.readings import Reading, answered
from tieout.quickbooks.translate_customers import IDENTITY, customers_of, job_data

COMPANY, JOBS = "company", "jobs"  # the names of the questions


@dataclass(frozen=True, slots=True, kw_only=True)
class JobThere:
    """A job's data as QuickBooks holds it now."""

    edit_sequence: str
    data: JobData


def render_read(list_ids: Sequence[str]) -> bytes:
    """Read these jobs; which company file answers is asked in the same set."""
    return qbxml.render(
        [
            qbxml.CompanyQuery(request_id=COMPANY),
            qbxml.CustomerQuery(request_id=JOBS, list_ids=tuple(list_ids), include=IDENTITY),
        ],
        on_error="continueOnError",
    )


def read_jobs(answer: bytes) -> tuple[str, dict[str, JobThere], Reading | None]:
    """The company's name, ListID -> job, or (as third) why the answer says nothing."""
    responses, broken = answered(
        answer, (qbxml.CompanyQuery.KIND, COMPANY), (qbxml.CustomerQuery.KIND, JOBS)
    )
    if broken is not None:
        return "", {}, broken
    company, jobs = responses
    names = [ret.company_name for ret in company.rets if isinstance(ret, qbxml.CompanyRet)]
    found = {
        job.list_id: JobThere(edit_sequence=job.edit_sequence, data=job_data(job))
        for job in customers_of(jobs)
    }
    return names[0] if names else "", found, None
