"""The chosen sheets of some uploads as records and problems; nothing is written anywhere.

What is checked before an import and what goes in with it are read by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tieout.core import facts
from tieout.service import uploads
from tieout.service.import_references import Resolver
from tieout.sources.sheets import BadInvoice, Kind, Problem, Row, gather_invoices, read
from tieout.store.queries.imports import Import

ORDER = (Kind.CLIENTS, Kind.JOBS, Kind.ITEMS, Kind.INVOICES)

Good = facts.SourceClient | facts.SourceJob | facts.SourceItem | facts.SourceInvoice
Outcome = Good | list[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetToRead:
    """One sheet to be read, with the file it is in."""

    row: Import
    name: str
    kind: Kind
    columns: dict[str, str]


def in_order(rows: Sequence[Import]) -> list[SheetToRead]:
    """Clients first, invoices last, whatever file they are in: later kinds refer to earlier."""
    sheets = [
        SheetToRead(row=row, name=each["sheet"], kind=Kind(each["kind"]), columns=each["columns"])
        for row in rows
        for each in row.sheets
        if each["kind"]
    ]
    return sorted(sheets, key=lambda sheet: ORDER.index(sheet.kind))


def rows_of(sheet: SheetToRead) -> Iterator[Row]:
    """Its rows, one at a time. Raises SheetRefused or FileNotFoundError when it cannot be read."""
    return read(
        uploads.root() / sheet.row.path,
        sheet=sheet.name,
        kind=sheet.kind,
        columns=sheet.columns,
        filename=sheet.row.filename,
    )


def outcomes(rows: Iterable[Row], resolver: Resolver) -> Iterator[Outcome]:
    """What the rows of the resolver's sheet become: a record each, or the problems of one."""
    resolved = (resolver.resolve(row) for row in rows if not row.skipped)
    if resolver.kind is Kind.INVOICES:
        for outcome in gather_invoices(resolved):
            yield list(outcome.problems) if isinstance(outcome, BadInvoice) else outcome
        return
    for row in resolved:
        if isinstance(row.fact, facts.SourceClient | facts.SourceJob | facts.SourceItem):
            yield row.fact
        else:
            yield list(row.problems)
