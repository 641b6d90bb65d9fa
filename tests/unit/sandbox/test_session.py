"""Sessions: opening, order of execution, errors per request, the form of replies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.sandbox.caller import Caller, customer, envelope, invoice

from tieout.sandbox import CompanyFile, HResult


def begin_code(company: CompanyFile, **how: str) -> tuple[str, int]:
    with pytest.raises(HResult) as caught:
        company.open_session(**{"app_name": "Tieout", **how})
    return caught.value.stage, caught.value.code


def test_a_session_names_the_file_it_shows_and_gets_a_new_id_each_time(
    company: CompanyFile, new_caller: Callable[..., Caller]
) -> None:
    first, second = new_caller().session, new_caller().session
    assert first.company_file == "C:\\Books\\Northgate Staffing.QBW"
    assert first.session_id != second.session_id
    assert "13.0" in first.versions


def test_another_company_file_is_refused(company: CompanyFile) -> None:
    assert begin_code(company, company_file="C:\\Books\\Other.QBW") == ("begin", 0x8004040A)
    company.open_session(app_name="T", company_file="c:\\books\\northgate staffing.qbw").close()


def test_an_application_needs_a_name(company: CompanyFile) -> None:
    assert begin_code(company, app_name=" ") == ("open", 0x80040415)


def test_the_other_user_mode_is_refused(company: CompanyFile) -> None:
    assert begin_code(company, mode="single_user") == ("begin", 0x80040410)
    company.open_session(app_name="T", mode="multi_user").close()


def test_a_closed_session_answers_nothing(qb: Caller) -> None:
    qb.session.close()
    qb.session.close()
    with pytest.raises(HResult) as caught:
        qb.session.process(envelope("<HostQueryRq/>"))
    assert caught.value.code == 0x8004040D


def test_replies_have_the_observed_form(qb: Caller) -> None:
    reply = qb.session.process(
        envelope("<ClassQueryRq requestID='k&amp;1'><FullName>é</FullName></ClassQueryRq>")
    )
    assert reply.startswith('<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n')
    assert "qbxml version" not in reply
    assert 'requestID="k&amp;1"' in reply
    assert "&#233;" in reply
    assert "\r" not in reply
    assert "messageSetStatusCode" not in reply


def test_stop_on_error_leaves_the_rest_unprocessed(qb: Caller, company: CompanyFile) -> None:
    answers = qb.send(customer("A:B") + customer("Dune Care"))
    assert [rs.get("statusCode") for rs in answers] == ["3090", "3231"]
    assert "Dune Care" not in {row.full_name for row in company.list_customers()}


def test_continue_on_error_goes_on_and_nothing_done_is_undone(
    qb: Caller, company: CompanyFile
) -> None:
    answers = qb.send(
        customer("Crest Care") + customer("A:B") + customer("Dune Care"), onError="continueOnError"
    )
    assert [rs.get("statusCode") for rs in answers] == ["0", "3090", "0"]
    assert company.find_customer("crest care").full_name == "Crest Care"


def test_a_warning_does_not_stop_a_set(qb: Caller) -> None:
    missing = "<CustomerQueryRq><FullName>Nobody</FullName></CustomerQueryRq>"
    assert [rs.get("statusCode") for rs in qb.send(missing + "<HostQueryRq/>")] == ["500", "0"]


def test_a_wrong_value_is_the_status_of_its_own_request(qb: Caller) -> None:
    answers = qb.send(invoice(number="123456789012") + "<HostQueryRq/>", onError="continueOnError")
    assert [rs.get("statusCode") for rs in answers] == ["3070", "0"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("", "<DueDate>2026-02-30</DueDate>", 3020),
        ("", "<IsPending>True</IsPending>", 3010),
        ("", "<ExternalGUID>6B1C0F5E</ExternalGUID>", 3065),
        ("", f"<PONumber>{'9' * 26}</PONumber>", 3070),
    ],
)
def test_value_faults_have_codes_of_their_own(
    qb: Caller, before: str, after: str, code: int
) -> None:
    assert qb.code(invoice(before=before, after=after)) == code


def test_request_ids_have_fifty_characters_at_most(qb: Caller) -> None:
    assert qb.code(f"<HostQueryRq requestID='{'x' * 51}'/>") == 1060
    assert qb.ask(f"<HostQueryRq requestID='{'x' * 50}'/>").get("requestID") == "x" * 50


def test_a_known_request_that_is_not_offered_says_so(qb: Caller) -> None:
    assert qb.code("<VendorQueryRq/>") == 1030


def test_include_none_leaves_the_data_out(qb: Caller) -> None:
    answer = qb.ask("<CustomerQueryRq/>", responseData="includeNone")
    assert len(answer) == 0
    assert answer.get("retCount") == "3"


def test_a_set_without_requests_is_answered(qb: Caller) -> None:
    assert len(qb.send("")) == 0
