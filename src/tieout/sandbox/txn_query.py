"""InvoiceQuery, CreditMemoQuery and ReceivePaymentQuery: oldest first, no lines unless asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tieout.sandbox import payments, sales, txns
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.errors import RequestError
from tieout.sandbox.list_query import Conditions, filter_ids, like, moments
from tieout.sandbox.macros import span_of
from tieout.sandbox.paging import Key, Source, answer_explicit, answer_filtered
from tieout.sandbox.reply import Answer, Field, chosen
from tieout.sandbox.txns import CREDIT, INVOICE, PAYMENT, Txn
from tieout.sandbox.values import fold, to_bool, to_date
from tieout.sandbox.xmltree import Node

_KINDS = {"InvoiceQueryRq": INVOICE, "CreditMemoQueryRq": CREDIT, "ReceivePaymentQueryRq": PAYMENT}
_EXPLICIT = {
    "TxnID": "txn_id",
    "RefNumber": "ref_key",
    "RefNumberCaseSensitive": "ref_number",
}


def query(context: Context, node: Node) -> Answer:
    """Answer the query of any of these kinds."""
    kind = _KINDS[node.tag]

    def render(rows: list[Txn]) -> list[Field]:
        return [(f"{kind}Ret", _ret(context.books, node, row)) for row in rows]

    for tag, column in _EXPLICIT.items():
        values = node.texts(tag)
        if values:
            found, missing = by_values(context.books, (kind,), column, values)
            return answer_explicit(node, render(found), missing)
    conditions = Conditions()
    conditions.add("kind = ?", kind)
    _add_filters(context.books, node, conditions)
    return answer_filtered(context, node, source(context.books, conditions), render)


def by_values(
    books: Books, kinds: Sequence[str], column: str, values: Sequence[str]
) -> tuple[list[Txn], list[str]]:
    """Return what has one of these ids or numbers, oldest first, and the values without any."""
    found: dict[int, Txn] = {}
    missing: list[str] = []
    marks = ", ".join("?" * len(kinds))
    sql = f"SELECT {txns.COLUMNS} FROM txn WHERE kind IN ({marks}) AND {column} = ?"  # noqa: S608
    for value in values:
        wanted = fold(value) if column == "ref_key" else value
        rows = books.connection.execute(sql, (*kinds, wanted)).fetchall()
        found |= {row[0]: txns.from_row(row) for row in rows}
        if not rows:
            missing.append(value)
    return sorted(found.values(), key=lambda txn: (txn.txn_date, txn.txn_number)), missing


def source(books: Books, conditions: Conditions) -> Source[Txn]:
    """Return rows that meet the conditions, in order of date and entry."""

    def count() -> int:
        sql = f"SELECT COUNT(*) FROM txn WHERE {conditions.sql}"  # noqa: S608 own conditions
        return int(books.connection.execute(sql, conditions.values).fetchone()[0])

    def fetch(after: Key | None, limit: int | None) -> list[Txn]:
        where, values = conditions.sql, list(conditions.values)
        if after is not None:
            where, values = f"{where} AND (txn_date, txn_number) > (?, ?)", [*values, *after]
        sql = (
            f"SELECT {txns.COLUMNS} FROM txn WHERE {where}"  # noqa: S608 own conditions
            " ORDER BY txn_date, txn_number LIMIT ?"
        )
        rows = books.connection.execute(sql, [*values, -1 if limit is None else limit])
        return [txns.from_row(row) for row in rows]

    return Source(count, fetch, lambda txn: (txn.txn_date, txn.txn_number))


def _ret(books: Books, node: Node, txn: Txn) -> Sequence[Field]:
    with_lines = to_bool(node.get("IncludeLineItems"))
    if txn.kind == PAYMENT:
        fields = payments.ret(books, txn, with_lines=with_lines)
    else:
        fields = sales.ret(
            books,
            txn,
            with_lines=with_lines,
            with_links=to_bool(node.get("IncludeLinkedTxns")),
            owners=node.texts("OwnerID"),
        )
    return chosen(fields, node.texts("IncludeRetElement"))


def _add_filters(books: Books, node: Node, found: Conditions) -> None:
    adders: dict[str, Callable[[Books, Node, Conditions], None]] = {
        "ModifiedDateRangeFilter": add_modified,
        "TxnDateRangeFilter": add_dates,
        "EntityFilter": add_entity,
        "AccountFilter": _add_account,
        "RefNumberFilter": add_number_match,
        "RefNumberRangeFilter": add_number_range,
    }
    for child in node.children:
        if child.tag in adders:
            adders[child.tag](books, child, found)
    status = node.get("PaidStatus")
    if status == "PaidOnly":
        found.add("subtotal + tax = applied AND is_pending = 0")
    elif status == "NotPaidOnly":
        found.add("(subtotal + tax <> applied OR is_pending = 1)")


def add_modified(books: Books, node: Node, found: Conditions) -> None:
    """Filter by time of the last change; the start is inclusive."""
    macro = node.get("DateMacro")
    if macro:
        first, last = span_of(macro, books.today())
        low = books.wall.parse(first) if first else None
        high = books.wall.parse(last, end_of_day=True) if last else None
    else:
        low, high = moments(books, node, "FromModifiedDate", "ToModifiedDate")
    if low is not None:
        found.add("modified >= ?", low)
    if high is not None:
        found.add("modified <= ?", high)


def add_dates(books: Books, node: Node, found: Conditions) -> None:
    """Filter by the date of the transaction."""
    macro = node.get("DateMacro")
    if macro:
        low, high = span_of(macro, books.today())
    else:
        low, high = to_date(node.get("FromTxnDate")), to_date(node.get("ToTxnDate"))
    if low and high and low > high:
        raise RequestError(3030, "FromTxnDate is later than ToTxnDate.")
    if low:
        found.add("txn_date >= ?", low)
    if high:
        found.add("txn_date <= ?", high)


def add_entity(books: Books, node: Node, found: Conditions) -> None:
    """Filter by customer or job, with children if asked."""
    if node.get("EntityTypeFilter") in (None, "Customer"):
        if node.get("EntityTypeFilter") is None:
            found.add_in("entity_id", filter_ids(books, node, "Entity"))
        return
    found.add("0")


def _add_account(books: Books, node: Node, found: Conditions) -> None:
    ids = filter_ids(books, node, "Account")
    found.add_in("json_extract(detail, '$.ARAccountRef')", ids)


def add_number_match(_books: Books, node: Node, found: Conditions) -> None:
    """Filter by a part of the number."""
    pattern = like(fold(node.get("RefNumber") or ""), node.get("MatchCriterion") or "Contains")
    found.add("ref_key LIKE ? ESCAPE '\\'", pattern)


def add_number_range(_books: Books, node: Node, found: Conditions) -> None:
    """Filter by a span of numbers: numerically if all are digits, else as text."""
    low, high = node.get("FromRefNumber"), node.get("ToRefNumber")
    given = [value for value in (low, high) if value]
    numeric = all(value.isdecimal() for value in given)
    if numeric:
        found.add("ref_number <> '' AND ref_number NOT GLOB '*[^0-9]*'")
    column = "CAST(ref_number AS INTEGER)" if numeric else "ref_number"
    for value, operator in ((low, ">="), (high, "<=")):
        if value:
            found.add(f"{column} {operator} ?", int(value) if numeric else value)
