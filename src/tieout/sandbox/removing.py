"""TxnVoid, TxnDel, ListDel and ListMerge, and the logs of what was deleted.

The logs reach back ninety days (Intuit's documentation).
"""

from __future__ import annotations

import json
from dataclasses import replace

from tieout.sandbox import customers, entries, items, lines, names, sales, txns
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import Entry
from tieout.sandbox.errors import RequestError
from tieout.sandbox.list_query import Conditions, moments
from tieout.sandbox.paging import Source, answer_filtered
from tieout.sandbox.reply import Answer, Field, chosen
from tieout.sandbox.txns import Txn
from tieout.sandbox.xmltree import Node

WINDOW_S = 90 * 24 * 3600
_DELETED = "SELECT kind, object_id, name, created, deleted FROM deleted"
VOID_PREFIX = "VOID:"
FAMILIES = {"Customer": "Entity", "StandardTerms": "Terms", "DateDrivenTerms": "Terms"}
_REF_TAGS = {"Class": "ClassRef", "Terms": "TermsRef", "Account": "AccountRef"}


def void(context: Context, node: Node) -> Answer:
    """TxnVoid: amounts become zero, number and memo stay; voiding twice is harmless."""
    books = context.books
    kind = node.get("TxnVoidType") or ""
    txn = txns.find(books, node.get("TxnID") or "", kind=kind)
    void_txn(books, txn)
    fresh = txns.find(books, txn.txn_id)
    wall = books.wall
    fields: list[Field] = [
        ("TxnVoidType", kind),
        ("TxnID", fresh.txn_id),
        ("TimeCreated", wall.render(fresh.created)),
        ("TimeModified", wall.render(fresh.modified)),
        *_number(fresh),
    ]
    return Answer(fields=fields)


def void_txn(books: Books, txn: Txn) -> None:
    """Void a transaction; 3161 in a closed period, 3185 while payments are linked."""
    if txn.is_void:
        return
    _refuse_closed(books, txn)
    if txns.linked(books, txn):
        raise RequestError(3185, "The transaction cannot be voided: payments are linked to it.")
    memo = f"{VOID_PREFIX} {txn.detail.get('Memo', '')}".strip()
    new = replace(
        txn, subtotal=0, tax=0, applied=0, is_void=True, detail={**txn.detail, "Memo": memo}
    )
    zeroed = [lines.zeroed(line) for line in txns.lines(books, txn)]
    txns.write_lines(books, txn.txn_number, zeroed)
    sales.repost(books, txn, new)


def delete(context: Context, node: Node) -> Answer:
    """TxnDel."""
    books = context.books
    kind = node.get("TxnDelType") or ""
    txn = txns.find(books, node.get("TxnID") or "", kind=kind)
    delete_txn(books, txn)
    fields: list[Field] = [
        ("TxnDelType", kind),
        ("TxnID", txn.txn_id),
        ("TimeDeleted", books.wall.render(books.now())),
        *_number(txn),
    ]
    return Answer(fields=fields)


def delete_txn(books: Books, txn: Txn) -> None:
    """Delete a transaction; 3160 while others are linked to it. A payment lets go of what it paid."""
    _refuse_closed(books, txn)
    if txn.kind == txns.PAYMENT:
        for invoice, cents in txns.linked(books, txn):
            books.connection.execute(
                "UPDATE txn SET applied = applied - ? WHERE txn_number = ?",
                (cents, invoice.txn_number),
            )
            txns.touch(books, invoice.txn_id)
        books.connection.execute("DELETE FROM link WHERE credit_number = ?", (txn.txn_number,))
    elif txns.linked(books, txn):
        raise RequestError(3160, "The transaction cannot be deleted: payments are linked to it.")
    names.move_balance(books, txn.entity_id, -txn.standing)
    txns.remove(books, txn)


def delete_listed(context: Context, node: Node) -> Answer:
    """ListDel: single-user mode only, and only what nothing refers to."""
    books = context.books
    kind = node.get("ListDelType") or ""
    family = family_of(kind)
    entry = entries.get(books, family, node.get("ListID") or "")
    if entry is None or entry.kind != kind:
        message = f'Object "{node.get("ListID")}" specified in the request cannot be found.'
        raise RequestError(3120, message)
    refuse_multi_user(books)
    delete_entry(books, family, entry)
    fields: list[Field] = [
        ("ListDelType", kind),
        ("ListID", entry.list_id),
        ("TimeDeleted", books.wall.render(books.now())),
        ("FullName", entry.full_name),
    ]
    return Answer(fields=fields)


def delete_entry(books: Books, family: str, entry: Entry) -> None:
    """Take an unused element out of its list; 3160 when something refers to it."""
    if _is_used(books, family, entry):
        message = f'"{entry.full_name}" is in use and cannot be deleted; make it inactive instead.'
        raise RequestError(3160, message)
    entries.remove(books, family, entry)


def merge(context: Context, node: Node) -> Answer:
    """ListMerge: one ListID dies, its history moves to the survivor."""
    books = context.books
    kind = node.get("ListMergeType") or ""
    family = family_of(kind)
    pair: list[Entry] = []
    for side in (node.child("MergeFrom"), node.child("MergeTo")):
        list_id = (side.get("ListID") if side else None) or ""
        entry = entries.get(books, family, list_id)
        if entry is None or entry.kind != kind:
            message = f'Object "{list_id}" specified in the request cannot be found.'
            raise RequestError(3120, message)
        if side and side.get("EditSequence") != str(entry.edit_sequence):
            raise RequestError(3200, "The provided edit sequence is out-of-date.")
        pair.append(entry)
    refuse_multi_user(books)
    merge_entries(books, family, pair[0], pair[1])
    survivor = entries.get(books, family, pair[1].list_id) or pair[1]
    wall = books.wall
    gone: list[Field] = [
        ("ListID", pair[0].list_id),
        ("TimeDeleted", wall.render(books.now())),
        ("FullName", pair[0].full_name),
    ]
    stays: list[Field] = [
        ("ListID", survivor.list_id),
        ("TimeCreated", wall.render(survivor.created)),
        ("TimeModified", wall.render(survivor.modified)),
        ("EditSequence", str(survivor.edit_sequence)),
        ("FullName", survivor.full_name),
    ]
    return Answer(fields=[("ListMergeType", kind), ("MergedFrom", gone), ("MergedTo", stays)])


def merge_entries(books: Books, family: str, gone: Entry, survivor: Entry) -> None:
    """Move everything of one element to another one and remove it; 3220 when that cannot be."""
    if gone.list_id == survivor.list_id or gone.kind != survivor.kind:
        raise RequestError(3220, "Only two different elements of one kind can be merged.")
    if _has_children(books, family, gone):
        message = f'"{gone.full_name}" has elements below it; move them first.'
        raise RequestError(3220, message)
    execute = books.connection.execute
    if family == customers.FAMILY:
        execute(
            "UPDATE txn SET entity_id = ? WHERE entity_id = ?", (survivor.list_id, gone.list_id)
        )
        balance = gone.balance
        names.move_balance(books, gone.list_id, -balance)
        names.move_balance(books, survivor.list_id, balance)
    elif family in (items.FAMILY, "Class"):
        column = "item_id" if family == items.FAMILY else "class_id"
        execute(
            f"UPDATE line SET {column} = ? WHERE {column} = ?",  # noqa: S608 one of two names
            (survivor.list_id, gone.list_id),
        )
    _replace_refs(books, family, gone.list_id, survivor.list_id)
    entries.remove(books, family, gone, logged=books.setting("merge_in_deleted_log"))
    entries.touch(books, family, survivor.list_id)


def query_deleted_txns(context: Context, node: Node) -> Answer:
    """TxnDeletedQuery."""
    return _query_deleted(context, node, "Txn")


def query_deleted_lists(context: Context, node: Node) -> Answer:
    """ListDeletedQuery."""
    return _query_deleted(context, node, "List")


def family_of(kind: str) -> str:
    """Return the list that a kind of element belongs to."""
    return "Item" if kind.startswith("Item") else FAMILIES.get(kind, kind)


def refuse_multi_user(books: Books) -> None:
    """Raise 3162 unless the company is open in single-user mode."""
    if books.setting("user_mode") != "SingleUser":
        raise RequestError(3162, "This operation cannot be performed in multi-user mode.")


def _query_deleted(context: Context, node: Node, family: str) -> Answer:
    books = context.books
    label, id_tag, name_tag = (
        ("TxnDelType", "TxnID", "RefNumber")
        if family == "Txn"
        else ("ListDelType", "ListID", "FullName")
    )
    found = Conditions()
    found.add("family = ?", family)
    found.add("deleted > ?", books.now() - WINDOW_S)
    found.add_in("kind", node.texts(label))
    span = node.child("DeletedDateRangeFilter")
    low, high = moments(books, span, "FromDeletedDate", "ToDeletedDate") if span else (None, None)
    if low is not None:
        found.add("deleted >= ?", low)
    if high is not None:
        found.add("deleted <= ?", high)

    def fetch(_after: object, _limit: int | None) -> list[tuple[str, str, str | None, int, int]]:
        sql = f"{_DELETED} WHERE {found.sql} ORDER BY deleted, id"
        return books.connection.execute(sql, found.values).fetchall()

    def write(rows: list[tuple[str, str, str | None, int, int]]) -> list[Field]:
        wall, wanted = books.wall, node.texts("IncludeRetElement")
        rets: list[Field] = []
        for kind, object_id, name, created, deleted in rows:
            fields: list[Field] = [
                (label, kind),
                (id_tag, object_id),
                ("TimeCreated", wall.render(created)),
                ("TimeDeleted", wall.render(deleted)),
            ]
            fields += [(name_tag, name)] if name else []
            rets.append((f"{family}DeletedRet", chosen(fields, wanted)))
        return rets

    source = Source(lambda: len(fetch(None, None)), fetch, lambda row: (row[4],))
    return answer_filtered(context, node, source, write)


def _number(txn: Txn) -> list[Field]:
    return [("RefNumber", txn.ref_number)] if txn.ref_number else []


def _refuse_closed(books: Books, txn: Txn) -> None:
    try:
        sales.check_open(books, txn.txn_date)
    except RequestError as error:
        message = "The transaction cannot be deleted or voided: it is in a closed period."
        raise RequestError(3161, message) from error


def _has_children(books: Books, family: str, entry: Entry) -> bool:
    row = books.connection.execute(
        "SELECT 1 FROM entry WHERE family = ? AND parent_id = ? LIMIT 1", (family, entry.list_id)
    ).fetchone()
    return row is not None


def _is_used(books: Books, family: str, entry: Entry) -> bool:
    if _has_children(books, family, entry):
        return True
    checks = {
        "Entity": "SELECT 1 FROM txn WHERE entity_id = ? LIMIT 1",
        "Item": "SELECT 1 FROM line WHERE item_id = ? LIMIT 1",
        "Class": "SELECT 1 FROM line WHERE class_id = ? LIMIT 1",
    }
    sql = checks.get(family)
    if sql and books.connection.execute(sql, (entry.list_id,)).fetchone():
        return True
    return _referring(books, family, entry.list_id) > 0


def _referring(books: Books, family: str, list_id: str) -> int:
    tag = _REF_TAGS.get(family)
    if tag is None:
        return 0
    path = f"$.{tag}"
    row = books.connection.execute(
        "SELECT (SELECT COUNT(*) FROM entry WHERE json_extract(detail, ?) = ?)"
        " + (SELECT COUNT(*) FROM txn WHERE json_extract(detail, ?) = ?)",
        (path, list_id, path, list_id),
    ).fetchone()
    return int(row[0])


def _replace_refs(books: Books, family: str, gone: str, survivor: str) -> None:
    tag = _REF_TAGS.get(family)
    if tag is None:
        return
    for table in ("entry", "txn"):
        books.connection.execute(
            f"UPDATE {table} SET detail = json_set(detail, ?, json(?))"  # noqa: S608 two tables
            " WHERE json_extract(detail, ?) = ?",
            (f"$.{tag}", json.dumps(survivor), f"$.{tag}", gone),
        )
