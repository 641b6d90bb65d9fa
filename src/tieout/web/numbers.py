"""Whole numbers as they come in addresses and forms, where anybody may type anything.

Only the ten digits of ASCII count: Python takes those of other scripts for numbers, too, and calls
some a digit that it then cannot read (²). What has more digits than an id is no id: no database
could look for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

DIGITS_MAX: Final = 18  # of an id: what both databases hold in 64 bits
PAGE_MAX: Final = 100_000
_WHOLE: Final = re.compile(rf"[0-9]{{1,{DIGITS_MAX}}}")


def whole(text: str) -> int | None:
    """The number, 0 or more; None for what is none or has more than 18 digits."""
    return int(text) if _WHOLE.fullmatch(text) else None


def wholes(texts: Iterable[str]) -> list[int]:
    """The numbers among them, in order."""
    return [number for text in texts if (number := whole(text)) is not None]


def page(text: str) -> int:
    """The number of a page, 1 to 100,000; 1 for what is none."""
    return min(max(whole(text) or 1, 1), PAGE_MAX)


def version(text: str) -> int:
    """The version of a mapping on the clerk's screen; what is no number is -1, which none has."""
    found = whole(text)
    return -1 if found is None else found


class Id:
    """An id in an address (`<id:job_id>`); what cannot be one is an address that is not there."""

    regex = rf"[0-9]{{1,{DIGITS_MAX}}}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
