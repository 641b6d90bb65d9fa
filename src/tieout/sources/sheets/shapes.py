"""What the sheets reader takes and gives: kinds, rows, problems, workbooks and their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from tieout.core.facts import (
    InvoiceKind,
    SourceClient,
    SourceInvoice,
    SourceItem,
    SourceJob,
    SourceLine,
)

FILE_BYTES_MAX = 200_000_000 - 1  # a file of 200 MB is refused before it is opened
UNPACKED_BYTES_MAX = 600_000_000  # an Excel workbook, unzipped
UNPACKED_RATIO_MAX = 400  # unzipped : zipped, for parts above RATIO_FREE_BYTES
RATIO_FREE_BYTES = 20_000_000
PARTS_MAX = 2_000  # files inside one Excel workbook
ROWS_MAX = 250_000  # rows of one sheet, blank ones included
COLUMNS_MAX = 200
TEXT_CHARS_MAX = 4_095  # one cell of text: what QuickBooks holds in a memo
HEADER_SEARCH_ROWS = 30  # title rows above the header that are looked through
PREVIEW_ROWS = 10

Cell = str | int | float | bool | date | datetime | time | timedelta | None


class Kind(StrEnum):
    """What the rows of a sheet are."""

    CLIENTS = "clients"
    JOBS = "jobs"
    ITEMS = "items"
    INVOICES = "invoices"


class SheetRefused(Exception):
    """The file as a whole cannot be imported. Nothing was read and nothing has changed.

    `message` says what is wrong with the file, `remedy` what the person does about it.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in one cell: where, what was found, why not, and what to do.

    `line` counts as the spreadsheet program shows it (the first row is 1; for CSV, the line of
    the file on which the row begins). `field` is the label of the field, `value` the cell's text.
    """

    line: int
    field: str
    value: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceHeader:
    """What every line of one invoice repeats. None and "" mean the cell was empty."""

    key: str
    number: str
    client_key: str
    invoice_date: date
    kind: InvoiceKind | None = None
    due_date: date | None = None
    terms: str = ""
    po_number: str = ""
    memo: str = ""
    approved: bool | None = None
    total: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLineRow:
    """One row of an invoices sheet. `line.number` is 0 when the sheet does not number lines."""

    header: InvoiceHeader
    line: SourceLine


Fact = SourceClient | SourceJob | SourceItem | InvoiceLineRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One filled row: a fact, or its problems, or the reason why it was passed over.

    Exactly one of `fact`, `problems` and `skipped` is filled. `key` is the record's key as far
    as it could be read, so that a bad line still holds back the invoice it belongs to.
    """

    line: int
    key: str = ""
    fact: Fact | None = None
    problems: tuple[Problem, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadInvoice:
    """An invoice that does not go in, because of at least one bad line. All are listed."""

    key: str
    problems: tuple[Problem, ...]


InvoiceOutcome = SourceInvoice | BadInvoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A column that was recognised: the field it fills and how sure that is, 0 to 1."""

    field: str
    header: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet as found. `columns` (field → header) is what `read` takes, after any change.

    `kind` is None when nothing fits; `missing` are the required fields without a column (by
    field name); `header_line` is 0 when no header was found; `preview` holds the first data rows
    as text, one text per header.
    """

    name: str
    kind: Kind | None
    confidence: float
    header_line: int
    headers: tuple[str, ...]
    matches: tuple[Match, ...]
    unmatched: tuple[str, ...]
    missing: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A file that is a spreadsheet. `encoding` and `delimiter` are "" for Excel."""

    filename: str
    format: str  # "csv" or "xlsx"
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
