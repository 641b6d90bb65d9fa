"""Customers and jobs: CustomerQuery, CustomerAdd, CustomerMod. A job is a customer with a parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tieout.sandbox import entries, extensions, list_query, names, refs
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import Entry, ref_field
from tieout.sandbox.errors import RequestError
from tieout.sandbox.reply import OK, Answer, Field, chosen
from tieout.sandbox.values import money, to_bool
from tieout.sandbox.xmltree import Node

FAMILY, KIND = "Entity", "Customer"
ADDRESS_LINES_MAX = 5

_PERSON = [
    "CompanyName",
    "Salutation",
    "FirstName",
    "MiddleName",
    "LastName",
    "JobTitle",
    "BillAddress",
    "BillAddressBlock",
    "ShipAddress",
    "ShipAddressBlock",
    "Phone",
    "AltPhone",
    "Fax",
    "Email",
    "Cc",
    "Contact",
    "AltContact",
    "CustomerTypeRef",
    "TermsRef",
    "SalesRepRef",
]
_SALES = [
    "SalesTaxCodeRef",
    "ItemSalesTaxRef",
    "ResaleNumber",
    "AccountNumber",
    "CreditLimit",
    "PreferredPaymentMethodRef",
    "JobStatus",
    "JobStartDate",
    "JobProjectedEndDate",
    "JobEndDate",
    "JobDesc",
    "JobTypeRef",
    "Notes",
    "PreferredDeliveryMethod",
    "PriceLevelRef",
    "ExternalGUID",
    "CurrencyRef",
]
_ADDRESSES = frozenset({"BillAddress", "ShipAddress"})
_OWN = frozenset({"Name", "IsActive", "ParentRef", "ListID", "EditSequence"})
_STORED = (frozenset(_PERSON) | frozenset(_SALES) | {"ClassRef"}) - {
    "BillAddressBlock",
    "ShipAddressBlock",
}
_PRINTED = ("Addr1", "Addr2", "Addr3", "Addr4", "Addr5")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a request says about a customer: detail to keep, elements to clear, elements ignored."""

    detail: dict[str, Any]
    cleared: frozenset[str]
    ignored: tuple[str, ...]


def query(context: Context, node: Node) -> Answer:
    """CustomerQuery."""
    return list_query.run(
        context, node, family=FAMILY, kinds=(KIND,), write=_write, tag=lambda _: "CustomerRet"
    )


def add(context: Context, request: Node) -> Answer:
    """CustomerAdd."""
    node = request.child("CustomerAdd") or request
    books = context.books
    draft = read_detail(books, node)
    if node.get("OpenBalance"):
        raise RequestError(3151, "OpenBalance is not supported here; add an invoice instead.")
    parent_id = _parent_id(books, node)
    list_id = create(
        books,
        name=(node.get("Name") or "").strip(),
        parent_id=parent_id or "",
        is_active=to_bool(node.get("IsActive"), default=True),
        detail=draft.detail,
    )
    return _answer(books, request, list_id, draft)


def modify(context: Context, request: Node) -> Answer:
    """CustomerMod: missing elements stay, empty ones are cleared, a stale EditSequence is 3200."""
    node = request.child("CustomerMod") or request
    books = context.books
    entry = existing(books, node.get("ListID") or "", node.get("EditSequence") or "")
    draft = read_detail(books, node)
    name = (node.get("Name") or entry.name).strip()
    parent_id = _parent_id(books, node)
    if parent_id is None:
        parent_id = entry.parent_id
    detail = {k: v for k, v in entry.detail.items() if k not in draft.cleared} | draft.detail
    change(
        books,
        entry,
        name=name,
        parent_id=parent_id,
        is_active=to_bool(node.get("IsActive"), default=entry.is_active),
        detail=detail,
    )
    return _answer(books, request, entry.list_id, draft)


def create(
    books: Books, *, name: str, parent_id: str, is_active: bool, detail: dict[str, Any]
) -> str:
    """Add a customer or job and return its ListID; 3090, 3100, 3130 … when the name cannot be."""
    return names.add(
        books,
        FAMILY,
        kind=KIND,
        name=name,
        parent_id=parent_id,
        is_active=is_active,
        detail={"JobStatus": "None", **detail},
    )


def change(
    books: Books,
    entry: Entry,
    *,
    name: str,
    parent_id: str,
    is_active: bool,
    detail: dict[str, Any],
) -> None:
    """Rename, move, (in)activate and write the detail of a customer or job in one step."""
    if name != entry.name or parent_id != entry.parent_id:
        names.relocate(books, entry, name=name, parent_id=parent_id, family=FAMILY)
    entries.save(books, FAMILY, entry, detail=detail, is_active=is_active)


def existing(books: Books, list_id: str, edit_sequence: str | None = None) -> Entry:
    """Return a customer to be changed; 3120 when it is gone, 3200 when it has changed since."""
    entry = entries.get(books, FAMILY, list_id)
    if entry is None or entry.kind != KIND:
        message = f'Object "{list_id}" specified in the request cannot be found.'
        raise RequestError(3120, message)
    if edit_sequence is not None and edit_sequence != str(entry.edit_sequence):
        message = f'The provided edit sequence "{edit_sequence}" is out-of-date.'
        raise RequestError(3200, message)
    return entry


def read_detail(books: Books, node: Node) -> Draft:
    """Read the elements that are kept as they are; references become ListIDs."""
    detail: dict[str, Any] = {}
    cleared: set[str] = set()
    ignored: list[str] = []
    for child in node.children:
        tag = child.tag
        if tag in _OWN:
            continue
        if tag not in _STORED:
            ignored.append(tag)
        elif not (child.text or any(item.text for item in child.children)):
            cleared.add(tag)
        elif tag in _ADDRESSES:
            detail[tag] = read_address(child)
        elif tag.endswith("Ref"):
            detail[tag] = refs.resolve(books, child, where="Customer").list_id
        else:
            detail[tag] = child.text
    return Draft(detail, frozenset(cleared), tuple(ignored))


def read_address(node: Node) -> dict[str, str]:
    """Return the parts of an address; 3205 when it prints on more than five lines."""
    parts = {child.tag: child.text for child in node.children if child.text}
    if len(address_lines(parts)) > ADDRESS_LINES_MAX:
        message = f"The address has more than {ADDRESS_LINES_MAX} lines."
        raise RequestError(3205, message)
    return parts


def address_lines(parts: dict[str, str]) -> list[str]:
    """Return an address as it is printed."""
    printed = [parts[name] for name in _PRINTED if parts.get(name)]
    region = " ".join(parts[name] for name in ("State", "PostalCode") if parts.get(name))
    city = ", ".join(part for part in (parts.get("City"), region) if part)
    return [line for line in (*printed, city, parts.get("Country")) if line]


def address_fields(detail: dict[str, Any], tag: str) -> list[Field]:
    """Write an address and its block form."""
    parts = detail.get(tag)
    if not parts:
        return []
    block = address_lines(parts)[:ADDRESS_LINES_MAX]
    return [
        (tag, list(parts.items())),
        (f"{tag}Block", [(f"Addr{place}", text) for place, text in enumerate(block, start=1)]),
    ]


def ret(books: Books, entry: Entry) -> list[Field]:
    """Write a CustomerRet without custom fields."""
    fields = entries.head_fields(books, entry)
    tree = entries.tree_fields(books, entry, FAMILY)
    fields.extend(tree[:2])
    _detail_field(books, entry, "ClassRef", fields)
    fields.extend(tree[2:])
    for tag in _PERSON:
        _detail_field(books, entry, tag, fields)
    fields.append(("Balance", money(entry.balance)))
    fields.append(("TotalBalance", money(entry.total_balance)))
    for tag in _SALES:
        _detail_field(books, entry, tag, fields)
    return fields


def _detail_field(books: Books, entry: Entry, tag: str, fields: list[Field]) -> None:
    if tag not in entry.detail:
        return
    if tag in _ADDRESSES:
        fields.extend(address_fields(entry.detail, tag))
    elif tag.endswith("Ref"):
        fields.append(ref_field(books, tag, refs.TARGETS[tag][0], entry.detail[tag]))
    else:
        fields.append((tag, entry.detail[tag]))


def _write(books: Books, node: Node, rows: list[Entry]) -> list[Sequence[Field]]:
    owners = node.texts("OwnerID")
    extra = extensions.fields_for(books, FAMILY, [row.list_id for row in rows], owners)
    return [[*ret(books, row), *extra.get(row.list_id, ())] for row in rows]


def _parent_id(books: Books, node: Node) -> str | None:
    """Return the parent's ListID, "" when it is to be cleared, None when nothing is said."""
    ref = node.child("ParentRef")
    if ref is None:
        return None
    if refs.is_empty(ref):
        return ""
    return refs.resolve(books, ref, where="Customer", code=3130).list_id


def _answer(books: Books, request: Node, list_id: str, draft: Draft) -> Answer:
    entry = entries.get(books, FAMILY, list_id)
    fields = ret(books, entry) if entry else []
    shown = chosen(fields, request.texts("IncludeRetElement"))
    if draft.ignored:
        message = f'The field "{draft.ignored[0]}" is not supported here and was ignored.'
        return Answer(fields=[("CustomerRet", shown)], code=530, message=message)
    return Answer(fields=[("CustomerRet", shown)], message=OK)
