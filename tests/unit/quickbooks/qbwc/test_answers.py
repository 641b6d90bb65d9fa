from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.quickbooks.qbwc import (
    METHODS,
    AuthenticateReply,
    HandOverReply,
    PercentReply,
    RefusalReply,
    TextReply,
    render,
    render_refusal,
    render_strings,
    render_text,
)

HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>\n'
    b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>\n'
)
TAIL = b"\n</soap:Body></soap:Envelope>\n"


def inside(answer: bytes) -> str:
    assert answer.startswith(HEAD)
    assert answer.endswith(TAIL)
    return answer[len(HEAD) : -len(TAIL)].decode()


def result(answer: bytes, method: str) -> str:
    name = f"{{http://developer.intuit.com/}}{method}Result"
    (found,) = ElementTree.XML(answer).iter(name)
    return found.text or ""


@pytest.mark.parametrize(
    ("reply", "strings"),
    [
        (AuthenticateReply(ticket="t", verdict=""), "<string>t</string><string></string>"),
        (AuthenticateReply(ticket="t", verdict="nvu"), "<string>t</string><string>nvu</string>"),
        (
            AuthenticateReply(ticket="t", verdict="busy", postpone_s=60),
            "<string>t</string><string>busy</string><string>60</string>",
        ),
        (
            AuthenticateReply(ticket="t", verdict=r"C:\A&B.QBW", every_s_min=300),
            r"<string>t</string><string>C:\A&amp;B.QBW</string><string>0</string>"
            "<string>300</string>",
        ),
    ],
)
def test_a_login_is_an_array_of_at_least_two_strings(reply, strings: str) -> None:
    assert inside(render(reply)) == (
        '<authenticateResponse xmlns="http://developer.intuit.com/"><authenticateResult>'
        f"{strings}</authenticateResult></authenticateResponse>"
    )


def test_strings_are_filled_up_to_two() -> None:
    assert "<string></string><string></string>" in inside(render_strings("authenticate", []))


@pytest.mark.parametrize("percent", [-1, 0, 42, 100])
def test_a_percentage_is_a_whole_number(percent: int) -> None:
    assert inside(render(PercentReply(percent=percent))) == (
        '<receiveResponseXMLResponse xmlns="http://developer.intuit.com/">'
        f"<receiveResponseXMLResult>{percent}</receiveResponseXMLResult>"
        "</receiveResponseXMLResponse>"
    )


def test_an_empty_text_is_an_explicit_element() -> None:
    answer = inside(render(TextReply(method="clientVersion", text="")))
    assert "<clientVersionResult></clientVersionResult>" in answer


def test_a_message_set_is_escaped_once_more() -> None:
    payload = '<?xml version="1.0"?><QBXML><Name>A &amp; B</Name></QBXML>'
    answer = render(HandOverReply(key="a-1"), payload=payload)
    assert "&lt;Name&gt;A &amp;amp; B&lt;/Name&gt;" in inside(answer)
    assert result(answer, "sendRequestXML") == payload


def test_what_xml_forbids_is_marked() -> None:
    assert result(render_text("getLastError", "a\x00b\x1bc\ud800"), "getLastError") == (
        "a\ufffdb\ufffdc\ufffd"
    )


@settings(max_examples=60)
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
)
def test_any_text_comes_through(text: str) -> None:
    for shown in (text, f"{text}\r\n\t{text}"):
        assert result(render_text("getLastError", shown), "getLastError") == shown


@pytest.mark.parametrize("method", METHODS)
def test_a_refusal_is_the_least_harmful_answer_of_its_method(method: str) -> None:
    answer = inside(render(RefusalReply(method=method)))
    expected = {
        "authenticate": "<string></string><string>nvu</string>",
        "receiveResponseXML": "-1",
        "connectionError": "done",
    }.get(method, "")
    assert f"<{method}Result>{expected}</{method}Result>" in answer


def test_a_refusal_of_an_unknown_method_is_an_empty_envelope() -> None:
    body = ElementTree.XML(render_refusal("dropTables"))[0]
    assert body.tag.endswith("}Body")
    assert len(body) == 0
