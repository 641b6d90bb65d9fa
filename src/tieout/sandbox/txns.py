"""Transactions as rows: invoices, credit memos and payments in one table, lines beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tieout.sandbox.books import Books
from tieout.sandbox.errors import RequestError
from tieout.sandbox.values import fold

COLUMNS = (
    "txn_number, txn_id, kind, entity_id, txn_date, ref_number, created, modified, edit_sequence,"
    " subtotal, tax, applied, is_pending, is_void, guid, detail"
)
INVOICE, CREDIT, PAYMENT = "Invoice", "CreditMemo", "ReceivePayment"
# How a transaction moves the customer's balance.
SIGNS = {INVOICE: 1, CREDIT: -1, PAYMENT: -1}


@dataclass(frozen=True, slots=True)
class Txn:
    """One transaction. Money in cents; `applied` is what is paid of it or used from it."""

    txn_number: int
    txn_id: str
    kind: str
    entity_id: str
    txn_date: str
    ref_number: str | None
    created: int
    modified: int
    edit_sequence: int
    subtotal: int
    tax: int
    applied: int
    is_pending: bool
    is_void: bool
    guid: str | None
    detail: dict[str, Any]

    @property
    def total(self) -> int:
        """Subtotal and tax."""
        return self.subtotal + self.tax

    @property
    def remaining(self) -> int:
        """What is still open, of the invoice or of the credit."""
        return self.total - self.applied

    @property
    def standing(self) -> int:
        """What the transaction adds to the customer's balance: nothing while it is pending.

        The link between a payment and an invoice moves nothing; each side counts in full.
        """
        return 0 if self.is_pending else SIGNS[self.kind] * self.total


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is kept; `detail` holds the elements of its Ret that are plain text."""

    line_id: str
    item_id: str | None
    class_id: str | None
    amount: int
    detail: dict[str, Any]


def from_row(row: tuple[Any, ...]) -> Txn:
    """Build a transaction from the columns in `COLUMNS`."""
    *plain, pending, void, guid, detail = row
    return Txn(*(*plain, bool(pending), bool(void), guid, json.loads(detail)))


def find(books: Books, txn_id: str, *, kind: str = "") -> Txn:
    """Return a transaction by its TxnID; 3120 when there is none of that kind."""
    row = books.connection.execute(
        f"SELECT {COLUMNS} FROM txn WHERE txn_id = ?",  # noqa: S608 constants
        (txn_id,),
    ).fetchone()
    if row is None or (kind and row[2] != kind):
        message = f'Object "{txn_id}" specified in the request cannot be found.'
        raise RequestError(3120, message)
    return from_row(row)


def by_number(books: Books, txn_number: int) -> Txn:
    """Return a transaction by its internal number, which must exist."""
    row = books.connection.execute(
        f"SELECT {COLUMNS} FROM txn WHERE txn_number = ?",  # noqa: S608 constants
        (txn_number,),
    ).fetchone()
    return from_row(row)


def lines(books: Books, txn: Txn) -> list[Line]:
    """Return the lines in order."""
    rows = books.connection.execute(
        "SELECT line_id, item_id, class_id, amount, detail FROM line WHERE txn_number = ?"
        " ORDER BY position",
        (txn.txn_number,),
    )
    return [Line(a, b, c, d, json.loads(e)) for a, b, c, d, e in rows]


def insert(books: Books, txn: Txn, its_lines: list[Line]) -> None:
    """Write a new transaction with its lines."""
    ref_key = None if txn.ref_number is None else fold(txn.ref_number)
    books.connection.execute(
        "INSERT INTO txn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            txn.txn_number, txn.txn_id, txn.kind, txn.entity_id, txn.txn_date, txn.ref_number,
            ref_key, txn.created, txn.modified, txn.edit_sequence, txn.subtotal, txn.tax,
            txn.applied, int(txn.is_pending), int(txn.is_void), txn.guid, json.dumps(txn.detail),
        ),
    )  # fmt: skip
    write_lines(books, txn.txn_number, its_lines)


def update(books: Books, txn: Txn) -> None:
    """Write a changed transaction; time and EditSequence move on."""
    now = books.now()
    books.connection.execute(
        "UPDATE txn SET entity_id = ?, txn_date = ?, ref_number = ?, ref_key = ?, modified = ?,"
        " edit_sequence = MAX(?, edit_sequence + 1), subtotal = ?, tax = ?, applied = ?,"
        " is_pending = ?, is_void = ?, detail = ? WHERE txn_number = ?",
        (
            txn.entity_id, txn.txn_date, txn.ref_number,
            None if txn.ref_number is None else fold(txn.ref_number), now, now,
            txn.subtotal, txn.tax, txn.applied, int(txn.is_pending), int(txn.is_void),
            json.dumps(txn.detail), txn.txn_number,
        ),
    )  # fmt: skip


def write_lines(books: Books, txn_number: int, its_lines: list[Line]) -> None:
    """Replace the lines of a transaction."""
    books.connection.execute("DELETE FROM line WHERE txn_number = ?", (txn_number,))
    books.connection.executemany(
        "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (txn_number, place, line.line_id, line.item_id, line.class_id, line.amount,
             json.dumps(line.detail))
            for place, line in enumerate(its_lines)
        ],
    )  # fmt: skip


def remove(books: Books, txn: Txn) -> None:
    """Take a transaction out of the books and put it into the log of deleted ones."""
    for sql in (
        "DELETE FROM line WHERE txn_number = ?",
        "DELETE FROM txn WHERE txn_number = ?",
    ):
        books.connection.execute(sql, (txn.txn_number,))
    books.connection.execute(
        "DELETE FROM extension WHERE scope = 'Txn' AND object_id = ?", (txn.txn_id,)
    )
    books.connection.execute(
        "INSERT INTO deleted(family, kind, object_id, name, created, deleted)"
        " VALUES ('Txn', ?, ?, ?, ?, ?)",
        (txn.kind, txn.txn_id, txn.ref_number, txn.created, books.now()),
    )


def touch(books: Books, object_id: str) -> None:
    """Raise time and EditSequence of a transaction (or of the one a line belongs to)."""
    now = books.now()
    books.connection.execute(
        "UPDATE txn SET modified = ?, edit_sequence = MAX(?, edit_sequence + 1) WHERE txn_id = ?",
        (now, now, object_id),
    )


def linked(books: Books, txn: Txn) -> list[tuple[Txn, int]]:
    """Return the payments and credits of an invoice, or what a payment pays, with cents."""
    rows = books.connection.execute(
        "SELECT credit_number, amount FROM link WHERE debit_number = ?"
        " UNION ALL SELECT debit_number, amount FROM link WHERE credit_number = ?",
        (txn.txn_number, txn.txn_number),
    ).fetchall()
    return [(by_number(books, number), amount) for number, amount in rows]
