"""Job-level data of many jobs: the question and what is read out of the answer."""

from __future__ import annotations

from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.answers import answer, response
from tests.unit.quickbooks.test_translate_customers import PARENT, job

from tieout.core.job_data import JobData
from tieout.quickbooks import translate_job_data


@needs_specs
def test_the_question_is_valid() -> None:
    schema = etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))
    message = translate_job_data.render_read(["80000013-1735743002", PARENT])
    schema.assertValid(etree.fromstring(message))


COMPANY = response(
    "CompanyQuery",
    "<CompanyRet><CompanyName>Northgate</CompanyName></CompanyRet>",
    request_id="company",
)


def test_many_jobs_are_read_with_the_company_that_answers() -> None:
    data = (
        "<JobStatus>None</JobStatus><JobStartDate>2026-09-01</JobStartDate><JobDesc>RN</JobDesc>"
    )
    body = answer(COMPANY, response("CustomerQuery", job(data=data), request_id="jobs", code=500))
    name, found, broken = translate_job_data.read_jobs(body)
    assert (name, broken) == ("Northgate", None)
    (there,) = found.values()
    assert there.data == JobData(job_start_date="2026-09-01", job_desc="RN")
    assert there.edit_sequence == "17"
    for body in (
        answer(COMPANY),
        answer(COMPANY, response("CustomerQuery", code=1000)),
        answer(COMPANY, response("InvoiceQuery", code=500)),
        answer(COMPANY, response("CustomerQuery", request_id="job", code=500)),
    ):
        assert translate_job_data.read_jobs(body)[2] is not None
