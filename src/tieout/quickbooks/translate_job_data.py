"""Job-level data of many jobs, read as QuickBooks holds it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.core.job_data import JobData
from tieout.quickbooks import qbxml
from tieout.quickbooks.readings import Reading, at, failed, inconclusive
from tieout.quickbooks.translate_customers import IDENTITY, customers_of, job_data


@dataclass(frozen=True, slots=True, kw_only=True)
class JobThere:
    """A job's data as QuickBooks holds it now."""

    edit_sequence: str
    data: JobData


def render_read(list_ids: Sequence[str]) -> bytes:
    """Read these jobs; which company file answers is asked in the same set."""
    return qbxml.render(
        [
            qbxml.CompanyQuery(request_id="company"),
            qbxml.CustomerQuery(request_id="jobs", list_ids=tuple(list_ids), include=IDENTITY),
        ],
        on_error="continueOnError",
    )


def read_jobs(answer: bytes) -> tuple[str, dict[str, JobThere], Reading | None]:
    """The company's name, ListID -> job, or (as third) why the answer says nothing."""
    parsed = qbxml.parse_response(answer)
    company, jobs = at(parsed, 0), at(parsed, 1)
    for response in (company, jobs):
        if response is None or failed(response):
            return "", {}, inconclusive(response)
    rets = company.rets if company is not None else ()
    names = [ret.company_name for ret in rets if isinstance(ret, qbxml.CompanyRet)]
    found = {
        job.list_id: JobThere(edit_sequence=job.edit_sequence, data=job_data(job))
        for job in customers_of(jobs)
    }
    return names[0] if names else "", found, None
