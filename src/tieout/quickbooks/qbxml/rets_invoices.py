"""Typed answers about transactions: invoices, credit memos, payments, voids, deletions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.quickbooks.qbxml import types
from tieout.quickbooks.qbxml.nodes import each, read_as, ref, text
from tieout.quickbooks.qbxml.reader import Node
from tieout.quickbooks.qbxml.requests import Address, Ref
from tieout.quickbooks.qbxml.rets_names import DataExtRet, address, data_ext


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedTxn:
    """A transaction linked to an invoice, such as the payment that closed it."""

    txn_id: str
    txn_type: str
    txn_date: date | None
    ref_number: str
    link_type: str
    amount: Decimal | None

    @classmethod
    def of(cls, node: Node) -> LinkedTxn:
        return cls(
            txn_id=text(node, "TxnID"),
            txn_type=text(node, "TxnType"),
            txn_date=read_as(types.parse_date, node, "TxnDate"),
            ref_number=text(node, "RefNumber"),
            link_type=text(node, "LinkType"),
            amount=read_as(types.parse_number, node, "Amount"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRet:
    """A line. A group line has ``is_group``, its group as ``item``, its total as ``amount`` and
    the lines of the group in ``lines``."""

    txn_line_id: str
    item: Ref
    desc: str
    quantity: Decimal | None
    rate: Decimal | None
    rate_percent: Decimal | None
    class_: Ref
    amount: Decimal | None
    service_date: date | None
    sales_tax_code: Ref
    other1: str
    other2: str
    data_ext: tuple[DataExtRet, ...]
    is_group: bool = False
    lines: tuple[LineRet, ...] = ()

    @classmethod
    def of(cls, node: Node) -> LineRet:
        group = "#tag" in node
        return cls(
            txn_line_id=text(node, "TxnLineID"),
            item=ref(node, "ItemGroupRef" if group else "ItemRef"),
            desc=text(node, "Desc"),
            quantity=read_as(types.parse_number, node, "Quantity"),
            rate=read_as(types.parse_number, node, "Rate"),
            rate_percent=read_as(types.parse_percent, node, "RatePercent"),
            class_=ref(node, "ClassRef"),
            amount=read_as(types.parse_number, node, "TotalAmount" if group else "Amount"),
            service_date=read_as(types.parse_date, node, "ServiceDate"),
            sales_tax_code=ref(node, "SalesTaxCodeRef"),
            other1=text(node, "Other1"),
            other2=text(node, "Other2"),
            data_ext=data_ext(node),
            is_group=group,
            lines=_lines(node) if group else (),
        )


def _lines(node: Node) -> tuple[LineRet, ...]:
    found = each(node, "InvoiceLineRet") or each(node, "CreditMemoLineRet")
    return tuple(map(LineRet.of, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SaleRet:
    """What an invoice and a credit memo share. Amounts are dollars; None means not told."""

    txn_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    txn_number: int | None
    customer: Ref
    class_: Ref
    ar_account: Ref
    template: Ref
    txn_date: date | None
    ref_number: str
    bill_address: Address
    is_pending: bool | None
    po_number: str
    terms: Ref
    due_date: date | None
    subtotal: Decimal | None
    item_sales_tax: Ref
    sales_tax_percentage: Decimal | None
    sales_tax_total: Decimal | None
    currency: Ref
    exchange_rate: Decimal | None
    memo: str
    other: str
    external_guid: str
    lines: tuple[LineRet, ...] = field(repr=False)
    linked: tuple[LinkedTxn, ...] = field(repr=False)
    data_ext: tuple[DataExtRet, ...] = field(repr=False)

    @property
    def total(self) -> Decimal | None:
        """Subtotal plus sales tax; QuickBooks sends no total. None when it sent no subtotal."""
        if self.subtotal is None:
            return None
        return self.subtotal + (self.sales_tax_total or Decimal("0.00"))


def _sale(node: Node) -> dict[str, object]:
    """Fields of ``_SaleRet`` from the parsed object."""
    return {
        "txn_id": text(node, "TxnID"),
        "edit_sequence": text(node, "EditSequence"),
        "time_created": text(node, "TimeCreated"),
        "time_modified": text(node, "TimeModified"),
        "txn_number": read_as(types.parse_int, node, "TxnNumber"),
        "customer": ref(node, "CustomerRef"),
        "class_": ref(node, "ClassRef"),
        "ar_account": ref(node, "ARAccountRef"),
        "template": ref(node, "TemplateRef"),
        "txn_date": read_as(types.parse_date, node, "TxnDate"),
        "ref_number": text(node, "RefNumber"),
        "bill_address": address(node, "BillAddress"),
        "is_pending": read_as(types.parse_bool, node, "IsPending"),
        "po_number": text(node, "PONumber"),
        "terms": ref(node, "TermsRef"),
        "due_date": read_as(types.parse_date, node, "DueDate"),
        "subtotal": read_as(types.parse_number, node, "Subtotal"),
        "item_sales_tax": ref(node, "ItemSalesTaxRef"),
        "sales_tax_percentage": read_as(types.parse_percent, node, "SalesTaxPercentage"),
        "sales_tax_total": read_as(types.parse_number, node, "SalesTaxTotal"),
        "currency": ref(node, "CurrencyRef"),
        "exchange_rate": read_as(types.parse_number, node, "ExchangeRate"),
        "memo": text(node, "Memo"),
        "other": text(node, "Other"),
        "external_guid": text(node, "ExternalGUID"),
        "lines": _lines(node),
        "linked": tuple(map(LinkedTxn.of, each(node, "LinkedTxn"))),
        "data_ext": data_ext(node),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRet(_SaleRet):
    """An invoice as QuickBooks holds it. ``lines`` only when the query asked for them."""

    applied_amount: Decimal | None
    balance_remaining: Decimal | None
    is_paid: bool | None

    @classmethod
    def of(cls, node: Node) -> InvoiceRet:
        shared: dict[str, object] = _sale(node)
        return cls(
            applied_amount=read_as(types.parse_number, node, "AppliedAmount"),
            balance_remaining=read_as(types.parse_number, node, "BalanceRemaining"),
            is_paid=read_as(types.parse_bool, node, "IsPaid"),
            **shared,  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoRet(_SaleRet):
    """A credit memo as QuickBooks holds it; its amounts are positive."""

    credit_remaining: Decimal | None

    @classmethod
    def of(cls, node: Node) -> CreditMemoRet:
        shared: dict[str, object] = _sale(node)
        return cls(
            credit_remaining=read_as(types.parse_number, node, "CreditRemaining"),
            **shared,  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnVoidRet:
    """The answer to a void."""

    txn_type: str
    txn_id: str
    ref_number: str
    time_created: str
    time_modified: str

    @classmethod
    def of(cls, node: Node) -> TxnVoidRet:
        return cls(
            txn_type=text(node, "TxnVoidType"),
            txn_id=text(node, "TxnID"),
            ref_number=text(node, "RefNumber"),
            time_created=text(node, "TimeCreated"),
            time_modified=text(node, "TimeModified"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnDeletedRet:
    """A transaction deleted within the last 90 days."""

    txn_type: str
    txn_id: str
    ref_number: str
    time_created: str
    time_deleted: str

    @classmethod
    def of(cls, node: Node) -> TxnDeletedRet:
        return cls(
            txn_type=text(node, "TxnDelType"),
            txn_id=text(node, "TxnID"),
            ref_number=text(node, "RefNumber"),
            time_created=text(node, "TimeCreated"),
            time_deleted=text(node, "TimeDeleted"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeletedRet:
    """A list entry deleted within the last 90 days; merged names should appear here (assumed)."""

    list_type: str
    list_id: str
    full_name: str
    time_created: str
    time_deleted: str

    @classmethod
    def of(cls, node: Node) -> ListDeletedRet:
        return cls(
            list_type=text(node, "ListDelType"),
            list_id=text(node, "ListID"),
            full_name=text(node, "FullName"),
            time_created=text(node, "TimeCreated"),
            time_deleted=text(node, "TimeDeleted"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRet:
    """One row of a TransactionQuery."""

    txn_type: str
    txn_id: str
    entity: Ref
    txn_date: date | None
    ref_number: str
    amount: Decimal | None
    memo: str
    time_modified: str

    @classmethod
    def of(cls, node: Node) -> TransactionRet:
        return cls(
            txn_type=text(node, "TxnType"),
            txn_id=text(node, "TxnID"),
            entity=ref(node, "EntityRef"),
            txn_date=read_as(types.parse_date, node, "TxnDate"),
            ref_number=text(node, "RefNumber"),
            amount=read_as(types.parse_number, node, "Amount"),
            memo=text(node, "Memo"),
            time_modified=text(node, "TimeModified"),
        )
