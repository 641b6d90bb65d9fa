"""The lexical types of qbXML: how a value is written and how an answer's text is read.

Sources: Intuit's schema (patterns) and documentation (ranges). Money, prices and quantities are
``Decimal``; a float or a bool where a number is wanted is refused. Every ``format_*`` raises
``ValueError`` with the rule that was broken; the writer adds the element's name. Every ``parse_*``
takes an answer's text, returns ``None`` for blank, and raises ``ValueError`` for anything else it
cannot read, so that an amount is never guessed.

Time rule: QuickBooks prints its local wall clock, and during daylight saving prints it with the
standard-time offset (observed). The offset is therefore worthless: keep the raw text for
comparing, use the wall-clock part, and send filters as wall clock without any offset.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{0,12})?|[+-]?\.[0-9]{1,12}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_WALL_CLOCK = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2})(?::([0-9]{2})(?::([0-9]{2}))?)?)?"
    r"(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)

DATE_MIN = date(1901, 1, 1)
DATETIME_MIN = datetime(1970, 1, 1)  # noqa: DTZ001  wall clock: see the time rule above
DATETIME_MAX = datetime(2038, 1, 19, 3, 14, 7)  # noqa: DTZ001


def _decimal(value: object) -> Decimal:
    """Take Decimal or int; a float has already lost the cents, a bool is a mistake."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        msg = f"must be a Decimal, not {type(value).__name__}"
        raise ValueError(msg)
    number = Decimal(value)
    if not number.is_finite():
        msg = "must be a finite number"
        raise ValueError(msg)
    return number


def _plain(number: Decimal, *, digits: int, places: int) -> str:
    """Write without exponent, refuse what would need rounding or more digits than allowed.

    A negative zero is written as the zero it equals.
    """
    text = format(number if number else abs(number), "f")
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(fraction.rstrip("0")) > places:
        msg = f"may have at most {places} decimals"
        raise ValueError(msg)
    if len(whole) > digits:
        msg = f"may have at most {digits} digits before the point"
        raise ValueError(msg)
    return text


def format_amount(value: object) -> str:
    """AMT: dollars with exactly two decimals; ``1.5`` and ``1.005`` are invalid in the schema."""
    text = _plain(_decimal(value), digits=13, places=2)
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def format_quantity(value: object) -> str:
    """QUAN, PRICE and PERCENT: at most ten digits and five decimals, trailing zeros dropped.

    Equal numbers give equal text, so that the same posting always gives the same bytes.
    """
    text = _plain(_decimal(value), digits=10, places=5)
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_date(value: object) -> str:
    """DATE: ``YYYY-MM-DD``, from 1901 on."""
    if not isinstance(value, date) or isinstance(value, datetime):
        msg = f"must be a date, not {type(value).__name__}"
        raise ValueError(msg)
    if value < DATE_MIN:
        msg = "must not lie before 1901-01-01"
        raise ValueError(msg)
    return value.isoformat()


def format_datetime(value: object) -> str:
    """DATETIME: the wall clock of the QuickBooks machine, whole seconds, no offset, no ``Z``.

    A plain ``date`` is written as a date, which QuickBooks reads as 00:00:00 in a *from* filter
    and as 23:59:59 in a *to* filter. Fractions of a second are cut off.
    """
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            msg = "must be the wall clock of the QuickBooks machine, without a time zone"
            raise ValueError(msg)
        moment, text = value, value.isoformat(timespec="seconds")
    elif isinstance(value, date):
        moment, text = datetime(value.year, value.month, value.day), value.isoformat()  # noqa: DTZ001
    else:
        msg = f"must be a datetime or date, not {type(value).__name__}"
        raise ValueError(msg)
    if not DATETIME_MIN <= moment.replace(microsecond=0) <= DATETIME_MAX:
        msg = "must lie between 1970-01-01 and 2038-01-19T03:14:07"
        raise ValueError(msg)
    return text


def format_guid(value: object) -> str:
    """GUID with braces, in the upper case in which QuickBooks returns it."""
    if not isinstance(value, str) or not _GUID.fullmatch(value):
        msg = "must be a GUID with braces, like {9C1B7D52-0B7E-4E0B-9C52-6C0F6E5A1D01}"
        raise ValueError(msg)
    return value.upper()


def format_owner_id(value: object) -> str:
    """OwnerID: ``0`` for the custom fields people see, otherwise a GUID with braces."""
    return "0" if value == "0" else format_guid(value)


def format_bool(value: object) -> str:
    """BOOL: ``true`` or ``false``; ``True`` is invalid in the schema."""
    if not isinstance(value, bool):
        msg = f"must be True or False, not {type(value).__name__}"
        raise ValueError(msg)
    return "true" if value else "false"


def format_count(value: object) -> str:
    """A positive whole number (MaxReturned): the schema refuses 0 and below."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 2**31 - 1:
        msg = "must be a whole number from 1 to 2147483647"
        raise ValueError(msg)
    return str(value)


def parse_number(text: str | None) -> Decimal | None:
    """Read AMT, QUAN, PRICE or FLOAT; exponents and thousands separators are refused."""
    if not text or not (text := text.strip()):
        return None
    if not _NUMBER.fullmatch(text):
        msg = f"not a number: {text[:40]!r}"
        raise ValueError(msg)
    return Decimal(text)


def parse_percent(text: str | None) -> Decimal | None:
    """Read PERCENT; live products print a percent sign that the schema does not know (observed)."""
    return parse_number(text.rstrip().removesuffix("%") if text else text)


def parse_int(text: str | None) -> int | None:
    """Read a whole number."""
    if not text or not (text := text.strip()):
        return None
    if not _INTEGER.fullmatch(text):
        msg = f"not a whole number: {text[:40]!r}"
        raise ValueError(msg)
    return int(text)


_BOOLS = {"true": True, "false": False, "1": True, "0": False, "True": True, "False": False}


def parse_bool(text: str | None) -> bool | None:
    """Read BOOL."""
    if not text or not (text := text.strip()):
        return None
    if text not in _BOOLS:
        msg = f"not true or false: {text[:40]!r}"
        raise ValueError(msg)
    return _BOOLS[text]


def parse_datetime(text: str | None) -> datetime | None:
    """Read DATETIME as the naive wall clock of the QuickBooks machine; the offset is ignored."""
    if not text or not (text := text.strip()):
        return None
    found = _WALL_CLOCK.fullmatch(text)
    if not found:
        msg = f"not a date and time: {text[:40]!r}"
        raise ValueError(msg)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001


def parse_date(text: str | None) -> date | None:
    """Read DATE; a time after the day is ignored."""
    moment = parse_datetime(text)
    return moment.date() if moment else None


def since_sent(sent_at: datetime) -> datetime:
    """From when on to look for what was sent at `sent_at`, by our clock, with or without an offset.

    As wall clock, by the time rule, and a day and more earlier: the two clocks may be a time zone
    apart. Never earlier than QuickBooks accepts.
    """
    return max(sent_at.replace(tzinfo=None) - timedelta(hours=26), DATETIME_MIN)
