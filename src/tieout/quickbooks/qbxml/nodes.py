"""Reading values out of a parsed object. Every child may be missing; amounts are never guessed.

``IncludeRetElement`` lets QuickBooks leave out children that the schema calls mandatory, so a
missing text is ``""`` and any other missing value is ``None``. A value that is present but
unreadable raises ``MalformedResponse`` naming element and text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tieout.quickbooks.qbxml.reader import MalformedResponse, Node
from tieout.quickbooks.qbxml.requests import Ref

T = TypeVar("T")
NO_REF = Ref()


def first(node: Node, tag: str) -> Any:
    """The child, the first of several, or None."""
    value = node.get(tag)
    return value[0] if isinstance(value, list) else value


def text(node: Node, tag: str) -> str:
    """The child's text, or ""."""
    value = node.get(tag, "")
    if value.__class__ is str:
        return value
    value = first(node, tag)
    return value if isinstance(value, str) else ""


def child(node: Node, tag: str) -> Node:
    """The child's own children, or an empty node."""
    value = first(node, tag)
    return value if isinstance(value, dict) else {}


def each(node: Node, tag: str) -> list[Node]:
    """All children of that tag that have children themselves."""
    value = node.get(tag)
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]


def texts(node: Node, tag: str) -> tuple[str, ...]:
    """All texts of that tag."""
    value = node.get(tag)
    values = value if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, str))


def read_as(parse: Callable[[str | None], T | None], node: Node, tag: str) -> T | None:
    """The child parsed as number, date or flag; None when missing or blank."""
    if tag not in node:
        return None
    try:
        return parse(text(node, tag))
    except ValueError as error:
        msg = f"The answer of QuickBooks cannot be read: {tag} is {error}."
        raise MalformedResponse(msg) from None


def ref(node: Node, tag: str) -> Ref:
    """The reference; an empty ``Ref`` (false) when missing."""
    if tag not in node:
        return NO_REF
    inner = child(node, tag)
    return Ref(text(inner, "ListID"), text(inner, "FullName"))
