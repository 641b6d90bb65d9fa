"""Custom fields and private data: definitions, values, and how they appear in Rets.

OwnerID 0 are the fields a user sees; any other owner is an application's private data. Every change
bumps the object it hangs on (Intuit's documentation).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tieout.sandbox import entries, txns
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.errors import RequestError
from tieout.sandbox.names import path_key
from tieout.sandbox.refs import missing
from tieout.sandbox.reply import Answer, Field, chosen
from tieout.sandbox.values import fold
from tieout.sandbox.xmltree import Node

_FAMILIES = {"Customer": "Entity", "Vendor": "Entity", "Employee": "Entity", "OtherName": "Entity"}
COMPANY = "Company"
_VALUES = (
    "SELECT e.owner, d.name, d.kind, e.value FROM extension e JOIN extension_definition d"
    " ON d.owner = e.owner AND d.name_key = e.name_key WHERE e.scope = ? AND e.object_id = ?"
)
VALUE_LENGTHS = {"STR255TYPE": 255, "STR1024TYPE": 1024}


def fields_for(
    books: Books, scope: str, object_ids: Sequence[str], owners: Sequence[str]
) -> dict[str, list[Field]]:
    """Return DataExtRet elements per object for the given owners."""
    if not owners or not object_ids:
        return {}
    found: dict[str, list[Field]] = {}
    marks = ", ".join("?" * len(owners))
    sql = f"{_VALUES} AND e.owner IN ({marks}) ORDER BY e.owner, d.name_key"
    wanted = [owner.upper() for owner in owners]
    for object_id in object_ids:
        rows = books.connection.execute(sql, (scope, object_id, *wanted)).fetchall()
        if rows:
            found[object_id] = [("DataExtRet", _ret(*row)) for row in rows]
    return found


def _ret(owner: str, name: str, kind: str, value: str) -> list[Field]:
    return [
        ("OwnerID", owner),
        ("DataExtName", name),
        ("DataExtType", kind),
        ("DataExtValue", value),
    ]


def define(context: Context, request: Node) -> Answer:
    """DataExtDefAdd."""
    node = request.child("DataExtDefAdd") or request
    owner, name = (node.get("OwnerID") or "").upper(), node.get("DataExtName") or ""
    kind, objects = node.get("DataExtType") or "", node.texts("AssignToObject")
    if owner == "0" and kind != "STR255TYPE":
        raise RequestError(3153, "Custom fields with OwnerID 0 must have the type STR255TYPE.")
    inserted = context.books.connection.execute(
        "INSERT OR IGNORE INTO extension_definition VALUES (?, ?, ?, ?, ?)",
        (owner, fold(name), name, kind, json.dumps(objects)),
    )
    if not inserted.rowcount:
        raise RequestError(3100, f'The name "{name}" of the data extension is already in use.')
    number = context.books.count("data extension")
    fields: list[Field] = [
        ("OwnerID", owner),
        ("DataExtID", str(number)),
        ("DataExtName", name),
        ("DataExtType", kind),
        *(("AssignToObject", item) for item in objects),
        ("DataExtListRequire", "false"),
        ("DataExtTxnRequire", "false"),
        ("DataExtFormatString", ""),
    ]
    return Answer(fields=[("DataExtDefRet", chosen(fields, request.texts("IncludeRetElement")))])


def add(context: Context, request: Node) -> Answer:
    """DataExtAdd: a second value for the same field is refused."""
    return _write(context, request, "DataExtAdd", present=False)


def modify(context: Context, request: Node) -> Answer:
    """DataExtMod: sets a value; clearing one takes DataExtDel."""
    return _write(context, request, "DataExtMod", present=True)


def delete(context: Context, request: Node) -> Answer:
    """DataExtDel."""
    node = request.child("DataExtDel") or request
    books = context.books
    owner, name_key, _, _ = _definition(books, node)
    scope, object_id = _target(context, node)
    gone = books.connection.execute(
        "DELETE FROM extension WHERE scope = ? AND object_id = ? AND owner = ? AND name_key = ?",
        (scope, object_id, owner, name_key),
    )
    if not gone.rowcount:
        raise RequestError(3120, "The data extension has no value to delete.")
    _touch(books, scope, object_id)
    return Answer()


def _write(context: Context, request: Node, tag: str, *, present: bool) -> Answer:
    node = request.child(tag) or request
    books = context.books
    owner, name_key, name, kind = _definition(books, node)
    value = node.get("DataExtValue") or ""
    if len(value) > VALUE_LENGTHS.get(kind, 255):
        raise RequestError(3070, f'The string in the field "{name}" is too long.')
    if present and not value:
        raise RequestError(
            3190, f'The field "{name}" cannot be cleared; delete its value instead.'
        )
    scope, object_id = _target(context, node)
    row = books.connection.execute(
        "SELECT 1 FROM extension WHERE scope = ? AND object_id = ? AND owner = ? AND name_key = ?",
        (scope, object_id, owner, name_key),
    ).fetchone()
    if row and not present:
        raise RequestError(3180, f'There is already a value in the field "{name}".')
    books.connection.execute(
        "INSERT OR REPLACE INTO extension VALUES (?, ?, ?, ?, ?)",
        (scope, object_id, owner, name_key, value),
    )
    _touch(books, scope, object_id)
    return Answer(fields=[("DataExtRet", _ret(owner, name, kind, value))])


def _definition(books: Books, node: Node) -> tuple[str, str, str, str]:
    owner, name = (node.get("OwnerID") or "").upper(), node.get("DataExtName") or ""
    row = books.connection.execute(
        "SELECT owner, name_key, name, kind FROM extension_definition"
        " WHERE owner = ? AND name_key = ?",
        (owner, fold(name)),
    ).fetchone()
    if row is None:
        raise RequestError(3120, f'There is no data extension "{name}" of the owner {owner}.')
    return row[0], row[1], row[2], row[3]


def _target(context: Context, node: Node) -> tuple[str, str]:
    """Return (scope, object id) of what the value hangs on."""
    books = context.books
    if node.get("OtherDataExtType"):
        return COMPANY, ""
    listed = node.get("ListDataExtType")
    if listed:
        family = _FAMILIES.get(listed, listed)
        ref = node.child("ListObjRef")
        list_id, name = (ref.get("ListID"), ref.get("FullName")) if ref else (None, None)
        entry = (
            entries.get(books, family, list_id)
            if list_id
            else entries.by_path(books, family, path_key(name or ""))
        )
        if entry is None:
            raise RequestError(3140, missing(listed, list_id or name or "", "DataExt"))
        return family, entry.list_id
    txn = txns.find(books, _txn_id(context, node), kind=node.get("TxnDataExtType") or "")
    return "Txn", node.get("TxnLineID") or txn.txn_id


def _txn_id(context: Context, node: Node) -> str:
    child = node.child("TxnID")
    macro = child.attrs.get("useMacro") if child else None
    if macro is None:
        return child.text if child else ""
    if macro not in context.macros:
        raise RequestError(9100, f'The macro "{macro}" is not defined.')
    return context.macros[macro]


def _touch(books: Books, scope: str, object_id: str) -> None:
    if scope == "Txn":
        txns.touch(books, object_id)
    elif scope != COMPANY:
        entries.touch(books, scope, object_id)
