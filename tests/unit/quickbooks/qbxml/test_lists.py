"""List queries as requests."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml import lists
from tieout.quickbooks.qbxml.requests import Iterate
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.writer import render

PAGED = [lists.ItemQuery, lists.ItemServiceQuery]
UNPAGED = [lists.ClassQuery, lists.TermsQuery, lists.SalesTaxCodeQuery, lists.AccountQuery]


@pytest.mark.parametrize("query", PAGED)
def test_items_can_be_paged_but_not_over_explicit_ids(query: type) -> None:
    start = Iterate("Start")
    assert b"<MaxReturned>200<" in render(
        [query(request_id="1", iterator=start, max_returned=200)]
    )
    with pytest.raises(RefusedByUs, match="explicit"):
        render([query(request_id="1", iterator=start, max_returned=200, list_ids=("8-1",))])


@pytest.mark.parametrize("query", UNPAGED)
def test_the_other_lists_know_no_iterator(query: type) -> None:
    assert b"<ActiveStatus>All<" in render([query(request_id="1")])
    with pytest.raises(TypeError, match="iterator"):
        query(request_id="1", iterator=Iterate("Start"))


def test_accounts_can_be_asked_by_type() -> None:
    query = lists.AccountQuery(request_id="1", account_types=("Income", "AccountsReceivable"))
    assert render([query]).count(b"<AccountType>") == 2
    with pytest.raises(RefusedByUs, match="AccountType"):
        render([lists.AccountQuery(request_id="1", account_types=("Sales",))])


def test_templates_have_no_filters() -> None:
    assert b'<TemplateQueryRq requestID="1"/>' in render([lists.TemplateQuery(request_id="1")])
