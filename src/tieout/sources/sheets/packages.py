"""An Excel workbook is a zip of XML parts: looked through before a reader unpacks it.

Checked are the number of parts, their real unpacked size and ratio, the extent of every sheet
(one cell far away makes readers reserve the whole rectangle) and, because the reader shows them
as empty, the cells that hold an Excel error or a formula without a saved result.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from tieout.sources.sheets.cells import UNCALCULATED
from tieout.sources.sheets.shapes import (
    COLUMNS_MAX,
    PARTS_MAX,
    RATIO_FREE_BYTES,
    ROWS_MAX,
    UNPACKED_BYTES_MAX,
    UNPACKED_RATIO_MAX,
    SheetRefused,
)

CHUNK_BYTES = 1 << 20
CARRIED_BYTES_MAX = 1 << 16  # a cell cut in two by the end of a chunk
CELLS_MAX = 15_000_000  # rows × columns: a reader reserves the rectangle, about 32 bytes a cell
DIRECTORY_BYTES_MAX = 1 << 20  # workbook.xml and its relations, each
MARKED_CELLS_MAX = 100_000
_PREFIX = rb"(?:[A-Za-z0-9]+:)?"
_FAR = re.compile(
    rb"\sr\s*=\s*[\"']([A-Za-z]{0,9})(0*[0-9]{6,12})?"
)  # letters; digits if 6 or more
_NEAR_ROWS = 99_999  # rows of at most five digits, which need no closer look
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,9})([0-9]{1,12})[\"']")
_ERROR = re.compile(
    rb"<" + _PREFIX + rb"c(?=\s)([^>]*\st\s*=\s*[\"']e[\"'][^>]*)>"
    rb"(?:<" + _PREFIX + rb"f\b[^>]*?(?:/>|>[^<]*</" + _PREFIX + rb"f>))?"
    rb"\s*<" + _PREFIX + rb"v>([^<]*)</"
)
_UNCALCULATED = re.compile(
    rb"<" + _PREFIX + rb"c(?=\s)([^>]*)>\s*"
    rb"<" + _PREFIX + rb"f\b[^>]*?(?:/>|>[^<]*</" + _PREFIX + rb"f>)\s*"
    rb"(?:<" + _PREFIX + rb"v\s*/>|<" + _PREFIX + rb"v>\s*</" + _PREFIX + rb"v>)?"
    rb"\s*</" + _PREFIX + rb"c>"
)
_MARKS = (b"<f>", b"<f ", b"<f/", b":f", b't="e"', b"t='e'")
_TAGS = (b"<c ", b"<row", b":c ", b":row")


@dataclass(slots=True)
class _Extent:
    row: int = 0
    column: int = 0
    marked: dict[tuple[int, int], str] = field(default_factory=dict)


def check_package(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Refuse a hostile or broken workbook; else answer, per sheet name, its marked cells.

    Marked cells are keyed by (row, column), both from 0, with the text to show instead.
    """
    try:
        with zipfile.ZipFile(path) as package:
            _check_directory(package)
            extents = _check_parts(package)
            return {
                name: extents[part].marked
                for name, part in _sheet_parts(package)
                if part in extents
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError) as error:
        raise _damaged() from error
    except expat.ExpatError as error:
        raise _damaged() from error
    except (NotImplementedError, RuntimeError) as error:  # unknown compression, encryption
        msg = "The Excel file is packed or encrypted in a way that cannot be read."
        raise SheetRefused(
            msg,
            "Open it in Excel, save it without a password, and import it again.",
        ) from error


def _check_directory(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = [p.filename for p in parts]
    if "xl/workbook.xml" not in names:
        msg = "This is a zip archive, but not an Excel workbook (.xlsx)."
        raise SheetRefused(
            msg,
            "Choose the spreadsheet itself: a CSV file or an Excel Workbook (.xlsx).",
        )
    if len(parts) > PARTS_MAX or len(set(names)) < len(names):
        raise _damaged()
    unpacked = sum(p.file_size for p in parts)
    swollen = any(
        p.file_size > RATIO_FREE_BYTES and p.file_size > UNPACKED_RATIO_MAX * p.compress_size
        for p in parts
    )
    if unpacked > UNPACKED_BYTES_MAX or swollen:
        msg = (
            f"The Excel file unpacks to {unpacked:,} bytes, far more than a list of "
            "invoices needs."
        )
        raise SheetRefused(
            msg,
            "Export the list again, or split it into smaller files.",
        )


def _check_parts(package: zipfile.ZipFile) -> dict[str, _Extent]:
    """Unpack every part once, which also proves the declared sizes, and measure the sheets."""
    extents: dict[str, _Extent] = {}
    for part in package.infolist():
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            extents[part.filename] = _measure(_chunks(package, part))
        else:
            for _ in _chunks(package, part):
                pass
    return extents


def _chunks(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _measure(chunks: Iterator[bytes]) -> _Extent:
    extent, carried, rows = _Extent(), b"", 0
    for chunk in chunks:
        text = carried + chunk
        cut = max(text.rfind(tag) for tag in _TAGS)
        cut = cut if cut > len(text) - CARRIED_BYTES_MAX else len(text) - CARRIED_BYTES_MAX
        cut, carried = max(cut, 0), text[max(cut, 0) :]
        rows += _measure_text(text[:cut], extent)
    rows += _measure_text(carried, extent)
    row = max(extent.row, rows)
    if row > ROWS_MAX or extent.column > COLUMNS_MAX or row * extent.column > CELLS_MAX:
        msg = (
            f"A sheet reaches to row {row:,} and column {extent.column:,}; {ROWS_MAX:,} rows, "
            f"{COLUMNS_MAX} columns and {CELLS_MAX:,} cells are the most."
        )
        raise SheetRefused(
            msg,
            "Delete the empty rows and columns beyond the list (or split it), and save again.",
        )
    return extent


def _measure_text(text: bytes, extent: _Extent) -> int:
    """Widen the extent by this piece of a sheet; answer how many rows it opens."""
    far = set(_FAR.findall(text))
    extent.column = max(extent.column, *(_column(letters) for letters, _ in far), 0, 0)
    extent.row = max(extent.row, *(int(digits or 0) for _, digits in far), 0, 0)
    if extent.column * _NEAR_ROWS > CELLS_MAX:
        places = _PLACE.findall(text)
        extent.row = max(extent.row, *(int(digits) for _, digits in places), 0, 0)
    if any(mark in text for mark in _MARKS):
        _mark(_ERROR, text, extent)
        _mark(_UNCALCULATED, text, extent)
    return text.count(b"<row") + text.count(b":row")


def _mark(pattern: re.Pattern[bytes], text: bytes, extent: _Extent) -> None:
    for found in pattern.finditer(text):
        place = _PLACE.search(b" " + found[1])
        if place is None or len(extent.marked) >= MARKED_CELLS_MAX:
            continue
        shown = found[2].decode("ascii", "replace") if pattern is _ERROR else UNCALCULATED
        extent.marked.setdefault((int(place[2]) - 1, _column(place[1]) - 1), shown)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _sheet_parts(package: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(sheet name, path of its part), as workbook.xml and its relations say."""
    targets = {
        a.get("Id", ""): _target(a.get("Target", ""))
        for name, a in _elements(package, "xl/_rels/workbook.xml.rels")
        if name == "Relationship"
    }
    return [
        (a.get("name", ""), targets.get(_relation(a), ""))
        for name, a in _elements(package, "xl/workbook.xml")
        if name == "sheet"
    ]


def _relation(attributes: dict[str, str]) -> str:
    return next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")


def _target(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _elements(package: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    """Every element's local name and attributes, in order. DTDs and entities are refused."""
    if package.getinfo(name).file_size > DIRECTORY_BYTES_MAX:
        raise _damaged()
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append((tag.rpartition(":")[2], attributes))

    def doctype(*_: object) -> None:
        raise _damaged()

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(package.read(name), True)  # noqa: FBT003  expat takes it by position only
    return found


def _damaged() -> SheetRefused:
    return SheetRefused(
        "The Excel file is damaged, or only looks like one.",
        "Open it in Excel, save it again as Excel Workbook (.xlsx), and import that.",
    )
