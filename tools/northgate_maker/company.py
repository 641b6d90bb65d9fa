"""The company file as JSON, and the mapping files and answers that go with it."""

from __future__ import annotations

from typing import Any

from northgate_maker.agency import Agency
from northgate_maker.books import (
    CLASS_LINKS,
    CLOSING_DATE,
    ITEM_LINKS,
    ITEMS,
    LEFT_OUT_FOR_GOOD,
    Books,
)
from northgate_maker.specials import UNKNOWN_TO_BOOKS

Table = list[list[str]]


def company(agency: Agency, books: Books) -> dict[str, Any]:
    """What `CompanyFile.load` of the rehearsal company takes."""
    return {
        "name": "Northgate Staffing",
        "company_file": "C:\\Books\\Northgate Staffing.QBW",
        "preferences": {
            "class_tracking": True,
            "sales_tax": False,
            "closing_date": CLOSING_DATE,
        },
        "accounts": [
            {"name": "Accounts Receivable", "type": "AccountsReceivable"},
            {"name": "Staffing Revenue", "type": "Income"},
            {"name": "Direct Hire Revenue", "type": "Income"},
            {"name": "Reimbursed Expenses", "type": "Income"},
        ],
        "terms": [
            {"name": "Due on receipt", "due_days": 0},
            {"name": "Net 15", "due_days": 15},
            {"name": "Net 30", "due_days": 30},
            {"name": "Net 60", "due_days": 60},
        ],
        "classes": [
            {"full_name": name, "active": name != "Office:Legacy"}
            for name in ("Acctg/Finance", "Industrial", "IT", "Medical", "Office", "Office:Legacy")
        ],
        "items": [
            {
                "kind": "Service",
                "name": full_name.rpartition(":")[2],
                "full_name": full_name,
                "income_account": account,
                "active": active,
            }
            for full_name, account, active in ITEMS
        ],
        "customers": list(books.customers.values()),
        "invoices": _typed_by_hand(agency),
    }


def _typed_by_hand(agency: Agency) -> list[dict[str, Any]]:
    """Invoices that the bookkeeper typed; the second carries a number of the back office."""
    weekly = [
        i for i in agency.invoices if i.number.isdigit() and i.day.isoformat() > CLOSING_DATE
    ]
    own = [i for i in weekly if len(i.lines) == 2 and i.client.name.startswith("Midland Cold")]
    rows = (
        (
            "9001",
            "Northgate (internal)",
            "2026-09-08",
            "Background Check",
            "Fingerprints",
            "84.00",
        ),
        (own[2].number, "Cash Customer", "2026-09-22", "Background Check", "Walk-in", "45.00"),
        ("9002", "Cash Customer", "2026-10-01", "Reimb:Out-of-pocket", "Key deposit", "120.00"),
        ("A-77", "Hoosier Farm Lending", "2026-10-14", "Perm Placement", "Fee", "8000.00"),
    )
    return [
        {
            "number": number,
            "customer": customer,
            "date": day,
            "terms": "Due on receipt",
            "memo": "Typed in QuickBooks",
            "lines": [
                {
                    "item": item,
                    "description": text,
                    "quantity": "1",
                    "rate": amount,
                    "amount": amount,
                }
            ],
        }
        for number, customer, day, item, text, amount in rows
    ]


def job_mappings(books: Books) -> Table:
    return [["job_key", "full_name"], *([k, v] for k, v in books.truth.items() if v)]


def truth(books: Books) -> Table:
    return [["job_key", "full_name"], *([k, v] for k, v in books.truth.items())]


def client_mappings(agency: Agency) -> Table:
    rows = [[c.key, c.book_name] for c in agency.clients if c.name != UNKNOWN_TO_BOOKS]
    return [["client_key", "full_name"], *rows]


def item_mappings() -> Table:
    rows = [[kind, key, full_name] for (kind, key), full_name in ITEM_LINKS.items()]
    return [["kind", "item_key", "full_name"], *([_kind(k), key, name] for k, key, name in rows)]


def class_mappings() -> Table:
    rows = [["contractor", value, name] for value, name in CLASS_LINKS.items()]
    return [["kind", "class_value", "full_name"], *rows]


def bookkeeper(agency: Agency, books: Books) -> dict[str, Any]:
    """The second act: what is added and reactivated in QuickBooks, and mapped afterwards."""
    client = next(c for c in agency.clients if c.name == UNKNOWN_TO_BOOKS)
    own = {j.key for j in agency.jobs if j.client is client}
    others = [key for key in books.later if key not in own]
    never = set(others[-LEFT_OUT_FOR_GOOD:])
    added = {key: name for key, name in books.later.items() if key not in never}
    titles = {j.key: j.title for j in agency.jobs}
    starts = {j.key: j.start.isoformat() for j in agency.jobs}
    return {
        "add_customers": [{"full_name": client.book_name}],
        "add_jobs": [
            {
                "full_name": name,
                "job_status": "InProgress",
                "start": starts[key],
                "description": titles[key],
            }
            for key, name in added.items()
        ],
        "reactivate_items": ["Labor:Standby"],
        "reactivate_classes": ["Office:Legacy"],
        "reactivate_customers": books.to_reactivate,
        "mappings": {
            "jobs": [{"job_key": k, "full_name": v} for k, v in added.items()],
            "clients": [{"client_key": client.key, "full_name": client.book_name}],
            "items": [{"kind": "contractor", "item_key": "MIL", "full_name": "Reimb:Miles"}],
            "classes": [],
        },
        "left_blocked": [
            f"Contractor jobs {' and '.join(sorted(never))}: nobody knows where they belong.",
            "One job stays inactive: its client disputes the hours.",
            "Travel Nursing has no class until the owner decides.",
            "Net 45 is not among the Terms: the contract says Net 30.",
            "Three numbers do not fit into 11 characters.",
            "One invoice's printed total is wrong, one comes to zero.",
            "Everything dated on or before the closing date, 08/31/2026.",
        ],
    }


def _kind(invoice_type: str) -> str:
    return invoice_type.lower().replace(" ", "_")
