"""The smallest question to QuickBooks: is anybody there? It reads nothing of the books."""

from __future__ import annotations

from collections.abc import Sequence
from xml.parsers import expat


def request(versions: Sequence[str]) -> str:
    """HostQuery in qbXML 13.0 if offered, else in the newest version of the session."""
    version = "13.0" if "13.0" in versions or not versions else max(versions, key=_order)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<?qbxml version="{version}"?>\n'
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


def _order(version: str) -> tuple[int, ...]:
    digits = version.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").split(".")
    return tuple(int(part) for part in digits if part.isdigit())


def _refuse(*_parts: object) -> None:
    msg = "a document type is not part of qbXML"
    raise ValueError(msg)
