"""Payments: kept so that invoices can be paid; qbXML can only read them here."""

from __future__ import annotations

from tieout.sandbox import names, sales, txns
from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry, ref_field
from tieout.sandbox.errors import RequestError
from tieout.sandbox.reply import Field
from tieout.sandbox.txns import PAYMENT, Txn
from tieout.sandbox.values import money


def receive(
    books: Books, customer: Entry, invoice: Txn, *, cents: int, day: str, ref_number: str
) -> Txn:
    """Pay (a part of) an invoice; 3210 for more than is open or nothing at all."""
    if cents <= 0 or cents > invoice.remaining or invoice.is_pending:
        message = f"{money(cents)} cannot be applied: {money(invoice.remaining)} is open."
        raise RequestError(3210, message)
    sales.check_open(books, day)
    now = books.now()
    payment = Txn(
        txn_number=books.count("txn number"),
        txn_id=books.new_txn_id(),
        kind=PAYMENT,
        entity_id=customer.list_id,
        txn_date=day,
        ref_number=ref_number,
        created=now,
        modified=now,
        edit_sequence=now,
        subtotal=cents,
        tax=0,
        applied=cents,
        is_pending=False,
        is_void=False,
        guid=None,
        detail={"ARAccountRef": invoice.detail.get("ARAccountRef", "")},
    )
    txns.insert(books, payment, [])
    names.move_balance(books, customer.list_id, payment.standing)
    apply(books, payment, invoice, cents)
    return payment


def apply(books: Books, credit: Txn, invoice: Txn, cents: int) -> None:
    """Link a payment or credit to an invoice; the invoice changes with it."""
    books.connection.execute(
        "INSERT INTO link VALUES (?, ?, ?)", (credit.txn_number, invoice.txn_number, cents)
    )
    books.connection.execute(
        "UPDATE txn SET applied = applied + ? WHERE txn_number = ?", (cents, invoice.txn_number)
    )
    txns.touch(books, invoice.txn_id)


def ret(books: Books, txn: Txn, *, with_lines: bool) -> list[Field]:
    """Write a ReceivePaymentRet."""
    fields = sales.head(books, txn)
    fields.append(ref_field(books, "CustomerRef", "Entity", txn.entity_id))
    if txn.detail.get("ARAccountRef"):
        fields.append(ref_field(books, "ARAccountRef", "Account", txn.detail["ARAccountRef"]))
    fields.append(("TxnDate", txn.txn_date))
    if txn.ref_number:
        fields.append(("RefNumber", txn.ref_number))
    fields.append(("TotalAmount", money(txn.total)))
    fields.append(("UnusedPayment", money(txn.remaining)))
    fields.append(("UnusedCredits", money(0)))
    if with_lines:
        fields += [_applied(other, cents) for other, cents in txns.linked(books, txn)]
    return fields


def _applied(invoice: Txn, cents: int) -> Field:
    number: list[Field] = [("RefNumber", invoice.ref_number)] if invoice.ref_number else []
    return "AppliedToTxnRet", [
        ("TxnID", invoice.txn_id),
        ("TxnType", invoice.kind),
        ("TxnDate", invoice.txn_date),
        *number,
        ("BalanceRemaining", money(invoice.remaining)),
        ("Amount", money(cents)),
    ]
