"""Invoice lines → invoices. An invoice goes in whole or not at all.

Lines of one invoice need not stand together, so every line is held until the sheet ends: at most
`shapes.ROWS_MAX` of them, about one kilobyte each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tieout.core.facts import InvoiceKind, SourceInvoice, SourceLine
from tieout.sources.sheets.columns import labels
from tieout.sources.sheets.shapes import (
    BadInvoice,
    InvoiceHeader,
    InvoiceLineRow,
    InvoiceOutcome,
    Kind,
    Problem,
    Row,
)

_LABELS = labels(Kind.INVOICES)
_EMPTY: tuple[object, ...] = (None, "")


@dataclass(slots=True)
class _Sheaf:
    """The lines of one invoice so far."""

    key: str
    header: InvoiceHeader | None = None
    said_on: dict[str, int] = field(default_factory=dict)  # header field → line that said it
    lines: list[tuple[int, SourceLine]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def gather_invoices(rows: Iterable[Row]) -> Iterator[InvoiceOutcome]:
    """Group the rows of an invoices sheet, in the order in which invoices first appear.

    A `BadInvoice` lists every problem of all its lines, and where lines contradict each other.
    A bad row without a readable invoice number is answered as `BadInvoice(key="")`, and the
    invoices of the rows right before and after it are held back, since it may belong to either.
    """
    sheaves: dict[str, _Sheaf] = {}
    previous: _Sheaf | None = None
    nameless: list[Row] = []
    for row in rows:
        if row.skipped:
            previous, nameless = None, []
            continue
        if not row.key:
            yield BadInvoice(key="", problems=row.problems)
            if previous is not None:
                previous.problems.append(_may_belong(row, previous.key))
            nameless.append(row)
            continue
        sheaf = sheaves.setdefault(row.key, _Sheaf(key=row.key))
        if sheaf is not previous:
            sheaf.problems.extend(_may_belong(lost, row.key) for lost in nameless)
        previous, nameless = sheaf, []
        _add(sheaf, row)
    for sheaf in sheaves.values():
        yield _outcome(sheaf)


def _add(sheaf: _Sheaf, row: Row) -> None:
    sheaf.problems.extend(row.problems)
    if not isinstance(row.fact, InvoiceLineRow):
        return
    sheaf.lines.append((row.line, row.fact.line))
    sheaf.header = _merge(sheaf, row.fact.header, row.line)


def _merge(sheaf: _Sheaf, header: InvoiceHeader, line: int) -> InvoiceHeader:
    """Fill what earlier lines left empty; report what contradicts them."""
    known = sheaf.header or header
    if sheaf.header == header:
        return known
    fill: dict[str, Any] = {}
    for item in fields(InvoiceHeader):
        said, ours = getattr(header, item.name), getattr(known, item.name)
        if said in _EMPTY:
            continue
        first = sheaf.said_on.setdefault(item.name, line)
        if ours in _EMPTY:
            fill[item.name] = said
        elif said != ours:
            sheaf.problems.append(_conflict(sheaf.key, item.name, line, said, first, ours))
    return replace(known, **fill) if fill else known


def _outcome(sheaf: _Sheaf) -> InvoiceOutcome:
    lines = _numbered(sheaf)
    if sheaf.problems or sheaf.header is None:
        problems = sorted(set(sheaf.problems), key=lambda p: (p.line, p.field, p.message))
        return BadInvoice(key=sheaf.key, problems=tuple(problems))
    head = sheaf.header
    return SourceInvoice(
        key=sheaf.key,
        number=head.number,
        client_key=head.client_key,
        invoice_date=head.invoice_date,
        lines=lines,
        kind=head.kind or InvoiceKind.CONTRACTOR,
        due_date=head.due_date,
        terms=head.terms,
        po_number=head.po_number,
        memo=head.memo,
        approved=head.approved is not False,
        total=head.total,
    )


def _numbered(sheaf: _Sheaf) -> tuple[SourceLine, ...]:
    """Lines in the order of their numbers; unnumbered ones are counted in file order."""
    numbered: dict[int, int] = {}
    lines: list[SourceLine] = []
    for place, (row, line) in enumerate(sheaf.lines, start=1):
        if line.number and numbered.setdefault(line.number, row) != row:
            sheaf.problems.append(_twice(sheaf.key, row, line.number, numbered[line.number]))
        lines.append(line if line.number else replace(line, number=place))
    if numbered and len(numbered) < len(lines):
        lines = [replace(line, number=place) for place, line in enumerate(lines, start=1)]
    return tuple(sorted(lines, key=lambda line: line.number))


def _conflict(key: str, name: str, line: int, said: Any, first: int, ours: Any) -> Problem:
    return Problem(
        line=line,
        field=_LABELS[name],
        value=str(said),
        message=f"Invoice {key} says {ours} on line {first}, and something else here.",
        remedy="All lines of one invoice must agree: correct one of them in the back office.",
    )


def _twice(key: str, row: int, number: int, first: int) -> Problem:
    return Problem(
        line=row,
        field=_LABELS["line_number"],
        value=str(number),
        message=f"Invoice {key} has a line {number} already, on line {first} of the file.",
        remedy="If the line was exported twice, remove one; else number the lines apart.",
    )


def _may_belong(row: Row, key: str) -> Problem:
    return Problem(
        line=row.line,
        field=_LABELS["number"],
        value="",
        message=f"This line has no invoice number and may belong to invoice {key}.",
        remedy="Fill in the invoice number on every line; the invoice waits until then.",
    )
