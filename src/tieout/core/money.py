"""Money is `Decimal` dollars with whole cents, and nothing else.

A float is refused at the door, because 0.1 + 0.2 is not 0.3 in one; a bool is refused because it
is an int by accident. Everything here is exact: a value that would have to be rounded is an error
unless the caller asks for `half_up`, which is how QuickBooks rounds quantity times rate
(observed).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
WHOLE_DIGITS_MAX = 13  # an amount in QuickBooks has at most 13 digits before the point (schema)

# Wide enough for any product of two QuickBooks quantities (10 + 5 digits each), so that a product
# is rounded once, by half_up, and never before by the context.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_QUANTA = tuple(Decimal(1).scaleb(-places) for places in range(6))
_WHOLE_MAX = Decimal(10) ** WHOLE_DIGITS_MAX


class MoneyError(ValueError):
    """A value is not an exact amount of dollars; the text names the value and the remedy."""


def dollars(value: str | int | Decimal) -> Decimal:
    """The value as dollars with exactly two decimals, or MoneyError.

    Texts are plain decimals ("1234.5", "-3"): no currency sign, no thousands separators, no
    exponent. Zeros beyond the second decimal are harmless; other digits there are refused.
    """
    if isinstance(value, bool | float):
        msg = f"{value!r} is a {type(value).__name__}: give dollars as text, int or Decimal."
        raise MoneyError(msg)
    if isinstance(value, str) and not _PLAIN.fullmatch(value.strip()):
        msg = f"{value!r} is not a plain amount: write it like 1234.50."
        raise MoneyError(msg)
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) >= _WHOLE_MAX:
        msg = f"{value!r} is out of range: at most {WHOLE_DIGITS_MAX} digits before the point."
        raise MoneyError(msg)
    rounded = half_up(exact)
    if rounded != exact:
        msg = f"{value!r} has more than two decimals: round it to cents where it comes from."
        raise MoneyError(msg)
    return rounded


def is_dollars(value: Decimal) -> bool:
    """Whether `dollars` would accept this Decimal."""
    return value.is_finite() and abs(value) < _WHOLE_MAX and half_up(value) == value


def cents(value: Decimal) -> int:
    """Dollars as whole cents; MoneyError when there are fractions of a cent."""
    return int(dollars(value).scaleb(2))


def half_up(value: Decimal, places: int = 2) -> Decimal:
    """Rounded to 0 … 5 decimals, a half away from zero. Never answers a negative zero."""
    rounded = value.quantize(_QUANTA[places], context=_EXACT)
    return rounded if rounded else abs(rounded)


def line_amount(quantity: Decimal, rate: Decimal) -> Decimal:
    """What QuickBooks computes for a line of this quantity and rate: rounded once, half up."""
    return half_up(_EXACT.multiply(quantity, rate))


def add_up(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum, with two decimals also when there is nothing to add."""
    return sum(amounts, ZERO)


def show(value: Decimal) -> str:
    """Dollars for people to read: 1,234.50, with a minus in front of a negative amount."""
    return f"{dollars(value):,.2f}"
