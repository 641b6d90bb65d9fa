"""Request bodies as the Web Connector writes them, and a desk that reads them."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tieout.quickbooks.qbwc import BODY_BYTES_MAX, Call, Unreadable, parse_request

PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
INTUIT = "http://developer.intuit.com/"
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def envelope(inside: str, *, header: str = "", prolog: str = PROLOG) -> str:
    return (
        f'{prolog}<soap:Envelope xmlns:soap="{SOAP}">{header}'
        f"<soap:Body>{inside}</soap:Body></soap:Envelope>"
    )


def literal(method: str, **parameters: str) -> str:
    """document/literal, as most versions send it."""
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parameters.items())
    return envelope(f'<{method} xmlns="{INTUIT}">{inside}</{method}>')


def encoded(method: str, **parameters: str) -> str:
    """rpc/encoded, as some versions send it."""
    inside = "".join(
        f'<{name} xsi:type="xsd:string">{escape(text)}</{name}>'
        if text
        else f'<{name} xsi:type="xsd:string" xsi:nil="true"/>'
        for name, text in parameters.items()
    )
    return (
        f'{PROLOG}<soap:Envelope xmlns:soap="{SOAP}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body'
        ' soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f'<q1:{method} xmlns:q1="{INTUIT}">{inside}</q1:{method}></soap:Body></soap:Envelope>'
    )


def read(
    body: str | bytes, *, piece: int = 1 << 20, bytes_max: int = BODY_BYTES_MAX
) -> Call | Unreadable:
    data = body.encode() if isinstance(body, str) else body
    pieces = (data[at : at + piece] for at in range(0, len(data), piece))
    return parse_request(pieces, bytes_max=bytes_max)


class Desk:
    """Where answers go; `tickets` are those it was asked for."""

    def __init__(self, *, wanted: bool = True) -> None:
        self.tickets: list[str] = []
        self.pieces: list[bytes] = []
        self._wanted = wanted

    def open(self, ticket: str):
        self.tickets.append(ticket)
        return self.pieces.append if self._wanted else None

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode()

    def read(self, body: str | bytes, *, piece: int = 1 << 20) -> Call | Unreadable:
        data = body.encode() if isinstance(body, str) else body
        pieces = (data[at : at + piece] for at in range(0, len(data), piece))
        return parse_request(pieces, open_sink=self.open)
