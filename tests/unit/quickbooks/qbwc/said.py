"""What the Web Connector says under one ticket, in few words."""

from __future__ import annotations

import hashlib

from tieout.quickbooks.qbwc import (
    CloseConnection,
    ConnectionFailure,
    GetLastError,
    ReceivedText,
    ReceiveResponseXML,
    SendRequestXML,
)

FILE = r"C:\Books\Northgate.QBW"


def send(ticket: str = "t-1", *, hcp: str = "", file: str = FILE) -> SendRequestXML:
    return SendRequestXML(
        ticket=ticket, hcp_response=hcp, company_file=file, country="US", major=13
    )


def first(ticket: str = "t-1") -> SendRequestXML:
    """The first call of a session brings the answers about host, company and preferences."""
    return send(ticket, hcp="<QBXML>Northgate</QBXML>")


def answer(
    text: str, ticket: str = "t-1", *, hresult: str = "", message: str = ""
) -> ReceiveResponseXML:
    data = text.encode()
    received = ReceivedText(size=len(data), sha256=hashlib.sha256(data).hexdigest(), kept=True)
    return ReceiveResponseXML(ticket=ticket, response=received, hresult=hresult, message=message)


def failure(hresult: str, ticket: str = "t-1", *, message: str = "") -> ReceiveResponseXML:
    return answer("", ticket, hresult=hresult, message=message)


def unreachable(hresult: str = "0x80040408", ticket: str = "t-1") -> ConnectionFailure:
    return ConnectionFailure(ticket=ticket, hresult=hresult, message="Could not start QuickBooks.")


def last_error(ticket: str = "t-1") -> GetLastError:
    return GetLastError(ticket=ticket)


def close(ticket: str = "t-1") -> CloseConnection:
    return CloseConnection(ticket=ticket)
