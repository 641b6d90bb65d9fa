"""A small staffing agency in two books: what the back office exports, and its QuickBooks company.

Contractor job                          Client            Customer:Job in QuickBooks
J-1 Elena Ortiz, ICU Registered Nurse   Acme Health       Acme Health:Ortiz, Elena - ICU
J-2 Sam Reed, Forklift Operator         Birch Logistics   Birch Logistics Inc:Reed, Sam
J-3 Marcus Webb, Physical Therapist     Acme Health       Acme Health:Webb, Marcus - PT
J-4 Nora Quinn, Picker                  Birch Logistics   (the bookkeeper has not made it yet)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

ORTIZ = "Acme Health:Ortiz, Elena - ICU"
ORTIZ_NIGHTS = "Acme Health:Ortiz, Elena - ICU nights"
REED = "Birch Logistics Inc:Reed, Sam"
WEBB = "Acme Health:Webb, Marcus - PT"
QUINN = "Birch Logistics Inc:Quinn, Nora - Picker"

CLIENTS = """\
Client ID,Client,City,State,Payment Terms,Invoice By,Status
C-1,Acme Health,Columbus,OH,Net 30,Contract Job,Active
C-2,Birch Logistics,Dayton,OH,Net 30,Contract Job,Active
"""
JOBS = """\
Contractor Job ID,Contractor,Client ID,Client,Job Title,Start Date,Projected End Date,End Date,\
Status,Contractor Type,Division,PO Number,Bill Rate
J-1,Elena Ortiz,C-1,Acme Health,ICU Registered Nurse,06/08/2026,,,Active,W2,Healthcare,,$55.00
J-2,Sam Reed,C-2,Birch Logistics,Forklift Operator,07/13/2026,,,Active,W2,Industrial,PO-77,$30.00
J-3,Marcus Webb,C-1,Acme Health,Physical Therapist,05/04/2026,,,Active,1099,Healthcare,,$62.50
J-4,Nora Quinn,C-2,Birch Logistics,Picker,09/07/2026,,,Active,W2,Industrial,PO-77,$24.00
"""
ITEMS = """\
Item ID,Pay/Bill Item,Invoice Type,Status
REG,Regular Time,Contractor,Active
OT,Overtime,Contractor,Active
"""
INVOICE_COLUMNS = (
    "Invoice #,Invoice Type,Client ID,Client,Invoice Date,Line,Contractor Job ID,Item ID,"
    "Pay/Bill Item,Week Ending,Quantity,Bill Rate,Amount,Division,Description,Invoice Total,"
    "Approved\n"
)
# 1003 bills two jobs: it becomes 1003-1 and 1003-2 in QuickBooks
INVOICES = (
    INVOICE_COLUMNS
    + """\
1001,Contractor,C-1,Acme Health,10/04/2026,1,J-1,REG,Regular Time,10/04/2026,40,55.00,2200.00,\
Healthcare,Elena Ortiz W/E 10/04/2026,2530.00,Yes
1001,Contractor,C-1,Acme Health,10/04/2026,2,J-1,OT,Overtime,10/04/2026,4,82.50,330.00,\
Healthcare,Elena Ortiz overtime W/E 10/04/2026,2530.00,Yes
1002,Contractor,C-2,Birch Logistics,10/04/2026,1,J-2,REG,Regular Time,10/04/2026,38.5,30.00,\
1155.00,Industrial,Sam Reed W/E 10/04/2026,1155.00,Yes
1003,Contractor,C-1,Acme Health,10/11/2026,1,J-1,REG,Regular Time,10/11/2026,36,55.00,1980.00,\
Healthcare,Elena Ortiz W/E 10/11/2026,2855.00,Yes
1003,Contractor,C-1,Acme Health,10/11/2026,2,J-3,REG,Regular Time,10/11/2026,14,62.50,875.00,\
Healthcare,Marcus Webb W/E 10/11/2026,2855.00,Yes
1004,Contractor,C-2,Birch Logistics,10/11/2026,1,J-4,REG,Regular Time,10/11/2026,40,24.00,960.00,\
Industrial,Nora Quinn W/E 10/11/2026,960.00,Yes
"""
)
QUICKBOOKS: dict[str, Any] = {
    "preferences": {"class_tracking": False},
    "accounts": [{"name": "Staffing Revenue", "type": "Income"}],
    "classes": [{"full_name": "Healthcare", "active": True}],
    "items": [
        {"kind": "Service", "full_name": name, "income_account": "Staffing Revenue"}
        for name in ("Regular Hours", "Overtime Hours")
    ],
    "customers": [
        {"full_name": "Acme Health"},
        {"full_name": ORTIZ},
        {"full_name": ORTIZ_NIGHTS},
        {"full_name": WEBB},
        {"full_name": "Birch Logistics Inc"},
        {"full_name": REED},
        {"full_name": "Birch Logistics Inc:Reid, Samuel", "active": False},
    ],
}
MAPPINGS = {
    "clients": f"client_key,full_name\nC-1,{ORTIZ.partition(':')[0]}\nC-2,Birch Logistics Inc\n",
    "items": "kind,item_key,full_name\n"
    "contractor,REG,Regular Hours\ncontractor,OT,Overtime Hours\n",
    "jobs": f'job_key,full_name\nJ-1,"{ORTIZ}"\nJ-2,"{REED}"\nJ-3,"{WEBB}"\n',
}


def write_files(folder: Path) -> list[Path]:
    """Write the four files of the back office, in the order of importing them."""
    texts = {"clients": CLIENTS, "jobs": JOBS, "items": ITEMS, "invoices": INVOICES}
    return [_write(folder / f"{name}.csv", text) for name, text in texts.items()]


def weekly_invoices(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    """One more file of invoices: (number, job key, hours at 10.00), one line each."""
    client_of = dict.fromkeys(("J-2", "J-4", "J-9"), "C-2")
    lines = [
        f"{number},Contractor,{client_of.get(job, 'C-1')},,10/18/2026,1,{job},REG,Regular Time,10/18/2026,"
        f"{hours},10.00,{int(hours) * 10}.00,,W/E 10/18/2026,{int(hours) * 10}.00,Yes\n"
        for number, job, hours in rows
    ]
    return _write(folder / f"invoices-{rows[0][0]}.csv", INVOICE_COLUMNS + "".join(lines))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
