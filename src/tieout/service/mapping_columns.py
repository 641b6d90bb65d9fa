"""A mapping file as a table: its columns, its cells, its rows, and what is no such file.

The columns are described in docs/reference/mapping-files.md. CSV and Excel are read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from tieout.sources.sheets import Cell, SheetRefused, TornRow, no_value, open_tables, show
from tieout.sources.sheets import Table as Sheet

Kind = Literal["job", "client", "item", "class"]

KEYS: dict[Kind, str] = {
    "job": "job_key",
    "client": "client_key",
    "item": "item_key",
    "class": "class_value",
}
OURS: dict[Kind, str] = {"job": "contractor", "client": "client", "item": "item", "class": ""}
TARGETS: dict[Kind, str] = {
    "job": "quickbooks_job",
    "client": "quickbooks_customer",
    "item": "quickbooks_item",
    "class": "quickbooks_class",
}
LIST_ID = "quickbooks_list_id"
VERSION = "version"
REASON = "reason"
WHY_IN_THE_FILE = f"Write why in the column {REASON}, then upload the file again."
_ABOUT: dict[Kind, tuple[str, ...]] = {
    "job": ("job_key", "contractor", "client", "title", "start", "end"),
    "client": ("client_key", "client"),
    "item": ("kind", "item_key", "item"),
    "class": ("kind", "class_value"),
}
COLUMNS: dict[Kind, tuple[str, ...]] = {
    kind: (*about, LIST_ID, TARGETS[kind], VERSION, REASON) for kind, about in _ABOUT.items()
}
_COUNTED = {*KEYS.values(), *TARGETS.values(), "kind", LIST_ID, VERSION, REASON}
NAME_ALIAS = "full_name"  # accepted in place of the column of QuickBooks' names
BYTES_MAX = 40 * 1024 * 1024
ROWS_MAX = 200_000
HEADING_WITHIN = 30  # rows above the heading that are looked through
VALUE_MAX = 300
# the full-width ones are signs of a formula to spreadsheet programs set to East Asian languages
_KEPT_ZEROS = re.compile(r'="([^"]*)"')  # as people keep leading zeros in CSV
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRefused:
    """One row that changed nothing: where it stands, what it says, and what to do."""

    line: int
    field: str
    value: str
    message: str
    remedy: str


class FileUnreadableError(ValueError):
    """The file as a whole is no mapping file; nothing was changed. `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def too_large() -> FileUnreadableError:
    """The refusal of a file above the bound."""
    return FileUnreadableError(
        f"The file is too large: a mapping file may have {BYTES_MAX // 1024 // 1024} MB.",
        "Split it into several files, or leave out columns: the key and the QuickBooks side "
        "are enough.",
    )


def safe(cell: str) -> str:
    """The cell as text: a spreadsheet runs what begins like a formula, so it gets an apostrophe.

    What begins with an apostrophe before such a sign gets one more, so that `unsafe` leads back.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell


def unsafe(cell: str) -> str:
    """The text that `safe` made harmless."""
    if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA):
        return cell[1:]
    return cell


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: its line as the spreadsheet program shows it, its cells by column."""

    line: int
    cells: dict[str, str]

    def cell(self, name: str) -> str:
        return self.cells.get(name, "")

    def broken(self) -> RowRefused | None:
        """Why the row is not read: a cell that counts holds a formula without result, or an error."""
        for field, text in self.cells.items():
            said = no_value(text)
            if said and field in _COUNTED:
                return self.refused(field, said.message, said.remedy)
        return None

    def refused(self, field: str, message: str, remedy: str, *, value: str = "") -> RowRefused:
        """Why this row changes nothing; the value is the field's, unless another is given."""
        said = value or self.cell(field)
        return RowRefused(
            line=self.line, field=field, value=said[:VALUE_MAX], message=message, remedy=remedy
        )


class Table:
    """The rows of a mapping file under their columns' names.

    Raises FileUnreadableError when it is none: too large, no spreadsheet, no such heading.
    """

    def __init__(self, kind: Kind, path: Path, *, filename: str) -> None:
        self.kind = kind
        if path.stat().st_size > BYTES_MAX:
            raise too_large()
        try:
            opened = open_tables(path, filename=filename)
            self._marked = opened.format == "csv"  # the apostrophes of `safe` are in CSV only
            self._sheet, self._line, self.header = self._find(opened.tables)
        except SheetRefused as error:
            raise FileUnreadableError(error.message, error.remedy) from error

    def rows(self) -> Iterator[Row | RowRefused]:
        """The filled rows, one after the other; a line that is no row of cells is refused."""
        count = 0
        try:
            for line, cells in self._sheet.rows():
                if line <= self._line or not _filled(cells):
                    continue
                count += 1
                if count > ROWS_MAX:
                    message = f"The file has more than {ROWS_MAX:,} rows."
                    raise FileUnreadableError(message, "Divide it into several files.")
                yield self._row(line, cells)
        except SheetRefused as error:
            raise FileUnreadableError(error.message, error.remedy) from error

    def _row(self, line: int, cells: list[Cell] | TornRow) -> Row | RowRefused:
        if isinstance(cells, TornRow):
            return RowRefused(
                line=line,
                field="",
                value="",
                message=cells.message,
                remedy="Correct the line, or save the file again as CSV UTF-8.",
            )
        texts = (self._text(cell) for cell in cells)
        return Row(line, dict(zip(self.header, texts, strict=False)))

    def _text(self, cell: Cell) -> str:
        text = show(cell).replace("\0", "")  # no database column holds that character
        if not self._marked:
            return text
        zeros = _KEPT_ZEROS.fullmatch(text)
        return zeros[1] if zeros else unsafe(text)

    def _find(self, sheets: Sequence[Sheet]) -> tuple[Sheet, int, list[str]]:
        """The first sheet with the heading, its line, and the names of its columns."""
        best: list[str] | None = None
        for sheet in sheets:
            for line, cells in islice(sheet.rows(), HEADING_WITHIN):
                if isinstance(cells, TornRow):
                    continue
                header = [_column(self.kind, show(cell)) for cell in cells]
                missing = self._missing(header)
                if not missing:
                    return sheet, line, header
                if any(header) and (best is None or len(missing) < len(best)):
                    best = missing
        missing = best or self._missing([])
        message = f"The heading has no column {' and no column '.join(missing)}."
        remedy = f"The first line must name the columns: {', '.join(COLUMNS[self.kind])}."
        raise FileUnreadableError(message, remedy)

    def _missing(self, header: list[str]) -> list[str]:
        wanted = {KEYS[self.kind]} | ({"kind"} if self.kind in {"item", "class"} else set())
        missing = sorted(wanted - set(header))
        if not {LIST_ID, TARGETS[self.kind]} & set(header):
            missing.append(TARGETS[self.kind])
        return missing


def _filled(cells: list[Cell] | TornRow) -> bool:
    return isinstance(cells, TornRow) or any(show(cell) for cell in cells)


def _column(kind: Kind, name: str) -> str:
    plain = name.strip().lower().replace(" ", "_")
    return TARGETS[kind] if plain == NAME_ALIAS else plain
