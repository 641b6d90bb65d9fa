"""Faults on request: where each one strikes, and what is in the books afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from lxml import etree
from tests.unit.sandbox.caller import Caller, customer, envelope, invoice

from tieout.sandbox import BookError, CompanyFile, HResult
from tieout.sandbox.faults import KINDS

ASK = "<HostQueryRq/>"


def begin_code(company: CompanyFile) -> int:
    with pytest.raises(HResult) as caught:
        company.open_session(app_name="Tieout")
    assert caught.value.stage == "begin"
    return caught.value.code


def call_code(qb: Caller, text: str, **attributes: str) -> int:
    with pytest.raises(HResult) as caught:
        qb.session.process(envelope(text, **attributes))
    assert caught.value.stage == "process"
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("dialog", 0x80040414),
        ("wrong_file", 0x8004040A),
        ("busy", 0x8004041B),
        ("starting", 0x80040424),
        ("single_user", 0x80040410),
        ("closed", 0x80040401),
    ],
)
def test_no_session_begins_until_the_fault_is_cleared(
    company: CompanyFile, kind: str, code: int
) -> None:
    company.raise_fault(kind)
    assert begin_code(company) == code
    assert begin_code(company) == code
    assert company.clear_faults(kind=kind) == 1
    company.open_session(app_name="Tieout").close()


def test_a_code_can_be_given(company: CompanyFile) -> None:
    company.raise_fault("closed", code=0x80040408, times=1)
    assert begin_code(company) == 0x80040408
    company.open_session(app_name="Tieout").close()


def test_a_dialog_blocks_an_open_session_too(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("dialog", times=2)
    assert [call_code(qb, invoice()), call_code(qb, invoice())] == [0x80040414] * 2
    assert qb.code(invoice()) == 0
    assert len(company.list_invoices()) == 1


def test_closing_quickbooks_kills_open_sessions(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("closed", times=1)
    assert call_code(qb, ASK) == 0x800706BA
    assert call_code(qb, ASK) == 0x8004040D


def test_an_rpc_failure_before_anything_was_done(
    qb: Caller, company: CompanyFile, new_caller: Callable[..., Caller]
) -> None:
    company.raise_fault("rpc", times=1)
    assert call_code(qb, invoice(), newMessageSetID="ti-1") == 0x80010105
    assert company.list_invoices() == []
    answer = new_caller().send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")
    assert answer.get("messageSetStatusCode") == "600"


@pytest.mark.parametrize(
    ("kind", "invoices", "state"),
    [
        ("crash_before_save", 0, "600"),
        ("crash_after_save", 1, "600"),
        ("drop_reply", 1, "0"),
    ],
)
def test_a_crash_leaves_what_was_committed_and_kills_the_session(
    qb: Caller,
    company: CompanyFile,
    new_caller: Callable[..., Caller],
    kind: str,
    invoices: int,
    state: str,
) -> None:
    company.raise_fault(kind, times=1)
    assert call_code(qb, invoice(), newMessageSetID="ti-1") == 0x800706BE
    assert call_code(qb, ASK) == 0x8004040D
    assert len(company.list_invoices()) == invoices
    assert str(company.grand_total()) == ("400.00" if invoices else "0.00")
    answer = new_caller().send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")
    assert answer.get("messageSetStatusCode") == state


def test_a_crash_can_wait_for_a_kind_of_request_and_an_occasion(
    qb: Caller, company: CompanyFile
) -> None:
    company.raise_fault("crash_after_save", times=1, skip=1, target="InvoiceAdd")
    assert qb.code(customer("Crest Care")) == 0
    assert qb.code(invoice(number="1")) == 0
    assert call_code(qb, invoice(number="2")) == 0x800706BE
    assert [row.number for row in company.list_invoices()] == ["1", "2"]


def test_a_query_does_not_trip_a_fault_of_saving(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("crash_before_save", times=1)
    assert qb.code(ASK) == 0
    assert len(company.list_faults()) == 1


@pytest.mark.parametrize("kind", ["truncated_reply", "broken_reply"])
def test_a_damaged_reply_comes_after_the_save(qb: Caller, company: CompanyFile, kind: str) -> None:
    company.raise_fault(kind, times=1)
    with pytest.raises(etree.XMLSyntaxError):
        qb.send(invoice())
    assert len(company.list_invoices()) == 1
    assert qb.code(ASK) == 0


def test_slow_writes_leave_queries_alone(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("slow", target="write", delay_s=0.2, times=1)
    qb.ask(ASK)
    assert [fault.kind for fault in company.list_faults()] == ["slow"]  # it struck nothing yet
    begun = time.monotonic()
    qb.ask(invoice())
    assert time.monotonic() - begun >= 0.2
    assert company.list_faults() == []


def test_a_hang_ends_and_the_call_is_executed(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("hang", delay_s=0.1, times=1)
    begun = time.monotonic()
    assert qb.code(ASK) == 0
    assert time.monotonic() - begun >= 0.1


def test_a_kind_of_request_can_be_refused_with_any_code(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault(
        "refuse", target="InvoiceAdd", code=3260, message="No permission.", times=1
    )
    answer = qb.ask(invoice())
    assert (answer.get("statusCode"), answer.get("statusMessage")) == ("3260", "No permission.")
    assert qb.code(invoice()) == 0


def test_a_locked_customer_clears_after_so_many_calls(qb: Caller, company: CompanyFile) -> None:
    company.raise_fault("lock", target="acme health:rn ortiz - icu", times=2)
    assert [qb.code(invoice()) for _ in range(3)] == [3176, 3176, 0]
    assert len(company.list_invoices()) == 1


def test_a_lock_on_the_object_itself_is_3175_and_its_code_can_be_chosen(
    qb: Caller, company: CompanyFile
) -> None:
    txn_id = qb.ask(invoice()).findtext("InvoiceRet/TxnID")
    void = f"<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>{txn_id}</TxnID></TxnVoidRq>"
    company.raise_fault("lock", target=txn_id, times=1)
    assert qb.code(void) == 3175
    company.raise_fault("lock", target=txn_id, times=1, code=3180)
    assert qb.code(void) == 3180
    assert qb.code(void) == 0


def test_a_lock_found_by_list_id_when_raised_by_name(qb: Caller, company: CompanyFile) -> None:
    job = company.find_customer("Acme Health:RN Ortiz - ICU")
    company.raise_fault("lock", target=job.full_name, times=1)
    request = invoice().replace(
        f"<FullName>{job.full_name}</FullName>", f"<ListID>{job.list_id}</ListID>", 1
    )
    assert qb.code(request) == 3176


def test_faults_are_listed_and_cleared_by_number(company: CompanyFile) -> None:
    one = company.raise_fault("dialog", message="Update QuickBooks?")
    company.raise_fault("busy")
    assert [fault.kind for fault in company.list_faults()] == ["dialog", "busy"]
    assert company.clear_faults(fault_id=one.id) == 1
    assert company.clear_faults() == 1


@pytest.mark.parametrize(
    "how",
    [{"kind": "earthquake"}, {"kind": "lock"}, {"kind": "dialog", "times": 0}],
    ids=["unknown", "without target", "never"],
)
def test_a_senseless_fault_is_refused(company: CompanyFile, how: dict[str, object]) -> None:
    with pytest.raises(BookError):
        company.raise_fault(**how)  # type: ignore[arg-type]


def test_every_kind_says_what_it_does() -> None:
    assert all(text for _, text in KINDS.values())
