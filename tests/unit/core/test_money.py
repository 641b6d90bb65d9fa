"""Money is exact: what cannot be held in whole cents is refused with a remedy."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.money import (
    MoneyError,
    add_up,
    cents,
    dollars,
    half_up,
    is_dollars,
    line_amount,
    show,
)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("1234.5", "1234.50"),
        (" -3 ", "-3.00"),
        ("+0.07", "0.07"),
        (12, "12.00"),
        (Decimal("1.5000"), "1.50"),
        (Decimal("-0"), "0.00"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_an_amount_gets_exactly_two_decimals(given_, expected):
    assert str(dollars(given_)) == expected


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        (1.5, "1.5 is a float"),
        (True, "True is a bool"),
        ("1,234.50", "'1,234.50' is not a plain amount: write it like 1234.50"),
        ("$5", "not a plain amount"),
        ("1e3", "not a plain amount"),
        ("٣", "not a plain amount"),
        ("", "not a plain amount"),
        ("1.005", "'1.005' has more than two decimals: round it to cents"),
        ("10000000000000", "out of range"),
        (Decimal("NaN"), "out of range"),
        (Decimal("-Infinity"), "out of range"),
    ],
)
def test_what_is_not_exact_dollars_is_refused_by_name(given_, says):
    with pytest.raises(MoneyError, match=says.replace("$", r"\$")):
        dollars(given_)


def test_is_dollars_answers_without_raising():
    assert is_dollars(Decimal("5.10"))
    for bad in ("5.101", "NaN", "Infinity", "1E+13"):
        assert not is_dollars(Decimal(bad))


def test_cents_are_whole():
    assert cents(Decimal("-12.34")) == -1234
    with pytest.raises(MoneyError):
        cents(Decimal("0.001"))


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.004999999999999999999999999999999", 2, "0.00"),
        ("-0.001", 2, "0.00"),
        ("2.5", 0, "3"),
        ("1.000005", 5, "1.00001"),
    ],
)
def test_a_half_goes_away_from_zero(value, places, expected):
    assert str(half_up(Decimal(value), places)) == expected


def test_a_line_is_rounded_once_even_with_more_digits_than_decimals_usually_keep():
    assert line_amount(Decimal("7.5"), Decimal("33.33")) == Decimal("249.98")
    long = Decimal("9999999999.99999")
    assert line_amount(long, long) == Decimal("99999999999999800000.00")


def test_a_sum_has_two_decimals_also_of_nothing():
    assert str(add_up([])) == "0.00"
    assert add_up([Decimal("0.1"), Decimal("0.2")]) == Decimal("0.3")


def test_people_read_thousands_separators():
    assert show(Decimal("-1234567.5")) == "-1,234,567.50"
    with pytest.raises(MoneyError):
        show(Decimal("0.125"))


@settings(max_examples=60)
@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_cents_and_dollars_are_each_others_inverse(whole):
    assert cents(Decimal(whole).scaleb(-2)) == whole
    assert dollars(show(Decimal(whole).scaleb(-2)).replace(",", "")) == Decimal(whole).scaleb(-2)
