"""Invoices, credit memos, voids and deletions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout.quickbooks.qbxml import rets_invoices as rets
from tieout.quickbooks.qbxml.requests import Ref


def test_the_total_is_subtotal_plus_tax() -> None:
    invoice = rets.InvoiceRet.of(
        {
            "TxnID": "1A-1", "CustomerRef": {"ListID": "8-1"}, "Subtotal": "100.00",
            "SalesTaxTotal": "7.25", "SalesTaxPercentage": "7.25%", "AppliedAmount": "-10.00",
            "BalanceRemaining": "97.25", "IsPaid": "false", "TxnNumber": "12",
        }
    )  # fmt: skip
    assert invoice.total == Decimal("107.25")
    assert invoice.sales_tax_percentage == Decimal("7.25")
    assert (invoice.customer, invoice.txn_number) == (Ref("8-1"), 12)
    assert (invoice.applied_amount, invoice.is_paid) == (Decimal("-10.00"), False)


def test_without_tax_the_total_is_the_subtotal_and_without_subtotal_unknown() -> None:
    assert rets.InvoiceRet.of({"Subtotal": "5.00"}).total == Decimal("5.00")
    assert rets.InvoiceRet.of({"SalesTaxTotal": "5.00"}).total is None


def test_lines_and_groups_and_links() -> None:
    group = {
        "#tag": "InvoiceLineGroupRet", "TxnLineID": "2", "TotalAmount": "30.00",
        "ItemGroupRef": {"FullName": "Week"}, "InvoiceLineRet": {"Amount": "30.00"},
    }  # fmt: skip
    invoice = rets.InvoiceRet.of(
        {
            "InvoiceLineRet": [
                {"TxnLineID": "1", "Quantity": "4", "Rate": "123.19", "ServiceDate": "2025-02-09"},
                group,
                {"TxnLineID": "3", "RatePercent": "-5.0%"},
            ],
            "LinkedTxn": {
                "TxnID": "2B-1", "TxnType": "ReceivePayment", "TxnDate": "2025-03-01",
                "Amount": "-30.00",
            },
        }
    )  # fmt: skip
    first, second, third = invoice.lines
    assert (first.quantity, first.rate, first.amount) == (Decimal(4), Decimal("123.19"), None)
    assert first.service_date == date(2025, 2, 9)
    assert (second.is_group, second.item, second.amount) == (True, Ref("", "Week"), Decimal(30))
    assert second.lines[0].amount == Decimal("30.00")
    assert (third.is_group, third.rate_percent) == (False, Decimal("-5.0"))
    assert (invoice.linked[0].txn_type, invoice.linked[0].amount) == (
        "ReceivePayment", Decimal(-30),
    )  # fmt: skip


def test_a_credit_memo_reads_its_own_lines() -> None:
    memo = rets.CreditMemoRet.of(
        {"CreditRemaining": "164.25", "CreditMemoLineRet": {"Amount": "164.25"}}
    )
    assert memo.credit_remaining == memo.lines[0].amount == Decimal("164.25")


def test_voids_deletions_and_register_rows() -> None:
    assert rets.TxnVoidRet.of({"TxnVoidType": "Invoice", "TxnID": "1"}).txn_type == "Invoice"
    assert rets.TxnDeletedRet.of({"TxnDelType": "Invoice", "TxnID": "1"}).txn_type == "Invoice"
    gone = rets.ListDeletedRet.of({"ListDelType": "Customer", "ListID": "8-1", "FullName": "A:B"})
    assert (gone.list_type, gone.full_name) == ("Customer", "A:B")
    row = rets.TransactionRet.of(
        {"TxnType": "Invoice", "EntityRef": {"ListID": "8-1"}, "Amount": "5.00"}
    )
    assert (row.entity, row.amount) == (Ref("8-1"), Decimal(5))
