"""Date macros of queries: ThisMonth, LastWeek … The fiscal year is the calendar year here."""

from __future__ import annotations

from datetime import date, timedelta

FOUR_WEEKS = timedelta(days=28)


def span_of(macro: str, today: str) -> tuple[str | None, str | None]:
    """Return the first and last day of a macro as YYYY-MM-DD; (None, None) for All."""
    day = date.fromisoformat(today)
    if macro == "All":
        return None, None
    if macro == "Today":
        return today, today
    if macro == "Yesterday":
        text = (day - timedelta(days=1)).isoformat()
        return text, text
    if macro == "NextFourWeeks":
        first = _start("Week", day) + timedelta(days=7)
        return first.isoformat(), (first + FOUR_WEEKS - timedelta(days=1)).isoformat()
    return _relative(macro, day)


def _relative(macro: str, day: date) -> tuple[str, str]:
    to_date = macro.endswith("ToDate")
    name = macro.removesuffix("ToDate")
    which = next(word for word in ("This", "Last", "Next") if name.startswith(word))
    period = name.removeprefix(which)
    first = _start(period, day)
    last = _start(period, first + timedelta(days=370 if "Year" in period else _reach(period)))
    if which == "Last":
        first, last = _start(period, first - timedelta(days=1)), first
    elif which == "Next":
        first, last = last, _start(period, last + timedelta(days=_reach(period)))
    end = last - timedelta(days=1)
    if to_date:
        end = day if which == "This" else min(end, first + (day - _start(period, day)))
    return first.isoformat(), end.isoformat()


def _reach(period: str) -> int:
    """Return how many days after its start a period has certainly been left, but not two."""
    return {"Week": 7, "Month": 35}.get(period, 370 if "Year" in period else 100)


def _start(period: str, day: date) -> date:
    if period == "Week":
        return day - timedelta(days=(day.weekday() + 1) % 7)
    if period == "Month":
        return day.replace(day=1)
    if period.endswith("Quarter"):
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1)
