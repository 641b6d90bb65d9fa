"""Lexical rules of the value types, the status code of each violation, and money arithmetic.

Types and patterns: Intuit's schema. Which status code a violation gets is observed for some and
assumed for the others. Money is kept in whole cents.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_NUMBER = re.compile(r"(?:[+-]?[0-9]{1,10}(?:\.[0-9]{1,5})?)?")
_DATETIME = re.compile(
    r"(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:T[0-9]{1,2}(?::[0-9]{1,2}(?::[0-9]{1,2}(?:[+-][0-9]{1,2}:[0-9]{1,2})?)?)?)?)?"
)
_PATTERNS = {
    "BOOL": re.compile(r"true|false|1|0|"),
    "AMT": re.compile(r"(?:[+-]?[0-9]{1,13}(?:\.[0-9]{2})?)?"),
    "PRICE": _NUMBER,
    "QUAN": _NUMBER,
    "PERCENT": _NUMBER,
    "DATETIME": _DATETIME,
    "GUID": re.compile(r"0|\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}"),
    "INT": re.compile(r"[+-]?[0-9]+"),
    "POSINT": re.compile(r"\+?0*[1-9][0-9]*"),
    "MONTH": re.compile(r"\+?0*(?:[1-9]|1[0-2])"),
    "FLOAT": re.compile(r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))?"),
}
_COLLAPSED = frozenset({"BOOL", "DATE", "INT", "POSINT", "MONTH", "FLOAT"})
_CODES = {
    "BOOL": (3010, "boolean"),
    "DATE": (3020, "date"),
    "DATETIME": (3020, "date"),
    "AMT": (3040, "amount"),
    "PRICE": (3045, "price"),
    "PERCENT": (3050, "percent"),
    "QUAN": (3060, "quantity"),
    "GUID": (3065, "GUID"),
    "INT": (3085, "number"),
    "POSINT": (3085, "number"),
    "MONTH": (3085, "number"),
    "FLOAT": (3085, "number"),
}
ID_LENGTH = 36
YEAR_FIRST = 1901
CENT = Decimal("0.01")
CENTS_MAX = 10**15 - 1  # an amount has 13 digits before the point (Intuit's schema)
COUNT_MAX = 2**31 - 1


def fault_of(kind: str, text: str, *, field: str) -> tuple[int, str] | None:
    """Return (status code, message) when `text` is no value of `kind`; None when it is one."""
    if kind.startswith("STR"):
        limit = kind[3:]
        if limit and len(text) > int(limit):
            return 3070, f'The string "{text[:40]}" in the field "{field}" is too long.'
        return None
    if kind in ("ID", "MACROID"):
        if len(text) > ID_LENGTH:
            return 3000, f'The given object ID "{text}" in the field "{field}" is invalid.'
        return None
    value = text.strip(" \t\r\n") if kind in _COLLAPSED else text
    good = is_date(value) if kind == "DATE" else bool(_PATTERNS[kind].fullmatch(value))
    if good:
        return None
    code, noun = _CODES[kind]
    return (
        code,
        f'There was an error when converting the {noun} value "{text}" in the field "{field}".',
    )


def is_date(text: str) -> bool:
    """Say whether the text is empty or a date from 1901 on (Intuit's documentation)."""
    if not text:
        return True
    match = _DATE.fullmatch(text)
    if not match:
        return False
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).year >= YEAR_FIRST
    except ValueError:
        return False


def to_bool(text: str | None, *, default: bool = False) -> bool:
    """Read a boolean that has passed `fault_of`; empty or missing means the default."""
    value = (text or "").strip()
    return value in ("true", "1") if value else default


def to_date(text: str | None) -> str | None:
    """Return YYYY-MM-DD (a zone is dropped), None for empty or missing."""
    value = (text or "").strip()
    return value[:10] if value else None


def to_cents(text: str) -> int:
    """Read an amount as whole cents."""
    return int((Decimal(text) * 100).to_integral_value())


def round_cents(value: Decimal) -> int:
    """Round dollars half up (away from zero) to whole cents, as QuickBooks does."""
    return int((value.quantize(CENT, rounding=ROUND_HALF_UP) * 100).to_integral_value())


def money(cents: int) -> str:
    """Render whole cents as dollars with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def plain(value: Decimal) -> str:
    """Render a quantity or rate without exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fold(text: str) -> str:
    """Return the form in which names are compared: case does not count."""
    return text.casefold()
