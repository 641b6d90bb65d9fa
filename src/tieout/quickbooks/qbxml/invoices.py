"""Invoices: add, change, find. Element order and limits follow Intuit's schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Final, Literal

from tieout.quickbooks.qbxml.requests import (
    OUR_FAULT,
    USE_MAPPED_ID,
    Address,
    Iterate,
    Ref,
    Request,
    check_paging,
)
from tieout.quickbooks.qbxml.schema import RefusedByUs, el

PaidStatus = Literal["All", "PaidOnly", "NotPaidOnly"]
PAID_STATUS: Final = ("All", "PaidOnly", "NotPaidOnly")
ADD_A_LINE: Final = "Add a line to the invoice, or leave it out of the export."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdd:
    """A line of an invoice or credit memo.

    Send Quantity + Rate, or Quantity + Amount; with Rate and Amount together QuickBooks ignores
    the rate (Intuit's documentation), so that pair is refused. Give the item by ``item_list_id``,
    or by ``item`` where only its name is known.
    """

    item_list_id: str = field(default="", metadata=el("ItemRef", "list_id"))
    item: Ref | None = field(default=None, metadata=el("ItemRef", "ref", 159))
    desc: str = field(default="", metadata=el("Desc", "text", 4095))
    quantity: Decimal | None = field(default=None, metadata=el("Quantity", "quantity"))
    rate: Decimal | None = field(default=None, metadata=el("Rate", "quantity"))
    class_list_id: str = field(default="", metadata=el("ClassRef", "list_id"))
    amount: Decimal | None = field(default=None, metadata=el("Amount", "amount"))
    price_rule: Literal["Zero", "BasePrice"] | None = field(
        default=None,
        metadata=el("OptionForPriceRuleConflict", "enum", choices=("Zero", "BasePrice")),
    )
    service_date: date | None = field(default=None, metadata=el("ServiceDate", "date"))
    sales_tax_code: Ref | None = field(default=None, metadata=el("SalesTaxCodeRef", "ref", 3))
    other1: str = field(default="", metadata=el("Other1", "text", 29))
    other2: str = field(default="", metadata=el("Other2", "text", 29))

    def check(self) -> None:
        """Refuse what QuickBooks would silently read in another way."""
        if self.item_list_id and self.item:
            raise RefusedByUs(
                element="ItemRef", value=self.item, limit="is given twice", remedy=OUR_FAULT
            )
        check_rate(self.rate, self.amount)


def check_rate(rate: Decimal | None, amount: Decimal | None) -> None:
    """Refuse rate and amount together: QuickBooks would ignore the rate."""
    if rate is not None and amount is not None:
        raise RefusedByUs(
            element="Rate", value=rate, limit="excludes Amount on the same line", remedy=OUR_FAULT
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAdd(Request):
    """Create an invoice. Sent alone in its set: QuickBooks undoes nothing that was done before.

    ``external_guid`` can be set only here, never changes and comes back in every answer.
    ``txn_date`` and ``ref_number`` should always be given: left out, QuickBooks takes the date
    last typed and the next number of its own.
    """

    KIND: ClassVar[str] = "InvoiceAdd"
    BODY: ClassVar[str] = "InvoiceAdd"

    customer_list_id: str = field(metadata=el("CustomerRef", "list_id", required=True))
    class_: Ref | None = field(default=None, metadata=el("ClassRef", "ref", 159))
    ar_account: Ref | None = field(default=None, metadata=el("ARAccountRef", "ref", 159))
    template: Ref | None = field(default=None, metadata=el("TemplateRef", "ref", 31))
    txn_date: date | None = field(default=None, metadata=el("TxnDate", "date"))
    ref_number: str = field(default="", metadata=el("RefNumber", "text", 11))
    bill_address: Address | None = field(default=None, metadata=el("BillAddress", "address"))
    is_pending: bool | None = field(default=None, metadata=el("IsPending", "bool"))
    po_number: str = field(default="", metadata=el("PONumber", "text", 25))
    terms: Ref | None = field(default=None, metadata=el("TermsRef", "ref", 31))
    due_date: date | None = field(default=None, metadata=el("DueDate", "date"))
    item_sales_tax: Ref | None = field(default=None, metadata=el("ItemSalesTaxRef", "ref", 31))
    memo: str = field(default="", metadata=el("Memo", "text", 4095))
    customer_msg: Ref | None = field(default=None, metadata=el("CustomerMsgRef", "ref", 101))
    is_to_be_printed: bool | None = field(default=None, metadata=el("IsToBePrinted", "bool"))
    is_to_be_emailed: bool | None = field(default=None, metadata=el("IsToBeEmailed", "bool"))
    other: str = field(default="", metadata=el("Other", "text", 29))
    external_guid: str = field(default="", metadata=el("ExternalGUID", "guid"))
    lines: tuple[LineAdd, ...] = field(
        default=(), metadata=el("InvoiceLineAdd", "nested", many=True)
    )
    include: tuple[str, ...] = ()
    macro: str = ""

    def check(self) -> None:
        """Refuse an invoice without customer or lines."""
        check_header(self.customer_list_id, len(self.lines), kind=self.KIND)


def check_header(customer_list_id: str, lines: int, *, kind: str) -> None:
    """Refuse what passes the schema but must never reach the books."""
    if not customer_list_id:
        raise RefusedByUs(
            element="CustomerRef", value="", limit="must name a customer", remedy=USE_MAPPED_ID
        )
    if not lines:
        raise RefusedByUs(
            element=kind, value=(), limit="needs at least one line", remedy=ADD_A_LINE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMod:
    """A line in an InvoiceMod. Only ``txn_line_id`` keeps the line; ``"-1"`` inserts a new one."""

    txn_line_id: str = field(metadata=el("TxnLineID", "id", required=True))
    item_list_id: str = field(default="", metadata=el("ItemRef", "list_id"))
    item: Ref | None = field(default=None, metadata=el("ItemRef", "ref", 159))
    desc: str | None = field(default=None, metadata=el("Desc", "text", 4095, clearable=True))
    quantity: Decimal | None = field(default=None, metadata=el("Quantity", "quantity"))
    rate: Decimal | None = field(default=None, metadata=el("Rate", "quantity"))
    class_list_id: str = field(default="", metadata=el("ClassRef", "list_id"))
    amount: Decimal | None = field(default=None, metadata=el("Amount", "amount"))
    service_date: date | Literal[""] | None = field(
        default=None, metadata=el("ServiceDate", "date", clearable=True)
    )
    sales_tax_code: Ref | None = field(default=None, metadata=el("SalesTaxCodeRef", "ref", 3))
    other1: str | None = field(default=None, metadata=el("Other1", "text", 29, clearable=True))
    other2: str | None = field(default=None, metadata=el("Other2", "text", 29, clearable=True))

    def check(self) -> None:
        """As for a new line."""
        if self.item_list_id and self.item:
            raise RefusedByUs(
                element="ItemRef", value=self.item, limit="is given twice", remedy=OUR_FAULT
            )
        check_rate(self.rate, self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMod(Request):
    """Change an invoice: ``None`` leaves a field alone, ``""`` clears it where it can be cleared.

    No ``lines`` leaves all lines untouched. Any ``lines`` **become** the invoice: a line that is
    not mentioned is deleted, so give all of them, in the stored order.
    """

    KIND: ClassVar[str] = "InvoiceMod"
    BODY: ClassVar[str] = "InvoiceMod"

    txn_id: str = field(metadata=el("TxnID", "id", required=True))
    edit_sequence: str = field(metadata=el("EditSequence", "text", 16, required=True))
    customer_list_id: str = field(default="", metadata=el("CustomerRef", "list_id"))
    class_: Ref | None = field(default=None, metadata=el("ClassRef", "ref", 159))
    ar_account: Ref | None = field(default=None, metadata=el("ARAccountRef", "ref", 159))
    template: Ref | None = field(default=None, metadata=el("TemplateRef", "ref", 31))
    txn_date: date | None = field(default=None, metadata=el("TxnDate", "date"))
    ref_number: str | None = field(
        default=None, metadata=el("RefNumber", "text", 11, clearable=True)
    )
    bill_address: Address | None = field(default=None, metadata=el("BillAddress", "address"))
    is_pending: bool | None = field(default=None, metadata=el("IsPending", "bool"))
    po_number: str | None = field(
        default=None, metadata=el("PONumber", "text", 25, clearable=True)
    )
    terms: Ref | None = field(default=None, metadata=el("TermsRef", "ref", 31))
    due_date: date | None = field(default=None, metadata=el("DueDate", "date"))
    item_sales_tax: Ref | None = field(default=None, metadata=el("ItemSalesTaxRef", "ref", 31))
    memo: str | None = field(default=None, metadata=el("Memo", "text", 4095, clearable=True))
    is_to_be_printed: bool | None = field(default=None, metadata=el("IsToBePrinted", "bool"))
    is_to_be_emailed: bool | None = field(default=None, metadata=el("IsToBeEmailed", "bool"))
    other: str | None = field(default=None, metadata=el("Other", "text", 29, clearable=True))
    lines: tuple[LineMod, ...] = field(
        default=(), metadata=el("InvoiceLineMod", "nested", many=True)
    )
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceQuery(Request):
    """Find invoices by ``txn_ids``, by number, or by filters. Lines come only when asked for.

    ``ref_numbers_case_sensitive`` is the fast one. Use either the modified range or the date
    range. ``with_children`` widens ``customer_list_id`` to all its jobs.
    """

    KIND: ClassVar[str] = "InvoiceQuery"
    ITERABLE: ClassVar[bool] = True

    txn_ids: tuple[str, ...] = field(default=(), metadata=el("TxnID", "id", group=1, many=True))
    ref_numbers: tuple[str, ...] = field(
        default=(), metadata=el("RefNumber", "text", 11, group=2, many=True)
    )
    ref_numbers_case_sensitive: tuple[str, ...] = field(
        default=(), metadata=el("RefNumberCaseSensitive", "text", 11, group=4, many=True)
    )
    max_returned: int | None = field(default=None, metadata=el("MaxReturned", "count", group=3))
    from_modified: datetime | date | None = field(
        default=None,
        metadata=el("FromModifiedDate", "datetime", group=3, under="ModifiedDateRangeFilter"),
    )
    to_modified: datetime | date | None = field(
        default=None,
        metadata=el("ToModifiedDate", "datetime", group=3, under="ModifiedDateRangeFilter"),
    )
    from_txn_date: date | None = field(
        default=None, metadata=el("FromTxnDate", "date", group=3, under="TxnDateRangeFilter")
    )
    to_txn_date: date | None = field(
        default=None, metadata=el("ToTxnDate", "date", group=3, under="TxnDateRangeFilter")
    )
    customer_list_id: str = field(
        default="",
        metadata=el(
            "ListID", "id", group=3, under="EntityFilter",
            swap=("with_children", "ListIDWithChildren"),
        ),
    )  # fmt: skip
    paid_status: PaidStatus | None = field(
        default=None, metadata=el("PaidStatus", "enum", group=3, choices=PAID_STATUS)
    )
    include_line_items: bool | None = field(default=None, metadata=el("IncludeLineItems", "bool"))
    include_linked: bool | None = field(default=None, metadata=el("IncludeLinkedTxns", "bool"))
    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    owner_ids: tuple[str, ...] = field(default=(), metadata=el("OwnerID", "owner", many=True))
    with_children: bool = False
    iterator: Iterate | None = None
    metadata_only: bool = False

    def check(self) -> None:
        """Refuse both date ranges at once, and paging over explicit ids."""
        check_paging(
            iterator=self.iterator, max_returned=self.max_returned, iterable=self.ITERABLE,
            explicit=bool(self.txn_ids or self.ref_numbers or self.ref_numbers_case_sensitive),
        )  # fmt: skip
        check_ranges(
            self.from_modified or self.to_modified, self.from_txn_date or self.to_txn_date
        )


def check_ranges(modified: date | None, dated: date | None) -> None:
    """Refuse the two date ranges together; the schema allows one of them."""
    if modified and dated:
        raise RefusedByUs(
            element="TxnDateRangeFilter", value=dated,
            limit="excludes ModifiedDateRangeFilter", remedy=OUR_FAULT,
        )  # fmt: skip
