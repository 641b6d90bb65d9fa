"""Invoices as requests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tieout.quickbooks.qbxml.invoices import (
    InvoiceAdd,
    InvoiceMod,
    InvoiceQuery,
    LineAdd,
    LineMod,
)
from tieout.quickbooks.qbxml.requests import Iterate, Ref
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.writer import render

LINE = LineAdd(item_list_id="8-2", quantity=Decimal("36.5"), rate=Decimal("82.125"))


def test_an_invoice_needs_a_customer_and_a_line() -> None:
    with pytest.raises(RefusedByUs, match="CustomerRef must name a customer"):
        render([InvoiceAdd(request_id="1", customer_list_id="", lines=(LINE,))])
    with pytest.raises(RefusedByUs, match="at least one line"):
        render([InvoiceAdd(request_id="1", customer_list_id="8-1")])
    assert b"<Quantity>36.5</Quantity><Rate>82.125</Rate>" in render(
        [InvoiceAdd(request_id="1", customer_list_id="8-1", lines=(LINE,))]
    )


@pytest.mark.parametrize("line", [LineAdd, lambda **given: LineMod(txn_line_id="-1", **given)])
def test_a_line_says_one_thing(line: type) -> None:
    line(item_list_id="8-2", amount=Decimal(1)).check()
    with pytest.raises(RefusedByUs, match="Rate excludes Amount"):
        line(rate=Decimal(1), amount=Decimal(1)).check()
    with pytest.raises(RefusedByUs, match="given twice"):
        line(item_list_id="8-2", item=Ref("8-2")).check()


def test_a_change_keeps_lines_by_their_id_and_inserts_with_minus_one() -> None:
    change = InvoiceMod(
        request_id="1", txn_id="1A-1", edit_sequence="7", memo="",
        lines=(LineMod(txn_line_id="1B-1"), LineMod(txn_line_id="-1", desc="")),
    )  # fmt: skip
    assert (
        b"<Memo/><InvoiceLineMod><TxnLineID>1B-1</TxnLineID></InvoiceLineMod>"
        b"<InvoiceLineMod><TxnLineID>-1</TxnLineID><Desc/></InvoiceLineMod>"
    ) in render([change])


def test_a_query_takes_one_range_and_pages_filters_only() -> None:
    day = date(2025, 1, 31)
    with pytest.raises(RefusedByUs, match="excludes ModifiedDateRangeFilter"):
        render([InvoiceQuery(request_id="1", from_modified=day, to_txn_date=day)])
    with pytest.raises(RefusedByUs, match="explicit"):
        render([InvoiceQuery(request_id="1", ref_numbers=("1",), iterator=Iterate("Start"))])
    assert b"<ToModifiedDate>2025-01-31<" in render(
        [InvoiceQuery(request_id="1", to_modified=day)]
    )


def test_a_customer_can_stand_for_all_its_jobs() -> None:
    query = InvoiceQuery(request_id="1", customer_list_id="8-1", with_children=True)
    assert b"<EntityFilter><ListIDWithChildren>8-1<" in render([query])
