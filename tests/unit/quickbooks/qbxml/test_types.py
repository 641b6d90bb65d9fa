"""Lexical types: what is written, what is refused, what an answer may say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.quickbooks.qbxml import types


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0.00"),
        ("1.5", "1.50"),
        ("-1.50", "-1.50"),
        ("1.5000", "1.50"),
        ("1E+3", "1000.00"),
        ("-0", "0.00"),
    ],
)
def test_amounts_have_two_decimals(value: str, text: str) -> None:
    assert types.format_amount(Decimal(value)) == text


def test_whole_dollars_may_be_int() -> None:
    assert types.format_amount(41) == "41.00"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (Decimal("1.005"), "2 decimals"),
        (Decimal(10) ** 13, "13 digits"),
        (1.5, "float"),
        (True, "bool"),
        ("1.50", "str"),
        (Decimal("NaN"), "finite"),
    ],
)
def test_amounts_that_would_lie_are_refused(value: object, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        types.format_amount(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [("36.50", "36.5"), ("4", "4"), ("100", "100"), ("0.00001", "0.00001"), ("-0.0", "0")],
)
def test_equal_quantities_give_equal_text(value: str, text: str) -> None:
    assert types.format_quantity(Decimal(value)) == text


@pytest.mark.parametrize("value", [Decimal("0.000001"), Decimal(10) ** 10])
def test_quantities_that_need_rounding_are_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match="at most"):
        types.format_quantity(value)


@given(st.decimals(-(10**12), 10**12, places=2))
def test_amounts_come_back(value: Decimal) -> None:
    assert types.parse_number(types.format_amount(value)) == value


def test_dates() -> None:
    assert types.format_date(date(2025, 2, 9)) == "2025-02-09"
    with pytest.raises(ValueError, match="1901"):
        types.format_date(date(1900, 12, 31))
    with pytest.raises(ValueError, match="datetime"):
        types.format_date(at("2025-02-09T00:00:00"))
    with pytest.raises(ValueError, match="str"):
        types.format_date("2025-02-09")


def test_moments_are_wall_clock_without_offset() -> None:
    assert types.format_datetime(at("2025-02-09T08:00:01.9")) == "2025-02-09T08:00:01"
    assert types.format_datetime(date(2025, 2, 9)) == "2025-02-09"
    assert types.format_datetime(at("2038-01-19T03:14:07.5")) == "2038-01-19T03:14:07"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (datetime(2025, 1, 1, tzinfo=UTC), "time zone"),
        (date(1969, 12, 31), "1970"),
        (at("2038-01-19T03:14:08"), "2038"),
        ("2025-01-01T00:00:00Z", "str"),
    ],
)
def test_moments_quickbooks_would_misread_are_refused(value: object, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        types.format_datetime(value)


def test_guids_need_braces_and_become_upper_case() -> None:
    guid = "{9c1b7d52-0b7e-4e0b-9c52-6c0f6e5a1d01}"
    assert types.format_guid(guid) == guid.upper()
    assert types.format_owner_id(guid) == guid.upper()
    assert types.format_owner_id("0") == "0"
    for bad in (guid.strip("{}"), "0", 0):
        with pytest.raises(ValueError, match="braces"):
            types.format_guid(bad)


def test_flags_and_counts() -> None:
    assert (types.format_bool(True), types.format_bool(False)) == ("true", "false")
    assert types.format_count(100) == "100"
    with pytest.raises(ValueError, match="True or False"):
        types.format_bool("true")
    for bad in (0, -1, True, "5", 2**31):
        with pytest.raises(ValueError, match="whole number"):
            types.format_count(bad)


@pytest.mark.parametrize(
    ("text", "value"),
    [(None, None), ("", None), (" ", None), ("1,5", "bad"), ("1e5", "bad"), (" -1.50 ", "-1.50")],
)
def test_numbers_are_read_or_refused_never_guessed(text: str | None, value: str | None) -> None:
    if value == "bad":
        with pytest.raises(ValueError, match="not a number"):
            types.parse_number(text)
    else:
        assert types.parse_number(text) == (None if value is None else Decimal(value))


def test_a_percent_sign_is_tolerated() -> None:
    assert types.parse_percent("7.25%") == types.parse_percent("7.25") == Decimal("7.25")
    assert types.parse_percent(None) is None


def test_whole_numbers_and_flags_read() -> None:
    assert [types.parse_int(text) for text in (None, "", " 3 ", "-1")] == [None, None, 3, -1]
    assert [types.parse_bool(text) for text in (None, " ", "true", "0", "True")] == [
        None, None, True, False, True,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="not a whole number"):
        types.parse_int("3.0")
    with pytest.raises(ValueError, match="not true or false"):
        types.parse_bool("yes")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-07-01T08:00:44-06:00", "2025-07-01T08:00:44"),
        ("2025-07-01T08:00", "2025-07-01T08:00:00"),
        ("2025-07-01", "2025-07-01T00:00:00"),
        ("2025-07-01T08:00:44.123Z", "2025-07-01T08:00:44"),
    ],
)
def test_the_offset_of_a_moment_is_ignored(text: str, moment: str) -> None:
    assert types.parse_datetime(text) == at(moment)
    assert types.parse_date(text) == at(moment).date()


def test_moments_that_are_none_or_nonsense() -> None:
    assert types.parse_datetime("") is None
    assert types.parse_datetime(" ") is None
    assert types.parse_date(None) is None
    for bad in ("yesterday", "2025-13-01"):
        with pytest.raises(ValueError, match=r"not a date|month"):
            types.parse_datetime(bad)


def test_what_was_sent_is_looked_for_from_a_day_before_by_the_wall_clock() -> None:
    sent_at = at("2025-01-02T03:00:00")
    assert types.since_sent(sent_at) == at("2025-01-01T01:00:00")
    assert types.since_sent(sent_at.replace(tzinfo=UTC)) == at("2025-01-01T01:00:00")
    assert types.since_sent(types.DATETIME_MIN) == types.DATETIME_MIN
