"""One row's cells → one fact, collecting every problem instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from tieout.core.facts import (
    InvoiceKind,
    SourceClient,
    SourceItem,
    SourceJob,
    SourceLine,
    WorkerType,
)
from tieout.core.money import line_amount
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
from tieout.sources.sheets.shapes import (
    Cell,
    Fact,
    InvoiceHeader,
    InvoiceLineRow,
    Kind,
    Problem,
)

AMOUNT_PLACES = 2
QUANTITY_PLACES = 5  # what QuickBooks keeps of a quantity and of a rate
AMOUNT_LIMIT = Decimal("1E+9")
LINE_NUMBER_LIMIT = Decimal(100_000)
T = TypeVar("T")


@dataclass(slots=True)
class Cells:
    """The mapped cells of one row, by field name, and the problems found while reading them."""

    line: int
    values: Mapping[str, Cell]
    labels: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def get(self, name: str, parse: Callable[[Cell], T], default: T) -> T:
        """The field's value; `default` when it is empty, has no column, or is bad (reported)."""
        cell = self.values.get(name)
        if cell is None or _empty(cell):
            return default
        try:
            return parse(cell)
        except BadCell as bad:
            self.report(name, bad.message, bad.remedy)
            return default

    def need(self, name: str, parse: Callable[[Cell], T], default: T) -> T:
        """As `get`, but an empty cell is a problem."""
        if _empty(self.values.get(name)):
            self.report(name, "The cell is empty, but needed.", "Fill it in the back office.")
            return default
        return self.get(name, parse, default)

    def report(self, name: str, message: str, remedy: str) -> None:
        self.problems.append(
            Problem(
                line=self.line,
                field=self.labels.get(name, name),
                value=show(self.values.get(name)),
                message=message,
                remedy=remedy,
            )
        )


def _empty(cell: Cell) -> bool:
    """Whether nothing can be seen in the cell. Most cells are decided by their first character."""
    if not isinstance(cell, str):
        return cell is None
    return not cell or (not "!" <= cell[0] <= "~" and not show(cell))


def build(kind: Kind, cells: Cells) -> Fact:
    """The fact of one row. It counts only when `cells.problems` stayed empty."""
    match kind:
        case Kind.CLIENTS:
            return _client(cells)
        case Kind.JOBS:
            return _job(cells)
        case Kind.ITEMS:
            return _item(cells)
        case Kind.INVOICES:
            return _invoice_line(cells)


def key_of(kind: Kind, cells: Cells) -> str:
    """The record's key as far as it can be read, reporting nothing."""
    names = {Kind.INVOICES: ("key", "number"), Kind.JOBS: ("key",)}.get(kind, ("key", "name"))
    for name in names:
        try:
            if key := parse_key(cells.values.get(name)):
                return key
        except BadCell:
            continue
    return ""


def _client(cells: Cells) -> SourceClient:
    name = cells.need("name", parse_key, "")
    return SourceClient(
        key=cells.get("key", parse_key, name),
        name=name,
        active=cells.get("active", parse_flag, True),
    )


def _job(cells: Cells) -> SourceJob:
    start = cells.get("start_date", _optional_day, None)
    end = cells.get("end_date", _optional_day, None)
    if start and end and end < start:
        cells.report(
            "end_date",
            f"The job ends before it starts ({start.isoformat()}).",
            "Correct one of the two dates in the back office.",
        )
    return SourceJob(
        key=cells.need("key", parse_key, ""),
        client_key=cells.need("client_key", parse_key, ""),
        contractor=cells.need("contractor", parse_key, ""),
        title=cells.get("title", parse_key, ""),
        start_date=start,
        projected_end_date=cells.get("projected_end_date", _optional_day, None),
        end_date=end,
        active=cells.get("active", parse_flag, True),
        worker_type=cells.get("worker_type", parse_worker_type, WorkerType.UNKNOWN),
        class_value=cells.get("class_value", parse_key, ""),
        po_number=cells.get("po_number", parse_key, ""),
    )


def _item(cells: Cells) -> SourceItem:
    name = cells.need("name", parse_key, "")
    return SourceItem(
        key=cells.get("key", parse_key, name),
        name=name,
        kind=cells.get("kind", parse_invoice_kind, InvoiceKind.CONTRACTOR),
        active=cells.get("active", parse_flag, True),
    )


def _invoice_line(cells: Cells) -> InvoiceLineRow:
    number = cells.need("number", parse_key, "")
    header = InvoiceHeader(
        key=cells.get("key", parse_key, number),
        number=number,
        client_key=cells.need("client_key", parse_key, ""),
        invoice_date=cells.need("invoice_date", parse_day, date.min),
        kind=cells.get("kind", _optional_kind, None),
        due_date=cells.get("due_date", _optional_day, None),
        terms=cells.get("terms", parse_key, ""),
        po_number=cells.get("po_number", parse_key, ""),
        memo=cells.get("memo", parse_text, ""),
        approved=cells.get("approved", _optional_flag, None),
        total=cells.get("total", _money, None),
    )
    return InvoiceLineRow(header=header, line=_line(cells))


def _line(cells: Cells) -> SourceLine:
    quantity = cells.get("quantity", _quantity, None)
    rate = cells.get("rate", _quantity, None)
    return SourceLine(
        number=cells.get("line_number", _line_number, 0),
        item_key=cells.need("item_key", parse_key, ""),
        amount=_amount(cells, quantity, rate),
        job_key=cells.get("job_key", parse_key, ""),
        description=cells.get("description", parse_text, ""),
        quantity=quantity,
        rate=rate,
        service_date=cells.get("service_date", _optional_day, None),
        class_value=cells.get("class_value", parse_key, ""),
    )


def _amount(cells: Cells, quantity: Decimal | None, rate: Decimal | None) -> Decimal:
    """The amount as billed; where the cell is empty, quantity × rate, half a cent up."""
    before = len(cells.problems)
    amount = cells.get("amount", _money, None)
    if amount is not None or len(cells.problems) > before:
        return amount or Decimal("0.00")
    if quantity is None or rate is None:
        cells.report(
            "amount",
            "There is no amount, and no quantity and rate to compute it from.",
            "Fill in the amount in the back office.",
        )
        return Decimal("0.00")
    product = line_amount(quantity, rate)
    if abs(product) >= AMOUNT_LIMIT:
        cells.report(
            "amount", "Quantity × rate is too large.", "Correct the numbers in the back office."
        )
    return product


def _optional_day(cell: Cell) -> date | None:
    return parse_day(cell)


def _optional_flag(cell: Cell) -> bool | None:
    return parse_flag(cell)


def _optional_kind(cell: Cell) -> InvoiceKind | None:
    return parse_invoice_kind(cell)


def _money(cell: Cell) -> Decimal | None:
    return parse_decimal(cell, places=AMOUNT_PLACES, limit=AMOUNT_LIMIT)


def _quantity(cell: Cell) -> Decimal | None:
    return parse_decimal(cell, places=QUANTITY_PLACES, limit=AMOUNT_LIMIT)


def _line_number(cell: Cell) -> int:
    number = parse_decimal(cell, places=0, limit=LINE_NUMBER_LIMIT)
    if number < 1:
        msg = "Lines are numbered from 1."
        raise BadCell(msg, "Correct the line number, or leave it empty.")
    return int(number)
