"""Lines of invoices and credit memos: which amount follows from what was sent.

Quantity and rate give the amount, half up to the cent; quantity and amount give the rate; a rate
beside an amount is ignored with a warning; with neither, the item's own price counts (Intuit's
documentation). Discounts take from the line or subtotal above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tieout.sandbox import entries, items, refs
from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry, ref_field
from tieout.sandbox.errors import RequestError
from tieout.sandbox.reply import Field
from tieout.sandbox.txns import Line
from tieout.sandbox.values import CENTS_MAX, money, plain, round_cents, to_cents, to_date
from tieout.sandbox.xmltree import Node

RATE_STEP = Decimal("0.00001")
_PLAIN = ("Desc", "UnitOfMeasure", "Other1", "Other2")
_NUMBERS = ("Quantity", "Rate", "RatePercent")
_KEPT = frozenset(
    {*_PLAIN, *_NUMBERS, "ItemRef", "ClassRef", "Amount", "ServiceDate", "SalesTaxCodeRef"}
    | {"TxnLineID"}
)
RATE_IGNORED = "The Rate was ignored because an Amount was given."


@dataclass(frozen=True, slots=True)
class Figures:
    """What was sent or kept of a line's numbers; the amount in cents."""

    quantity: Decimal | None = None
    rate: Decimal | None = None
    percent: Decimal | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """A line as it is kept, and the warning about what was ignored of it (or nothing)."""

    line: Line
    warning: str


def build(
    books: Books,
    node: Node,
    above: Sequence[Line],
    *,
    word: str,
    header_class: str | None,
    base: Line | None = None,
    new_id: str = "",
) -> Built:
    """Read one line element; `base` is the line that a Mod changes, `above` the lines before it."""
    item = _item(books, node, base, word)
    _check_switches(books, node)
    detail: dict[str, Any] = dict(base.detail) if base else {}
    _read_text(books, node, detail, word)
    class_id = base.class_id if base else header_class
    class_ref = node.child("ClassRef")
    if class_ref and not refs.is_empty(class_ref) and books.setting("class_tracking"):
        class_id = refs.resolve(books, class_ref, where=f"{word} line").list_id
    figures, ignored = _compute(item, _figures(node, base), above, word)
    refuse_beyond(figures.amount or 0)
    for name in _NUMBERS:
        detail.pop(name, None)
    detail |= _numbers(figures)
    if item:
        detail["kind"] = item.kind
    line = Line(
        line_id=base.line_id if base else new_id,
        item_id=item.list_id if item else None,
        class_id=class_id,
        amount=figures.amount or 0,
        detail=detail,
    )
    return Built(line, RATE_IGNORED if ignored else _unsupported(node))


def refuse_beyond(cents: int) -> None:
    """Raise 3040 for an amount that nothing can hold (assumed: QuickBooks is not known to say)."""
    if abs(cents) > CENTS_MAX:
        raise RequestError(3040, f"The amount {money(cents)} is too large.")


def _unsupported(node: Node) -> str:
    for child in node.children:
        if child.tag not in _KEPT:
            return f'The field "{child.tag}" is not supported here and was ignored.'
    return ""


def subtotal(its_lines: Sequence[Line]) -> int:
    """Return the sum of all lines but the subtotals among them, in cents."""
    return sum(line.amount for line in its_lines if line.detail.get("kind") != items.SUBTOTAL)


def taxable(books: Books, its_lines: Sequence[Line], *, default: str | None) -> int:
    """Return the sum of the lines whose tax code (or the item's, or the default) is taxable."""
    total = 0
    for line in its_lines:
        code = line.detail.get("SalesTaxCodeRef") or _item_code(books, line) or default
        entry = entries.get(books, "SalesTaxCode", code) if code else None
        if entry and entry.detail.get("IsTaxable") and line.detail.get("kind") != items.SUBTOTAL:
            total += line.amount
    return total


def ret(books: Books, line: Line) -> list[Field]:
    """Write an InvoiceLineRet or CreditMemoLineRet without custom fields."""
    detail = line.detail
    fields: list[Field] = [("TxnLineID", line.line_id)]
    if line.item_id:
        fields.append(ref_field(books, "ItemRef", "Item", line.item_id))
    fields += [(n, detail[n]) for n in ("Desc", "Quantity", "UnitOfMeasure") if n in detail]
    fields += [(n, detail[n]) for n in ("Rate", "RatePercent") if n in detail][:1]
    if line.class_id:
        fields.append(ref_field(books, "ClassRef", "Class", line.class_id))
    if line.item_id or line.amount:
        fields.append(("Amount", money(line.amount)))
    if "ServiceDate" in detail:
        fields.append(("ServiceDate", detail["ServiceDate"]))
    if detail.get("SalesTaxCodeRef"):
        fields.append(
            ref_field(books, "SalesTaxCodeRef", "SalesTaxCode", detail["SalesTaxCodeRef"])
        )
    fields += [(n, detail[n]) for n in ("Other1", "Other2") if n in detail]
    return fields


def zeroed(line: Line) -> Line:
    """Return the line of a voided transaction: text kept, figures gone."""
    detail = {k: v for k, v in line.detail.items() if k not in _NUMBERS}
    return replace(line, amount=0, detail=detail)


def _item(books: Books, node: Node, base: Line | None, word: str) -> Entry | None:
    ref = node.child("ItemRef")
    if ref is not None and not refs.is_empty(ref):
        item = refs.resolve(books, ref, where=f"{word} line")
        _check_account(books, item)
        return item
    if base is None or base.item_id is None:
        return None
    return entries.get(books, "Item", base.item_id)


def _check_account(books: Books, item: Entry) -> None:
    sells = item.kind in (items.SERVICE, items.CHARGE, items.DISCOUNT)
    if sells and not item.detail.get("AccountRef"):
        message = f'The item "{item.full_name}" has no posting account.'
        raise RequestError(3270, message)


def _check_switches(books: Books, node: Node) -> None:
    """Refuse what needs a feature that is off; a setting has it ignored instead."""
    for tag, feature, word in (
        ("ClassRef", "class_tracking", "classes"),
        ("SalesTaxCodeRef", "sales_tax", "sales tax"),
    ):
        ref = node.child(tag)
        if ref is None or refs.is_empty(ref) or books.setting(feature):
            continue
        policy = "classes_off" if tag == "ClassRef" else "sales_tax_off"
        if books.setting(policy) == "refuse":
            message = f"This feature is not enabled or not available: {word} ({tag})."
            raise RequestError(3250, message)


def _read_text(books: Books, node: Node, detail: dict[str, Any], word: str) -> None:
    for name in _PLAIN:
        text = node.get(name)
        if text is not None:
            detail[name] = text
    day = to_date(node.get("ServiceDate"))
    if day:
        detail["ServiceDate"] = day
    code = node.child("SalesTaxCodeRef")
    if code is not None and not refs.is_empty(code) and books.setting("sales_tax"):
        detail["SalesTaxCodeRef"] = refs.resolve(books, code, where=f"{word} line").list_id


def _figures(node: Node, base: Line | None) -> Figures:
    """Combine what was sent with what the line had: new numbers replace those they determine."""
    sent = Figures(
        quantity=_decimal(node.get("Quantity")),
        rate=_decimal(node.get("Rate")),
        percent=_decimal(node.get("RatePercent")),
        amount=to_cents(text) if (text := node.get("Amount")) else None,
    )
    if base is None:
        return sent
    has_number = (sent.quantity, sent.rate, sent.percent, sent.amount) != (None,) * 4
    kept = Figures(
        quantity=_decimal(base.detail.get("Quantity")),
        rate=_decimal(base.detail.get("Rate")),
        percent=_decimal(base.detail.get("RatePercent")),
        amount=base.amount,
    )
    if not has_number and node.child("ItemRef") is None:
        return kept
    if sent.amount is not None:
        return replace(sent, quantity=sent.quantity or kept.quantity)
    return Figures(
        quantity=sent.quantity if sent.quantity is not None else kept.quantity,
        rate=sent.rate if sent.rate is not None else kept.rate,
        percent=sent.percent if sent.percent is not None else kept.percent,
    )


def _compute(
    item: Entry | None, sent: Figures, above: Sequence[Line], word: str
) -> tuple[Figures, bool]:
    if item is None:
        if (sent.quantity, sent.rate, sent.percent) != (None,) * 3 or sent.amount:
            raise RequestError(3150, f"There is a missing element in the {word} line: ItemRef.")
        return Figures(), False
    if item.kind in (items.SUBTOTAL, items.DISCOUNT):
        if sent.quantity is not None:
            message = f'Quantity is not allowed with the item "{item.full_name}".'
            raise RequestError(3151, message)
        return _special(item, sent, above), False
    return _sale(item, sent)


def _sale(item: Entry, sent: Figures) -> tuple[Figures, bool]:
    if sent.amount is not None:
        rate = None
        if sent.quantity:
            exact = Decimal(sent.amount) / 100 / sent.quantity
            rate = exact.quantize(RATE_STEP, rounding=ROUND_HALF_UP)
        return Figures(sent.quantity, rate, None, sent.amount), sent.rate is not None
    rate = sent.rate
    if rate is None:
        rate = Decimal(item.detail.get("Price") or "0")
    one = Decimal(1) if sent.quantity is None else sent.quantity
    return Figures(sent.quantity, rate, None, round_cents(one * rate)), False


def _special(item: Entry, sent: Figures, above: Sequence[Line]) -> Figures:
    if item.kind == items.SUBTOTAL:
        return Figures(amount=_since_subtotal(above))
    if sent.amount is not None:
        return Figures(amount=sent.amount)
    percent = sent.percent
    if percent is None and sent.rate is None and item.detail.get("PricePercent"):
        percent = Decimal(item.detail["PricePercent"])
    if percent is not None:
        base = Decimal(above[-1].amount if above else 0) / 100
        return Figures(percent=percent, amount=round_cents(-base * abs(percent) / 100))
    rate = sent.rate if sent.rate is not None else Decimal(item.detail.get("Price") or "0")
    return Figures(rate=-abs(rate), amount=round_cents(-abs(rate)))


def _since_subtotal(above: Sequence[Line]) -> int:
    total = 0
    for line in reversed(above):
        if line.detail.get("kind") == items.SUBTOTAL:
            break
        total += line.amount
    return total


def _numbers(figures: Figures) -> dict[str, str]:
    found = {
        "Quantity": figures.quantity,
        "Rate": figures.rate,
        "RatePercent": figures.percent,
    }
    return {name: plain(value) for name, value in found.items() if value is not None}


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _item_code(books: Books, line: Line) -> str | None:
    item = entries.get(books, "Item", line.item_id) if line.item_id else None
    return item.detail.get("SalesTaxCodeRef") if item else None
