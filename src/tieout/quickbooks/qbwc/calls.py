"""The Web Connector's calls as data: what it may ask, with which parameters, and what it gets.

Names, order and types of METHODS are those of Intuit's service description; serverVersion comes
without a parameter in real traffic (observed), and the last three belong to Intuit's
documentation of interactive mode only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

NAMESPACE: Final = "http://developer.intuit.com/"
BODY_BYTES_MAX: Final = 96 * 1024 * 1024  # 50 MB of qbXML are 69 MB once escaped
CLAIM_DIGITS_MAX: Final = 18


@dataclass(frozen=True, slots=True)
class Method:
    """One operation: its element, its parameters in order, and the kind of its result.

    A parameter is text unless it stands in `integers`. `described`: it stands in the WSDL.
    """

    name: str
    parameters: tuple[str, ...]
    result: Literal["string", "int", "strings"] = "string"
    integers: tuple[str, ...] = ()
    described: bool = True


_ROWS: Final = (
    Method("serverVersion", ()),
    Method("clientVersion", ("strVersion",)),
    Method("authenticate", ("strUserName", "strPassword"), "strings"),
    Method(
        "sendRequestXML",
        (
            "ticket",
            "strHCPResponse",
            "strCompanyFileName",
            "qbXMLCountry",
            "qbXMLMajorVers",
            "qbXMLMinorVers",
        ),
        integers=("qbXMLMajorVers", "qbXMLMinorVers"),
    ),
    Method("receiveResponseXML", ("ticket", "response", "hresult", "message"), "int"),
    Method("connectionError", ("ticket", "hresult", "message")),
    Method("getLastError", ("ticket",)),
    Method("closeConnection", ("ticket",)),
    Method("getInteractiveURL", ("wcTicket", "sessionID"), described=False),
    Method("interactiveRejected", ("wcTicket", "reason"), described=False),
    Method("interactiveDone", ("wcTicket",), described=False),
)
METHODS: Final[dict[str, Method]] = {method.name: method for method in _ROWS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedText:
    """A text that was handed on while it arrived.

    `size` and `sha256` are of its UTF-8 bytes as they went to the sink. `kept` is False when no
    sink wanted it. `mended`: characters that XML forbids were replaced by U+FFFD on the way.
    """

    size: int = 0
    sha256: str = hashlib.sha256(b"").hexdigest()
    kept: bool = False
    mended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerVersion:
    """Which version are you? Asked first, shown in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientVersion:
    """The Web Connector's own version, such as `34.0.10019.100`."""

    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate:
    """Name and password of one update. The password is never shown in a repr."""

    user_name: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequestXML:
    """Give me work.

    `hcp_response` is a combined answer to host, company and preferences queries, on the first
    call of a session only. `major` and `minor` are the qbXML version; 0 when missing or unread.
    """

    ticket: str = ""
    hcp_response: str = field(default="", repr=False)
    company_file: str = ""
    country: str = ""
    major: int = 0
    minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveResponseXML:
    """QuickBooks' answer, or an empty one with the HRESULT and message of what went wrong."""

    ticket: str = ""
    response: ReceivedText = field(default_factory=ReceivedText)
    hresult: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFailure:
    """The call connectionError: the Web Connector could not open QuickBooks or its file."""

    ticket: str = ""
    hresult: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLastError:
    """What happened, and what is to be done?"""

    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseConnection:
    """The update is over."""

    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetInteractiveURL:
    """Where is the page for a person? We have none."""

    ticket: str = ""
    session_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractiveRejected:
    """A person declined the page."""

    ticket: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractiveDone:
    """Is the person done?"""

    ticket: str = ""


Call = (
    ServerVersion
    | ClientVersion
    | Authenticate
    | SendRequestXML
    | ReceiveResponseXML
    | ConnectionFailure
    | GetLastError
    | CloseConnection
    | GetInteractiveURL
    | InteractiveRejected
    | InteractiveDone
)


class Reason(StrEnum):
    """Why a body is no call. The text is the sentence for the log."""

    NOT_XML = "The body is not well-formed XML, or it was cut off."
    FORBIDDEN = "The body holds a document type declaration or an entity."
    NOT_SOAP = "The body is no SOAP 1.1 envelope."
    NO_CALL = "The envelope holds no call."
    UNKNOWN_METHOD = "The envelope asks for something the Web Connector does not know."
    AMBIGUOUS = "The body says the same thing twice, or refers to another part of it."
    NOT_TEXT = "A parameter holds elements where text is expected."
    TOO_LARGE = "The body, or a part of it, is larger than allowed."
    TOO_DEEP = "The body is nested deeper than a call can be."
    NOT_STORED = "The answer in the body could not be stored."


_CUT: Final = (
    "If it came from the Web Connector, run the update again; "
    "if it happens twice, look for a proxy or virus scanner that changes or cuts what it sends."
)
_FOREIGN: Final = "It did not come from a Web Connector; look who else calls this address."
_LARGE: Final = "Ask for smaller pages, or raise the limit of the server and its proxy."
_NO_ROOM: Final = (
    "Whoever looks after Tieout makes room on the disk of its data directory and looks in its log; "
    "then run the update again."
)
REMEDIES: Final[dict[Reason, str]] = {
    Reason.NOT_XML: _CUT,
    Reason.FORBIDDEN: _FOREIGN,
    Reason.NOT_SOAP: _CUT,
    Reason.NO_CALL: _CUT,
    Reason.UNKNOWN_METHOD: _FOREIGN,
    Reason.AMBIGUOUS: _FOREIGN,
    Reason.NOT_TEXT: _FOREIGN,
    Reason.TOO_LARGE: _LARGE,
    Reason.TOO_DEEP: _FOREIGN,
    Reason.NOT_STORED: _NO_ROOM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A body that is no call: as much of it as was understood, and why it ended there.

    `method` is "" when not even that was read; `ticket` likewise.
    """

    reason: Reason
    detail: str = ""
    method: str = ""
    ticket: str = ""

    @property
    def remedy(self) -> str:
        """Who can do what about it."""
        return REMEDIES[self.reason]


def check_claim(content_length: str, *, bytes_max: int = BODY_BYTES_MAX) -> Unreadable | None:
    """Judge a Content-Length header before a byte is read; "" (chunked body) claims nothing."""
    text = content_length.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        return Unreadable(reason=Reason.NOT_SOAP, detail="Content-Length is not a number")
    if len(text) > CLAIM_DIGITS_MAX or int(text) > bytes_max:
        detail = f"{text[:CLAIM_DIGITS_MAX]} bytes are announced, {bytes_max} are allowed"
        return Unreadable(reason=Reason.TOO_LARGE, detail=detail)
    return None


def method_of_action(header: str) -> str:
    """Return the method a SOAPAction header names, quoted or not; "" for anything foreign.

    The body decides what is called. A header that disagrees is worth a line in the log only,
    because refusing the body could lose an answer of QuickBooks.
    """
    action = header.strip().strip('"')
    name = action.removeprefix(NAMESPACE)
    return name if action != name and name in METHODS else ""
