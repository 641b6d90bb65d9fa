"""A file as named tables of cells: CSV in its encodings and delimiters, Excel by calamine."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from tieout.sources.sheets.packages import check_package
from tieout.sources.sheets.shapes import (
    COLUMNS_MAX,
    FILE_BYTES_MAX,
    ROWS_MAX,
    Cell,
    SheetRefused,
)

SAMPLE_BYTES = 1 << 16
DELIMITERS = ",;\t|"
SNIFFED_LINES = 25
_USE_A_SPREADSHEET = "Choose a CSV file or an Excel Workbook (.xlsx)."
_SIGNATURES = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TornRow:
    """A row of a CSV file that cannot be split into cells."""

    message: str


RawRow = tuple[int, list[Cell] | TornRow]  # line as the spreadsheet program shows it, cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet; `rows()` starts from the top each time. A CSV file is one table."""

    name: str
    rows: Callable[[], Iterator[RawRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    format: str
    tables: tuple[Table, ...]
    encoding: str = ""
    delimiter: str = ""


def open_tables(path: Path, *, filename: str) -> Opened:
    """Open a spreadsheet by its content, not its name; `SheetRefused` for anything else."""
    size = path.stat().st_size
    if size == 0:
        msg = "The file is empty."
        raise SheetRefused(msg, "Export it again, and choose that file.")
    if size > FILE_BYTES_MAX:
        raise too_large()
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE_BYTES)
    _refuse_foreign(sample)
    if sample.startswith(b"PK"):
        return _open_excel(path)
    return _open_csv(path, sample, filename=filename)


def too_large() -> SheetRefused:
    """The refusal of a file above the bound."""
    return SheetRefused(
        f"The file is too large: it must be below {(FILE_BYTES_MAX + 1) // 1_000_000} MB.",
        "Export a shorter period, split the file, or leave out columns that are not imported.",
    )


def _refuse_foreign(sample: bytes) -> None:
    for signature, what in _SIGNATURES:
        if sample.startswith(signature):
            msg = f"This is {what}, not a spreadsheet."
            raise SheetRefused(msg, _USE_A_SPREADSHEET)
    if sample.startswith(_OLE):
        msg = "This is an Excel 97–2003 workbook (.xls), or one protected by a password."
        raise SheetRefused(
            msg,
            "Open it in Excel and save it as Excel Workbook (.xlsx) without a password.",
        )
    text = sample.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<head", b"<meta", b"<div")):
        msg = "This is a web page (HTML or XML), whatever its name ends in."
        raise SheetRefused(
            msg,
            "Open it in Excel and save it as Excel Workbook (.xlsx), or export CSV.",
        )


# ---------------------------------------------------------------- Excel


def _open_excel(path: Path) -> Opened:
    marked = check_package(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = list(workbook.sheet_names)
    except (CalamineError, ValueError) as error:
        msg = "The Excel file cannot be read."
        raise SheetRefused(
            msg,
            "Open it in Excel, save it again as Excel Workbook (.xlsx), and import that.",
        ) from error
    tables = tuple(Table(name=n, rows=_excel_rows(workbook, n, marked.get(n, {}))) for n in names)
    return Opened(format="xlsx", tables=tables)


def _excel_rows(
    workbook: CalamineWorkbook, name: str, marked: dict[tuple[int, int], str]
) -> Callable[[], Iterator[RawRow]]:
    kept: list[CalamineSheet] = []  # loaded once, however often its rows are walked

    def rows() -> Iterator[RawRow]:
        sheet = kept[0] if kept else load()
        left = sheet.start[1] if sheet.start else 0
        flawed = {row for row, _ in marked}
        for index, cells in enumerate(sheet.iter_rows()):
            if index in flawed:
                for column in range(len(cells)):
                    cells[column] = marked.get((index, column + left), cells[column])
            yield index + 1, list(cells)

    def load() -> CalamineSheet:
        try:
            sheet = workbook.get_sheet_by_name(name)
        except (CalamineError, ValueError) as error:
            msg = f"The sheet {name} cannot be read."
            raise SheetRefused(
                msg,
                "Open the file in Excel, save it again, and import that.",
            ) from error
        kept.append(sheet)
        return sheet

    return rows


# ---------------------------------------------------------------- CSV


def _open_csv(path: Path, sample: bytes, *, filename: str) -> Opened:
    encoding = _encoding(path, sample)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
    if sum(1 for c in text if c < " " and c not in "\t\r\n\f") * 100 > len(text):
        msg = "The file holds binary data, not a list of cells."
        raise SheetRefused(msg, _USE_A_SPREADSHEET)
    if not text.strip("\ufeff\r\n\t ,;|"):
        msg = "The file holds no data."
        raise SheetRefused(msg, "Export it again, and choose that file.")
    delimiter = _delimiter(text)
    table = Table(
        name=Path(filename).stem or "Sheet1",
        rows=lambda: _csv_rows(path, encoding, delimiter),
    )
    return Opened(format="csv", tables=(table,), encoding=encoding, delimiter=delimiter)


def _encoding(path: Path, sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if len(sample) > 8 and sample[1::2].count(0) > 0.6 * len(sample[1::2]):
        return "utf-16-le"
    if len(sample) > 8 and sample[0::2].count(0) > 0.6 * len(sample[0::2]):
        return "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(text: str) -> str:
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[4]
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        try:
            widths = [len(r) for r in csv.reader(lines[:SNIFFED_LINES], delimiter=delimiter)]
        except csv.Error:
            continue
        common = max(set(widths), key=lambda w: (widths.count(w), w), default=1)
        score = 0 if common < 2 else widths.count(common) * 100 + common
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[RawRow]:
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        line = 1
        while True:
            try:
                cells: list[Cell] = list(next(reader))
            except StopIteration:
                return
            except csv.Error:
                yield line, TornRow(message="The line cannot be split into cells.")
            else:
                if line > ROWS_MAX:
                    raise _too_many_rows()
                if not (line == 1 and cells and str(cells[0]).lower() == "sep="):
                    yield line, _within(cells)
            line = reader.line_num + 1


def _within(cells: list[Cell]) -> list[Cell] | TornRow:
    if len(cells) > COLUMNS_MAX and any(cells[COLUMNS_MAX:]):
        return TornRow(message=f"The line has {len(cells):,} cells; {COLUMNS_MAX} is the most.")
    return cells[:COLUMNS_MAX]


def _too_many_rows() -> SheetRefused:
    return SheetRefused(
        f"The file has more than {ROWS_MAX:,} lines.", "Split it into smaller files."
    )
