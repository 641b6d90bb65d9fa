"""Answers: what a handler returns, and how a whole set is written.

Form as observed: `<?xml version="1.0" ?>`, no qbxml instruction, LF, self-closed empty elements,
everything beyond ASCII as character references.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Field: TypeAlias = "tuple[str, str | Sequence[Field]]"
OK = "Status OK"
NO_MATCH = "A query request did not find a matching object in QuickBooks"
WARN_FIRST = 500
ERROR_FIRST = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request is answered: status, attributes of the Rs element, its children."""

    fields: Sequence[Field] = ()
    code: int = 0
    message: str = OK
    attributes: dict[str, str] = field(default_factory=dict)


def severity(code: int) -> str:
    """Return Info, Warn or Error for a status code (Intuit's ranges)."""
    if code < WARN_FIRST:
        return "Info"
    return "Warn" if code < ERROR_FIRST else "Error"


def chosen(fields: Sequence[Field], wanted: Iterable[str]) -> Sequence[Field]:
    """Keep the named top-level elements of a Ret; unknown names are silently ignored."""
    names = frozenset(wanted)
    return [item for item in fields if item[0] in names] if names else fields


def escape(text: str) -> str:
    """Escape text for element content and attribute values, ASCII only."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace('"', "&quot;")
    return text if text.isascii() else text.encode("ascii", "xmlcharrefreplace").decode()


def render(fields: Sequence[Field]) -> str:
    """Write elements one after the other."""
    parts: list[str] = []
    _render(fields, parts)
    return "".join(parts)


def _render(fields: Sequence[Field], parts: list[str]) -> None:
    for tag, value in fields:
        if not isinstance(value, str):
            parts.append(f"<{tag}>\n")
            _render(value, parts)
            parts.append(f"</{tag}>\n")
        elif value:
            parts.append(f"<{tag}>{escape(value)}</{tag}>\n")
        else:
            parts.append(f"<{tag}></{tag}>\n")


def render_answer(kind: str, request_id: str | None, answer: Answer, *, with_data: bool) -> str:
    """Write one Rs element."""
    attributes = {} if request_id is None else {"requestID": request_id}
    attributes |= {
        "statusCode": str(answer.code),
        "statusSeverity": severity(answer.code),
        "statusMessage": answer.message,
        **answer.attributes,
    }
    head = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    body = render(answer.fields) if with_data else ""
    return f"<{kind}Rs {head}>\n{body}</{kind}Rs>\n" if body else f"<{kind}Rs {head} />\n"


def render_set(answers: str, *, set_id: str | None = None, status: int | None = None) -> str:
    """Write the document around the answers; id and set status appear only when ids were used."""
    head = "" if set_id is None else f' newMessageSetID="{escape(set_id)}"'
    head += "" if status is None else f' messageSetStatusCode="{status}"'
    inner = (
        f"<QBXMLMsgsRs{head}>\n{answers}</QBXMLMsgsRs>" if answers else f"<QBXMLMsgsRs{head} />"
    )
    return f'<?xml version="1.0" ?>\n<QBXML>\n{inner}\n</QBXML>\n'
