"""Answers of QuickBooks, composed for tests of what reads them."""

from __future__ import annotations


def answer(*responses: str, set_status: int | None = None) -> bytes:
    said = "" if set_status is None else f' messageSetStatusCode="{set_status}"'
    return (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs{said}>{"".join(responses)}'
        "</QBXMLMsgsRs></QBXML>"
    ).encode()


def response(
    kind: str, body: str = "", *, request_id: str = "", code: int = 0, text: str = ""
) -> str:
    severity = "Info" if code < 500 else "Warn" if code < 1000 else "Error"
    return (
        f'<{kind}Rs requestID="{request_id}" statusCode="{code}" statusSeverity="{severity}" '
        f'statusMessage="{text}">{body}</{kind}Rs>'
    )
