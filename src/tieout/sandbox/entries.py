"""List elements as rows: customers, items, classes, terms, accounts … in one table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tieout.sandbox.books import Books
from tieout.sandbox.reply import Field

COLUMNS = (
    "list_id, kind, parent_id, name, full_name, sublevel, is_active, created, modified,"
    " edit_sequence, balance, total_balance, detail"
)
_LABELS = {"Entity": "Name", "Terms": "Terms", "SalesTaxCode": "Sales Tax Code"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of a list. Times in seconds since 1970, balances in cents."""

    list_id: str
    kind: str
    parent_id: str
    name: str
    full_name: str
    sublevel: int
    is_active: bool
    created: int
    modified: int
    edit_sequence: int
    balance: int
    total_balance: int
    detail: dict[str, Any]


def from_row(row: tuple[Any, ...]) -> Entry:
    """Build an element from the columns in `COLUMNS`."""
    *head, active, created, modified, sequence, balance, total, detail = row
    numbers = (created, modified, sequence, balance, total)
    return Entry(*(*head, bool(active), *numbers, json.loads(detail)))


def get(books: Books, family: str, list_id: str) -> Entry | None:
    """Return the element with that ListID."""
    row = books.connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE family = ? AND list_id = ?",  # noqa: S608 constants
        (family, list_id),
    ).fetchone()
    return from_row(row) if row else None


def by_path(books: Books, family: str, key: str) -> Entry | None:
    """Return the element with that path key."""
    row = books.connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE family = ? AND path_key = ?",  # noqa: S608 constants
        (family, key),
    ).fetchone()
    return from_row(row) if row else None


def insert(
    books: Books,
    family: str,
    *,
    kind: str,
    name: str,
    full_name: str,
    key: str,
    sublevel: int,
    parent_id: str,
    is_active: bool,
    detail: dict[str, Any],
) -> str:
    """Add an element and return its ListID. Names must have been checked."""
    list_id, now = books.new_list_id(family), books.now()
    values = (
        family, list_id, kind, parent_id, name, full_name, key, sublevel, int(is_active),
        now, now, now, 0, 0, json.dumps(detail),
    )  # fmt: skip
    marks = ", ".join("?" * len(values))
    books.connection.execute(f"INSERT INTO entry VALUES ({marks})", values)  # noqa: S608 marks
    return list_id


def save(
    books: Books, family: str, entry: Entry, *, detail: dict[str, Any], is_active: bool
) -> None:
    """Write detail and activity; the EditSequence grows strictly."""
    books.connection.execute(
        "UPDATE entry SET detail = ?, is_active = ?, modified = ?, edit_sequence = ?"
        " WHERE family = ? AND list_id = ?",
        (
            json.dumps(detail), int(is_active), books.now(),
            max(books.now(), entry.edit_sequence + 1), family, entry.list_id,
        ),
    )  # fmt: skip


def touch(books: Books, family: str, list_id: str) -> None:
    """Raise time and EditSequence of an element, as every change of its custom fields does."""
    now = books.now()
    books.connection.execute(
        "UPDATE entry SET modified = ?, edit_sequence = MAX(?, edit_sequence + 1)"
        " WHERE family = ? AND list_id = ?",
        (now, now, family, list_id),
    )


def remove(books: Books, family: str, entry: Entry, *, logged: bool = True) -> None:
    """Take an element out of its list; `logged` puts it into the log of deleted names."""
    books.connection.execute(
        "DELETE FROM entry WHERE family = ? AND list_id = ?", (family, entry.list_id)
    )
    books.connection.execute(
        "DELETE FROM extension WHERE scope = ? AND object_id = ?", (family, entry.list_id)
    )
    if logged:
        books.connection.execute(
            "INSERT INTO deleted(family, kind, object_id, name, created, deleted)"
            " VALUES ('List', ?, ?, ?, ?, ?)",
            (entry.kind, entry.list_id, entry.full_name, entry.created, books.now()),
        )
    books.names.clear()


def full_name(books: Books, family: str, list_id: str) -> str:
    """Return the present full name of an element, remembered within the transaction."""
    known = books.names.get((family, list_id))
    if known is None:
        row = books.connection.execute(
            "SELECT full_name FROM entry WHERE family = ? AND list_id = ?", (family, list_id)
        ).fetchone()
        known = books.names[family, list_id] = row[0] if row else ""
    return known


def ref_field(books: Books, tag: str, family: str, list_id: str) -> Field:
    """Write a reference: ListID and the present full name."""
    return tag, [("ListID", list_id), ("FullName", full_name(books, family, list_id))]


def head_fields(books: Books, entry: Entry) -> list[Field]:
    """Write what every Ret of a list begins with."""
    wall = books.wall
    return [
        ("ListID", entry.list_id),
        ("TimeCreated", wall.render(entry.created)),
        ("TimeModified", wall.render(entry.modified)),
        ("EditSequence", str(entry.edit_sequence)),
        ("Name", entry.name),
    ]


def tree_fields(books: Books, entry: Entry, family: str) -> list[Field]:
    """Write FullName, IsActive, ParentRef and Sublevel, in that order."""
    fields: list[Field] = [("FullName", entry.full_name), ("IsActive", flag(entry.is_active))]
    if entry.parent_id:
        fields.append(ref_field(books, "ParentRef", family, entry.parent_id))
    fields.append(("Sublevel", str(entry.sublevel)))
    return fields


def flag(value: object) -> str:
    """Render a boolean."""
    return "true" if value else "false"


def list_label(kind: str) -> str:
    """Return the word that messages use for an element of that kind."""
    return _LABELS.get(kind, kind.removeprefix("Item") or kind)


def ids_below(books: Books, family: str, bounds: tuple[str, str]) -> Iterable[str]:
    """Return the ListIDs of everything within a range of path keys."""
    rows = books.connection.execute(
        "SELECT list_id FROM entry WHERE family = ? AND path_key >= ? AND path_key < ?",
        (family, *bounds),
    )
    return [row[0] for row in rows]
