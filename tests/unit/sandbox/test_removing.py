"""Voiding, deleting, merging, and the logs of what is gone."""

from __future__ import annotations

import pytest
from tests.unit.sandbox.caller import Caller, MovableClock, invoice, totals

from tieout.sandbox import BookError, CompanyFile

JOB = "Acme Health:RN Ortiz - ICU"


def void(txn_id: str) -> str:
    return f"<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>{txn_id}</TxnID></TxnVoidRq>"


def delete(txn_id: str) -> str:
    return f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"


@pytest.fixture
def txn_id(qb: Caller) -> str:
    after = "<Memo>Week 6</Memo>"
    return str(qb.ask(invoice(after=after)).findtext("InvoiceRet/TxnID"))


def test_a_void_zeroes_amounts_and_keeps_number_and_memo(
    qb: Caller, company: CompanyFile, txn_id: str
) -> None:
    answer = qb.ask(void(txn_id))
    assert (answer.findtext("TxnID"), answer.findtext("RefNumber")) == (txn_id, "T-1")
    shown = company.find_invoice("T-1")
    assert (str(shown.total), shown.memo, shown.is_void) == ("0.00", "VOID: Week 6", True)
    assert [str(line.amount) for line in shown.lines] == ["0.00"]
    assert str(company.find_customer(JOB).balance) == "0.00"


def test_voiding_twice_is_harmless(qb: Caller, company: CompanyFile, txn_id: str) -> None:
    assert [qb.code(void(txn_id)), qb.code(void(txn_id))] == [0, 0]
    assert company.find_invoice("T-1").memo == "VOID: Week 6"


def test_a_void_works_in_multi_user_mode_but_not_with_payments_or_when_closed(
    qb: Caller, company: CompanyFile, txn_id: str
) -> None:
    company.set_closing_date("2026-02-28")
    assert [qb.code(void(txn_id)), qb.code(delete(txn_id))] == [3161, 3161]
    company.set_closing_date("")
    company.receive_payment("T-1", "1.00", date="2026-02-10")
    assert [qb.code(void(txn_id)), qb.code(delete(txn_id))] == [3185, 3160]


def test_a_void_of_another_kind_or_of_nothing_is_3120(qb: Caller, txn_id: str) -> None:
    assert qb.code(void(txn_id).replace("Invoice", "CreditMemo")) == 3120
    assert qb.code(void("FFFF-1")) == 3120


def test_a_deleted_invoice_is_gone_and_logged(
    qb: Caller, company: CompanyFile, clock: MovableClock, txn_id: str
) -> None:
    clock.advance(days=1)
    assert qb.code(delete(txn_id)) == 0
    assert company.list_invoices() == []
    assert str(company.find_customer("Acme Health").total_balance) == "0.00"
    ask = "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType>{}</TxnDeletedQueryRq>"
    ret = qb.ask(ask.format(""))[0]
    assert (ret.findtext("TxnID"), ret.findtext("RefNumber")) == (txn_id, "T-1")
    assert ret.findtext("TimeDeleted") == "2026-02-11T08:00:44-06:00"
    since = (
        "<DeletedDateRangeFilter><FromDeletedDate>{}</FromDeletedDate></DeletedDateRangeFilter>"
    )
    assert qb.code(ask.format(since.format("2026-02-11"))) == 0
    assert qb.code(ask.format(since.format("2026-02-12"))) == 1
    assert qb.code(ask.replace("Invoice", "CreditMemo").format("")) == 1


def test_the_log_forgets_after_ninety_days(
    qb: Caller, company: CompanyFile, clock: MovableClock, txn_id: str
) -> None:
    ask = "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType></TxnDeletedQueryRq>"
    qb.ask(delete(txn_id))
    clock.advance(days=89)
    assert qb.code(ask) == 0
    clock.advance(days=1, seconds=1)
    assert qb.code(ask) == 1


def list_del(list_id: str) -> str:
    return f"<ListDelRq><ListDelType>Customer</ListDelType><ListID>{list_id}</ListID></ListDelRq>"


def test_names_are_deleted_in_single_user_mode_and_only_when_unused(
    qb: Caller, company: CompanyFile, txn_id: str
) -> None:
    ids = {row.full_name: row.list_id for row in company.list_customers()}
    assert qb.code(list_del(ids["Beacon Clinic"])) == 3162
    company.set_preference("user_mode", "SingleUser")
    assert qb.code(list_del(ids["Beacon Clinic"])) == 0
    assert qb.code(list_del(ids[JOB])) == 3160
    assert qb.code(list_del(ids["Acme Health"])) == 3160
    assert qb.code(list_del("80000099-1")) == 3120
    ask = "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>"
    assert qb.ask(ask).findtext("ListDeletedRet/FullName") == "Beacon Clinic"


def test_a_merge_kills_one_list_id_and_moves_its_history(
    qb: Caller, company: CompanyFile, txn_id: str
) -> None:
    gone, stays = company.find_customer(JOB), company.find_customer("Beacon Clinic")
    text = (
        "<ListMergeRq><ListMergeType>Customer</ListMergeType>"
        f"<MergeFrom><ListID>{gone.list_id}</ListID><EditSequence>{gone.edit_sequence}</EditSequence></MergeFrom>"
        f"<MergeTo><ListID>{stays.list_id}</ListID><EditSequence>{stays.edit_sequence}</EditSequence></MergeTo>"
        "</ListMergeRq>"
    )
    assert qb.code(text) == 3162
    company.set_preference("user_mode", "SingleUser")
    answer = qb.ask(text)
    assert answer.findtext("MergedFrom/FullName") == JOB
    assert answer.findtext("MergedTo/ListID") == stays.list_id
    assert totals(company) == {"Beacon Clinic": "400.00"}
    assert str(company.find_customer("Beacon Clinic").balance) == "400.00"
    assert str(company.find_customer("Acme Health").total_balance) == "0.00"
    ask = "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>"
    assert qb.ask(ask).findtext("ListDeletedRet/ListID") == gone.list_id
    assert qb.code(text) == 3120


def test_a_customer_with_jobs_is_not_merged_away(company: CompanyFile) -> None:
    with pytest.raises(BookError) as caught:
        company.merge_customers("Acme Health", "Beacon Clinic")
    assert caught.value.code == 3220


def test_a_merge_can_stay_out_of_the_log(qb: Caller, company: CompanyFile) -> None:
    company.set_preference("merge_in_deleted_log", "off")
    company.merge_customers(JOB, "Beacon Clinic")
    ask = "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>"
    assert qb.code(ask) == 1
