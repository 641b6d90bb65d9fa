"""Answers to events, in flat memory however long the answer is.

Built on the C parser of the standard library with its own handlers, because only there can a DTD
or an entity be refused before anything is expanded or fetched, in every encoding. Unknown
elements and attributes, another order of children and missing attributes are tolerated: live
products deviate from the schema in all of these. What cannot be read raises
``MalformedResponse`` and nothing else. An event that came before such an error is evidence, not a
result: conclude nothing from an answer until its end was reached.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from xml.parsers import expat

from tieout.quickbooks.errors import RemoteError
from tieout.quickbooks.qbxml.feed import pieces

Node = dict[str, Any]
"""Children by tag: text, a ``Node``, or a list of these where a tag repeats. Group lines stand in
the list of the plain lines, in their place, marked by ``"#tag"``."""

BYTES_MAX: Final = 512 * 1024 * 1024
OBJECT_BYTES_MAX: Final = 64 * 1024 * 1024
TOKEN_BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 20
_INTEGER: Final = re.compile(r"\s*-?[0-9]{1,18}\s*")
_SHARED: Final = {
    "InvoiceLineGroupRet": "InvoiceLineRet",
    "CreditMemoLineGroupRet": "CreditMemoLineRet",
}


class MalformedResponse(RemoteError):
    """The answer is not readable qbXML: cut off, damaged or hostile."""


@dataclass(frozen=True, slots=True)
class Status:
    """Outcome of one request. ``code`` -1 means that the answer carried no readable code."""

    code: int
    severity: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class SetStart:
    """The answer begins. ``status_code`` is that of the message set, only when ids were used."""

    new_message_set_id: str
    status_code: int | None


@dataclass(frozen=True, slots=True)
class ResponseStart:
    """The answer to one request begins; ``kind`` is its element without ``Rs``."""

    kind: str
    request_id: str
    status: Status
    ret_count: int | None
    iterator_id: str
    remaining: int | None


@dataclass(frozen=True, slots=True)
class Ret:
    """One object. Answers without one (TxnVoid) give their own children as ``TxnVoidRet``."""

    kind: str
    fields: Node


@dataclass(frozen=True, slots=True)
class ResponseEnd:
    """The answer to one request is complete."""

    kind: str


Event = SetStart | ResponseStart | Ret | ResponseEnd


def read(chunks: Iterable[bytes] | bytes | str, *, bytes_max: int = BYTES_MAX) -> Iterator[Event]:
    """Yield the events of an answer while it arrives.

    Raises ``MalformedResponse`` when it is cut off, not qbXML, hostile (DTD, entities, depth) or
    longer than ``bytes_max``.
    """
    parser = hardened_parser()
    envelope = _Envelope(parser)
    try:
        quiet_since = 0
        for fed in _feed(parser, chunks, bytes_max=bytes_max):
            if envelope.events:
                events, envelope.events[:] = envelope.events[:], []
                quiet_since = fed
                yield from events
            elif fed - quiet_since > OBJECT_BYTES_MAX:
                _refuse(f"one object is larger than {OBJECT_BYTES_MAX} bytes")
        if not envelope.sets:
            _refuse("it holds no QBXMLMsgsRs")
    finally:
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = None


def hardened_parser() -> expat.XMLParserType:
    """Return a parser that refuses any DTD or entity declaration before acting on it."""
    parser = expat.ParserCreate("utf-8")  # overrides what the document declares
    parser.buffer_text = True
    parser.buffer_size = 64 * 1024
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.ExternalEntityRefHandler = _refuse_doctype
    return parser


def _feed(
    parser: expat.XMLParserType, chunks: Iterable[bytes] | bytes | str, *, bytes_max: int
) -> Iterator[int]:
    """Parse piece by piece; yield the bytes fed so far after each, the last after the end."""
    fed = 0
    try:
        for piece in pieces(chunks):
            fed += len(piece)
            if fed > bytes_max:
                _refuse(f"it is longer than {bytes_max} bytes")
            parser.Parse(piece, False)  # noqa: FBT003  expat's own signature
            if fed - parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                _refuse(f"one tag or comment is larger than {TOKEN_BYTES_MAX} bytes")
            yield fed
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code) or "not well-formed"
        _refuse(f"{reason} in line {error.lineno}")
    yield fed


def _refuse(reason: str) -> NoReturn:
    msg = f"The answer of QuickBooks cannot be read: {reason}."
    raise MalformedResponse(msg) from None


def _refuse_doctype(*_: object) -> NoReturn:
    _refuse("it holds a document type declaration or an entity")


class _Envelope:
    """Handlers for the two outer elements and the start of each response.

    Inside a response the handlers of ``_object_handlers`` take over until it ends.
    """

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.events: list[Event] = []
        self.sets = 0
        self._depth = 0
        self._parser = parser
        self._listen()

    def _listen(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = None

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._depth == 2:
            self._start_response(tag, attributes)
            return
        wanted = "QBXMLMsgsRs" if self._depth else "QBXML"
        if tag != wanted:
            _refuse(f"{tag[:60]} where {wanted} is expected")
        if self._depth:
            self.sets += 1
            code = _integer(attributes.get("messageSetStatusCode"))
            self.events.append(SetStart(attributes.get("newMessageSetID", ""), code))
        self._depth += 1

    def _end(self, _tag: str) -> None:
        self._depth -= 1

    def _start_response(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.removesuffix("Rs")
        code = _integer(attributes.get("statusCode"))
        status = Status(
            code=-1 if code is None else code,
            severity=attributes.get("statusSeverity", ""),
            message=attributes.get("statusMessage", ""),
        )
        self.events.append(
            ResponseStart(
                kind=kind,
                request_id=attributes.get("requestID", ""),
                status=status,
                ret_count=_integer(attributes.get("retCount")),
                iterator_id=attributes.get("iteratorID", ""),
                remaining=_integer(attributes.get("iteratorRemainingCount")),
            )
        )
        _listen_inside(self._parser, kind, self.events, self._listen)


def _listen_inside(
    parser: expat.XMLParserType, kind: str, events: list[Event], done: Callable[[], None]
) -> None:
    """Build the objects of one response. Closures over locals, because this is the hot path.

    ``stack[0]`` holds the bare texts of the response itself, ``stack[1]`` the object being read.
    """
    stack: list[Node] = [{}]
    parts: list[str] = []
    push, pop, clear, join = stack.append, stack.pop, parts.clear, "".join

    def start(_tag: str, _attributes: dict[str, str]) -> None:
        if len(stack) > DEPTH_MAX:
            _refuse(f"an object is nested deeper than {DEPTH_MAX} levels")
        push({})
        clear()

    def end(tag: str) -> None:
        value: str | Node = pop() or join(parts)
        clear()
        if len(stack) > 1:
            parent = stack[-1]
            if tag in parent or tag in _SHARED:
                _put(parent, tag, value)
            else:
                parent[tag] = value
        elif stack:
            _end_object(tag, value, stack[0], events)
        else:
            if isinstance(value, dict):
                events.append(Ret(f"{kind}Ret", value))
            events.append(ResponseEnd(kind))
            done()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = parts.append


def _end_object(tag: str, value: str | Node, response: Node, events: list[Event]) -> None:
    """An aggregate is an object of its own; a bare text belongs to the response itself."""
    if isinstance(value, dict) or tag.endswith("Ret"):
        events.append(Ret(tag, value if isinstance(value, dict) else {}))
    else:
        _put(response, tag, value)


def _put(parent: Node, tag: str, value: str | Node) -> None:
    """Add a child that repeats, or that shares the list of another tag."""
    if tag in _SHARED and isinstance(value, dict):
        value["#tag"] = tag
        tag = _SHARED[tag]
    if tag not in parent:
        parent[tag] = value
    elif isinstance(parent[tag], list):
        parent[tag].append(value)
    else:
        parent[tag] = [parent[tag], value]


def _integer(text: str | None) -> int | None:
    """Read an attribute's number; anything unreadable counts as missing."""
    return int(text) if text and _INTEGER.fullmatch(text) else None
