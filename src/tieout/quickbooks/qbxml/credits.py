"""Credit memos: add and find. Their quantities, rates and amounts are positive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from tieout.quickbooks.qbxml.invoices import LineAdd, check_header, check_ranges
from tieout.quickbooks.qbxml.requests import (
    OUR_FAULT,
    Address,
    Iterate,
    Ref,
    Request,
    check_paging,
)
from tieout.quickbooks.qbxml.schema import RefusedByUs, el


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoAdd(Request):
    """Create a credit memo; at least one line. See ``InvoiceAdd`` for what the fields mean."""

    KIND: ClassVar[str] = "CreditMemoAdd"
    BODY: ClassVar[str] = "CreditMemoAdd"

    customer_list_id: str = field(metadata=el("CustomerRef", "list_id"))
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
        default=(), metadata=el("CreditMemoLineAdd", "nested", many=True)
    )
    include: tuple[str, ...] = ()
    macro: str = ""

    def check(self) -> None:
        """Refuse a credit memo without customer or lines, or with an invoice's price rule."""
        check_header(self.customer_list_id, len(self.lines), kind=self.KIND)
        if any(line.price_rule for line in self.lines):
            raise RefusedByUs(
                element="OptionForPriceRuleConflict",
                value=self.ref_number,
                limit="does not exist on the lines of a credit memo",
                remedy=OUR_FAULT,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SalesQuery(Request):
    """Choice and filters shared by credit memos and payments (invoices also know PaidStatus)."""

    ITERABLE: ClassVar[bool] = True

    txn_ids: tuple[str, ...] = field(default=(), metadata=el("TxnID", "id", group=1, many=True))
    ref_numbers: tuple[str, ...] = field(
        default=(), metadata=el("RefNumber", "text", 20, group=2, many=True)
    )
    ref_numbers_case_sensitive: tuple[str, ...] = field(
        default=(), metadata=el("RefNumberCaseSensitive", "text", 20, group=4, many=True)
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
    with_children: bool = False
    include_line_items: bool | None = field(default=None, metadata=el("IncludeLineItems", "bool"))

    def check(self) -> None:
        """Refuse both date ranges at once, and paging over explicit ids."""
        check_paging(
            iterator=getattr(self, "iterator", None), max_returned=self.max_returned,
            explicit=bool(self.txn_ids or self.ref_numbers or self.ref_numbers_case_sensitive),
            iterable=self.ITERABLE,
        )  # fmt: skip
        check_ranges(
            self.from_modified or self.to_modified, self.from_txn_date or self.to_txn_date
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoQuery(_SalesQuery):
    """Find credit memos; same ways of choosing as ``InvoiceQuery``, without the paid status."""

    KIND: ClassVar[str] = "CreditMemoQuery"

    include_linked: bool | None = field(default=None, metadata=el("IncludeLinkedTxns", "bool"))
    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    owner_ids: tuple[str, ...] = field(default=(), metadata=el("OwnerID", "owner", many=True))
    iterator: Iterate | None = None
    metadata_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePaymentQuery(_SalesQuery):
    """Find payments; what they paid comes only with ``include_line_items`` (assumed)."""

    KIND: ClassVar[str] = "ReceivePaymentQuery"

    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    owner_ids: tuple[str, ...] = field(default=(), metadata=el("OwnerID", "owner", many=True))
    iterator: Iterate | None = None
    metadata_only: bool = False
