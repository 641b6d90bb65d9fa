"""Credit memos and payments as requests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tieout.quickbooks.qbxml.credits import CreditMemoAdd, CreditMemoQuery, ReceivePaymentQuery
from tieout.quickbooks.qbxml.invoices import LineAdd
from tieout.quickbooks.qbxml.requests import Iterate
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.writer import render

LINE = LineAdd(item_list_id="8-2", amount=Decimal("41.50"))


def test_a_credit_memo_needs_a_customer_and_a_line() -> None:
    with pytest.raises(RefusedByUs, match="at least one line"):
        render([CreditMemoAdd(request_id="1", customer_list_id="8-1")])
    with pytest.raises(RefusedByUs, match="CustomerRef"):
        render([CreditMemoAdd(request_id="1", customer_list_id="", lines=(LINE,))])
    assert b"<CreditMemoLineAdd><ItemRef>" in render(
        [CreditMemoAdd(request_id="1", customer_list_id="8-1", lines=(LINE,))]
    )


def test_a_price_rule_belongs_to_invoices() -> None:
    line = LineAdd(item_list_id="8-2", price_rule="Zero")
    with pytest.raises(RefusedByUs, match="OptionForPriceRuleConflict"):
        render([CreditMemoAdd(request_id="1", customer_list_id="8-1", lines=(line,))])


@pytest.mark.parametrize("query", [CreditMemoQuery, ReceivePaymentQuery])
def test_queries_take_one_range_and_page_filters_only(query: type) -> None:
    day = date(2025, 1, 31)
    with pytest.raises(RefusedByUs, match="excludes"):
        render([query(request_id="1", from_modified=day, from_txn_date=day)])
    with pytest.raises(RefusedByUs, match="explicit"):
        render(
            [query(request_id="1", txn_ids=("1-1",), iterator=Iterate("Start"), max_returned=5)]
        )
    paged = query(request_id="1", from_txn_date=day, iterator=Iterate("Start"), max_returned=5)
    assert b'iterator="Start"' in render([paged])
