"""The smallest question to QuickBooks: is anybody there? It reads nothing of the books."""

from __future__ import annotations

from xml.parsers import expat

from tieout.quickbooks.qbxml import VERSION


def request() -> str:
    """HostQuery, in the version of every other message: a session without it was refused."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<?qbxml version="{VERSION}"?>\n'
        '<QBXML><QBXMLMsgsRq onError="stopOnError">'
        '<HostQueryRq requestID="fence"></HostQueryRq></QBXMLMsgsRq></QBXML>'
    )


def was_answered(answer: str) -> bool:
    """True when the answer holds HostQueryRs with statusCode 0."""
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "HostQueryRs":
            found.append(attributes.get("statusCode", ""))

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(answer.encode("utf-8", "replace"), True)  # noqa: FBT003 — by position
    except (expat.ExpatError, ValueError):
        return False
    return found == ["0"]


def _refuse(*_parts: object) -> None:
    msg = "a document type is not part of qbXML"
    raise ValueError(msg)
