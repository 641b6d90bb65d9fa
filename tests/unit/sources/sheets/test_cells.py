from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.facts import InvoiceKind, WorkerType
from tieout.sources.sheets.cells import (
    BadCell,
    parse_day,
    parse_decimal,
    parse_flag,
    parse_invoice_kind,
    parse_key,
    parse_text,
    parse_worker_type,
    show,
)

LIMIT = Decimal("1E+9")
OCTOBER_18 = date(2026, 10, 18)


def money(cell: object) -> Decimal:
    return parse_decimal(cell, places=2, limit=LIMIT)


@pytest.mark.parametrize(
    "text",
    [
        "10/18/2026",
        "10/18/26",
        "10-18-2026",
        "10.18.2026",
        "2026-10-18",
        "2026/10/18",
        "20261018",
        "Oct 18, 2026",
        "October 18 2026",
        "Oct. 18th, 2026",
        "18-Oct-2026",
        "18 October 2026",
        "Sunday, October 18, 2026",
        "W/E 10/18/2026",
        "10/18/2026 12:00:00 AM",
        "10/18/2026 0:00",
        "2026-10-18T00:00:00",
        "46313",
        " 10/18/2026 ",
        "10/18/2026\u00a0",
    ],
)
def test_a_day_is_read_in_every_american_form(text: str) -> None:
    assert parse_day(text) == OCTOBER_18


@pytest.mark.parametrize(
    "cell", [46313, 46313.0, 46313.75, OCTOBER_18, datetime.combine(OCTOBER_18, time(9))]
)
def test_a_day_is_read_as_excel_stores_it(cell: object) -> None:
    assert parse_day(cell) == OCTOBER_18


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("25/10/2026", "no month 25"),
        ("13/25/2026", "no such day"),
        ("02/30/2026", "no such day"),
        ("02/29/2027", "no such day"),
        ("soon", "not a date"),
        ("10/2026", "not a date"),
        ("Foo 18, 2026", "not a date"),
        (12, "not a date"),
        (1e300, "not a date"),
        (float("nan"), "not a date"),
        (True, "not a date"),
        (time(9, 30), "not a date"),
        ("1/1/1900", "1900"),
        (date(2999, 1, 1), "2999"),
        ("#REF!", "Excel error"),
        ("#FORMULA!", "never saved"),
        ("=TODAY()", "not a date"),
    ],
)
def test_what_is_no_day_is_refused_with_a_reason(cell: object, says: str) -> None:
    with pytest.raises(BadCell) as caught:
        parse_day(cell)
    assert says in caught.value.message
    assert caught.value.remedy.endswith(".")


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31)))
@settings(max_examples=60)
def test_every_way_of_writing_a_day_gives_that_day(day: date) -> None:
    for form in ("%m/%d/%Y", "%Y-%m-%d", "%b %d, %Y", "%d-%b-%Y", "%B %d, %Y", "%Y%m%d"):
        assert parse_day(day.strftime(form)) == day
    assert parse_day(f"{day.month}/{day.day}/{day:%y}") == day
    assert parse_day((day - date(1899, 12, 30)).days) == day


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("$1,234.50", "1234.50"),
        ("1234.5", "1234.50"),
        ("(12.00)", "-12.00"),
        ("($1,234.50)", "-1234.50"),
        ("$(12.00)", "-12.00"),
        ("-12", "-12.00"),
        ("-$12.00", "-12.00"),
        ("$-12.00", "-12.00"),
        ("\u221212", "-12.00"),
        ("1,234.5-", "-1234.50"),
        ("40.00 hrs", "40.00"),
        ("40 Hours", "40.00"),
        ("12 miles", "12.00"),
        ("1,234.50 USD", "1234.50"),
        (".5", "0.50"),
        ("+7", "7.00"),
        ("12.", "12.00"),
        ("1.50000", "1.50"),
        (40, "40.00"),
        (2085.2000000000003, "2085.20"),
        (0.1 + 0.2, "0.30"),
        (-0.0, "0.00"),
    ],
)
def test_a_number_is_read_in_every_usual_form(cell: object, number: str) -> None:
    assert str(money(cell)).removeprefix("-0.00") == number.removeprefix("-0.00") or money(
        cell
    ) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("12%", "percentage"),
        ("12.345", "more than 2 decimals"),
        (12.345, "more than 2 decimals"),
        ("1.234,50", "not a number"),
        ("12,34", "not a number"),
        ("1,2345", "not a number"),
        ("--5", "not a number"),
        ("(-5)", "not a number"),
        ("5 apples", "not a number"),
        ("$", "not a number"),
        (".", "not a number"),
        ("1e5", "not a number"),
        ("NaN", "not a number"),
        (float("nan"), "not a number"),
        (float("inf"), "not a number"),
        (True, "not a number"),
        (OCTOBER_18, "not a number"),
        ("=40*52", "formula"),
        ("#DIV/0!", "Excel error"),
        ("1000000000", "too large"),
        ("9" * 400, "not a number"),
        ("١٢", "not a number"),
    ],
)
def test_what_is_no_number_is_refused_with_a_reason(cell: object, says: str) -> None:
    with pytest.raises(BadCell) as caught:
        money(cell)
    assert says in caught.value.message


@given(st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2))
@settings(max_examples=60)
def test_every_way_of_writing_an_amount_gives_that_amount(amount: Decimal) -> None:
    assert money(f"{amount:.2f}") == amount
    assert money(f"{amount:,.2f}") == amount
    assert money(float(amount)) == amount
    brackets = f"(${-amount:,.2f})" if amount < 0 else f"${amount:,.2f}"
    assert money(brackets) == amount
    assert money(f"{abs(amount):.2f}{'-' if amount < 0 else ''}") == amount


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.dates()))
@settings(max_examples=60)
def test_any_cell_is_read_or_refused_but_never_crashes(cell: object) -> None:
    for parse in (money, parse_day, parse_flag, parse_text, parse_worker_type):
        with suppress(BadCell):
            parse(cell)


def test_a_quantity_keeps_five_decimals_and_no_trailing_zeros() -> None:
    assert str(parse_decimal("78.19500", places=5, limit=LIMIT)) == "78.195"
    assert str(parse_decimal("40.00", places=5, limit=LIMIT)) == "40"
    with pytest.raises(BadCell, match="more than 5 decimals"):
        parse_decimal("1.000001", places=5, limit=LIMIT)


@pytest.mark.parametrize("cell", ["Active", "Y", "yes", "TRUE", True, 1, "1", "Reopened", "Open"])
def test_yes_in_every_word(cell: object) -> None:
    assert parse_flag(cell) is True


@pytest.mark.parametrize("cell", ["Inactive", "N", "no", "FALSE", False, 0, "Ended", "Terminated"])
def test_no_in_every_word(cell: object) -> None:
    assert parse_flag(cell) is False


def test_maybe_is_neither() -> None:
    with pytest.raises(BadCell, match="neither yes nor no"):
        parse_flag("maybe")


@pytest.mark.parametrize(
    ("cell", "worker"),
    [
        ("1", WorkerType.W2),
        (1, WorkerType.W2),
        ("W-2", WorkerType.W2),
        ("2", WorkerType.C1099),
        (1099.0, WorkerType.C1099),
        ("c1099", WorkerType.C1099),
    ],
)
def test_worker_types(cell: object, worker: WorkerType) -> None:
    assert parse_worker_type(cell) is worker


def test_invoice_kinds() -> None:
    assert parse_invoice_kind("Direct-Hire") is InvoiceKind.DIRECT_HIRE
    assert parse_invoice_kind("Contractor") is InvoiceKind.CONTRACTOR
    with pytest.raises(BadCell):
        parse_invoice_kind("Barter")
    with pytest.raises(BadCell):
        parse_worker_type("3")


def test_text_and_keys() -> None:
    assert parse_key("  Acme \n Health\u200b ") == "Acme Health"
    assert parse_text("two\nlines") == "two\nlines"
    assert parse_key(20417.0) == "20417"
    assert parse_key('="00123"') == "00123"
    assert parse_text("<b>Acme</b> & Sons") == "<b>Acme</b> & Sons"


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('=HYPERLINK("http://x")', "formula"),
        ("a\x00b", "cannot be printed"),
        ("lost \ufffd letter", "cannot be printed"),
        ("x" * 4096, "4,096"),
        ("#N/A", "Excel error"),
    ],
)
def test_text_that_cannot_be_kept_is_refused(cell: str, says: str) -> None:
    with pytest.raises(BadCell) as caught:
        parse_text(cell)
    assert says in caught.value.message


def test_cells_are_shown_as_a_person_reads_them() -> None:
    assert show(None) == ""
    assert show(True) == "TRUE"
    assert show(2085.2000000000003) == "2085.2"
    assert show(OCTOBER_18) == "2026-10-18"
    assert show(datetime.combine(OCTOBER_18, time())) == "2026-10-18"
    assert show(float("nan")) == "nan"
