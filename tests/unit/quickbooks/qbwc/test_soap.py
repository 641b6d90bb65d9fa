from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.quickbooks.qbwc.bodies import (
    BOMB,
    INTUIT,
    PROLOG,
    SOAP,
    Desk,
    encoded,
    envelope,
    literal,
    read,
)

from tieout.quickbooks.qbwc import (
    Authenticate,
    ClientVersion,
    CloseConnection,
    ConnectionFailure,
    GetInteractiveURL,
    GetLastError,
    InteractiveDone,
    InteractiveRejected,
    Reason,
    ReceiveResponseXML,
    RequestParser,
    SendRequestXML,
    ServerVersion,
    Unreadable,
    parse_request,
)
from tieout.quickbooks.qbwc.soap import FRAME_BYTES_MAX, PARAMETER_CHARS_MAX, TOKEN_BYTES_MAX

ANSWER = (
    '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><X a="1">O\'Brien &amp; Söhne</X></QBXMLMsgsRs>'
)
CALLS = [
    ("serverVersion", {}, ServerVersion()),
    ("serverVersion", {"strVersion": "bogus"}, ServerVersion()),
    ("clientVersion", {"strVersion": "34.0"}, ClientVersion(version="34.0")),
    (
        "authenticate",
        {"strUserName": "northgate", "strPassword": " p<w& "},
        Authenticate(user_name="northgate", password=" p<w& "),
    ),
    (
        "sendRequestXML",
        {
            "ticket": "t-1",
            "strHCPResponse": "<QBXML/>",
            "strCompanyFileName": r"C:\Books\Northgate.QBW",
            "qbXMLCountry": "US",
            "qbXMLMajorVers": "13",
            "qbXMLMinorVers": "0",
        },
        SendRequestXML(
            ticket="t-1",
            hcp_response="<QBXML/>",
            company_file=r"C:\Books\Northgate.QBW",
            country="US",
            major=13,
        ),
    ),
    (
        "connectionError",
        {"ticket": "t-1", "hresult": "0x80040408", "message": "Could not start"},
        ConnectionFailure(ticket="t-1", hresult="0x80040408", message="Could not start"),
    ),
    ("getLastError", {"ticket": " t-1 "}, GetLastError(ticket="t-1")),
    ("closeConnection", {"ticket": "t-1"}, CloseConnection(ticket="t-1")),
    (
        "getInteractiveURL",
        {"wcTicket": "t-1", "sessionID": "9"},
        GetInteractiveURL(ticket="t-1", session_id="9"),
    ),
    (
        "interactiveRejected",
        {"wcTicket": "t-1", "reason": "no"},
        InteractiveRejected(ticket="t-1", reason="no"),
    ),
    ("interactiveDone", {"wcTicket": "t-1"}, InteractiveDone(ticket="t-1")),
]


def received(ticket: str, answer: str) -> str:
    return literal("receiveResponseXML", ticket=ticket, response=answer, hresult="", message="")


@pytest.mark.parametrize("style", [literal, encoded])
@pytest.mark.parametrize(("method", "parameters", "call"), CALLS)
def test_every_call_is_read_in_both_styles(method, parameters, call, style) -> None:
    assert read(style(method, **parameters)) == call


@pytest.mark.parametrize("method", sorted({method for method, _, _ in CALLS}))
def test_missing_parameters_are_empty(method: str) -> None:
    call = read(literal(method))
    assert not isinstance(call, Unreadable)
    assert all(not getattr(call, name) for name in type(call).__slots__)


def test_the_order_of_parameters_does_not_matter() -> None:
    body = literal("authenticate", strPassword="pw", strUserName="northgate")
    assert read(body) == Authenticate(user_name="northgate", password="pw")


def test_strange_parameters_and_headers_are_passed_over() -> None:
    header = "<soap:Header><a><b>ticket</b></a></soap:Header>"
    inside = (
        f'<getLastError xmlns="{INTUIT}"><ticket>t</ticket><colour>red</colour>'
        '<x:ticket xmlns:x="urn:other">forged</x:ticket> tail </getLastError>'
    )
    assert read(envelope(inside, header=header)) == GetLastError(ticket="t")


@pytest.mark.parametrize(
    ("text", "number"), [("13", 13), ("13.0", 13), ("+2", 2), ("x", 0), ("", 0)]
)
def test_a_version_that_cannot_be_read_is_zero(text: str, number: int) -> None:
    call = read(literal("sendRequestXML", qbXMLMajorVers=text))
    assert call == SendRequestXML(major=number)


# ------------------------------------------------ the answer of QuickBooks


@pytest.mark.parametrize("style", [literal, encoded])
@pytest.mark.parametrize("piece", [1, 13, 1 << 20])
def test_an_answer_is_handed_on_as_it_was_before_it_was_escaped(style, piece: int) -> None:
    desk = Desk()
    answer = ANSWER + "<Row>1 > 0</Row>\n" * 40
    body = style(
        "receiveResponseXML", ticket="t-1", response=answer, hresult="0x0", message="fine"
    )
    call = desk.read(body, piece=piece)
    assert isinstance(call, ReceiveResponseXML)
    assert (call.ticket, call.hresult, call.message) == ("t-1", "0x0", "fine")
    assert desk.text == answer
    assert desk.tickets == ["t-1"]
    data = answer.encode()
    assert call.response.size == len(data)
    assert call.response.sha256 == hashlib.sha256(data).hexdigest()
    assert call.response.kept
    assert not call.response.mended


def test_an_answer_for_an_unwanted_ticket_is_dropped_but_measured() -> None:
    desk = Desk(wanted=False)
    call = desk.read(received("forged", ANSWER))
    assert isinstance(call, ReceiveResponseXML)
    assert not call.response.kept
    assert call.response.size == len(ANSWER.encode())
    assert desk.pieces == []


def test_a_ticket_that_follows_the_answer_is_not_known_when_the_answer_begins() -> None:
    desk = Desk()
    call = desk.read(literal("receiveResponseXML", response=ANSWER, ticket="t-1"))
    assert isinstance(call, ReceiveResponseXML)
    assert call.ticket == "t-1"
    assert desk.tickets == [""]


@pytest.mark.parametrize("tail", ["", "<Row/>" * 100])
@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ('<?xml version="1.0" encoding="utf-16"?><QBXML>', '<?xml version="1.0"?><QBXML>'),
        ("\n <?xml version=\"1.0\" encoding='x' ?><QBXML>", '\n <?xml version="1.0" ?><QBXML>'),
        ('<QBXML encoding="x">', '<QBXML encoding="x">'),
    ],
)
def test_a_declared_encoding_no_longer_applies(declared: str, kept: str, tail: str) -> None:
    desk = Desk()
    desk.read(received("t", declared + tail))
    assert desk.text == kept + tail


def test_forbidden_characters_in_an_answer_lose_nothing_else() -> None:
    desk = Desk()
    body = received("t", "<Name>AHEREB</Name>").replace("HERE", "&#x1;")
    call = desk.read(body)
    assert isinstance(call, ReceiveResponseXML)
    assert call.response.mended
    assert desk.text == "<Name>A\ufffdB</Name>"


ROWS = "<Row>Söhne &amp; Co &quot;1&quot;</Row>\n" * 50


@pytest.mark.parametrize(
    "inside",
    [
        f"<![CDATA[{ROWS}]]>",
        f"<!-- {ROWS} -->x<?pi {ROWS[:90]}?>",
        "x" * 300 + "<![CDATA[&lt;" + "]" * 40 + "]]>&amp;" + "y" * 90,
        "&#252;&apos;&quot;&#xD;&#10;&#xA;&#13;" * 40,
        "a\r\nb\rc" * 90,
        "]]" * 150 + "&gt;",
    ],
)
def test_an_answer_is_the_same_however_it_is_cut(inside: str) -> None:
    body = received("t", "HERE").replace("HERE", inside)
    whole = Desk()
    assert isinstance(whole.read(body), ReceiveResponseXML)
    for piece in (1, 2, 7, 64, 300):
        cut = Desk()
        cut.read(body, piece=piece)
        assert cut.text == whole.text


@pytest.mark.parametrize("reference", ["&nbsp;", "&lt", "&;", "& "])
@pytest.mark.parametrize("piece", [1, 50, 1 << 20])
def test_an_unknown_reference_in_an_answer_is_refused(reference: str, piece: int) -> None:
    body = received("t", "x" * 400 + "HERE" + "y" * 80).replace("HERE", reference)
    refused = read(body, piece=piece)
    assert isinstance(refused, Unreadable)
    assert refused.reason is Reason.NOT_XML
    assert (refused.method, refused.ticket) == ("receiveResponseXML", "t")


def test_memory_stays_flat_for_a_long_answer() -> None:
    row = b"&lt;Name&gt;S\xc3\xb6hne &amp;amp; Co&lt;/Name&gt;" * 1000

    def body() -> Iterator[bytes]:
        start, end = received("t", "HERE").encode().split(b"HERE")
        yield start
        for _ in range(150):
            yield row
        yield end

    longest = 0

    def sink(piece: bytes) -> None:
        nonlocal longest
        longest = max(longest, len(piece))

    tracemalloc.start()
    try:
        call = parse_request(body(), open_sink=lambda _ticket: sink)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(call, ReceiveResponseXML)
    assert call.response.size == 150 * 1000 * len("<Name>Söhne &amp; Co</Name>".encode())
    assert longest <= 256 * 1024
    assert peak < 4 * 1024 * 1024


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff"))
PLAIN = TEXT.map(lambda text: "".join(c for c in text if c >= " " or c in "\t\n"))


@settings(max_examples=60)
@given(
    answer=PLAIN,
    message=PLAIN,
    piece=st.integers(1, 200),
    style=st.sampled_from([literal, encoded]),
)
def test_any_text_comes_through(answer: str, message: str, piece: int, style) -> None:
    desk = Desk()
    body = style("receiveResponseXML", ticket="t", response=answer, hresult="", message=message)
    call = desk.read(body, piece=piece)
    assert isinstance(call, ReceiveResponseXML)
    assert desk.text == answer or "encoding" in answer
    assert call.message == message.strip()


# ------------------------------------------------ hostile and broken bodies


def reason_of(body: str | bytes, **how: int) -> Reason:
    refused = read(body, **how)
    assert isinstance(refused, Unreadable)
    return refused.reason


@pytest.mark.parametrize("method", ["authenticate", "receiveResponseXML"])
def test_a_body_cut_at_any_byte_is_refused_and_hands_on_at_most_a_beginning(method: str) -> None:
    parameters = dict.fromkeys(("strUserName", "ticket", "response", "message"), ANSWER)
    data = literal(method, **parameters).encode()
    for length in range(len(data)):
        desk = Desk()
        refused = desk.read(data[:length])
        assert isinstance(refused, Unreadable), length
        assert refused.reason is Reason.NOT_XML
        assert ANSWER.encode().startswith(b"".join(desk.pieces))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("dtd", [BOMB, "<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "file:///etc/passwd">'])
def test_a_document_type_is_refused_in_every_encoding(dtd: str, encoding: str) -> None:
    body = literal("getLastError", ticket="t").replace(PROLOG, f'<?xml version="1.0"?>{dtd}')
    assert reason_of(body.encode(encoding), piece=7) is Reason.FORBIDDEN


def test_a_document_type_hidden_in_utf_7_is_no_xml_at_all() -> None:
    body = b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>'
    assert reason_of(body) is Reason.NOT_XML


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", Reason.NOT_XML),
        ("ticket=1&response=2", Reason.NOT_XML),
        ('{"ticket": 1}', Reason.NOT_XML),
        ("\x00" * 50, Reason.NOT_XML),
        ("<html><body>Bad gateway</body></html>", Reason.NOT_SOAP),
        (
            '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>',
            Reason.NOT_SOAP,
        ),
        (f'<s:Envelope xmlns:s="{SOAP}"/>', Reason.NO_CALL),
        (envelope(""), Reason.NO_CALL),
        (envelope("ticket"), Reason.NO_CALL),
        (envelope(f'<dropTables xmlns="{INTUIT}"/>'), Reason.UNKNOWN_METHOD),
        (envelope("<authenticate/>"), Reason.UNKNOWN_METHOD),
        (
            envelope(f'<getLastError xmlns="{INTUIT}"/><closeConnection xmlns="{INTUIT}"/>'),
            Reason.AMBIGUOUS,
        ),
        (
            literal("getLastError").replace("</soap:Body>", "</soap:Body><soap:Body/>"),
            Reason.AMBIGUOUS,
        ),
        (
            envelope(
                f'<receiveResponseXML xmlns="{INTUIT}"><response>a</response>'
                "<response>b</response></receiveResponseXML>"
            ),
            Reason.AMBIGUOUS,
        ),
        (
            envelope(f'<getLastError xmlns="{INTUIT}"><ticket href="#id1"/></getLastError>'),
            Reason.AMBIGUOUS,
        ),
        (
            envelope(
                f'<receiveResponseXML xmlns="{INTUIT}"><response><QBXML/></response>'
                "</receiveResponseXML>"
            ),
            Reason.NOT_TEXT,
        ),
        (
            envelope("", header=f"<soap:Header>{'<a>' * 30}{'</a>' * 30}</soap:Header>"),
            Reason.TOO_DEEP,
        ),
        (literal("getLastError", ticket="x" * (PARAMETER_CHARS_MAX + 1)), Reason.TOO_LARGE),
        (
            envelope("", header=f'<soap:Header a="{"x" * TOKEN_BYTES_MAX * 2}"/>'),
            Reason.TOO_LARGE,
        ),
        (literal("getLastError") + "<a/>", Reason.NOT_XML),
    ],
)
def test_what_is_no_call_is_a_value_with_its_reason(body: str, reason: Reason) -> None:
    assert reason_of(body) is reason


def test_a_refusal_names_as_much_as_was_understood() -> None:
    refused = read(literal("closeConnection", ticket="t-9") + "<a/>")
    assert isinstance(refused, Unreadable)
    assert (refused.method, refused.ticket) == ("closeConnection", "t-9")
    assert "line 1" in refused.detail


def endless(start: str, piece: str) -> tuple[Iterator[bytes], list[int]]:
    taken = [0]

    def chunks() -> Iterator[bytes]:
        yield start.encode()
        while True:
            taken[0] += len(piece)
            yield piece.encode()

    return chunks(), taken


def test_a_body_without_end_is_left_at_the_bound_of_the_frame() -> None:
    chunks, taken = endless(f'<s:Envelope xmlns:s="{SOAP}"><s:Header>', "<a>x</a>" * 4096)
    refused = parse_request(chunks)
    assert isinstance(refused, Unreadable)
    assert refused.reason is Reason.TOO_LARGE
    assert taken[0] <= FRAME_BYTES_MAX + 64 * 1024


def test_an_answer_without_end_is_left_at_the_bound_of_the_body() -> None:
    start = received("t", "HERE").partition("HERE")[0]
    chunks, taken = endless(start, "x" * 65536)
    refused = parse_request(chunks, bytes_max=5 * 1024 * 1024)
    assert isinstance(refused, Unreadable)
    assert refused.reason is Reason.TOO_LARGE
    assert FRAME_BYTES_MAX < taken[0] <= 5 * 1024 * 1024 + 65536


def test_what_follows_a_refusal_changes_nothing() -> None:
    parser = RequestParser()
    assert parser.feed(b"<html>") is False
    assert parser.feed(literal("getLastError").encode()) is False
    refused = parser.close()
    assert isinstance(refused, Unreadable)
    assert refused.reason is Reason.NOT_SOAP


def test_a_sink_that_fails_is_heard() -> None:
    def full(_piece: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        parse_request([received("t", ANSWER).encode()], open_sink=lambda _ticket: full)


@settings(max_examples=60)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_call_or_a_refusal(data: bytes) -> None:
    body = received("t", "HERE").encode().replace(b"HERE", data)
    assert isinstance(read(body), ReceiveResponseXML | Unreadable)
    assert isinstance(read(data), Unreadable)
