"""References in requests: ListID first (it wins), then the full name without regard to case."""

from __future__ import annotations

from tieout.sandbox import entries
from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry
from tieout.sandbox.errors import RequestError
from tieout.sandbox.names import path_key
from tieout.sandbox.xmltree import Node

# element -> (list, word used in messages)
TARGETS: dict[str, tuple[str, str]] = {
    "CustomerRef": ("Entity", "Customer"),
    "ParentRef": ("Entity", "Customer"),
    "ClassRef": ("Class", "Class"),
    "ARAccountRef": ("Account", "Account"),
    "OverrideItemAccountRef": ("Account", "Account"),
    "AccountRef": ("Account", "Account"),
    "TemplateRef": ("Template", "Template"),
    "TermsRef": ("Terms", "Terms"),
    "ItemRef": ("Item", "Item"),
    "ItemGroupRef": ("Item", "Item"),
    "ItemSalesTaxRef": ("Item", "Item"),
    "SalesTaxCodeRef": ("SalesTaxCode", "Sales Tax Code"),
    "CustomerSalesTaxCodeRef": ("SalesTaxCode", "Sales Tax Code"),
    "CustomerTypeRef": ("CustomerType", "Customer Type"),
    "JobTypeRef": ("JobType", "Job Type"),
    "SalesRepRef": ("SalesRep", "Sales Rep"),
    "ShipMethodRef": ("ShipMethod", "Shipping Method"),
    "CustomerMsgRef": ("CustomerMsg", "Customer Message"),
    "PreferredPaymentMethodRef": ("PaymentMethod", "Payment Method"),
    "PriceLevelRef": ("PriceLevel", "Price Level"),
    "CurrencyRef": ("Currency", "Currency"),
}


def is_empty(node: Node) -> bool:
    """Say whether a reference names nothing."""
    return not any(child.text for child in node.children)


def resolve(books: Books, node: Node, *, where: str, code: int = 3140) -> Entry:
    """Return the element that a reference names.

    Raises `code` naming list and value when there is none (a setting decides whether an unknown
    ListID answers 3000 instead), 3140 for an inactive one when the setting refuses those.
    """
    family, word = TARGETS[node.tag]
    list_id, name = node.get("ListID"), node.get("FullName")
    if list_id:
        entry = entries.get(books, family, list_id)
        if entry is None and code == 3140:
            code = books.setting("unknown_list_id_code")
    else:
        entry = entries.by_path(books, family, path_key(name or ""))
    if entry is None:
        raise RequestError(code, missing(word, list_id or name or "", where))
    if not entry.is_active and books.setting("inactive_references") == "refuse":
        message = f"{missing(word, entry.full_name, where)} The list element is inactive."
        raise RequestError(3140, message)
    return entry


def missing(word: str, value: str, where: str) -> str:
    """Return QuickBooks' sentence about a reference that leads nowhere."""
    return (
        f'There is an invalid reference to QuickBooks {word} "{value}" in the {where}.'
        " QuickBooks error message: Invalid argument."
        " The specified record does not exist in the list."
    )
