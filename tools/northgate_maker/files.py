"""The back office's tables in the forms of an American export, as CSV and as one workbook."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from northgate_maker.agency import ITEMS, TERMS_DAYS, Agency, Invoice, Line

MISTAKES = """\
Northgate Staffing - invoice register
Printed 10/19/2026

Inv No;Customer ID;Date;W/E;Job #;Pay Code;Hrs;Rate;Ext Amount;Terms
22001;C-1003;Oct 18, 2026;10/18/26;J-10403;REG;40.00 hrs;76.50;3,060.00;Net 30
22001;C-1003;Oct 18, 2026;10/18/26;J-10403;OT;2;114.75;;Net 30
22002;C-1003;18/10/2026;10/18/26;J-10403;REG;8;76.50;612.00;Net 30
22003;C-1006;10/18/2026;10/18/26;J-10406;REG;75%;51.25;41.00;Net 30
22004;C-1006;10/18/2026;10/18/26;J-10406;;8;51.25;410.00;Net 30
22005;C-1006;10/18/2026;10/18/26;J-10406;REG;8;51.25;=G9*H9;Net 30
22006;C-1007;10/18/2026;10/18/26;J-10407;REG;8;50.00;400.00;Net 30
22006;C-1007;10/18/2026;10/18/26;J-10407;OT;1;75.00;75.00;Net 15

;C-1009;10/18/2026;10/18/26;J-10409;REG;8;50.00;400.00;Net 30

22007;C-1009;10/18/2026;10/18/26;J-10409;REG;8;50.005555;400.04;Net 30
22008;C-1010;10/18/2026;10/18/26;J-10410;EXP;;;(12.505);Net 30
22009;C-1010;10/18/2026;10/18/26;J-10410;EXP;;;(12.50);Net 30
Total;;;;;;;;$5,437.54;
"""  # an export with every usual mistake: semicolons, titles, a total, and rows that cannot go in
Value = str | int | date | Decimal | None
Table = list[list[Value]]


def tables(agency: Agency) -> dict[str, Table]:
    """Sheet name → header and rows, still as values: each file writes them in its own way."""
    return {
        "Clients": _clients(agency),
        "Contractor Jobs": _jobs(agency),
        "Pay Bill Items": _items(),
        "Invoices": _invoices(agency),
    }


def _items() -> Table:
    head: list[Value] = ["Item ID", "Pay/Bill Item", "Invoice Type", "Status"]
    rows: Table = [[*row] for row in ITEMS]
    return [head, *rows]


def _clients(agency: Agency) -> Table:
    head: list[Value] = [
        "Client ID", "Client", "City", "State", "Payment Terms", "Invoice By", "Status"
    ]  # fmt: skip
    rows: Table = [
        [
            c.key,
            c.name,
            c.city,
            c.state,
            c.terms,
            "Client" if c.by_client else "Contract Job",
            "Active" if c.active else "Inactive",
        ]
        for c in agency.clients
    ]
    return [head, *rows]


def _jobs(agency: Agency) -> Table:
    head: list[Value] = [
        "Contractor Job ID", "Contractor", "Client ID", "Client", "Job Title", "Start Date",
        "Projected End Date", "End Date", "Status", "Contractor Type", "Division", "PO Number",
        "Bill Rate",
    ]  # fmt: skip
    rows: Table = [
        [
            j.key,
            j.contractor,
            j.client.key,
            j.client.name,
            j.title,
            j.start,
            j.projected_end,
            j.end,
            j.status,
            j.worker_type,
            j.division,
            j.po_number,
            j.rate,
        ]
        for j in agency.jobs
    ]
    return [head, *rows]


def _invoices(agency: Agency) -> Table:
    head: list[Value] = [
        "Invoice #", "Invoice Type", "Client ID", "Client", "Invoice Date", "Due Date",
        "Payment Terms", "PO Number", "Line", "Contractor Job ID", "Contractor", "Item ID",
        "Pay/Bill Item", "Week Ending", "Quantity", "Bill Rate", "Amount", "Division",
        "Description", "Invoice Total", "Approved", "Memo",
    ]  # fmt: skip
    names = {key: name for key, name, *_ in ITEMS}
    rows: Table = [
        _invoice_row(invoice, at, line, names[line.item])
        for invoice in agency.invoices
        for at, line in enumerate(invoice.lines, start=1)
    ]
    return [head, *rows]


def _invoice_row(invoice: Invoice, at: int, line: Line, item_name: str) -> list[Value]:
    client, job = invoice.client, line.job
    return [
        invoice.number,
        invoice.kind,
        client.key,
        client.name,
        invoice.day,
        invoice.day + timedelta(days=TERMS_DAYS[client.terms]),
        client.terms,
        invoice.po_number,
        at,
        job.key if job else "",
        job.contractor if job else "",
        line.item,
        item_name,
        line.week,
        line.quantity,
        line.rate,
        line.amount,
        job.division if job else "",
        line.description,
        invoice.total,
        "Yes",
        invoice.memo,
    ]


def write_csv(path: Path, table: Table) -> None:
    money = {i for i, h in enumerate(table[0]) if h in ("Amount", "Invoice Total", "Bill Rate")}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for at, row in enumerate(table):
            writer.writerow([_typed(v, money=at > 0 and i in money) for i, v in enumerate(row)])


def _typed(value: Value, *, money: bool) -> str:
    """The value as an American program prints it: 10/18/2026, $1,234.50, (12.00)."""
    match value:
        case None:
            return ""
        case date():
            return f"{value:%m/%d/%Y}"
        case Decimal():
            if not money:
                return f"{value:.2f}"
            digits = f"{abs(value):,.3f}".removesuffix("0")
            return f"(${digits})" if value < 0 else f"${digits}"
        case _:
            return str(value)


def write_workbook(path: Path, sheets: dict[str, Table]) -> None:
    """One workbook with real dates and numbers; the same bytes for the same XlsxWriter."""
    book = xlsxwriter.Workbook(str(path))
    made = datetime.combine(date(2026, 10, 19), time())
    book.set_properties({"title": "Northgate Staffing", "created": made})
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "mm/dd/yyyy"})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(table[0]):
            sheet.write_string(0, column, str(title), bold)
            sheet.set_column(column, column, max(12, len(str(title)) + 2))
        for at, row in enumerate(table[1:], start=1):
            for column, value in enumerate(row):
                _write_cell(sheet, at, column, value, day)
    book.close()


def _write_cell(sheet: Any, row: int, column: int, value: Value, day: Any) -> None:
    match value:
        case None | "":
            return
        case date():
            sheet.write_datetime(row, column, datetime.combine(value, time()), day)
        case Decimal() | int():
            sheet.write_number(row, column, value)
        case str() if value.isdigit():
            sheet.write_number(row, column, int(value))
        case _:
            sheet.write_string(row, column, value)


def write_texts(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def write_mistakes(path: Path) -> None:
    """As an old Windows program writes it."""
    path.write_bytes(MISTAKES.replace("\n", "\r\n").encode("cp1252"))


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
