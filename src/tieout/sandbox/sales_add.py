"""InvoiceAdd and CreditMemoAdd."""

from __future__ import annotations

from typing import Any

from tieout.sandbox import lines, sales
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.errors import RequestError
from tieout.sandbox.refs import missing
from tieout.sandbox.reply import Answer, chosen
from tieout.sandbox.txns import CREDIT, INVOICE, Line, Txn
from tieout.sandbox.values import to_bool, to_date
from tieout.sandbox.xmltree import Node


def add_invoice(context: Context, request: Node) -> Answer:
    """InvoiceAdd."""
    return _add(context, request, INVOICE)


def add_credit_memo(context: Context, request: Node) -> Answer:
    """CreditMemoAdd."""
    return _add(context, request, CREDIT)


def _add(context: Context, request: Node, kind: str) -> Answer:
    books = context.books
    node = request.child(f"{kind}Add") or request
    txn, its_lines, ignored = _draft(books, node, kind)
    sales.post(books, txn, its_lines)
    macro = node.attrs.get("defMacro")
    if macro:
        if macro in context.macros:
            raise RequestError(9101, f'The macro "{macro}" is defined twice.')
        context.macros[macro] = txn.txn_id
    fields = sales.ret(books, txn, with_lines=True, with_links=True)
    body = [(f"{kind}Ret", chosen(fields, request.texts("IncludeRetElement")))]
    if ignored:
        return Answer(fields=body, code=530, message=ignored)
    return Answer(fields=body)


def _draft(books: Books, node: Node, kind: str) -> tuple[Txn, list[Line], str]:
    _refuse_unsupported(node)
    customer = sales.customer_of(books, node, kind)
    day = to_date(node.get("TxnDate")) or books.today()
    sales.check_open(books, day)
    detail: dict[str, Any] = {}
    sales.read_header(books, node, kind, detail)
    sales.with_defaults(books, customer, detail, day)
    sales.check_customer_facts(customer, detail)
    guid = _guid(books, node.get("ExternalGUID"), kind)
    its_lines, ignored = _lines(books, node, kind, detail.get("ClassRef"))
    if not its_lines and books.setting("zero_invoice") == "refuse":
        raise RequestError(3150, "There is a missing element: the transaction has no lines.")
    now = books.now()
    txn = Txn(
        txn_number=books.count("txn number"),
        txn_id=books.new_txn_id(),
        kind=kind,
        entity_id=customer.list_id,
        txn_date=day,
        ref_number=_ref_number(books, node, kind),
        created=now,
        modified=now,
        edit_sequence=now,
        subtotal=0,
        tax=0,
        applied=0,
        is_pending=to_bool(node.get("IsPending")),
        is_void=False,
        guid=guid,
        detail=detail,
    )
    return sales.with_totals(books, txn, customer, its_lines), its_lines, ignored


def _lines(
    books: Books, node: Node, kind: str, header_class: str | None
) -> tuple[list[Line], str]:
    found: list[Line] = []
    ignored = ""
    for child in node.all(f"{kind}LineAdd"):
        if kind == CREDIT:
            _check_positive(child)
        built = lines.build(
            books,
            child,
            found,
            word=sales.WORDS[kind],
            header_class=header_class,
            new_id=books.new_txn_id(),
        )
        found.append(built.line)
        ignored = ignored or built.warning
    return found, ignored


def _check_positive(node: Node) -> None:
    for tag in ("Quantity", "Rate"):
        if (node.get(tag) or "").startswith("-"):
            raise RequestError(3210, f"{tag} must be positive in a credit memo.")


def _refuse_unsupported(node: Node) -> None:
    for child in node.children:
        if child.tag in sales.REFUSED:
            raise RequestError(3151, f"The element {child.tag} is not allowed here.")
        group = child.child("ItemGroupRef")
        if group is not None:
            name = group.get("FullName") or group.get("ListID") or ""
            raise RequestError(3140, missing("Item Group", name, "line"))


def _ref_number(books: Books, node: Node, kind: str) -> str | None:
    text = node.get("RefNumber")
    return sales.next_ref_number(books, kind) if text is None else text


def _guid(books: Books, text: str | None, kind: str) -> str | None:
    if not text or text == "0":
        return None
    guid = text.upper()
    if books.setting("unique_guid"):
        row = books.connection.execute(
            "SELECT txn_id FROM txn WHERE kind = ? AND guid = ?", (kind, guid)
        ).fetchone()
        if row:
            raise RequestError(3100, f'The ExternalGUID "{guid}" is already in use.')
    return guid
