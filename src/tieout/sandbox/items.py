"""Items: ItemQuery and ItemServiceQuery, and how the bookkeeper's items are kept.

Kinds here: service, other charge, discount, subtotal and sales tax; the others of QuickBooks are not
needed to invoice work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tieout.sandbox import entries, extensions, list_query, names
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import Entry, flag, ref_field
from tieout.sandbox.reply import Answer, Field
from tieout.sandbox.xmltree import Node

FAMILY = "Item"
SERVICE, CHARGE, DISCOUNT = "ItemService", "ItemOtherCharge", "ItemDiscount"
SUBTOTAL, SALES_TAX = "ItemSubtotal", "ItemSalesTax"
KINDS = (SERVICE, CHARGE, DISCOUNT, SUBTOTAL, SALES_TAX)
FLAT_KINDS = frozenset({SUBTOTAL, SALES_TAX})


def query(context: Context, node: Node) -> Answer:
    """ItemQuery: a mix of all kinds."""
    return _run(context, node, KINDS)


def query_services(context: Context, node: Node) -> Answer:
    """ItemServiceQuery."""
    return _run(context, node, (SERVICE,))


def create(
    books: Books, *, kind: str, name: str, parent_id: str, is_active: bool, detail: dict[str, Any]
) -> str:
    """Add an item and return its ListID. Names are unique across all kinds of items."""
    return names.add(
        books,
        FAMILY,
        kind=kind,
        name=name,
        parent_id=parent_id,
        is_active=is_active,
        detail=detail,
    )


def _run(context: Context, node: Node, kinds: Sequence[str]) -> Answer:
    return list_query.run(
        context, node, family=FAMILY, kinds=kinds, write=_write, tag=lambda e: f"{e.kind}Ret"
    )


def _write(books: Books, node: Node, rows: list[Entry]) -> list[Sequence[Field]]:
    owners = node.texts("OwnerID")
    extra = extensions.fields_for(books, FAMILY, [row.list_id for row in rows], owners)
    return [[*_ret(books, row), *extra.get(row.list_id, ())] for row in rows]


def _ret(books: Books, entry: Entry) -> list[Field]:
    fields = entries.head_fields(books, entry)
    if entry.kind in FLAT_KINDS:
        fields.append(("IsActive", flag(entry.is_active)))
    else:
        fields.extend(entries.tree_fields(books, entry, FAMILY))
    fields.extend(_own_fields(books, entry))
    if "ExternalGUID" in entry.detail:
        fields.append(("ExternalGUID", entry.detail["ExternalGUID"]))
    return fields


def _own_fields(books: Books, entry: Entry) -> list[Field]:
    detail = entry.detail
    text: list[Field] = [("ItemDesc", detail["Desc"])] if detail.get("Desc") else []
    tax = _ref(books, "SalesTaxCodeRef", "SalesTaxCode", detail)
    account = _ref(books, "AccountRef", "Account", detail)
    if entry.kind == SUBTOTAL:
        return text
    if entry.kind == SALES_TAX:
        return [*text, ("TaxRate", detail.get("TaxRate", "0"))]
    if entry.kind == DISCOUNT:
        return [*text, *tax, *_rate(detail, "DiscountRate", "DiscountRatePercent"), *account]
    described: list[Field] = [("Desc", detail["Desc"])] if detail.get("Desc") else []
    sale = [*described, *_rate(detail, "Price", "PricePercent"), *account]
    return [*tax, ("SalesOrPurchase", sale)]


def _ref(books: Books, tag: str, family: str, detail: dict[str, Any]) -> list[Field]:
    return [ref_field(books, tag, family, detail[tag])] if detail.get(tag) else []


def _rate(detail: dict[str, Any], fixed: str, percent: str) -> list[Field]:
    if detail.get("PricePercent"):
        return [(percent, detail["PricePercent"])]
    return [(fixed, detail["Price"])] if detail.get("Price") else []
