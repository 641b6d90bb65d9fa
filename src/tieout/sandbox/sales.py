"""What invoices and credit memos share: header, totals, numbers, and their Rets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tieout.sandbox import customers, entries, extensions, lines, names, refs, txns
from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry, flag, ref_field
from tieout.sandbox.errors import RequestError
from tieout.sandbox.reply import Field
from tieout.sandbox.txns import CREDIT, INVOICE, Line, Txn
from tieout.sandbox.values import money, plain, round_cents, to_bool, to_date
from tieout.sandbox.xmltree import Node

WORDS = {INVOICE: "Invoice", CREDIT: "Credit Memo"}
REFUSED = ("LinkToTxnID", "SetCredit", "DiscountLineAdd", "SalesTaxLineAdd", "ShippingLineAdd")
_REFS = [
    "ClassRef",
    "ARAccountRef",
    "TemplateRef",
    "TermsRef",
    "SalesRepRef",
    "ShipMethodRef",
    "ItemSalesTaxRef",
    "CustomerMsgRef",
    "CustomerSalesTaxCodeRef",
]
_TEXTS = ("PONumber", "FOB", "Memo", "Other")
_DATES = ("DueDate", "ShipDate")
_FLAGS = ("IsFinanceCharge", "IsToBePrinted", "IsToBeEmailed")
_FIXED = frozenset({"ARAccountRef", "TemplateRef", "ItemSalesTaxRef", "DueDate", "ShipDate"})
_ADDRESSES = ("BillAddress", "ShipAddress")


def customer_of(books: Books, node: Node, kind: str) -> Entry:
    """Return the customer or job that a transaction is for; 3140, or 3150 for an empty reference."""
    ref = node.child("CustomerRef")
    if ref is None or refs.is_empty(ref):
        raise RequestError(3150, "There is a missing element: CustomerRef.")
    entry = refs.resolve(books, ref, where=WORDS[kind])
    if entry.kind != customers.KIND:
        raise RequestError(3140, refs.missing("Customer", entry.full_name, WORDS[kind]))
    return entry


def read_header(books: Books, node: Node, kind: str, detail: dict[str, Any]) -> None:
    """Change `detail` by the header elements of an Add or Mod; empty ones clear what is clearable."""
    for tag in _REFS:
        _read_ref(books, node.child(tag), kind, detail)
    _read_plain(node, detail)
    for tag in _ADDRESSES:
        address = node.child(tag)
        if address is not None:
            detail[tag] = customers.read_address(address)


def _read_plain(node: Node, detail: dict[str, Any]) -> None:
    for tag in _TEXTS:
        text = node.get(tag)
        if text is not None:
            detail[tag] = text
            if not text:
                del detail[tag]
    for tag in _DATES:
        day = to_date(node.get(tag))
        if day:
            detail[tag] = day
    for tag in _FLAGS:
        if node.get(tag):
            detail[tag] = to_bool(node.get(tag))


def _read_ref(books: Books, ref: Node | None, kind: str, detail: dict[str, Any]) -> None:
    if ref is None:
        return
    if refs.is_empty(ref):
        if ref.tag not in _FIXED:
            detail.pop(ref.tag, None)
        return
    if _switched_off(books, ref.tag):
        return
    entry = refs.resolve(books, ref, where=WORDS[kind])
    if ref.tag == "ARAccountRef" and entry.detail.get("AccountType") != "AccountsReceivable":
        raise RequestError(3140, refs.missing("Account", entry.full_name, WORDS[kind]))
    if ref.tag == "TemplateRef" and entry.detail.get("TemplateType") != kind:
        raise RequestError(3140, refs.missing("Template", entry.full_name, WORDS[kind]))
    detail[ref.tag] = entry.list_id


def _switched_off(books: Books, tag: str) -> bool:
    """Say whether a reference is to be ignored; 3250 when the setting refuses it."""
    if tag == "ClassRef":
        feature, policy = "class_tracking", "classes_off"
    elif tag in ("ItemSalesTaxRef", "CustomerSalesTaxCodeRef"):
        feature, policy = "sales_tax", "sales_tax_off"
    else:
        return False
    if books.setting(feature):
        return False
    if books.setting(policy) == "refuse":
        raise RequestError(3250, f"This feature is not enabled or not available: {tag}.")
    return True


def check_open(books: Books, day: str) -> None:
    """Raise 3171 for a day on or before the closing date."""
    closing = books.setting("closing_date")
    if closing and day <= closing and books.setting("closing_date_enforced"):
        message = (
            "An attempt was made to modify or add a transaction dated on or before the closing"
            f" date {closing}. Only the administrator may change the closing date."
        )
        raise RequestError(3171, message)


def check_customer_facts(customer: Entry, detail: dict[str, Any]) -> None:
    """Refuse e-mail delivery to a customer without an address."""
    if detail.get("IsToBeEmailed") and not customer.detail.get("Email"):
        message = f'"{customer.full_name}" has no e-mail address, so it cannot be e-mailed.'
        raise RequestError(3210, message)


def with_defaults(books: Books, customer: Entry, detail: dict[str, Any], day: str) -> None:
    """Fill what follows from customer and company: account, terms, due date, address, tax."""
    if "ARAccountRef" not in detail:
        detail["ARAccountRef"] = _receivable(books)
    if "TermsRef" not in detail and customer.detail.get("TermsRef"):
        detail["TermsRef"] = customer.detail["TermsRef"]
    if "BillAddress" not in detail and customer.detail.get("BillAddress"):
        detail["BillAddress"] = customer.detail["BillAddress"]
    if "DueDate" not in detail:
        detail["DueDate"] = _due(books, detail.get("TermsRef"), day)
    if books.setting("sales_tax") and "ItemSalesTaxRef" not in detail:
        default = customer.detail.get("ItemSalesTaxRef") or _default_tax(books)
        if default:
            detail["ItemSalesTaxRef"] = default


def _receivable(books: Books) -> str:
    row = books.connection.execute(
        "SELECT list_id FROM entry WHERE family = 'Account'"
        " AND json_extract(detail, '$.AccountType') = 'AccountsReceivable'"
        " ORDER BY created, list_id LIMIT 1"
    ).fetchone()
    if row is None:
        raise RequestError(3270, "There is no accounts receivable account.")
    return str(row[0])


def _default_tax(books: Books) -> str | None:
    row = books.connection.execute(
        "SELECT list_id FROM entry WHERE family = 'Item' AND kind = 'ItemSalesTax'"
        " ORDER BY created, list_id LIMIT 1"
    ).fetchone()
    return row[0] if row else None


def _due(books: Books, terms_id: str | None, day: str) -> str:
    terms = entries.get(books, "Terms", terms_id) if terms_id else None
    days = int(terms.detail.get("StdDueDays") or 0) if terms else 0
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def tax_of(
    books: Books, customer: Entry, detail: dict[str, Any], its_lines: Sequence[Line]
) -> int:
    """Return the sales tax in cents and note its percentage in `detail`."""
    item_id = detail.get("ItemSalesTaxRef")
    item = entries.get(books, "Item", item_id) if item_id else None
    if item is None or not books.setting("sales_tax"):
        detail.pop("SalesTaxPercentage", None)
        return 0
    rate = Decimal(item.detail.get("TaxRate") or "0")
    detail["SalesTaxPercentage"] = plain(rate)
    base = lines.taxable(books, its_lines, default=customer.detail.get("SalesTaxCodeRef"))
    return round_cents(Decimal(base) / 100 * rate / 100)


def next_ref_number(books: Books, kind: str) -> str:
    """Return the number after the highest numeric one, for an Add that gives none."""
    row = books.connection.execute(
        "SELECT MAX(CAST(ref_number AS INTEGER)) FROM txn"
        " WHERE kind = ? AND ref_number <> '' AND ref_number NOT GLOB '*[^0-9]*'",
        (kind,),
    ).fetchone()
    return str((row[0] or 0) + 1)


def post(books: Books, txn: Txn, its_lines: list[Line]) -> None:
    """Save a new transaction and move the balance of its customer."""
    txns.insert(books, txn, its_lines)
    names.move_balance(books, txn.entity_id, txn.standing)


def repost(books: Books, old: Txn, new: Txn) -> None:
    """Save a changed transaction; balances follow it, to another customer if need be."""
    txns.update(books, new)
    names.move_balance(books, old.entity_id, -old.standing)
    names.move_balance(books, new.entity_id, new.standing)


def with_totals(books: Books, txn: Txn, customer: Entry, its_lines: Sequence[Line]) -> Txn:
    """Return the transaction with subtotal and tax of these lines; 3210 for a negative total,
    3040 for one beyond what an amount can be."""
    detail = dict(txn.detail)
    tax = tax_of(books, customer, detail, its_lines)
    total = replace(txn, subtotal=lines.subtotal(its_lines), tax=tax, detail=detail)
    lines.refuse_beyond(total.total)
    if total.total < 0:
        message = f"The total of a {WORDS[txn.kind].lower()} cannot be negative."
        raise RequestError(3210, message)
    return total


def ret(
    books: Books, txn: Txn, *, with_lines: bool, with_links: bool, owners: Sequence[str] = ()
) -> list[Field]:
    """Write an InvoiceRet or CreditMemoRet."""
    fields = head(books, txn)
    fields.append(ref_field(books, "CustomerRef", "Entity", txn.entity_id))
    fields += _detail(books, txn, ("ClassRef", "ARAccountRef", "TemplateRef"))
    fields.append(("TxnDate", txn.txn_date))
    if txn.ref_number:
        fields.append(("RefNumber", txn.ref_number))
    for tag in _ADDRESSES:
        fields += customers.address_fields(txn.detail, tag)
    fields.append(("IsPending", flag(txn.is_pending)))
    if txn.kind == INVOICE:
        fields.append(("IsFinanceCharge", flag(txn.detail.get("IsFinanceCharge"))))
    before = ("PONumber", "TermsRef", "DueDate", "SalesRepRef", "FOB", "ShipDate", "ShipMethodRef")
    fields += _detail(books, txn, before)
    fields += _amounts(books, txn)
    fields += _detail(books, txn, ("CustomerMsgRef",))
    fields.append(("IsToBePrinted", flag(txn.detail.get("IsToBePrinted"))))
    fields.append(("IsToBeEmailed", flag(txn.detail.get("IsToBeEmailed"))))
    fields += _detail(books, txn, ("CustomerSalesTaxCodeRef", "Other"))
    if txn.guid:
        fields.append(("ExternalGUID", txn.guid))
    if with_links:
        fields += [_link(other, cents) for other, cents in txns.linked(books, txn)]
    if with_lines:
        tag = f"{txn.kind}LineRet"
        fields += [(tag, lines.ret(books, line)) for line in txns.lines(books, txn)]
    fields += extensions.fields_for(books, "Txn", [txn.txn_id], owners).get(txn.txn_id, [])
    return fields


def head(books: Books, txn: Txn) -> list[Field]:
    """Write what the Ret of every transaction begins with."""
    wall = books.wall
    return [
        ("TxnID", txn.txn_id),
        ("TimeCreated", wall.render(txn.created)),
        ("TimeModified", wall.render(txn.modified)),
        ("EditSequence", str(txn.edit_sequence)),
        ("TxnNumber", str(txn.txn_number)),
    ]


def _detail(books: Books, txn: Txn, tags: Sequence[str]) -> list[Field]:
    fields: list[Field] = []
    for tag in tags:
        value = txn.detail.get(tag)
        if value is None:
            continue
        if tag.endswith("Ref"):
            fields.append(ref_field(books, tag, refs.TARGETS[tag][0], value))
        else:
            fields.append((tag, value))
    return fields


def _amounts(books: Books, txn: Txn) -> list[Field]:
    fields: list[Field] = [("Subtotal", money(txn.subtotal))]
    fields += _detail(books, txn, ("ItemSalesTaxRef",))
    fields.append(("SalesTaxPercentage", txn.detail.get("SalesTaxPercentage", "0.00")))
    fields.append(("SalesTaxTotal", money(txn.tax)))
    if txn.kind == INVOICE:
        fields.append(("AppliedAmount", money(txn.applied)))
        fields.append(("BalanceRemaining", money(txn.remaining)))
    else:
        fields.append(("TotalAmount", money(txn.total)))
        fields.append(("CreditRemaining", money(txn.remaining)))
    fields += _detail(books, txn, ("Memo",))
    if txn.kind == INVOICE:
        fields.append(("IsPaid", flag(txn.remaining == 0 and not txn.is_pending)))
    return fields


def _link(other: Txn, cents: int) -> Field:
    number: list[Field] = [("RefNumber", other.ref_number)] if other.ref_number else []
    return "LinkedTxn", [
        ("TxnID", other.txn_id),
        ("TxnType", other.kind),
        ("TxnDate", other.txn_date),
        *number,
        ("LinkType", "AMTTYPE"),
        ("Amount", money(-cents)),
    ]
