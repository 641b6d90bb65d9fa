"""Names and the tree they form: legal characters, length, depth, uniqueness, renaming, moving.

Names are unique per parent without regard to case; customers, vendors, employees and other names
share the namespace of the top level (Intuit's documentation). A colon separates levels and cannot
be part of a name (documented, its code assumed); a tree has five levels at most (assumed).
"""

from __future__ import annotations

from typing import Any

from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry, get, insert, list_label
from tieout.sandbox.errors import RequestError
from tieout.sandbox.values import fold

LEVELS_MAX = 5
LIMITS = {"Entity": 41, "SalesTaxCode": 3}
LIMIT_OTHERS = 31
SEPARATOR = "\x01"
AFTER_SEPARATOR = "\x02"


def path_key(full_name: str) -> str:
    """Return the key that sorts by full name with children right under their parent."""
    return fold(full_name).replace(":", SEPARATOR)


def check_name(name: str, family: str) -> None:
    """Raise 3070, 3090 or 3150 for a name that the list cannot hold."""
    if not name.strip():
        raise RequestError(3150, "There is a missing element: Name.")
    if ":" in name:
        message = f'The name "{name}" is invalid: a colon cannot be part of a name.'
        raise RequestError(3090, message)
    limit = LIMITS.get(family, LIMIT_OTHERS)
    if len(name) > limit:
        message = f'The string "{name}" in the field "Name" is too long (at most {limit}).'
        raise RequestError(3070, message)


def place(books: Books, family: str, name: str, parent: Entry | None) -> tuple[str, int]:
    """Return (full name, sublevel) for a name under a parent; 3130 when that is too deep."""
    check_name(name, family)
    if parent is None:
        return name, 0
    if parent.sublevel + 1 >= LEVELS_MAX:
        message = (
            f'"{parent.full_name}" cannot have children: a list has {LEVELS_MAX} levels at most.'
        )
        raise RequestError(3130, message)
    return f"{parent.full_name}:{name}", parent.sublevel + 1


def refuse_taken(books: Books, family: str, full_name: str, *, own_id: str = "") -> None:
    """Raise 3100 when another element of the list has that full name."""
    row = books.connection.execute(
        "SELECT list_id, kind FROM entry WHERE family = ? AND path_key = ?",
        (family, path_key(full_name)),
    ).fetchone()
    if row and row[0] != own_id:
        message = (
            f'The name "{full_name}" of the list element is already in use'
            f" by a {list_label(row[1])}."
        )
        raise RequestError(3100, message)


def add(
    books: Books,
    family: str,
    *,
    kind: str,
    name: str,
    parent_id: str,
    is_active: bool,
    detail: dict[str, Any],
) -> str:
    """Add an element and return its ListID; 3090, 3100, 3130 … when the name cannot be."""
    parent = get(books, family, parent_id) if parent_id else None
    full_name, sublevel = place(books, family, name, parent)
    refuse_taken(books, family, full_name)
    return insert(
        books,
        family,
        kind=kind,
        name=name,
        full_name=full_name,
        key=path_key(full_name),
        sublevel=sublevel,
        parent_id=parent_id,
        is_active=is_active,
        detail=detail,
    )


def relocate(books: Books, entry: Entry, *, name: str, parent_id: str, family: str) -> None:
    """Rename or move an element with everything below it. ListIDs stay, full names change."""
    parent = get(books, family, parent_id) if parent_id else None
    if parent and (parent.list_id == entry.list_id or _is_below(entry, parent)):
        message = f'"{entry.full_name}" cannot be moved below itself.'
        raise RequestError(3130, message)
    full_name, sublevel = place(books, family, name, parent)
    refuse_taken(books, family, full_name, own_id=entry.list_id)
    _check_depth_below(books, entry, family, sublevel)
    if entry.parent_id != parent_id:
        shift_totals(books, family, entry.parent_id, -entry.total_balance)
        shift_totals(books, family, parent_id, entry.total_balance)
    _rewrite_descendants(books, entry, family, full_name, sublevel)
    books.connection.execute(
        "UPDATE entry SET name = ?, full_name = ?, path_key = ?, sublevel = ?, parent_id = ?"
        " WHERE family = ? AND list_id = ?",
        (name, full_name, path_key(full_name), sublevel, parent_id, family, entry.list_id),
    )
    books.names.clear()


def shift_totals(books: Books, family: str, list_id: str, cents: int) -> None:
    """Add to the total balance of an element and of everything above it."""
    while list_id and cents:
        row = books.connection.execute(
            "UPDATE entry SET total_balance = total_balance + ? WHERE family = ? AND list_id = ?"
            " RETURNING parent_id",
            (cents, family, list_id),
        ).fetchone()
        list_id = row[0] if row else ""


def move_balance(books: Books, list_id: str, cents: int) -> None:
    """Add to the balance of a customer or job and to the totals above it."""
    books.connection.execute(
        "UPDATE entry SET balance = balance + ? WHERE family = 'Entity' AND list_id = ?",
        (cents, list_id),
    )
    shift_totals(books, "Entity", list_id, cents)


def below(full_name: str) -> tuple[str, str]:
    """Return the range of keys (from, before) of everything below a full name."""
    key = path_key(full_name)
    return key + SEPARATOR, key + AFTER_SEPARATOR


def _is_below(entry: Entry, other: Entry) -> bool:
    return path_key(other.full_name).startswith(path_key(entry.full_name) + SEPARATOR)


def _check_depth_below(books: Books, entry: Entry, family: str, sublevel: int) -> None:
    deepest = books.connection.execute(
        "SELECT MAX(sublevel) FROM entry WHERE family = ? AND path_key >= ? AND path_key < ?",
        (family, *below(entry.full_name)),
    ).fetchone()[0]
    if deepest is not None and deepest - entry.sublevel + sublevel >= LEVELS_MAX:
        message = f'"{entry.full_name}" has too many levels below it to be moved there.'
        raise RequestError(3130, message)


def _rewrite_descendants(
    books: Books, entry: Entry, family: str, full_name: str, sublevel: int
) -> None:
    rows = books.connection.execute(
        "SELECT rowid, full_name FROM entry WHERE family = ? AND path_key >= ? AND path_key < ?",
        (family, *below(entry.full_name)),
    ).fetchall()
    touched = books.now() if books.setting("rename_touches_descendants") else None
    for rowid, old in rows:
        new = full_name + old[len(entry.full_name) :]
        books.connection.execute(
            "UPDATE entry SET full_name = ?, path_key = ?, sublevel = sublevel + ?,"
            " modified = COALESCE(?, modified) WHERE rowid = ?",
            (new, path_key(new), sublevel - entry.sublevel, touched, rowid),
        )
