"""Clients, contractor jobs, pay/bill items and invoices from CSV and Excel files.

    workbook = recognise(path, filename="October invoices.xlsx")
    sheet = workbook.sheets[0]                       # kind, columns, preview: shown, re-mappable
    rows = read(path, sheet=sheet.name, kind=sheet.kind, columns=sheet.columns)
    for outcome in gather_invoices(rows): ...        # SourceInvoice or BadInvoice

Nothing is written here. Progress is counted by the caller, one `Row` at a time.
"""

from __future__ import annotations

from tieout.sources.sheets.cells import no_value, show
from tieout.sources.sheets.columns import FIELDS, Field, labels, required_fields
from tieout.sources.sheets.gathering import gather_invoices
from tieout.sources.sheets.reading import read
from tieout.sources.sheets.recognising import recognise
from tieout.sources.sheets.shapes import (
    FILE_BYTES_MAX,
    ROWS_MAX,
    BadInvoice,
    Cell,
    InvoiceHeader,
    InvoiceLineRow,
    Kind,
    Match,
    Problem,
    Row,
    Sheet,
    SheetRefused,
    Workbook,
)
from tieout.sources.sheets.tables import RawRow, Table, TornRow, open_tables

__all__ = [
    "FIELDS",
    "FILE_BYTES_MAX",
    "ROWS_MAX",
    "BadInvoice",
    "Cell",
    "Field",
    "InvoiceHeader",
    "InvoiceLineRow",
    "Kind",
    "Match",
    "Problem",
    "RawRow",
    "Row",
    "Sheet",
    "SheetRefused",
    "Table",
    "TornRow",
    "Workbook",
    "gather_invoices",
    "labels",
    "no_value",
    "open_tables",
    "read",
    "recognise",
    "required_fields",
    "show",
]
