"""A planned posting as JSON, for the row that freezes it: what was previewed is what is sent."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from tieout.core.facts import Posting, PostingKind, PostingLine, QbEntry, QbJob


def to_json(posting: Posting) -> dict[str, Any]:
    """Every field of the posting in JSON's types; Decimals and days as text."""
    plain: dict[str, Any] = _plain(posting)
    return plain


def from_json(content: dict[str, Any]) -> Posting:
    """The posting that `to_json` wrote."""
    return Posting(
        **{
            **content,
            "kind": PostingKind(content["kind"]),
            "customer": QbJob(**content["customer"]),
            "txn_date": date.fromisoformat(content["txn_date"]),
            "due_date": _day(content["due_date"]),
            "total": Decimal(content["total"]),
            "terms": _entry(content["terms"]),
            "lines": tuple(_line(line) for line in content["lines"]),
            "notes": tuple(content["notes"]),
        }
    )


def _line(content: dict[str, Any]) -> PostingLine:
    return PostingLine(
        **{
            **content,
            "item": QbEntry(**content["item"]),
            "class_": _entry(content["class_"]),
            "amount": Decimal(content["amount"]),
            "quantity": _number(content["quantity"]),
            "rate": _number(content["rate"]),
            "service_date": _day(content["service_date"]),
        }
    )


def _entry(content: dict[str, Any] | None) -> QbEntry | None:
    return QbEntry(**content) if content else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _plain(value: Any) -> Any:
    """One walk over the facts; `asdict` would copy all of them first, at three times the cost."""
    if value is None or (isinstance(value, str | int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    message = f"A posting cannot hold {type(value).__name__}."
    raise TypeError(message)
