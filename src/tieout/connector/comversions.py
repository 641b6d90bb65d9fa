"""Which qbXML versions a session offers, and whether Tieout's is among them."""

from __future__ import annotations

from collections.abc import Iterable

from tieout.quickbooks.qbxml import VERSION


def ordered(offered: Iterable[str]) -> tuple[str, ...]:
    """The offered versions, oldest first, each once, without blanks and the US prefix.

    >>> ordered(["13.0", "2.0", "US13.0", ""])
    ('2.0', '13.0')
    """
    plain = {version.strip().removeprefix("US") for version in offered}
    return tuple(sorted(plain - {""}, key=_key))


def is_spoken(offered: Iterable[str]) -> bool:
    """Whether QuickBooks offers the version in which Tieout writes.

    >>> is_spoken(["12.0", "13.0", "16.0"]), is_spoken(["11.0", "12.0"])
    (True, False)
    """
    return VERSION in ordered(offered)


def _key(version: str) -> tuple[tuple[int, ...], str]:
    digits = version.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").split(".")
    return tuple(int(part) for part in digits if part.isdecimal()), version
