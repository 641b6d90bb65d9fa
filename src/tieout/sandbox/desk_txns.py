"""The bookkeeper's work on transactions: typing, editing, voiding, paying; totals per job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tieout.sandbox import entries, payments, removing, sales_add, sales_mod, txns, values, views
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.desk import Desk, need
from tieout.sandbox.errors import BookError
from tieout.sandbox.txns import CREDIT, INVOICE, Txn
from tieout.sandbox.views import Invoice, JobTotal
from tieout.sandbox.xmltree import Node

# word of the bookkeeper -> element, in the order of the schema
_HEADER = (
    ("class_name", "ClassRef"),
    ("date", "TxnDate"),
    ("number", "RefNumber"),
    ("po_number", "PONumber"),
    ("terms", "TermsRef"),
    ("due_date", "DueDate"),
    ("memo", "Memo"),
    ("other", "Other"),
    ("guid", "ExternalGUID"),
)
_LINE = (
    ("item", "ItemRef"),
    ("description", "Desc"),
    ("quantity", "Quantity"),
    ("rate", "Rate"),
    ("class_name", "ClassRef"),
    ("amount", "Amount"),
    ("service_date", "ServiceDate"),
)
_KINDS = {
    "TxnDate": "DATE", "DueDate": "DATE", "ServiceDate": "DATE", "Quantity": "QUAN",
    "Rate": "PRICE", "Amount": "AMT", "RefNumber": "STR11", "Memo": "STR4095", "Other": "STR29",
    "PONumber": "STR25", "Desc": "STR4095", "ExternalGUID": "GUID",
}  # fmt: skip


class TxnDesk(Desk):
    """Invoices, credit memos and payments. Everything raises BookError when it is refused."""

    def add_invoice(
        self,
        customer: str,
        lines: Sequence[Mapping[str, str]],
        *,
        kind: str = INVOICE,
        **fields: str,
    ) -> str:
        """Type an invoice (or CreditMemo) by hand and return its TxnID.

        Lines: item, description, quantity, rate, class_name, amount, service_date. Fields:
        class_name, date, number, po_number, terms, due_date, memo, other, guid.
        """
        with self._writing() as books:
            return add_invoice(books, customer, lines, kind=kind, fields=fields)

    def list_invoices(
        self, *, number: str = "", job: str = "", kind: str = INVOICE, with_lines: bool = False
    ) -> list[Invoice]:
        """Return invoices by number (any case) or customer or job, oldest first."""
        with self._reading() as books:
            where, given = "kind = ?", [kind]
            if number:
                where += " AND ref_key = ?"
                given.append(values.fold(number))
            if job:
                where += " AND entity_id = ?"
                given.append(need(books, "customer", job).list_id)
            rows = _select(books, where, given)
            return [views.invoice(books, row, with_lines=with_lines) for row in rows]

    def find_invoice(self, which: str) -> Invoice:
        """Return one invoice or credit memo by TxnID or number, with its lines."""
        with self._reading() as books:
            return views.invoice(books, _find(books, which))

    def edit_invoice(self, which: str, **fields: str) -> None:
        """Change header fields of an invoice or credit memo; an empty text clears one."""
        with self._writing() as books:
            _modify(books, which, _header_nodes(fields))

    def edit_invoice_line(self, which: str, line: int, **fields: str) -> None:
        """Change one line (counted from 1) of an invoice or credit memo."""
        with self._writing() as books:
            txn = _find(books, which)
            stored = txns.lines(books, txn)
            if not 1 <= line <= len(stored):
                message = f"The invoice has {len(stored)} lines, not {line}."
                raise BookError(3120, message, "Show the invoice to see its lines.")
            nodes = [_line_node(kept.line_id, {}) for kept in stored]
            nodes[line - 1] = _line_node(stored[line - 1].line_id, fields)
            _modify(books, txn.txn_id, nodes)

    def move_invoice(self, which: str, customer: str) -> None:
        """Put an invoice or credit memo on another customer or job."""
        with self._writing() as books:
            _modify(books, which, [_ref("CustomerRef", customer)])

    def renumber_invoice(self, which: str, number: str) -> None:
        """Give an invoice or credit memo another number."""
        with self._writing() as books:
            _modify(books, which, _header_nodes({"number": number}))

    def void_invoice(self, which: str) -> None:
        """Void an invoice or credit memo."""
        with self._writing() as books:
            removing.void_txn(books, _find(books, which))

    def delete_invoice(self, which: str) -> None:
        """Delete an invoice or credit memo."""
        with self._writing() as books:
            removing.delete_txn(books, _find(books, which))

    def receive_payment(
        self, which: str, amount: str = "", *, date: str = "", number: str = ""
    ) -> str:
        """Pay an invoice, in full without an amount; return the payment's TxnID."""
        with self._writing() as books:
            invoice = _find(books, which)
            _check({"Amount": amount, "TxnDate": date})
            customer = entries.get(books, "Entity", invoice.entity_id)
            if customer is None or invoice.kind != INVOICE:
                raise BookError(3210, "Only an invoice can be paid.")
            payment = payments.receive(
                books, customer, invoice,
                cents=values.to_cents(amount) if amount else invoice.remaining,
                day=date or books.today(), ref_number=number,
            )  # fmt: skip
            return payment.txn_id

    def totals_per_job(self) -> list[JobTotal]:
        """Return number and sum of invoices less credit memos per customer or job."""
        with self._reading() as books:
            rows = books.connection.execute(
                "SELECT e.list_id, e.full_name, COUNT(*),"
                " SUM(CASE t.kind WHEN 'Invoice' THEN t.subtotal + t.tax"
                " ELSE -(t.subtotal + t.tax) END)"
                " FROM txn t JOIN entry e ON e.family = 'Entity' AND e.list_id = t.entity_id"
                " WHERE t.kind IN ('Invoice', 'CreditMemo') GROUP BY e.list_id ORDER BY e.path_key"
            ).fetchall()
            return [JobTotal(row[0], row[1], row[2], views.dollars(row[3])) for row in rows]

    def grand_total(self) -> Decimal:
        """Return the sum over all customers and jobs, in dollars."""
        return sum((row.total for row in self.totals_per_job()), Decimal("0.00"))


def add_invoice(
    books: Books,
    customer: str,
    lines: Sequence[Mapping[str, str]],
    *,
    kind: str = INVOICE,
    fields: Mapping[str, str],
) -> str:
    """Type an invoice within the caller's transaction; by the same rules as InvoiceAdd."""
    if kind not in (INVOICE, CREDIT):
        raise BookError(0, f"{kind} cannot be typed here.", "Choose Invoice or CreditMemo.")
    request, node = Node(f"{kind}AddRq", {}), Node(f"{kind}Add", {})
    node.children = [_ref("CustomerRef", customer), *_header_nodes(fields)]
    for line in lines:
        child = Node(f"{kind}LineAdd", {})
        child.children = _nodes(line, _LINE, "line")
        node.children.append(child)
    request.children = [node]
    add = sales_add.add_invoice if kind == INVOICE else sales_add.add_credit_memo
    answer = add(Context(books), request)
    ret: Any = answer.fields[0][1]
    return str(dict(ret)["TxnID"])


def _find(books: Books, which: str) -> Txn:
    rows = _select(books, "txn_id = ? AND kind IN ('Invoice', 'CreditMemo')", [which])
    rows = rows or _select(
        books, "ref_key = ? AND kind IN ('Invoice', 'CreditMemo')", [values.fold(which)]
    )
    if not rows:
        message = f'There is no invoice "{which}".'
        raise BookError(3120, message, "List the invoices to see their numbers.")
    if len(rows) > 1:
        ids = ", ".join(row.txn_id for row in rows)
        message = f'There are {len(rows)} invoices with the number "{which}".'
        raise BookError(3120, message, f"Give the TxnID instead: {ids}.")
    return rows[0]


def _select(books: Books, where: str, given: Sequence[str]) -> list[Txn]:
    sql = f"SELECT {txns.COLUMNS} FROM txn WHERE {where} ORDER BY txn_date, txn_number"  # noqa: S608
    return [txns.from_row(row) for row in books.connection.execute(sql, tuple(given))]


def _modify(books: Books, which: str, children: Sequence[Node]) -> None:
    node = Node("InvoiceMod", {})
    node.children = list(children)
    sales_mod.change(books, node, _find(books, which))


def _header_nodes(fields: Mapping[str, str]) -> list[Node]:
    return _nodes(fields, _HEADER, "invoice")


def _line_node(line_id: str, fields: Mapping[str, str]) -> Node:
    node = Node("InvoiceLineMod", {})
    node.children = [_leaf("TxnLineID", line_id), *_nodes(fields, _LINE, "line")]
    return node


def _nodes(fields: Mapping[str, str], known: Sequence[tuple[str, str]], word: str) -> list[Node]:
    strange = set(fields) - {name for name, _ in known}
    if strange:
        message = f"An {word} has no field called {', '.join(sorted(strange))}."
        raise BookError(0, message, f"Known are: {', '.join(name for name, _ in known)}.")
    given = {tag: str(fields[name]) for name, tag in known if fields.get(name) is not None}
    _check(given)
    return [
        _ref(tag, text) if tag.endswith("Ref") else _leaf(tag, text) for tag, text in given.items()
    ]


def _check(given: Mapping[str, str]) -> None:
    for tag, text in given.items():
        fault = values.fault_of(_KINDS.get(tag, "STR"), text, field=tag)
        if fault:
            raise BookError(*fault)


def _leaf(tag: str, text: str) -> Node:
    node = Node(tag, {})
    node.text = text
    return node


def _ref(tag: str, full_name: str) -> Node:
    node = Node(tag, {})
    node.children = [_leaf("FullName", full_name)]
    return node
