"""One cell at a time: text, days, numbers and yes/no in the forms that Americans type.

Every `parse_` function takes a filled cell and answers the value or raises `BadCell` with a
message and a remedy. Money and quantities become `Decimal`; a float from Excel is read at the 15
significant digits that Excel itself keeps.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from tieout.core.facts import InvoiceKind, WorkerType
from tieout.sources.sheets.shapes import TEXT_CHARS_MAX, Cell

EXCEL_ERRORS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
UNCALCULATED = "#FORMULA!"  # our own mark for a formula that was saved without its result
DAY_FIRST, DAY_LAST = date(1970, 1, 1), date(2100, 12, 31)
SERIAL_FIRST, SERIAL_LAST = 25_569, 73_415  # the same two days as Excel counts them
REMEMBERED = 4_096  # different cells whose reading is kept: columns repeat themselves
_EXCEL_EPOCH = date(1899, 12, 30)
_CENTURY_TURN = 69  # two-digit years: 68 is 2068, 69 is 1969, as POSIX has it
_MONTH_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_MONTHS = {name: at for at, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?Z?$")
_WEEK_ENDING = re.compile(r"^(?:w/e|we|week ending)[:\s]+", re.IGNORECASE)
_NUMERIC_DAY = re.compile(r"^([0-9]{1,2})[/\-.]([0-9]{1,2})[/\-.]([0-9]{2}|[0-9]{4})$")
_ISO_DAY = re.compile(r"^([0-9]{4})[/\-.]?([0-9]{2})[/\-.]?([0-9]{2})$")
_MONTH_DAY = re.compile(
    r"^([A-Za-z]{3,9})\.?[\s\-]+([0-9]{1,2})(?:st|nd|rd|th)?[,\s\-]+([0-9]{4}|[0-9]{2})$"
)
_DAY_MONTH = re.compile(
    r"^([0-9]{1,2})(?:st|nd|rd|th)?[\s\-]+([A-Za-z]{3,9})\.?[,\s\-]+([0-9]{4}|[0-9]{2})$"
)
_UNIT = re.compile(
    r"\s*(?:hours?|hrs?\.?|h|days?|units?|ea\.?|each|miles?|mi\.?|usd)$", re.IGNORECASE
)
_PLAIN = re.compile(r"^(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060"))
_MINUSES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-"})
_TRUE = frozenset(
    {
        "y",
        "yes",
        "true",
        "t",
        "1",
        "x",
        "active",
        "act",
        "open",
        "current",
        "reopened",
        "working",
        "approved",
        "billable",
        "on",
    }
)
_FALSE = frozenset(
    {
        "n",
        "no",
        "false",
        "f",
        "0",
        "inactive",
        "closed",
        "ended",
        "terminated",
        "completed",
        "complete",
        "cancelled",
        "canceled",
        "unapproved",
        "pending",
        "draft",
        "rejected",
        "off",
        "not approved",
        "not active",
    }
)
_W2 = frozenset({"1", "w2", "w-2", "w 2", "employee"})
_C1099 = frozenset({"2", "1099", "c1099", "1099-nec", "c2c", "corp to corp", "independent"})
_DIRECT_HIRE = frozenset(
    {"direct hire", "direct_hire", "directhire", "dh", "perm", "permanent", "placement"}
)
_CONTRACTOR = frozenset({"contractor", "contract", "temp", "temporary", "timecard", "c", "time"})


class BadCell(ValueError):
    """A cell that cannot be used: what is wrong with it and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def show(cell: Cell) -> str:
    """The cell as a person would read it, trimmed; "" for an empty one."""
    match cell:
        case None:
            return ""
        case str():
            if cell.isascii():
                return cell.strip()
            return cell.translate(_INVISIBLE).replace("\u00a0", " ").strip()
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return _plain(_decimal_of(cell)) if _finite(cell) else str(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def parse_text(cell: Cell) -> str:
    """Text of at most 4,095 characters; `="00123"` (Excel's way to keep zeros) is unwrapped."""
    text = show(cell)
    _refuse_errors(text)
    if text.startswith("="):
        if len(text) > 3 and text.startswith('="') and text.endswith('"'):
            return text[2:-1].strip()
        msg = "This is a formula, not its result."
        raise BadCell(
            msg,
            "Copy the column and paste it as values, then import again.",
        )
    if not (text.isprintable() and text.isascii()) and _CONTROL.search(text):
        msg = "The text holds characters that cannot be printed."
        raise BadCell(
            msg,
            "Type the cell again, or export the file again from the back office.",
        )
    if len(text) > TEXT_CHARS_MAX:
        msg = f"The text has {len(text):,} characters; {TEXT_CHARS_MAX:,} is the most."
        raise BadCell(
            msg,
            "Shorten it in the back office.",
        )
    return text


@lru_cache(maxsize=REMEMBERED, typed=True)
def parse_key(cell: Cell) -> str:
    """Text on one line, with single blanks: names, numbers and ids."""
    return " ".join(parse_text(cell).split())


@lru_cache(maxsize=REMEMBERED, typed=True)
def parse_day(cell: Cell) -> date:
    """A day: month first, with the month's name, year first, or as Excel counts days."""
    match cell:
        case datetime():
            return _bounded(cell.date())
        case date():
            return _bounded(cell)
        case bool() | time() | timedelta():
            raise _no_day()
        case int() | float():
            return _serial(Decimal(str(cell)))
        case _:
            return _bounded(_typed_day(show(cell)))


def _typed_day(text: str) -> date:
    _refuse_errors(text)
    text = _TIME.sub("", _WEEKDAY.sub("", _WEEK_ENDING.sub("", text))).strip()
    if m := _NUMERIC_DAY.match(text):
        return _day(m[3], m[1], m[2])
    if m := _ISO_DAY.match(text):
        return _day(m[1], m[2], m[3])
    if (m := _MONTH_DAY.match(text)) and m[1].lower() in _MONTHS:
        return _day(m[3], str(_MONTHS[m[1].lower()]), m[2])
    if (m := _DAY_MONTH.match(text)) and m[2].lower() in _MONTHS:
        return _day(m[3], str(_MONTHS[m[2].lower()]), m[1])
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", text):
        return _serial(Decimal(text))
    raise _no_day()


def _day(year: str, month: str, day: str) -> date:
    full = int(year)
    if len(year) == 2:
        full += 2000 if full < _CENTURY_TURN else 1900
    try:
        return date(full, int(month), int(day))
    except ValueError:
        if int(month) > 12 >= int(day):
            msg = f"There is no month {int(month)}: dates are read month first."
            raise BadCell(
                msg,
                "Write it as month/day/year, for example 10/18/2026.",
            ) from None
        msg = "There is no such day in the calendar."
        raise BadCell(msg, "Correct the date in the back office.") from None


def _serial(number: Decimal) -> date:
    if not (number.is_finite() and SERIAL_FIRST <= number <= SERIAL_LAST):
        raise _no_day()
    return _EXCEL_EPOCH + timedelta(days=int(number))


def _bounded(day: date) -> date:
    if not DAY_FIRST <= day <= DAY_LAST:
        msg = f"The year {day.year} cannot be right."
        raise BadCell(msg, "Correct the date in the back office.")
    return day


def _no_day() -> BadCell:
    return BadCell(
        "This is not a date that can be read.",
        "Write it as month/day/year, for example 10/18/2026.",
    )


@lru_cache(maxsize=REMEMBERED, typed=True)
def parse_decimal(cell: Cell, *, places: int, limit: Decimal) -> Decimal:
    """A number with at most `places` decimals, smaller than `limit` either side of zero.

    Read are `$1,234.50`, `(12.00)`, `-12`, `1,234.5-`, `40.00 hrs`; refused are percentages,
    European commas, and more decimals than `places`, rather than rounded in silence.
    """
    match cell:
        case bool() | date() | time() | timedelta():
            raise _no_number()
        case int():
            number = Decimal(cell)
        case float():
            if not _finite(cell):
                raise _no_number()
            number = _decimal_of(cell)
        case _:
            number = _typed_number(show(cell))
    if abs(number) >= limit:
        msg = f"The number is too large: {limit:,} is the limit."
        raise BadCell(
            msg,
            "Correct the number in the back office.",
        )
    quantum = Decimal(1).scaleb(-places)
    rounded = number.quantize(quantum, rounding=ROUND_HALF_UP)
    if rounded != number:
        msg = f"The number has more than {places} decimals."
        raise BadCell(
            msg,
            f"Round it to {places} decimals in the back office; it is never rounded here.",
        )
    return rounded if places == 2 else _trimmed(rounded)


def _typed_number(text: str) -> Decimal:
    _refuse_errors(text)
    if text.endswith("%"):
        msg = "This is a percentage, not a number."
        raise BadCell(msg, "Write the number itself.")
    if text.startswith("="):
        msg = "This is a formula, not its result."
        raise BadCell(
            msg,
            "Copy the column and paste it as values, then import again.",
        )
    body, negative = _sign(text.translate(_MINUSES))
    if not re.search(r"[0-9]", body) or not _PLAIN.match(body) or len(body) > 30:
        raise _no_number()
    number = Decimal(body.replace(",", ""))
    return -number if negative else number


def _sign(text: str) -> tuple[str, bool]:
    """The digits of a number without its unit, currency and sign, and whether it is negative."""
    body = _UNIT.sub("", text).strip().removeprefix("$").strip()
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1].strip(), True
    body = body.removeprefix("$").strip()
    if body.startswith("-") and not negative:
        body, negative = body[1:].strip(), True
    elif body.endswith("-") and not negative:
        body, negative = body[:-1].strip(), True
    elif body.startswith("+"):
        body = body[1:].strip()
    return body.removeprefix("$").strip(), negative


@lru_cache(maxsize=REMEMBERED, typed=True)
def parse_flag(cell: Cell) -> bool:
    """Yes or no: Active / Inactive, Y / N, True / False, 1 / 0, Open / Closed, Approved …"""
    word = " ".join(show(cell).lower().split())
    _refuse_errors(word.upper())
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    msg = "This is neither yes nor no."
    raise BadCell(msg, "Write Active or Inactive, or Y or N.")


def parse_worker_type(cell: Cell) -> WorkerType:
    """W2 or 1099; the back office also numbers them 1 and 2."""
    word = " ".join(show(cell).lower().split())
    if word in _W2:
        return WorkerType.W2
    if word in _C1099:
        return WorkerType.C1099
    msg = "This is no worker type."
    raise BadCell(msg, "Write W2 or 1099 (or 1 or 2).")


@lru_cache(maxsize=REMEMBERED, typed=True)
def parse_invoice_kind(cell: Cell) -> InvoiceKind:
    """Contractor or direct hire."""
    word = " ".join(show(cell).lower().replace("-", " ").split())
    if word in _DIRECT_HIRE:
        return InvoiceKind.DIRECT_HIRE
    if word in _CONTRACTOR:
        return InvoiceKind.CONTRACTOR
    msg = "This is no invoice kind."
    raise BadCell(msg, "Write Contractor or Direct Hire.")


def no_value(text: str) -> BadCell | None:
    """Why the shown text of a cell is no value: a formula without its result, or an Excel error."""
    if text == UNCALCULATED:
        return BadCell(
            "The cell holds a formula whose result was never saved.",
            "Open the file in Excel, save it there, and import it again.",
        )
    if text in EXCEL_ERRORS:
        return BadCell(
            "The cell shows an Excel error instead of a value.",
            "Repair the formula in the spreadsheet, or type the value.",
        )
    return None


def _refuse_errors(text: str) -> None:
    bad = no_value(text)
    if bad is not None:
        raise bad


def _no_number() -> BadCell:
    return BadCell(
        "This is not a number that can be read.",
        "Write it with a decimal point, for example 1,234.50.",
    )


def _finite(number: float) -> bool:
    return number - number == 0


def _decimal_of(number: float) -> Decimal:
    return Decimal(format(number, ".15g"))


def _trimmed(number: Decimal) -> Decimal:
    return Decimal(_plain(number))


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
