"""TransactionQuery: one view over invoices, credit memos and payments, oldest first."""

from __future__ import annotations

from collections.abc import Callable

from tieout.sandbox import txn_query, txns
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import ref_field
from tieout.sandbox.list_query import Conditions, filter_ids
from tieout.sandbox.paging import answer_explicit, answer_filtered
from tieout.sandbox.reply import Answer, Field, chosen
from tieout.sandbox.txns import SIGNS, Line, Txn
from tieout.sandbox.values import fold, money
from tieout.sandbox.xmltree import Node

KINDS = tuple(SIGNS)
_RECEIVABLE_TYPES = frozenset(
    [
        "AccountsReceivable",
        "ARAndAP",
        "Asset",
        "BalanceSheet",
        "BankAndARAndAPAndUF",
        "CurrentAsset",
        "CurrentAssetAndExpense",
    ]
)


def query(context: Context, node: Node) -> Answer:
    """TransactionQuery; summary rows unless another level of detail is asked for."""
    books = context.books

    def render(rows: list[Txn]) -> list[Field]:
        return [ret for row in rows for ret in _rets(books, node, row)]

    ids = node.texts("TxnID")
    if ids:
        found, missing = txn_query.by_values(books, KINDS, "txn_id", ids)
        return answer_explicit(node, render(found), missing)
    return answer_filtered(
        context, node, txn_query.source(books, _conditions(books, node)), render
    )


def _conditions(books: Books, node: Node) -> Conditions:
    found = Conditions()
    found.add_in("kind", _kinds(node))
    exact, loose = node.texts("RefNumberCaseSensitive"), node.texts("RefNumber")
    if exact:
        found.add_in("ref_number", exact)
    if loose:
        found.add_in("ref_key", [fold(value) for value in loose])
    adders: dict[str, Callable[[Books, Node, Conditions], None]] = {
        "RefNumberFilter": txn_query.add_number_match,
        "RefNumberRangeFilter": txn_query.add_number_range,
        "TransactionModifiedDateRangeFilter": txn_query.add_modified,
        "TransactionDateRangeFilter": txn_query.add_dates,
        "TransactionEntityFilter": txn_query.add_entity,
        "TransactionAccountFilter": _add_account,
        "TransactionItemFilter": _add_item,
        "TransactionClassFilter": _add_class,
    }
    for child in node.children:
        if child.tag in adders:
            adders[child.tag](books, child, found)
    _add_state(node, found)
    return found


def _kinds(node: Node) -> list[str]:
    wanted = node.child("TransactionTypeFilter")
    types = wanted.texts("TxnTypeFilter") if wanted else []
    if not types or "All" in types:
        return list(KINDS)
    return [kind for kind in KINDS if kind in types] or [""]


def _add_state(node: Node, found: Conditions) -> None:
    paid = node.get("TransactionPaidStatusFilter")
    if paid in ("Closed", "Open"):
        found.add(f"subtotal + tax {'=' if paid == 'Closed' else '<>'} applied")
    posting = node.get("TransactionPostingStatusFilter")
    if posting in ("Posting", "NonPosting"):
        found.add("is_pending = ?", int(posting == "NonPosting"))


def _add_account(books: Books, node: Node, found: Conditions) -> None:
    """Filter by the receivable account; all that is kept here stands on one of that type."""
    kind = node.get("AccountTypeFilter")
    if kind is None:
        ids = filter_ids(books, node, "Account")
        found.add_in("json_extract(detail, '$.ARAccountRef')", ids)
    elif kind not in _RECEIVABLE_TYPES:
        found.add("0")


def _add_item(books: Books, node: Node, found: Conditions) -> None:
    if node.get("ItemTypeFilter") is None:
        _add_lines(found, "item_id", filter_ids(books, node, "Item"))


def _add_class(books: Books, node: Node, found: Conditions) -> None:
    _add_lines(found, "class_id", filter_ids(books, node, "Class"))


def _add_lines(found: Conditions, column: str, ids: list[str]) -> None:
    marks = ", ".join("?" * len(ids))
    found.add(f"txn_number IN (SELECT txn_number FROM line WHERE {column} IN ({marks}))", *ids)  # noqa: S608


def _rets(books: Books, node: Node, txn: Txn) -> list[Field]:
    level = node.get("TransactionDetailLevelFilter") or "SummaryOnly"
    wanted = node.texts("IncludeRetElement")
    rets: list[Field] = []
    if level != "AllExceptSummary":
        rets.append(("TransactionRet", chosen(_ret(books, txn, None), wanted)))
    if level != "SummaryOnly":
        for line in txns.lines(books, txn):
            rets.append(("TransactionRet", chosen(_ret(books, txn, line), wanted)))
    return rets


def _ret(books: Books, txn: Txn, line: Line | None) -> list[Field]:
    wall = books.wall
    # A line stands on the other side of the receivable than the summary.
    cents = SIGNS[txn.kind] * txn.total if line is None else -SIGNS[txn.kind] * line.amount
    fields: list[Field] = [("TxnType", txn.kind), ("TxnID", txn.txn_id)]
    fields += [("TxnLineID", line.line_id)] if line else []
    fields += [
        ("TimeCreated", wall.render(txn.created)),
        ("TimeModified", wall.render(txn.modified)),
        ref_field(books, "EntityRef", "Entity", txn.entity_id),
    ]
    account = txn.detail.get("ARAccountRef")
    if account and line is None:
        fields.append(ref_field(books, "AccountRef", "Account", account))
    fields.append(("TxnDate", txn.txn_date))
    fields += [("RefNumber", txn.ref_number)] if txn.ref_number else []
    fields.append(("Amount", money(cents)))
    memo = line.detail.get("Desc") if line else txn.detail.get("Memo")
    fields += [("Memo", memo)] if memo else []
    return fields
