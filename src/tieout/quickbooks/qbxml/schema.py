"""How a Python field becomes an element: name, lexical type, limit, place.

Every request is a frozen dataclass whose **fields stand in the element order of Intuit's schema**
and carry one ``Element`` each in their metadata. That makes the class the order table and the
length table at once: read the class next to the schema, top to bottom. Only elements of the US
desktop editions exist here; what has no field (TaxAmount, IsTaxIncluded, Suffix, OpenBalance,
CreditCardInfo …) cannot be sent.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final, Literal

from tieout.quickbooks.errors import LocalError

# The one version that Tieout speaks: QuickBooks 2014 and newer understand it, and every message is
# checked against its schema. Older ones lack what nobody has tried here.
VERSION: Final = "13.0"

Kind = Literal[
    "text", "name", "id", "amount", "quantity", "date", "datetime", "guid", "owner", "bool",
    "count", "enum", "macro", "ref", "address", "nested", "list_id",
]  # fmt: skip


class RefusedByUs(LocalError):
    """A request is outside what QuickBooks accepts; nothing was sent.

    ``element`` is the qbXML element, ``value`` what was given (shortened), ``limit`` the rule.
    """

    def __init__(self, *, element: str, value: object, limit: str, remedy: str) -> None:
        self.element = element
        self.value = value
        self.limit = limit
        super().__init__(f"{element} {limit} (given: {_short(value)})", remedy=remedy)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """The rule of one field.

    ``tag`` element name · ``kind`` lexical type · ``limit`` characters (or of a Ref's FullName) ·
    ``under`` wrapper shared by neighbouring fields ·
    ``group`` number of the choice group in a query (0 = none) · ``many`` repeats ·
    ``clearable`` "" is sent as an empty element · ``choices`` legal enum values ·
    ``required`` may not be blank · ``swap`` (flag attribute, tag when that flag is set).
    """

    tag: str
    kind: Kind
    limit: int = 0
    under: str = ""
    group: int = 0
    many: bool = False
    clearable: bool = False
    choices: tuple[str, ...] = ()
    required: bool = False
    swap: tuple[str, str] | None = None


def el(tag: str, kind: Kind, limit: int = 0, **rule: Any) -> dict[str, Element]:
    """Build the metadata of a dataclass field: ``field(metadata=el("Name", "name", 41))``."""
    return {"qbxml": Element(tag=tag, kind=kind, limit=limit, **rule)}


@cache
def table(cls: type) -> tuple[tuple[str, Element, object], ...]:
    """(attribute, rule, default) of each field that becomes an element, in element order."""
    return tuple(
        (item.name, item.metadata["qbxml"], item.default)
        for item in fields(cls)
        if "qbxml" in item.metadata
    )
