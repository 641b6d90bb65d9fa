"""Whole answers: typed objects, error recovery, and what has no type of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.quickbooks.qbxml import responses
from tieout.quickbooks.qbxml.reader import MalformedResponse, Ret
from tieout.quickbooks.qbxml.responses import GenericRet, parse_response, typed


def answer(inner: str, kind: str = "X") -> str:
    return (
        f'<QBXML><QBXMLMsgsRs><{kind}Rs requestID="1" statusCode="0">{inner}</{kind}Rs>'
        "</QBXMLMsgsRs></QBXML>"
    )


def test_error_recovery_is_evidence_apart_from_the_objects() -> None:
    inner = (
        "<ErrorRecovery><TxnID>1A-1</TxnID><TxnNumber>7</TxnNumber><EditSequence>9</EditSequence>"
        "<ExternalGUID>{G}</ExternalGUID></ErrorRecovery>"
    )
    (response,) = parse_response(answer(inner, "InvoiceAdd")).responses
    assert response.rets == ()
    assert response.error_recovery == responses.ErrorRecovery(
        list_id="", txn_id="1A-1", txn_number="7", edit_sequence="9", external_guid="{G}"
    )


def test_an_object_without_a_type_keeps_its_children() -> None:
    (response,) = parse_response(answer("<NewRet><A>1</A></NewRet>")).responses
    assert response.rets == (GenericRet(kind="NewRet", fields={"A": "1"}),)
    assert response.error_recovery is None


def test_items_of_every_kind_share_a_type() -> None:
    item = typed(Ret("ItemDiscountRet", {"ListID": "8-1", "Name": "D"}))
    assert (item.kind, item.full_name) == ("ItemDiscount", "D")


def test_a_void_answers_with_its_own_children() -> None:
    inner = "<TxnVoidType>Invoice</TxnVoidType><TxnID>1A-1</TxnID><RefNumber>7</RefNumber>"
    (response,) = parse_response(answer(inner, "TxnVoid")).responses
    assert response.rets[0].txn_id == "1A-1"


def test_an_unreadable_amount_is_never_guessed() -> None:
    inner = "<InvoiceRet><Subtotal>1.234,50</Subtotal></InvoiceRet>"
    with pytest.raises(MalformedResponse, match="Subtotal"):
        parse_response(answer(inner, "InvoiceQuery"))


def test_two_blocks_of_answers_read_as_one() -> None:
    block = '<QBXMLMsgsRs newMessageSetID="{}"><HostQueryRs statusCode="0"/></QBXMLMsgsRs>'
    both = parse_response(f"<QBXML>{block.format('a')}{block.format('b')}</QBXML>")
    assert (both.new_message_set_id, len(both.responses)) == ("a", 2)


def test_a_set_without_answers_is_a_set() -> None:
    stored = '<QBXML><QBXMLMsgsRs newMessageSetID="ti-1" messageSetStatusCode="600"/></QBXML>'
    status = parse_response(stored)
    assert (status.set_status_code, status.responses) == (600, ())


@pytest.mark.parametrize("data", ["", b"", " ", "<QBXML/>"])
def test_nothing_is_malformed(data: bytes | str) -> None:
    with pytest.raises(MalformedResponse):
        parse_response(data)


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=("Cc",)))
MONEY = st.decimals(-(10**9), 10**9, places=2)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(name=TEXT, balance=MONEY, start=st.dates(), active=st.booleans(), extra=TEXT)
def test_customers_come_back(
    name: str, balance: Decimal, start: date, active: bool, extra: str
) -> None:
    inner = (
        f"<CustomerRet><Name>{escaped(name)}</Name><IsActive>{str(active).lower()}</IsActive>"
        f"<Balance>{balance}</Balance><JobStartDate>{start.isoformat()}</JobStartDate><DataExtRet>"
        f"<OwnerID>0</OwnerID><DataExtValue>{escaped(extra)}</DataExtValue></DataExtRet></CustomerRet>"
    )
    (job,) = parse_response(answer(inner)).responses[0].rets
    assert (job.name, job.balance, job.job_start_date, job.is_active) == (
        name, balance, start, active,
    )  # fmt: skip
    assert job.data_ext[0].value == extra


KINDS = [*sorted(responses._BUILDERS), "ItemServiceRet", "TxnVoidRet", "OddRet"]
LEAF = st.sampled_from(
    ["", "1", "-1.50", "true", "2025-02-09", "x", "7.25%", "99999999999999999999"]
)
TAGS = st.sampled_from(
    ["ListID", "Name", "ParentRef", "DataExtRet", "InvoiceLineRet", "Subtotal", "IsActive",
     "TxnDate", "LinkedTxn", "Sublevel", "BillAddress", "SalesAndPurchase", "StdDueDays"]
)  # fmt: skip
NODES = st.recursive(
    LEAF,
    lambda inner: st.dictionaries(
        TAGS, inner | st.lists(inner, min_size=1, max_size=3), max_size=6
    ),
)


@given(st.sampled_from(KINDS), NODES.filter(lambda node: isinstance(node, dict)))
def test_any_shape_is_typed_or_refused(kind: str, node: dict) -> None:
    try:
        result = typed(Ret(kind, node))
    except MalformedResponse as error:
        assert "cannot be read" in str(error)  # noqa: PT017  either outcome is right
    else:
        assert result is not None
