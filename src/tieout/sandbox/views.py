"""What the bookkeeper sees: customers, list elements and invoices as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.sandbox import entries, txns
from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry
from tieout.sandbox.txns import Txn


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer or job. Balances in dollars; days as YYYY-MM-DD or empty."""

    list_id: str
    full_name: str
    is_active: bool
    sublevel: int
    job_status: str
    start: str
    projected_end: str
    end: str
    description: str
    balance: Decimal
    total_balance: Decimal
    edit_sequence: str


@dataclass(frozen=True, slots=True)
class Element:
    """An element of any other list; `detail` as it is kept, references as ListIDs."""

    list_id: str
    kind: str
    full_name: str
    is_active: bool
    detail: dict[str, str]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line; amounts in dollars."""

    line_id: str
    item: str
    description: str
    quantity: str
    rate: str
    amount: Decimal
    class_name: str
    service_date: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or credit memo; `total` and `balance` in dollars."""

    txn_id: str
    kind: str
    number: str
    customer: str
    customer_list_id: str
    date: str
    due_date: str
    memo: str
    other: str
    guid: str
    total: Decimal
    balance: Decimal
    is_void: bool
    is_pending: bool
    is_paid: bool
    edit_sequence: str
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, slots=True)
class JobTotal:
    """What stands on one customer or job: number of invoices and credits, their sum in dollars."""

    list_id: str
    full_name: str
    invoices: int
    total: Decimal


def dollars(cents: int) -> Decimal:
    """Return whole cents as dollars with two decimals."""
    return Decimal(cents).scaleb(-2)


def customer(entry: Entry) -> Customer:
    """Show a customer or job."""
    detail = entry.detail
    return Customer(
        list_id=entry.list_id,
        full_name=entry.full_name,
        is_active=entry.is_active,
        sublevel=entry.sublevel,
        job_status=detail.get("JobStatus", "None"),
        start=detail.get("JobStartDate", ""),
        projected_end=detail.get("JobProjectedEndDate", ""),
        end=detail.get("JobEndDate", ""),
        description=detail.get("JobDesc", ""),
        balance=dollars(entry.balance),
        total_balance=dollars(entry.total_balance),
        edit_sequence=str(entry.edit_sequence),
    )


def element(entry: Entry) -> Element:
    """Show an element of another list."""
    detail = {name: str(value) for name, value in entry.detail.items()}
    return Element(entry.list_id, entry.kind, entry.full_name, entry.is_active, detail)


def invoice(books: Books, txn: Txn, *, with_lines: bool = True) -> Invoice:
    """Show an invoice or credit memo; its lines only when asked for."""
    lines = txns.lines(books, txn) if with_lines else []
    return Invoice(
        txn_id=txn.txn_id,
        kind=txn.kind,
        number=txn.ref_number or "",
        customer=entries.full_name(books, "Entity", txn.entity_id),
        customer_list_id=txn.entity_id,
        date=txn.txn_date,
        due_date=txn.detail.get("DueDate", ""),
        memo=txn.detail.get("Memo", ""),
        other=txn.detail.get("Other", ""),
        guid=txn.guid or "",
        total=dollars(txn.total),
        balance=dollars(txn.remaining),
        is_void=txn.is_void,
        is_pending=txn.is_pending,
        is_paid=txn.remaining == 0 and not txn.is_pending,
        edit_sequence=str(txn.edit_sequence),
        lines=tuple(_line(books, line) for line in lines),
    )


def _line(books: Books, line: txns.Line) -> InvoiceLine:
    detail = line.detail
    return InvoiceLine(
        line_id=line.line_id,
        item=entries.full_name(books, "Item", line.item_id) if line.item_id else "",
        description=detail.get("Desc", ""),
        quantity=detail.get("Quantity", ""),
        rate=detail.get("Rate", ""),
        amount=dollars(line.amount),
        class_name=entries.full_name(books, "Class", line.class_id) if line.class_id else "",
        service_date=detail.get("ServiceDate", ""),
    )
