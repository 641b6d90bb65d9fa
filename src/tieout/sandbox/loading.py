"""Fills a company from a description: a mapping as it comes out of a JSON file.

    {"name": …, "company_file": …, "preferences": {…}, "closing_date": "2026-08-31",
     "accounts": [{"name", "type"}], "terms": [{"name", "due_days"}],
     "classes": [{"full_name", "active"}],
     "items": [{"full_name", "kind", "price", "description", "income_account", "active"}],
     "customers": [{"full_name", "active", "job_status", "start", "projected_end", "end",
                    "description", …, "jobs": [{"name", …}]}],
     "invoices": [{"number", "customer", "date", "terms", "memo", "lines": [{…}]}]}

Accounts and terms that every company has are left as they are. Everything goes in or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tieout.sandbox import desk_lists, desk_txns, entries, names, plain_lists, settings, values
from tieout.sandbox.books import Books
from tieout.sandbox.desk import customer_detail
from tieout.sandbox.errors import BookError

_SECTIONS = frozenset(
    [
        "name",
        "company_file",
        "preferences",
        "closing_date",
        "accounts",
        "terms",
        "classes",
        "items",
        "customers",
        "invoices",
        "credit_memos",
    ]
)
_FIGURES = {"quantity": "QUAN", "rate": "PRICE", "amount": "AMT"}
Row = Mapping[str, Any]


def load(books: Books, description: Row) -> dict[str, int]:
    """Add everything described within the caller's transaction; return counts per section."""
    strange = set(description) - _SECTIONS
    if strange:
        message = f"The description has unknown parts: {', '.join(sorted(strange))}."
        raise BookError(0, message, f"Known are: {', '.join(sorted(_SECTIONS))}.")
    preferences = dict(description.get("preferences", {}))
    if "closing_date" in description:
        preferences["closing_date"] = description["closing_date"]
    closing = preferences.pop("closing_date", None)
    for name in ("name", "company_file"):
        if description.get(name):
            preferences[name] = description[name]
    for name, value in preferences.items():
        books.set_setting(name, settings.read_value(name, value))
    counts = {
        "accounts": _plain(books, "Account", description.get("accounts", ())),
        "terms": _plain(books, "Terms", description.get("terms", ())),
        "classes": _classes(books, description.get("classes", ())),
        "items": _items(books, description.get("items", ())),
        "customers": _customers(books, description.get("customers", ())),
        "invoices": _invoices(books, description.get("invoices", ()), "Invoice"),
        "credit_memos": _invoices(books, description.get("credit_memos", ()), "CreditMemo"),
    }
    if closing is not None:
        books.set_setting("closing_date", settings.read_value("closing_date", closing or ""))
    return counts


def _plain(books: Books, family: str, rows: Sequence[Row | str]) -> int:
    for row in map(_named, rows):
        name = row["full_name"]
        if entries.by_path(books, family, names.path_key(name)):
            continue
        if family == "Terms":
            kind, detail = "StandardTerms", {"StdDueDays": str(row.get("due_days", 0))}
        else:
            kind, detail = "Account", {"AccountType": str(row.get("type", "Income"))}
        active = bool(row.get("active", True))
        plain_lists.create(books, family, kind=kind, name=name, is_active=active, detail=detail)
    return len(rows)


def _classes(books: Books, rows: Sequence[Row | str]) -> int:
    for row in sorted(map(_named, rows), key=_depth):
        desk_lists.add_tree(
            books, "class", row["full_name"], is_active=bool(row.get("active", True)), detail={}
        )
    return len(rows)


def _items(books: Books, rows: Sequence[Row | str]) -> int:
    for row in sorted(map(_named, rows), key=_depth):
        desk_lists.add_item(
            books,
            row["full_name"],
            kind=str(row.get("kind", "Service")),
            price=str(row.get("price") or ""),
            description=str(row.get("description") or ""),
            account=str(row.get("income_account") or "Service Income"),
            is_active=bool(row.get("active", True)),
        )
    return len(rows)


def _customers(books: Books, rows: Sequence[Row | str]) -> int:
    """Add customers and jobs in bulk: parents first, all rows in one statement."""
    known = {
        key: (list_id, sublevel)
        for key, list_id, sublevel in books.connection.execute(
            "SELECT path_key, list_id, sublevel FROM entry WHERE family = 'Entity'"
        )
    }
    flat = sorted(_flattened(rows, ""), key=_depth)
    now = books.now()
    number = books.count("list Entity", step=max(len(flat), 1))
    added = []
    for place, row in enumerate(flat):
        list_id = f"8{number + place:07X}-{now}"
        added.append(_customer_row(row, known, list_id, now))
    marks = ", ".join("?" * 15)
    books.connection.executemany(f"INSERT INTO entry VALUES ({marks})", added)  # noqa: S608
    return len(flat)


def _customer_row(
    row: Row, known: dict[str, tuple[str, int]], list_id: str, now: int
) -> tuple[Any, ...]:
    full_name = row["full_name"]
    parent_name, _, name = full_name.rpartition(":")
    names.check_name(name, "Entity")
    parent_id, level = "", 0
    if parent_name:
        parent = known.get(names.path_key(parent_name))
        if parent is None or parent[1] + 1 >= names.LEVELS_MAX:
            message = f'"{full_name}" has no parent to stand below, or stands too deep.'
            raise BookError(3130, message, "Add the customer above it to the description.")
        parent_id, level = parent[0], parent[1] + 1
    key = names.path_key(full_name)
    if key in known:
        raise BookError(3100, f'The name "{full_name}" is already in use.', "Names are unique.")
    known[key] = (list_id, level)
    other = {k: v for k, v in row.items() if k not in ("full_name", "name", "active")}
    detail = json.dumps({"JobStatus": "None", **customer_detail(other, where=full_name)})
    return (
        "Entity", list_id, "Customer", parent_id, name, full_name, key, level,
        int(bool(row.get("active", True))), now, now, now, 0, 0, detail,
    )  # fmt: skip


def _flattened(rows: Sequence[Row | str], parent: str) -> Iterator[Row]:
    for row in rows:
        named = dict(_named(row))
        jobs = named.pop("jobs", ())
        if parent:
            named["full_name"] = f"{parent}:{named['full_name']}"
        yield named
        yield from _flattened(jobs, named["full_name"])


def _invoices(books: Books, rows: Sequence[Row], kind: str) -> int:
    for row in rows:
        fields = {k: v for k, v in row.items() if k not in ("customer", "lines")}
        lines = [_consistent(line) for line in row.get("lines", ())]
        desk_txns.add_invoice(books, row["customer"], lines, kind=kind, fields=fields)
    return len(rows)


def _consistent(line: Row) -> Row:
    """Leave out an amount that quantity and rate give anyway: the rate would be ignored for it.

    Where they give another one the amount counts, as in an InvoiceAdd.
    """
    texts = {name: str(line.get(name) or "") for name in _FIGURES}
    if not all(texts.values()) or any(
        values.fault_of(kind, texts[name], field=name) for name, kind in _FIGURES.items()
    ):
        return line
    computed = values.round_cents(Decimal(texts["quantity"]) * Decimal(texts["rate"]))
    if computed != values.to_cents(texts["amount"]):
        return line
    return {name: value for name, value in line.items() if name != "amount"}


def _named(row: Row | str) -> Row:
    if isinstance(row, str):
        return {"full_name": row}
    name = row.get("full_name") or row.get("name")
    if not name:
        raise BookError(3150, f"An element has no name: {row}.", "Give it a full_name.")
    return {**row, "full_name": name}


def _depth(row: Row) -> int:
    return str(row["full_name"]).count(":")
