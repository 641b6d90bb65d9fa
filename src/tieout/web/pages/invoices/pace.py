"""How long the rest of an export takes, by what its latest invoices took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

ENDS_MAX = 50  # how many of the latest ends are looked at
ENDS_MIN = 5  # fewer say nothing about the rest
LOOK_BACK = timedelta(minutes=10)  # what ended before a longer pause says nothing either
MINUTE_S, HOUR_MIN = 60, 60


def seconds_left(ends: Sequence[datetime], *, left: int, now: datetime) -> float | None:
    """Seconds until `left` more have ended, or None while nobody can say.

    `ends`: when the latest ones ended, newest first, none longer ago than `LOOK_BACK`. While the
    next one takes longer than usual, the answer grows.
    """
    if not left or len(ends) < ENDS_MIN:
        return None
    first = ends[-1]
    usual = (ends[0] - first).total_seconds() / (len(ends) - 1)
    with_the_next = (now - first).total_seconds() / len(ends)
    return left * max(usual, with_the_next)


def in_words(seconds: float) -> str:
    """The time in steps that a person plans by: "less than a minute", "about 1 h 20 min"."""
    if seconds < MINUTE_S:
        return "less than a minute"
    minutes = -int(-seconds // MINUTE_S)
    if minutes > HOUR_MIN:
        minutes = -(-minutes // 5) * 5
    hours, rest = divmod(minutes, HOUR_MIN)
    parts = [f"{hours:,} h" if hours else "", f"{rest} min" if rest else ""]
    return f"about {' '.join(part for part in parts if part)}"
