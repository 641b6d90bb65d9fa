"""Wall clocks: the offset that is wrong in summer, and how filter values are read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.sandbox.calendar import LocalClock

CHICAGO = LocalClock()


def moment(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        ((2026, 2, 10, 14, 0, 44), "2026-02-10T08:00:44-06:00"),
        ((2026, 7, 10, 14, 0, 44), "2026-07-10T09:00:44-06:00"),
        ((2026, 3, 8, 7, 59, 59), "2026-03-08T01:59:59-06:00"),
        ((2026, 3, 8, 8, 0, 0), "2026-03-08T03:00:00-06:00"),
        ((2026, 11, 1, 6, 59, 59), "2026-11-01T01:59:59-06:00"),
        ((2026, 11, 1, 7, 0, 0), "2026-11-01T01:00:00-06:00"),
    ],
)
def test_the_standard_offset_is_printed_even_in_summer(utc: tuple[int, ...], shown: str) -> None:
    assert CHICAGO.render(moment(*utc)) == shown


def test_the_true_offset_by_setting() -> None:
    clock = LocalClock(standard_offset_always=False)
    assert clock.render(moment(2026, 7, 10, 14, 0, 44)) == "2026-07-10T09:00:44-05:00"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-02-10T08:00:44", (2026, 2, 10, 14, 0, 44)),
        ("2026-07-10T09:00:44", (2026, 7, 10, 14, 0, 44)),
        ("2026-07-10", (2026, 7, 10, 5, 0, 0)),
        ("2026-02-10T08:00:44+00:00", (2026, 2, 10, 8, 0, 44)),
        ("2026-02-10T08:00:44-05:00", (2026, 2, 10, 13, 0, 44)),
        ("2026-02-10T08", (2026, 2, 10, 14, 0, 0)),
    ],
)
def test_filter_values_are_local_unless_they_carry_an_offset(
    text: str, utc: tuple[int, ...]
) -> None:
    assert CHICAGO.parse(text) == moment(*utc)


def test_a_day_ends_with_its_last_second() -> None:
    assert CHICAGO.parse("2026-02-10", end_of_day=True) == moment(2026, 2, 11, 5, 59, 59)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-02-10T25:00:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        CHICAGO.parse(text)


@given(st.integers(min_value=0, max_value=2**31 - 1))
def test_the_wall_clock_reads_back_but_for_the_repeated_hour(when: int) -> None:
    wall = CHICAGO.render(when)[:19]
    assert CHICAGO.render(CHICAGO.parse(wall))[:19] == wall


def test_without_daylight_saving() -> None:
    phoenix = LocalClock(offset_minutes=-420, daylight_saving=False)
    assert phoenix.render(moment(2026, 7, 10, 14, 0, 0)) == "2026-07-10T07:00:00-07:00"
