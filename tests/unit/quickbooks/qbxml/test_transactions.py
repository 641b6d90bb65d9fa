"""Voids, deletions and register queries as requests."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml import transactions
from tieout.quickbooks.qbxml.requests import Iterate
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.writer import render


def test_only_what_we_create_is_voided() -> None:
    void = transactions.TxnVoid(request_id="1", txn_type="Invoice", txn_id="1A-1")
    assert b"<TxnVoidType>Invoice</TxnVoidType><TxnID>1A-1</TxnID>" in render([void])
    with pytest.raises(RefusedByUs, match="TxnVoidType"):
        render([transactions.TxnVoid(request_id="1", txn_type="Check", txn_id="1A-1")])


def test_deletions_need_a_kind() -> None:
    with pytest.raises(RefusedByUs, match="TxnDelType may not be blank"):
        render([transactions.TxnDeletedQuery(request_id="1", txn_types=())])
    with pytest.raises(RefusedByUs, match="ListDelType"):
        render([transactions.ListDeletedQuery(request_id="1", list_types=("Job",))])


def test_the_register_takes_one_kind_of_number_and_pages_filters_only() -> None:
    query = transactions.TransactionQuery
    with pytest.raises(RefusedByUs, match="excludes RefNumberCaseSensitive"):
        render([query(request_id="1", ref_numbers=("1",), ref_numbers_case_sensitive=("1",))])
    with pytest.raises(RefusedByUs, match="explicit"):
        render([query(request_id="1", txn_ids=("1",), iterator=Iterate("Start"))])
    both = query(request_id="1", ref_numbers=("1",), customer_list_id="8-1")
    assert b"<TransactionEntityFilter><ListID>8-1<" in render([both])
