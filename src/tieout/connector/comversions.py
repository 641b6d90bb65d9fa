"""Which qbXML version both sides know."""

from __future__ import annotations

from collections.abc import Iterable

# Everything Tieout sends exists in 13.0 (Intuit's schema); older ones lack some of it.
KNOWN = ("13.0", "12.0", "11.0")


def ordered(offered: Iterable[str]) -> tuple[str, ...]:
    """The offered versions, oldest first, each once, without blanks and the US prefix.

    >>> ordered(["13.0", "2.0", "US13.0", ""])
    ('2.0', '13.0')
    """
    plain = {version.strip().removeprefix("US") for version in offered}
    return tuple(sorted(plain - {""}, key=_key))


def best(offered: Iterable[str]) -> str:
    """The highest version that both know; "" when there is none.

    >>> best(["12.0", "13.0", "16.0"]), best(["9.0"])
    ('13.0', '')
    """
    spoken = ordered(offered)
    return next((version for version in KNOWN if version in spoken), "")


def _key(version: str) -> tuple[tuple[int, ...], str]:
    digits = version.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").split(".")
    return tuple(int(part) for part in digits if part.isdecimal()), version
