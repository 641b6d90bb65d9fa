"""Small spreadsheets for tests, written the way people's programs write them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from tieout.sources.sheets import Kind, Row, gather_invoices, read, recognise

INVOICES = """\
Invoice #,Client ID,Invoice Date,Contractor Job ID,Item ID,Quantity,Bill Rate,Amount
20417,C-1,10/18/2026,J-1,REG,40.00,$52.13,"$2,085.20"
20417,C-1,10/18/2026,J-1,OT,2.00,78.195,156.39
20418,C-2,10/18/2026,J-2,REG,38,30,1140
"""


def csv_file(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def xlsx_file(folder: Path, rows: Sequence[Sequence[Any]], *, name: str = "in.xlsx") -> Path:
    path = folder / name
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Invoices")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, tuple):  # a formula and its saved result
                sheet.write_formula(at, column, value[0], None, value[1])
            elif isinstance(value, str):
                sheet.write_string(at, column, value)
            elif value is not None:
                sheet.write(at, column, value)
    book.close()
    return path


def part_replaced(source: Path, target: Path, part: str, content: bytes) -> Path:
    """A copy of a workbook with one of its parts replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return target


def read_all(path: Path, *, kind: Kind | None = None) -> list[Row]:
    sheet = recognise(path, filename=path.name).sheets[0]
    wanted = kind or sheet.kind
    assert wanted, f"not recognised: {sheet}"
    return list(read(path, sheet=sheet.name, kind=wanted, columns=sheet.columns))


def invoices_of(path: Path) -> list[Any]:
    return list(gather_invoices(read_all(path, kind=Kind.INVOICES)))
