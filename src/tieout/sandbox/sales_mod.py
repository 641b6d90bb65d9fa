"""InvoiceMod: change, keep, add and drop; moving an invoice is a Mod with another CustomerRef.

Without line elements the lines stay. With any, what is sent becomes the invoice: lines that are not
mentioned go, a line with only its TxnLineID stays as it is, -1 adds one at that place. Kept lines must
come in their stored order (observed: 3290).
"""

from __future__ import annotations

from dataclasses import replace

from tieout.sandbox import entries, lines, refs, sales, txns
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import Entry
from tieout.sandbox.errors import RequestError
from tieout.sandbox.refs import missing
from tieout.sandbox.reply import Answer, chosen
from tieout.sandbox.txns import INVOICE, Line, Txn
from tieout.sandbox.values import to_bool, to_date
from tieout.sandbox.xmltree import Node

NEW_LINE = "-1"
_UNCLEARABLE = (
    "CustomerRef", "ARAccountRef", "TemplateRef", "TxnDate", "IsPending", "DueDate",
    "ItemSalesTaxRef", "ShipDate", "IsToBePrinted",
)  # fmt: skip
_UNCLEARABLE_ON_LINES = (
    "ItemRef", "Quantity", "Rate", "Amount", "SalesTaxCodeRef", "OverrideItemAccountRef",
)  # fmt: skip


def modify_invoice(context: Context, request: Node) -> Answer:
    """InvoiceMod."""
    books = context.books
    node = request.child("InvoiceMod") or request
    old = txns.find(books, node.get("TxnID") or "", kind=INVOICE)
    if node.get("EditSequence") != str(old.edit_sequence):
        message = f'The provided edit sequence "{node.get("EditSequence")}" is out-of-date.'
        raise RequestError(3200, message)
    ignored = change(books, node, old)
    fresh = txns.find(books, old.txn_id)
    fields = sales.ret(books, fresh, with_lines=True, with_links=True)
    body = [("InvoiceRet", chosen(fields, request.texts("IncludeRetElement")))]
    if ignored:
        return Answer(fields=body, code=530, message=ignored)
    return Answer(fields=body)


def change(books: Books, node: Node, old: Txn) -> str:
    """Apply the elements of an InvoiceMod, which a person also does to a credit memo.

    Returns a warning about what was ignored.
    """
    _refuse_empty(node, _UNCLEARABLE)
    for child in node.children:
        if child.tag in ("SetCredit", "InvoiceLineGroupMod"):
            raise RequestError(3151, f"The element {child.tag} is not allowed here.")
    sales.check_open(books, old.txn_date)
    customer = _customer(books, node, old)
    day = to_date(node.get("TxnDate")) or old.txn_date
    sales.check_open(books, day)
    detail = dict(old.detail)
    sales.read_header(books, node, old.kind, detail)
    moved = day != old.txn_date or detail.get("TermsRef") != old.detail.get("TermsRef")
    if moved and not node.get("DueDate"):
        detail.pop("DueDate", None)
        sales.with_defaults(books, customer, detail, day)
    sales.check_customer_facts(customer, detail)
    its_lines, ignored = _lines(books, node, old, detail.get("ClassRef"))
    number = node.get("RefNumber")
    draft = replace(
        old,
        entity_id=customer.list_id,
        txn_date=day,
        ref_number=old.ref_number if number is None else number,
        is_pending=to_bool(node.get("IsPending"), default=old.is_pending),
        detail=detail,
    )
    new = sales.with_totals(books, draft, customer, its_lines)
    if new.total < new.applied:
        raise RequestError(3210, "The total cannot be less than what has been paid.")
    txns.write_lines(books, new.txn_number, its_lines)
    sales.repost(books, old, new)
    return ignored


def _customer(books: Books, node: Node, old: Txn) -> Entry:
    if node.child("CustomerRef") is not None:
        customer = sales.customer_of(books, node, old.kind)
    else:
        kept = entries.get(books, "Entity", old.entity_id)
        if kept is None:
            raise RequestError(3140, missing("Customer", old.entity_id, sales.WORDS[old.kind]))
        customer = kept
    if customer.list_id != old.entity_id and old.applied:
        message = "The customer cannot be changed: payments or credits are applied."
        raise RequestError(3210, message)
    return customer


def _lines(books: Books, node: Node, old: Txn, header_class: str | None) -> tuple[list[Line], str]:
    stored = txns.lines(books, old)
    sent = list(node.all("InvoiceLineMod"))
    if not sent:
        return stored, ""
    places = {line.line_id: place for place, line in enumerate(stored)}
    found: list[Line] = []
    ignored, last = "", -1
    for child in sent:
        _refuse_empty(child, _UNCLEARABLE_ON_LINES)
        line_id = child.get("TxnLineID") or ""
        base = None
        if line_id != NEW_LINE:
            place = places.get(line_id, -1)
            if place <= last:
                message = f'The line "{line_id}" is not one of this invoice or out of order.'
                raise RequestError(3290, message)
            base, last = stored[place], place
        if base is not None and len(child.children) == 1:
            found.append(base)
            continue
        built = lines.build(
            books,
            child,
            found,
            word=sales.WORDS[old.kind],
            header_class=header_class,
            base=base,
            new_id="" if base else books.new_txn_id(),
        )
        found.append(built.line)
        ignored = ignored or built.warning
    return found, ignored


def _refuse_empty(node: Node, tags: tuple[str, ...]) -> None:
    for child in node.children:
        empty = refs.is_empty(child) if child.tag.endswith("Ref") else not child.text
        if child.tag in tags and empty:
            raise RequestError(3190, f"The element {child.tag} cannot be cleared.")
