"""A mapping file as a table: its columns, its cells, its rows, and what is no such file.

The columns are described in docs/reference/mapping-files.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

Kind = Literal["job", "client", "item", "class"]

COLUMNS: dict[Kind, tuple[str, ...]] = {
    "job": (
        "job_key",
        "contractor",
        "client",
        "title",
        "start",
        "end",
        "quickbooks_list_id",
        "quickbooks_job",
    ),
    "client": ("client_key", "client", "quickbooks_list_id", "quickbooks_customer"),
    "item": ("kind", "item_key", "item", "quickbooks_list_id", "quickbooks_item"),
    "class": ("kind", "class_value", "quickbooks_list_id", "quickbooks_class"),
}
KEYS: dict[Kind, str] = {
    "job": "job_key",
    "client": "client_key",
    "item": "item_key",
    "class": "class_value",
}
NAME_ALIAS = "full_name"  # accepted in place of the last column
BYTES_MAX = 20 * 1024 * 1024
ROWS_MAX = 200_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def safe(cell: str) -> str:
    """The cell as text: a spreadsheet runs what begins like a formula, so it gets an apostrophe."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unsafe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: dict[str, str]

    def refused(self, field: str, message: str, remedy: str) -> RowRefused:
        return RowRefused(
            line=self.line,
            field=field,
            value=self.cells.get(field, "")[:300],
            message=message,
            remedy=remedy,
        )


def read_text(file: BinaryIO) -> str:
    raw = file.read(BYTES_MAX + 1)
    if len(raw) > BYTES_MAX:
        message = f"The file is larger than {BYTES_MAX // 1024 // 1024} MB."
        raise FileUnreadableError(message, "Divide it into several files.")
    if raw[:2] == b"PK" or b"\0" in raw:
        message = "This is not a CSV file."
        raise FileUnreadableError(
            message, "In Excel choose Save As → CSV UTF-8, then upload that."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


class Table:
    """The rows of the file under their columns' names."""

    def __init__(self, kind: Kind, text: str) -> None:
        self.kind = kind
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        self.reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            self.header = [_column(kind, name) for name in next(self.reader, [])]
        except csv.Error as error:
            raise _broken(error) from error
        wanted = {KEYS[kind]} | ({"kind"} if kind in {"item", "class"} else set())
        missing = sorted(wanted - set(self.header))
        if not {"quickbooks_list_id", COLUMNS[kind][-1]} & set(self.header):
            missing.append(COLUMNS[kind][-1])
        if missing:
            message = f"The heading has no column {' and no column '.join(missing)}."
            remedy = f"The first line must name the columns: {', '.join(COLUMNS[kind])}."
            raise FileUnreadableError(message, remedy)

    def rows(self) -> Iterator[Row]:
        try:
            for cells in self.reader:
                if self.reader.line_num > ROWS_MAX:
                    message = f"The file has more than {ROWS_MAX:,} rows."
                    raise FileUnreadableError(message, "Divide it into several files.")
                if any(cell.strip() for cell in cells):
                    named = zip(self.header, (unsafe(c.strip()) for c in cells), strict=False)
                    yield Row(self.reader.line_num, dict(named))
        except csv.Error as error:
            raise _broken(error) from error


def _broken(error: csv.Error) -> FileUnreadableError:
    return FileUnreadableError(
        f"The file cannot be read as CSV ({error}).", "Save it as CSV UTF-8 again."
    )


def _column(kind: Kind, name: str) -> str:
    plain = name.strip().lower().replace(" ", "_")
    return COLUMNS[kind][-1] if plain == NAME_ALIAS else plain
