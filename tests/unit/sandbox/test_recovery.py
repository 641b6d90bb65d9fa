"""Message-set ids: what is executed, returned from the store, refused or forgotten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.sandbox.caller import Caller, envelope, invoice

from tieout.sandbox import CompanyFile, HResult


def count(company: CompanyFile) -> int:
    return len(company.list_invoices())


def status(answer: object) -> str | None:
    return answer.get("messageSetStatusCode")  # type: ignore[attr-defined,no-any-return]


def test_the_same_set_again_returns_the_stored_response_and_runs_nothing(
    qb: Caller, company: CompanyFile
) -> None:
    first = qb.session.process(envelope(invoice(), newMessageSetID="ti-1"))
    again = qb.session.process(envelope(invoice(), newMessageSetID="ti-1"))
    assert first == again
    assert 'newMessageSetID="ti-1" messageSetStatusCode="0"' in first
    assert count(company) == 1


def test_without_an_id_a_resend_makes_a_second_invoice(qb: Caller, company: CompanyFile) -> None:
    qb.send(invoice())
    qb.send(invoice())
    assert count(company) == 2


def test_the_same_id_with_other_content_is_9001(qb: Caller, company: CompanyFile) -> None:
    qb.send(invoice(number="T-1"), newMessageSetID="ti-1")
    answer = qb.send(invoice(number="T-2"), newMessageSetID="ti-1")
    assert (status(answer), len(answer), count(company)) == ("9001", 0, 1)


def test_status_check_returns_the_stored_response(qb: Caller) -> None:
    stored = qb.session.process(envelope(invoice(), newMessageSetID="ti-1"))
    check = envelope("", oldMessageSetID="ti-1", newMessageSetID="ti-1")
    assert qb.session.process(check) == stored


def test_status_check_of_an_unknown_id_is_600(qb: Caller) -> None:
    answer = qb.send("", oldMessageSetID="ti-9", newMessageSetID="ti-9")
    assert (status(answer), len(answer)) == ("600", 0)


def test_status_check_of_an_id_without_response_is_9002(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("forget_response", times=1)
    qb.send(invoice(), newMessageSetID="ti-1")
    assert status(qb.send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")) == "9002"
    assert status(qb.send(invoice(), newMessageSetID="ti-1")) == "9002"
    assert count(company) == 1


def test_old_alone_deletes_one_record(qb: Caller) -> None:
    qb.send(invoice(), newMessageSetID="ti-1")
    assert status(qb.send("", oldMessageSetID="ti-1")) == "0"
    assert status(qb.send("", oldMessageSetID="ti-1")) == "600"
    assert status(qb.send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")) == "600"


def test_old_other_than_new_cleans_up_on_the_way(qb: Caller, company: CompanyFile) -> None:
    qb.send(invoice(), newMessageSetID="ti-1")
    qb.send(invoice(number="T-2"), newMessageSetID="ti-2", oldMessageSetID="ti-1")
    assert status(qb.send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")) == "600"
    assert status(qb.send("", oldMessageSetID="ti-2", newMessageSetID="ti-2")) == "0"
    assert count(company) == 2


def test_clear_all_deletes_every_record_of_the_application_only(
    new_caller: Callable[..., Caller],
) -> None:
    ours, theirs = new_caller("Tieout"), new_caller("Other")
    ours.send(invoice(), newMessageSetID="a")
    ours.send(invoice(), newMessageSetID="b")
    theirs.send(invoice(), newMessageSetID="a")
    ours.send("", oldMessageSetID="ClearAllMessageSets")
    for caller, set_id, wanted in ((ours, "a", "600"), (ours, "b", "600"), (theirs, "a", "0")):
        answer = caller.send("", oldMessageSetID=set_id, newMessageSetID=set_id)
        assert status(answer) == wanted


def test_records_belong_to_the_application(new_caller: Callable[..., Caller]) -> None:
    new_caller("Tieout").send(invoice(), newMessageSetID="ti-1")
    other = new_caller("Other")
    assert status(other.send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")) == "600"


def test_records_outlive_the_session(new_caller: Callable[..., Caller]) -> None:
    first = new_caller()
    first.send(invoice(), newMessageSetID="ti-1")
    first.session.close()
    answer = new_caller().send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")
    assert (status(answer), answer[0].findtext("InvoiceRet/RefNumber")) == ("0", "T-1")


@pytest.mark.parametrize(("length", "wanted"), [(24, "0"), (25, "9004")])
def test_an_id_has_twenty_four_characters_at_most(
    qb: Caller, company: CompanyFile, length: int, wanted: str
) -> None:
    assert status(qb.send(invoice(), newMessageSetID="x" * length)) == wanted
    assert count(company) == (wanted == "0")


def test_an_error_is_stored_and_returned_again(qb: Caller, company: CompanyFile) -> None:
    qb.send(invoice("Nobody"), newMessageSetID="ti-1")
    company.add_customer("Nobody")
    assert qb.ask(invoice("Nobody"), newMessageSetID="ti-1").get("statusCode") == "3140"
    assert qb.ask(invoice("Nobody"), newMessageSetID="ti-2").get("statusCode") == "0"


def test_a_set_refused_at_the_parse_stage_leaves_no_record(qb: Caller) -> None:
    with pytest.raises(HResult):
        qb.send("<BogusRq/>", newMessageSetID="ti-1")
    assert status(qb.send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")) == "600"


def test_a_state_that_cannot_be_stored_is_9005(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("state_not_stored", times=1)
    answer = qb.send(invoice(), newMessageSetID="ti-1")
    assert (status(answer), answer[0].get("statusCode")) == ("9005", "0")
    assert status(qb.send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")) == "600"
    assert count(company) == 1
