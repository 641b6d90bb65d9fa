"""Moments as QuickBooks reads and writes them: local wall clock of its machine.

Returned offsets are those of standard time even during daylight saving (observed); a setting turns
that off. Moments are kept as whole seconds since 1970 in UTC. The rules of daylight saving are
those of the United States since 2007 and are spelled out here, so that no time zone data is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

HOUR_S = 3600
_MOMENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})([+-]\d{1,2}:\d{1,2})?)?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LocalClock:
    """The wall clock of the machine: minutes from UTC in winter, daylight saving or not."""

    offset_minutes: int = -360
    daylight_saving: bool = True
    standard_offset_always: bool = True

    @lru_cache(maxsize=4096)  # noqa: B019 few clocks, and moments repeat in a list
    def render(self, moment: int) -> str:
        """Render seconds since 1970 as `2025-02-10T08:00:44-06:00`."""
        shift = self._shift(moment)
        wall = _EPOCH + timedelta(seconds=moment + shift)
        shown = self.offset_minutes * 60 if self.standard_offset_always else shift
        sign = "-" if shown < 0 else "+"
        minutes = abs(shown) // 60
        return f"{wall:%Y-%m-%dT%H:%M:%S}{sign}{minutes // 60:02d}:{minutes % 60:02d}"

    def today(self, moment: int) -> str:
        """Return the local day as YYYY-MM-DD."""
        return f"{_EPOCH + timedelta(seconds=moment + self._shift(moment)):%Y-%m-%d}"

    def parse(self, text: str, *, end_of_day: bool = False) -> int:
        """Read a filter value: an offset is honoured, without one it is the local wall clock.

        A date alone means its first second, or its last with `end_of_day`. Raises ValueError for
        a value that is no moment.
        """
        match = _MOMENT.fullmatch(text.strip())
        if not match:
            message = f"{text!r} is no moment"
            raise ValueError(message)
        year, month, day, hour, minute, second, offset = match.groups()
        if hour is None and end_of_day:
            hour, minute, second = "23", "59", "59"
        wall = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
        seconds = int((wall - _EPOCH).total_seconds())
        if offset:
            hours, _, minutes = offset[1:].partition(":")
            size = int(hours) * HOUR_S + int(minutes) * 60
            return seconds - (size if offset[0] == "+" else -size)
        guess = seconds - self.offset_minutes * 60
        return seconds - self._shift(guess - HOUR_S if self._in_summer(guess - HOUR_S) else guess)

    def _shift(self, moment: int) -> int:
        return self.offset_minutes * 60 + (HOUR_S if self._in_summer(moment) else 0)

    def _in_summer(self, moment: int) -> bool:
        """From 2:00 on March's second Sunday to 2:00 daylight time on November's first."""
        if not self.daylight_saving:
            return False
        standard = _EPOCH + timedelta(seconds=moment + self.offset_minutes * 60)
        start = _sunday(standard.year, 3, 8) + timedelta(hours=2)
        end = _sunday(standard.year, 11, 1) + timedelta(hours=1)
        return start <= standard < end


def _sunday(year: int, month: int, day: int) -> datetime:
    """Return the first Sunday on or after that day."""
    first = datetime(year, month, day, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7)
