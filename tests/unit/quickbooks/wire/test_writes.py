from __future__ import annotations

import tracemalloc

import pytest

from tieout.quickbooks.wire import contains_write

PROLOG = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'


def message_set(requests: str, attributes: str = "") -> str:
    return f"{PROLOG}<QBXML><QBXMLMsgsRq {attributes}>{requests}</QBXMLMsgsRq></QBXML>"


@pytest.mark.parametrize(
    "document",
    [
        message_set("<CustomerQueryRq/>"),
        message_set("<CustomerQueryRq><InvoiceAddRq/></CustomerQueryRq><HostQueryRq/>"),
        message_set("<GeneralSummaryReportQueryRq/>"),
        message_set("<CustomerQueryRq/>", 'newMessageSetID="a"'),
        message_set(""),
        message_set("", 'newMessageSetID="a" oldMessageSetID="a"'),
        message_set("<!-- <InvoiceAddRq/> --><HostQueryRq/>"),
        message_set("<CustomerQueryRq><FullName><![CDATA[<InvoiceAddRq/>]]></FullName></CustomerQueryRq>"),
    ],
    ids=["query", "nested name", "report", "query with id", "empty", "status check", "comment", "cdata"],
)  # fmt: skip
def test_reading_is_reading(document: str) -> None:
    assert contains_write(document) is False


@pytest.mark.parametrize(
    "document",
    [
        message_set("<InvoiceAddRq/>"),
        message_set("<CustomerQueryRq/>" * 5000 + "<TxnVoidRq/>"),
        message_set("<customerqueryrq/>"),
        message_set("<QueryRqs/>"),
        message_set("", 'oldMessageSetID="a"'),
        message_set("", 'newMessageSetID="b" oldMessageSetID="a"'),
        message_set("<HostQueryRq/>", 'oldMessageSetID="ClearAllMessageSets"'),
        message_set("<CustomerQueryRq>"),
        message_set("<CustomerQueryRq/>") + "<QBXML/>",
        "<!DOCTYPE QBXML [<!ENTITY e 'x'>]>" + message_set("<HostQueryRq/>")[len(PROLOG) :],
        "<Other><QBXMLMsgsRq/></Other>",
        "<QBXML><SignonMsgsRq/></QBXML>",
        "<QBXML><QBXMLMsgsRq/><QBXMLMsgsRq><BillAddRq/></QBXMLMsgsRq></QBXML>",
        "",
        "not xml",
        "<QBXML>\x00</QBXML>",
    ],
)
def test_what_is_not_proved_to_read_writes(document: str) -> None:
    assert contains_write(document) is True


def test_an_encoding_declaration_does_not_change_what_is_seen() -> None:
    document = message_set("<InvoiceAddRq/>").replace("utf-8", "utf-16")
    assert contains_write(document) is True


def test_a_large_set_is_judged_without_a_tree() -> None:
    filler = "<CustomerQueryRq><FullName>x</FullName></CustomerQueryRq>" * 40_000
    document = message_set(filler)
    tracemalloc.start()
    assert contains_write(document) is False
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
