"""The small lists: classes, terms, accounts, tax codes, templates, customer and job types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tieout.sandbox import entries, list_query, names
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import Entry, flag
from tieout.sandbox.reply import Answer, Field
from tieout.sandbox.values import money
from tieout.sandbox.xmltree import Node

# request -> (list, kinds)
_QUERIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "ClassQueryRq": ("Class", ("Class",)),
    "TermsQueryRq": ("Terms", ("StandardTerms", "DateDrivenTerms")),
    "StandardTermsQueryRq": ("Terms", ("StandardTerms",)),
    "AccountQueryRq": ("Account", ("Account",)),
    "SalesTaxCodeQueryRq": ("SalesTaxCode", ("SalesTaxCode",)),
    "TemplateQueryRq": ("Template", ("Template",)),
    "CustomerTypeQueryRq": ("CustomerType", ("CustomerType",)),
    "JobTypeQueryRq": ("JobType", ("JobType",)),
}
_DETAIL = {
    "StandardTerms": ("StdDueDays", "StdDiscountDays", "DiscountPct"),
    "DateDrivenTerms": (
        "DayOfMonthDue", "DueNextMonthDays", "DiscountDayOfMonth", "DiscountPct",
    ),
    "SalesTaxCode": ("IsTaxable", "Desc"),
    "Template": ("TemplateType",),
    "Account": ("AccountType", "SpecialAccountType", "AccountNumber", "Desc"),
}  # fmt: skip
_TREES = frozenset({"Class", "Account", "CustomerType", "JobType"})


def query(context: Context, node: Node) -> Answer:
    """Answer the query of any of these lists."""
    family, kinds = _QUERIES[node.tag]
    return list_query.run(
        context, node, family=family, kinds=kinds, write=_write, tag=lambda e: f"{e.kind}Ret"
    )


def create(
    books: Books,
    family: str,
    *,
    kind: str,
    name: str,
    parent_id: str = "",
    is_active: bool = True,
    detail: dict[str, Any],
) -> str:
    """Add an element to one of these lists and return its ListID."""
    return names.add(
        books,
        family,
        kind=kind,
        name=name,
        parent_id=parent_id,
        is_active=is_active,
        detail=detail,
    )


def _write(books: Books, _node: Node, rows: list[Entry]) -> list[Sequence[Field]]:
    return [_ret(books, row) for row in rows]


def _ret(books: Books, entry: Entry) -> list[Field]:
    fields = entries.head_fields(books, entry)
    if entry.kind in _TREES:
        fields.extend(entries.tree_fields(books, entry, entry.kind))
    else:
        fields.append(("IsActive", flag(entry.is_active)))
    for tag in _DETAIL.get(entry.kind, ()):
        value = entry.detail.get(tag)
        if value not in (None, ""):
            fields.append((tag, flag(value) if isinstance(value, bool) else str(value)))
    if entry.kind == "Account":
        fields.append(("Balance", money(entry.balance)))
        fields.append(("TotalBalance", money(entry.total_balance)))
    return fields
