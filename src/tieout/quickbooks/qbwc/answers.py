"""Our answers: as values, and as the exact bytes the Web Connector's .NET client reads.

It wants the exact namespace and `<method>Result` names, at least two `<string>` elements from
authenticate with an explicit empty one for "", a whole number from receiveResponseXML, and a
message set escaped once more (observed).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from tieout.quickbooks.qbwc.calls import METHODS, NAMESPACE
from tieout.quickbooks.qbwc.soap import ENVELOPE

CONTENT_TYPE: Final = "text/xml; charset=utf-8"
NO_USER, NO_WORK, BUSY, OPEN_FILE = "nvu", "none", "busy", ""
STOP: Final = "done"
WAIT: Final = "NoOp"
FAILED: Final = -1
_STRINGS_MIN: Final = 2
_HEAD: Final = (
    f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{ENVELOPE}"><soap:Body>\n'
)
_TAIL: Final = "\n</soap:Body></soap:Envelope>\n"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticateReply:
    """What login leads to.

    `verdict`: a company file's path, OPEN_FILE, NO_WORK, NO_USER or BUSY. `postpone_s`: try again
    after so many seconds. `every_s_min`: the shortest schedule allowed, in seconds.
    """

    ticket: str
    verdict: str
    postpone_s: int | None = None
    every_s_min: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReply:
    """A text as the result of `method`."""

    method: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentReply:
    """To receiveResponseXML: 1-99 call again, 100 done, negative look at getLastError."""

    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverReply:
    """To sendRequestXML: the bytes of the work named `key`, which the caller has."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalReply:
    """To a body that is no call of `method` ("" = not even that is known)."""

    method: str


Reply = AuthenticateReply | TextReply | PercentReply | HandOverReply | RefusalReply


def render(reply: Reply, *, payload: str = "") -> bytes:
    """The bytes of an answer; `payload` is the message set of a HandOverReply."""
    match reply:
        case AuthenticateReply():
            return render_strings("authenticate", _login(reply))
        case PercentReply():
            return render_percent(reply.percent)
        case HandOverReply():
            return render_text("sendRequestXML", payload)
        case TextReply():
            return render_text(reply.method, reply.text)
        case RefusalReply():
            return render_refusal(reply.method)
        case _:
            assert_never(reply)


def _login(reply: AuthenticateReply) -> list[str]:
    """Ticket, verdict, seconds to postpone, shortest schedule; the tail only as far as needed."""
    strings = [reply.ticket, reply.verdict]
    if reply.postpone_s is not None or reply.every_s_min is not None:
        strings.append(str(reply.postpone_s or 0))
    if reply.every_s_min is not None:
        strings.append(str(reply.every_s_min))
    return strings


def render_strings(method: str, strings: Sequence[str]) -> bytes:
    """An array of strings, filled up with empty ones to the two the client insists on."""
    filled = [*strings, *[""] * (_STRINGS_MIN - len(strings))]
    return _render(method, "".join(f"<string>{_escape(text)}</string>" for text in filled))


def render_text(method: str, text: str) -> bytes:
    """One string; "" is an explicit empty element, never a missing one."""
    return _render(method, _escape(text))


def render_percent(percent: int) -> bytes:
    """The whole number of receiveResponseXML."""
    return _render("receiveResponseXML", f"{percent:d}")


def render_refusal(method: str) -> bytes:
    """What a body that is no call gets: the least harmful answer of its method, as a result.

    An authentication gives no access, an answer counts as not taken, a failed connection stops,
    anything else is empty. A body whose method is unknown gets an envelope with an empty body.
    """
    if method not in METHODS:
        return f"{_HEAD.rstrip()}{_TAIL.lstrip()}".encode()
    if method == "authenticate":
        return render_strings(method, ["", NO_USER])
    if METHODS[method].result == "int":
        return render_percent(FAILED)
    return render_text(method, STOP if method == "connectionError" else "")


def _render(method: str, result: str) -> bytes:
    body = (
        f'<{method}Response xmlns="{NAMESPACE}">'
        f"<{method}Result>{result}</{method}Result></{method}Response>"
    )
    return f"{_HEAD}{body}{_TAIL}".encode()


def _escape(text: str) -> str:
    """Escape for an element; CR would be lost as it is, and what XML forbids is marked."""
    if not text.isprintable():
        text = _ILLEGAL.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")
