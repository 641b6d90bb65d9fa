"""A SOAP 1.1 request body to a typed call, in flat memory however long the answer inside is.

Read by namespace and local name, blind to prefixes and to the order of parameters, because the
Web Connector speaks document/literal and, in some versions, rpc/encoded with `q1:` prefixes and
`xsi:type` (observed). A missing parameter is "". A DTD or an entity is refused in the parser
itself. A body that is no call is a value, `Unreadable`, never an exception; what the source of
the bytes or the sink raises passes through untouched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NoReturn
from xml.parsers import expat

from tieout.quickbooks.qbwc.calls import (
    BODY_BYTES_MAX,
    METHODS,
    NAMESPACE,
    Authenticate,
    Call,
    ClientVersion,
    CloseConnection,
    ConnectionFailure,
    GetInteractiveURL,
    GetLastError,
    InteractiveDone,
    InteractiveRejected,
    Reason,
    ReceivedText,
    ReceiveResponseXML,
    SendRequestXML,
    ServerVersion,
    Unreadable,
)
from tieout.quickbooks.qbwc.clean import Cleaner

Sink = Callable[[bytes], object]
OpenSink = Callable[[str], Sink | None]

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
PIECE_BYTES: Final = 64 * 1024
FRAME_BYTES_MAX: Final = 4 * 1024 * 1024  # everything but the answer of QuickBooks
TOKEN_BYTES_MAX: Final = 256 * 1024
PARAMETER_CHARS_MAX: Final = 1024 * 1024
NAME_CHARS_MAX: Final = 60
DEPTH_MAX: Final = 24
_ENVELOPE_DEPTH, _BODY_DEPTH, _CALL_DEPTH, _PARAMETER_DEPTH = 1, 2, 3, 4
_INTEGER: Final = re.compile(r"\s*\+?0*([0-9]{1,6})(?:\.0+)?\s*")
_STALE: Final = re.compile(r"""(\s*<\?xml\b[^>]{0,200}?)\s+encoding\s*=\s*(["'])[^"'>]*\2""")
_HEAD_CHARS: Final = 256
# what serializers write; &amp; comes last, so that nothing is undone twice
_REFERENCES: Final = (
    (b"&lt;", b"<"),
    (b"&gt;", b">"),
    (b"&quot;", b'"'),
    (b"&#xD;", b"\r"),
    (b"&#xA;", b"\n"),
    (b"&#13;", b"\r"),
    (b"&#10;", b"\n"),
    (b"&apos;", b"'"),
    (b"&amp;", b"&"),
)


def parse_request(
    chunks: Iterable[bytes], *, open_sink: OpenSink | None = None, bytes_max: int = BODY_BYTES_MAX
) -> Call | Unreadable:
    """Read a whole body from `chunks`; stops taking chunks once it is sure to be no call.

    See `RequestParser` for `open_sink`.
    """
    parser = RequestParser(open_sink=open_sink, bytes_max=bytes_max)
    for chunk in chunks:
        if not parser.feed(chunk):
            break
    return parser.close()


class RequestParser:
    """Takes a body as it arrives: `feed` until it answers False or the body ends, then `close`.

    `open_sink(ticket)` is asked once, when the answer of QuickBooks begins, with the ticket read
    so far ("" when it comes later); it returns where the answer's bytes go, or None to drop
    them, so that a forged ticket fills no disk. The bytes are UTF-8 in pieces of at most 256 KiB,
    complete only once `close` returned a ReceiveResponseXML. An encoding the answer itself
    declares is dropped from its declaration: it no longer applies.
    """

    def __init__(
        self, *, open_sink: OpenSink | None = None, bytes_max: int = BODY_BYTES_MAX
    ) -> None:
        self._bytes_max = bytes_max
        self._fed = 0
        self._clean_fed = 0
        self._cleaner = Cleaner()
        self._refused: tuple[Reason, str] | None = None
        self._envelope = _Envelope(open_sink)
        self._parser = _hardened_parser()
        self._parser.StartElementHandler = self._envelope.start
        self._parser.EndElementHandler = self._envelope.end
        self._parser.CharacterDataHandler = self._envelope.text
        self._parser.StartCdataSectionHandler = self._envelope.start_cdata
        self._parser.EndCdataSectionHandler = self._envelope.end_cdata

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; False means that no further byte can change the outcome."""
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            self._fed += len(piece)
            if self._refused is None:
                self._run(self._cleaner.feed(piece), final=False)
        return self._refused is None

    def close(self) -> Call | Unreadable:
        """Say what the body was. Called once."""
        if self._refused is None:
            self._run(self._cleaner.close(), final=True)
        envelope = self._envelope
        if self._refused is None and not envelope.method:
            self._refused = (Reason.NO_CALL, "")
        self._parser.StartElementHandler = self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = self._parser.StartCdataSectionHandler = None
        self._parser.EndCdataSectionHandler = None
        if self._refused is not None:
            reason, detail = self._refused
            ticket = _ticket(envelope.values)
            return Unreadable(reason=reason, detail=detail, method=envelope.method, ticket=ticket)
        return _build(envelope, mended=self._cleaner.mended)

    def _run(self, data: bytes, *, final: bool) -> None:
        try:
            self._check_size()
            data = self._pass_plain(data)
            self._clean_fed += len(data)
            self._parser.Parse(data, final)
            if not final and self._clean_fed - self._parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                _refuse(Reason.TOO_LARGE, f"one tag is larger than {TOKEN_BYTES_MAX} bytes")
        except _Refused as refusal:
            self._refused = (refusal.reason, refusal.detail)
        except expat.ExpatError as error:
            why = expat.ErrorString(error.code) or "not well-formed"
            self._refused = (Reason.NOT_XML, f"{why} in line {error.lineno}")

    def _pass_plain(self, data: bytes) -> bytes:
        """Take the answer's plain text past the parser, which is slow on its many `&lt;`.

        Only where the parser is known to be between two tokens inside the answer, only up to the
        next tag, and only if nothing but the usual references occurs. Returns what is left.
        """
        envelope = self._envelope
        if not envelope.is_plain or self._parser.CurrentByteIndex != self._clean_fed:
            return data
        cut = data.find(b"<")
        part = data if cut < 0 else data[:cut]
        text = _unescape(part)
        if text is None:
            return data
        envelope.response.put(text)
        return data[len(part) :]

    def _check_size(self) -> None:
        """The whole body has one bound, and without an answer inside a much smaller one."""
        allowed = self._bytes_max
        if not self._envelope.response.begun:
            allowed = min(allowed, FRAME_BYTES_MAX)
        if self._fed > allowed:
            _refuse(Reason.TOO_LARGE, f"more than {allowed} bytes")


class _Refused(Exception):
    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def _refuse(reason: Reason, detail: str = "") -> NoReturn:
    raise _Refused(reason, detail)


def _refuse_declaration(*_: object) -> NoReturn:
    _refuse(Reason.FORBIDDEN)


def _hardened_parser() -> expat.XMLParserType:
    """Return a parser that refuses any DTD or entity declaration before acting on it."""
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.buffer_size = PIECE_BYTES
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    parser.ExternalEntityRefHandler = _refuse_declaration
    return parser


class _Response:
    """QuickBooks' answer on its way to the sink."""

    def __init__(self, open_sink: OpenSink | None) -> None:
        self.begun = False
        self.size = 0
        self._open_sink = open_sink
        self._sink: Sink | None = None
        self._digest = hashlib.sha256()
        self._head: str | None = ""

    def begin(self, ticket: str) -> None:
        self.begun = True
        self._sink = self._open_sink(ticket) if self._open_sink else None

    @property
    def is_under_way(self) -> bool:
        """Whether the head has passed, where a stale declaration may stand."""
        return self._head is None

    def add(self, text: str) -> None:
        if self._head is None:
            self.put(text.encode())
            return
        self._head += text
        if len(self._head) >= _HEAD_CHARS:
            self.put_head()

    def put_head(self) -> None:
        """Pass on the beginning without its stale declaration; the second time, nothing."""
        head, self._head = self._head or "", None
        stale = _STALE.match(head)
        self.put((stale[1] + head[stale.end() :] if stale else head).encode())

    def put(self, data: bytes) -> None:
        self.size += len(data)
        self._digest.update(data)
        if self._sink is not None and data:
            self._sink(data)

    def received(self, *, mended: bool) -> ReceivedText:
        kept = self._sink is not None
        sha256 = self._digest.hexdigest()
        return ReceivedText(size=self.size, sha256=sha256, kept=kept, mended=mended)


class _Envelope:
    """Handlers for the frame: Envelope, Header or Body, the call, its parameters."""

    def __init__(self, open_sink: OpenSink | None) -> None:
        self.method = ""
        self.values: dict[str, str] = {}
        self.response = _Response(open_sink)
        self._depth = 0
        self._bodies = 0
        self._in_body = False
        self._name = ""  # the parameter being read
        self._parts: list[str] = []
        self._chars = 0
        self._in_cdata = False

    @property
    def is_plain(self) -> bool:
        """Whether what comes next is escaped text of the answer."""
        return self._name == "response" and self.response.is_under_way and not self._in_cdata

    def start_cdata(self) -> None:
        self._in_cdata = True

    def end_cdata(self) -> None:
        self._in_cdata = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        namespace, _, local = tag.rpartition(" ")
        if self._depth == _ENVELOPE_DEPTH:
            if (namespace, local) != (ENVELOPE, "Envelope"):
                _refuse(Reason.NOT_SOAP, f"the root is {local[:NAME_CHARS_MAX]}")
        elif self._depth == _BODY_DEPTH:
            self._start_part(namespace, local)
        elif self._in_body and self._depth == _CALL_DEPTH:
            self._start_call(namespace, local)
        elif self._in_body and self._depth == _PARAMETER_DEPTH:
            self._start_parameter(namespace, local, attributes)
        elif self._in_body:
            _refuse(Reason.NOT_TEXT, local[:NAME_CHARS_MAX])
        elif self._depth > DEPTH_MAX:
            _refuse(Reason.TOO_DEEP, f"more than {DEPTH_MAX} levels")

    def _start_part(self, namespace: str, local: str) -> None:
        self._in_body = (namespace, local) == (ENVELOPE, "Body")
        self._bodies += self._in_body
        if self._bodies > 1:
            _refuse(Reason.AMBIGUOUS, "two bodies")

    def _start_call(self, namespace: str, local: str) -> None:
        if self.method:
            _refuse(Reason.AMBIGUOUS, f"{local[:NAME_CHARS_MAX]} beside {self.method}")
        if namespace != NAMESPACE or local not in METHODS:
            _refuse(Reason.UNKNOWN_METHOD, local[:NAME_CHARS_MAX])
        self.method = local

    def _start_parameter(self, namespace: str, local: str, attributes: Mapping[str, str]) -> None:
        if namespace not in ("", NAMESPACE) or local not in METHODS[self.method].parameters:
            return
        if local in self.values or "href" in attributes:
            _refuse(Reason.AMBIGUOUS, local)
        self._name = local
        self.values[local] = ""
        if local == "response":
            self.response.begin(_ticket(self.values))

    def text(self, text: str) -> None:
        if not self._name:
            return
        if self._name == "response":
            self.response.add(text)
            return
        self._chars += len(text)
        if self._chars > PARAMETER_CHARS_MAX:
            _refuse(Reason.TOO_LARGE, self._name)
        self._parts.append(text)

    def end(self, _tag: str) -> None:
        self._depth -= 1
        if self._name == "response":
            self.response.put_head()
        elif self._name:
            self.values[self._name] = "".join(self._parts)
            self._parts.clear()
            self._chars = 0
        self._name = ""


def _unescape(part: bytes) -> bytes | None:
    """Undo the escaping of plain text; None where the parser itself has to look."""
    if b"\r" in part or b"]]>" in part:
        return None
    left = part.count(b"&")
    for reference, plain in _REFERENCES:
        if not left:
            return part
        before = len(part)
        part = part.replace(reference, plain)
        left -= (before - len(part)) // (len(reference) - 1)
    return None if left else part


def _ticket(values: Mapping[str, str]) -> str:
    return values.get("ticket", values.get("wcTicket", "")).strip()


def _number(text: str) -> int:
    found = _INTEGER.fullmatch(text)
    return int(found[1]) if found else 0


# which field of the call a parameter fills, where it is not simply trimmed text
_FIELDS: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "strVersion": ("version", str.strip),
    "strUserName": ("user_name", str.strip),
    "strPassword": ("password", str),
    "ticket": ("ticket", str.strip),
    "wcTicket": ("ticket", str.strip),
    "strHCPResponse": ("hcp_response", str),
    "strCompanyFileName": ("company_file", str.strip),
    "qbXMLCountry": ("country", str.strip),
    "qbXMLMajorVers": ("major", _number),
    "qbXMLMinorVers": ("minor", _number),
    "hresult": ("hresult", str.strip),
    "message": ("message", str.strip),
    "sessionID": ("session_id", str.strip),
    "reason": ("reason", str.strip),
}
_CALLS: Final[dict[str, Callable[..., Call]]] = {
    "serverVersion": ServerVersion,
    "clientVersion": ClientVersion,
    "authenticate": Authenticate,
    "sendRequestXML": SendRequestXML,
    "receiveResponseXML": ReceiveResponseXML,
    "connectionError": ConnectionFailure,
    "getLastError": GetLastError,
    "closeConnection": CloseConnection,
    "getInteractiveURL": GetInteractiveURL,
    "interactiveRejected": InteractiveRejected,
    "interactiveDone": InteractiveDone,
}


def _build(envelope: _Envelope, *, mended: bool) -> Call:
    fields: dict[str, Any] = {}
    for name, value in envelope.values.items():
        if name != "response":
            field, read = _FIELDS[name]
            fields[field] = read(value)
    if envelope.method == "receiveResponseXML":
        fields["response"] = envelope.response.received(mended=mended)
    return _CALLS[envelope.method](**fields)
