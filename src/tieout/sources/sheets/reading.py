"""Reading one sheet row by row. Nothing is written anywhere; a bad row never stops the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from tieout.sources.sheets.cells import show
from tieout.sources.sheets.columns import FIELDS, labels
from tieout.sources.sheets.facts import Cells, build, key_of
from tieout.sources.sheets.recognising import header_labels, is_blank
from tieout.sources.sheets.shapes import (
    HEADER_SEARCH_ROWS,
    Cell,
    Fact,
    Kind,
    Problem,
    Row,
    SheetRefused,
)
from tieout.sources.sheets.tables import RawRow, Table, TornRow, open_tables

_TOTALS = re.compile(
    r"^(?:grand |report |invoice |sub ?|page |overall )*totals?\b|^(?:sum|count|average)\b:?",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"^(?:report|generated|printed|exported|created|run|page|end of|as of|note|confidential|"
    r"copyright|filters?|\*|--|\d+ (?:rows?|records?))",
    re.IGNORECASE,
)


def read(
    path: Path,
    *,
    sheet: str,
    kind: Kind,
    columns: Mapping[str, str],
    filename: str = "",
) -> Iterator[Row]:
    """The rows below the header, in order: each a fact, its problems, or why it was passed over.

    `sheet` is a name that `recognise` listed (ignored for CSV, which has one); `columns` maps
    field names to header labels, as `Sheet.columns` or as a person changed it. Blank lines are
    not answered; totals rows, footers and repeated headers are, as `skipped`. Raises
    `SheetRefused` when the file, sheet or columns cannot be used at all, before the first row.
    """
    opened = open_tables(path, filename=filename or path.name)
    table = _table(opened.tables, opened.format, sheet)
    header_line, places = _find_header(table, kind, columns)
    return _rows(table.rows(), kind, header_line, places, columns)


def _table(tables: Sequence[Table], file_format: str, sheet: str) -> Table:
    if file_format == "csv":
        return tables[0]
    found = next((t for t in tables if t.name == sheet), None)
    if found is None:
        names = ", ".join(t.name for t in tables)
        msg = f"There is no sheet named {sheet}."
        raise SheetRefused(msg, f"Choose one of these sheets: {names}.")
    return found


def _find_header(
    table: Table, kind: Kind, columns: Mapping[str, str]
) -> tuple[int, dict[str, int]]:
    """The header's line, and the position of each mapped field's column."""
    known = labels(kind)
    foreign = [f for f in columns if f not in known]
    missing = [f.label for f in FIELDS[kind] if f.required and not columns.get(f.name)]
    if foreign or missing:
        what = f"no column for {', '.join(missing)}" if missing else f"unknown: {foreign[0]}"
        msg = f"The columns do not make {kind.value}: {what}."
        raise SheetRefused(
            msg,
            "Choose a column for each needed field.",
        )
    wanted = {f: h for f, h in columns.items() if h}
    best_missing = list(wanted.values())
    for line, cells in islice(table.rows(), HEADER_SEARCH_ROWS):
        if isinstance(cells, TornRow):
            continue
        found = header_labels(cells)
        absent = [h for h in wanted.values() if h not in found]
        if not absent:
            return line, {f: found.index(h) for f, h in wanted.items()}
        best_missing = min(best_missing, absent, key=len)
    msg = f"The file has no column named {best_missing[0]}."
    raise SheetRefused(
        msg,
        "Choose the columns again: the file differs from the one they were chosen for.",
    )


def _rows(
    raw: Iterator[RawRow],
    kind: Kind,
    header_line: int,
    places: Mapping[str, int],
    columns: Mapping[str, str],
) -> Iterator[Row]:
    known, seen = labels(kind), _Seen(kind)
    for line, cells in raw:
        if line <= header_line:
            continue
        if isinstance(cells, TornRow):
            yield Row(line=line, problems=(_torn(line, cells),))
            continue
        if is_blank(cells):
            continue
        values = {f: cells[at] for f, at in places.items() if at < len(cells)}
        if reason := _passed_over(cells, values, columns, kind):
            yield Row(line=line, skipped=reason)
            continue
        mapped = Cells(line=line, values=values, labels=known)
        fact = build(kind, mapped)
        key = key_of(kind, mapped)
        if not mapped.problems:
            seen.check(key, fact, mapped)
        problems = tuple(mapped.problems)
        yield Row(line=line, key=key, fact=None if problems else fact, problems=problems)


class _Seen:
    """Keys already read: a client, job or item that is listed twice must say the same twice."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._first: dict[tuple[str, str], tuple[int, Fact]] = {}

    def check(self, key: str, fact: Fact, cells: Cells) -> None:
        if self._kind is Kind.INVOICES:
            return
        name = ("", key) if self._kind is not Kind.ITEMS else (getattr(fact, "kind", ""), key)
        line, first = self._first.setdefault(name, (cells.line, fact))
        if first != fact:
            field = "key" if "key" in cells.values else "name"
            cells.report(
                field,
                f"{key} is also on line {line}, with other values.",
                "Keep one of the two lines; this one was left out.",
            )


def _passed_over(
    cells: Sequence[Cell], values: Mapping[str, Cell], columns: Mapping[str, str], kind: Kind
) -> str:
    leading = next(c for c in cells if c is not None and c != "")
    if not isinstance(leading, str):
        return ""
    if all(show(values.get(f)) == h for f, h in columns.items() if h):
        return "the column names again"
    first = next(text for c in cells if (text := show(c)))
    if first[0].isdigit() and not _FOOTER.match(first):
        return ""
    key = show(values.get("number" if kind is Kind.INVOICES else "key"))
    if key not in ("", first):
        return ""
    needed = (f.name for f in FIELDS[kind] if f.required)
    if _TOTALS.match(first) and any(not show(values.get(f)) for f in needed):
        return "a totals row"
    if len(columns) > 1 and _FOOTER.match(first) and sum(1 for c in cells if show(c)) == 1:
        return "a note below the list"
    return ""


def _torn(line: int, row: TornRow) -> Problem:
    return Problem(
        line=line,
        field="Line",
        value="",
        message=row.message,
        remedy="Look for a quotation mark that is opened and never closed, and export again.",
    )
