"""The streaming reader: events in order, flat memory, and one error for everything unreadable."""

from __future__ import annotations

import contextlib
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.quickbooks.qbxml import reader
from tieout.quickbooks.qbxml.reader import (
    MalformedResponse,
    ResponseEnd,
    ResponseStart,
    Ret,
    SetStart,
    Status,
    read,
)

ANSWER = (
    '<?xml version="1.0" ?>\n<QBXML><QBXMLMsgsRs newMessageSetID="ti-1" messageSetStatusCode="0">\n'
    '<CustomerQueryRs requestID="c" statusCode="0" statusSeverity="Info" statusMessage="OK"'
    ' retCount="1" iteratorRemainingCount="2" iteratorID="{7}" future="x">\n'
    "<CustomerRet><ListID>8-1</ListID><Name>M&amp;M</Name><ParentRef><ListID>8-0</ListID>"
    "</ParentRef><DataExtRet><DataExtName>A</DataExtName></DataExtRet>"
    "<DataExtRet><DataExtName>B</DataExtName></DataExtRet>"
    "<DataExtRet><DataExtName>C</DataExtName></DataExtRet><Empty/></CustomerRet>\n"
    "</CustomerQueryRs></QBXMLMsgsRs></QBXML>\n"
)


def wrapped(inner: str, attributes: str = 'statusCode="0"') -> str:
    return f"<QBXML><QBXMLMsgsRs><XRs {attributes}>{inner}</XRs></QBXMLMsgsRs></QBXML>"


def test_events_come_in_order() -> None:
    start, response, ret, end = read(ANSWER)
    assert start == SetStart("ti-1", 0)
    assert response == ResponseStart(
        kind="CustomerQuery", request_id="c", status=Status(0, "Info", "OK"), ret_count=1,
        iterator_id="{7}", remaining=2,
    )  # fmt: skip
    assert ret == Ret(
        "CustomerRet",
        {
            "ListID": "8-1", "Name": "M&M", "ParentRef": {"ListID": "8-0"}, "Empty": "",
            "DataExtRet": [{"DataExtName": "A"}, {"DataExtName": "B"}, {"DataExtName": "C"}],
        },
    )  # fmt: skip
    assert end == ResponseEnd("CustomerQuery")


@given(st.integers(1, 40))
def test_chunks_of_any_size_give_the_same_events(size: int) -> None:
    data = ANSWER.encode()
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    assert list(read(chunks)) == list(read(ANSWER))


def test_every_truncation_is_malformed() -> None:
    data = ANSWER.rstrip().encode()
    for length in range(len(data)):
        with pytest.raises(MalformedResponse):
            list(read(data[:length]))


@given(st.integers(0, len(ANSWER) - 1), st.binary(min_size=1, max_size=3))
def test_damage_is_read_or_refused_but_never_crashes(position: int, noise: bytes) -> None:
    data = ANSWER.encode()
    with contextlib.suppress(MalformedResponse):
        list(read(data[:position] + noise + data[position + 1 :]))


def test_missing_and_odd_attributes_are_tolerated() -> None:
    _, response, _ = read(wrapped("", 'statusCode="often" retCount=""'))
    assert (response.request_id, response.status.code, response.ret_count) == ("", -1, None)


def test_direct_children_of_a_response_are_an_object_of_their_own() -> None:
    events = list(read(wrapped("<TxnID>1</TxnID><TxnID>2</TxnID><XRet/><E><TxnID>3</TxnID></E>")))
    assert [event for event in events if isinstance(event, Ret)] == [
        Ret("XRet", {}),
        Ret("E", {"TxnID": "3"}),
        Ret("XRet", {"TxnID": ["1", "2"]}),
    ]


def test_group_lines_keep_their_place_among_the_lines() -> None:
    inner = (
        "<InvoiceRet><InvoiceLineRet><TxnLineID>1</TxnLineID></InvoiceLineRet>"
        "<InvoiceLineGroupRet><TxnLineID>2</TxnLineID></InvoiceLineGroupRet>"
        "<InvoiceLineRet><TxnLineID>3</TxnLineID></InvoiceLineRet></InvoiceRet>"
    )
    (ret,) = (event for event in read(wrapped(inner)) if isinstance(event, Ret))
    lines = ret.fields["InvoiceLineRet"]
    assert [line["TxnLineID"] for line in lines] == ["1", "2", "3"]
    assert [line.get("#tag") for line in lines] == [None, "InvoiceLineGroupRet", None]


BOMB = '<!DOCTYPE q [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + wrapped("<A>&b;</A>")
FETCH = '<!DOCTYPE q SYSTEM "http://127.0.0.1:9/x.dtd">' + wrapped("")


@pytest.mark.parametrize("hostile", [BOMB, FETCH, "<!DOCTYPE q>" + wrapped("")])
@pytest.mark.parametrize("encoding", [None, "utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_document_type_is_refused_in_every_encoding(
    hostile: str, encoding: str | None
) -> None:
    with pytest.raises(MalformedResponse, match="document type"):
        list(read(hostile.encode(encoding) if encoding else hostile))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no element"),
        ("<html/>", "html where QBXML"),
        ("<QBXML><QBXMLMsgsRq/></QBXML>", "QBXMLMsgsRq where QBXMLMsgsRs"),
        ("<QBXML/>", "no QBXMLMsgsRs"),
        ("not xml", "syntax error"),
        (wrapped("") + "<more/>", "junk"),
        (wrapped("<A>&nbsp;</A>"), "undefined entity"),
        (wrapped("<A>" * 5000), "nested deeper"),
    ],
)
def test_what_is_not_an_answer_is_named(text: str, reason: str) -> None:
    with pytest.raises(MalformedResponse, match=reason):
        list(read(text))


def endless(start: str, more: bytes) -> Iterator[bytes]:
    yield start.encode()
    while True:
        yield more


@pytest.mark.parametrize(
    ("start", "more", "reason"),
    [
        ("<QBXML><QBXMLMsgsRs><XRs><R><A>", b"x" * 65536, "one object is larger"),
        ("<QBXML><QBXMLMsgsRs><XRs><R>", b"<A>b</A>" * 8192, "one object is larger"),
        ("<QBXML><QBXMLMsgsRs><XRs s='", b"x" * 65536, "one tag or comment"),
        ("<QBXML><QBXMLMsgsRs><XRs><!--", b"x" * 65536, "one tag or comment"),
        ("<QBXML><QBXMLMsgsRs><XRs>", b"<HostRet/>" * 4096, "longer than"),
    ],
)
def test_endless_answers_are_given_up(
    start: str, more: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "OBJECT_BYTES_MAX", 4 * 1024 * 1024)
    with pytest.raises(MalformedResponse, match=reason):
        for _ in read(endless(start, more), bytes_max=16 * 1024 * 1024):
            pass


def test_a_long_answer_is_read_in_flat_memory() -> None:
    one = b"<CustomerRet><ListID>80000013-1735743002</ListID><Name>ICU</Name></CustomerRet>"

    def chunks() -> Iterator[bytes]:
        yield b"<QBXML><QBXMLMsgsRs><CustomerQueryRs>"
        for _ in range(200):
            yield one * 300
        yield b"</CustomerQueryRs></QBXMLMsgsRs></QBXML>"

    tracemalloc.start()
    count = sum(isinstance(event, Ret) for event in read(chunks()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 4 * 1024 * 1024


def test_a_wrong_declaration_does_not_matter_for_text() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>' + wrapped("<R><A>é</A></R>")
    assert Ret("R", {"A": "é"}) in list(read(text))
    assert Ret("R", {"A": "é"}) in list(read(f" \n{text}"))
