"""Void, and find what was deleted. Tieout voids and never deletes: a void keeps the number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Final

from tieout.quickbooks.qbxml.requests import OUR_FAULT, Iterate, Request, check_paging
from tieout.quickbooks.qbxml.schema import RefusedByUs, el

VOID_TYPES: Final = ("Invoice", "CreditMemo")
TXN_TYPES: Final = ("Invoice", "CreditMemo", "ReceivePayment", "SalesReceipt", "JournalEntry")
LIST_TYPES: Final = (
    "Account", "Class", "Customer", "DateDrivenTerms", "ItemDiscount", "ItemFixedAsset",
    "ItemGroup", "ItemInventory", "ItemInventoryAssembly", "ItemNonInventory", "ItemOtherCharge",
    "ItemPayment", "ItemSalesTax", "ItemSalesTaxGroup", "ItemService", "ItemSubtotal",
    "SalesTaxCode", "StandardTerms",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnVoid(Request):
    """Void an invoice or credit memo: its amounts become zero, number and memo stay."""

    KIND: ClassVar[str] = "TxnVoid"

    txn_type: str = field(metadata=el("TxnVoidType", "enum", choices=VOID_TYPES, required=True))
    txn_id: str = field(metadata=el("TxnID", "id", required=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnDeletedQuery(Request):
    """Ask which transactions were deleted. QuickBooks remembers the last 90 days only."""

    KIND: ClassVar[str] = "TxnDeletedQuery"

    txn_types: tuple[str, ...] = field(
        metadata=el("TxnDelType", "enum", many=True, choices=TXN_TYPES, required=True)
    )
    from_deleted: datetime | date | None = field(
        default=None, metadata=el("FromDeletedDate", "datetime", under="DeletedDateRangeFilter")
    )
    to_deleted: datetime | date | None = field(
        default=None, metadata=el("ToDeletedDate", "datetime", under="DeletedDateRangeFilter")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeletedQuery(Request):
    """Ask which list entries were deleted. QuickBooks remembers the last 90 days only."""

    KIND: ClassVar[str] = "ListDeletedQuery"

    list_types: tuple[str, ...] = field(
        metadata=el("ListDelType", "enum", many=True, choices=LIST_TYPES, required=True)
    )
    from_deleted: datetime | date | None = field(
        default=None, metadata=el("FromDeletedDate", "datetime", under="DeletedDateRangeFilter")
    )
    to_deleted: datetime | date | None = field(
        default=None, metadata=el("ToDeletedDate", "datetime", under="DeletedDateRangeFilter")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionQuery(Request):
    """Find transactions of any kind, oldest first; unlike ``InvoiceQuery`` a number and a
    customer can be combined. Gives the facts of the header only."""

    KIND: ClassVar[str] = "TransactionQuery"
    ITERABLE: ClassVar[bool] = True

    txn_ids: tuple[str, ...] = field(default=(), metadata=el("TxnID", "id", group=1, many=True))
    max_returned: int | None = field(default=None, metadata=el("MaxReturned", "count", group=3))
    ref_numbers: tuple[str, ...] = field(
        default=(), metadata=el("RefNumber", "text", 20, group=3, many=True)
    )
    ref_numbers_case_sensitive: tuple[str, ...] = field(
        default=(), metadata=el("RefNumberCaseSensitive", "text", 20, group=3, many=True)
    )
    from_modified: datetime | date | None = field(
        default=None,
        metadata=el(
            "FromModifiedDate", "datetime", group=3, under="TransactionModifiedDateRangeFilter"
        ),
    )
    to_modified: datetime | date | None = field(
        default=None,
        metadata=el(
            "ToModifiedDate", "datetime", group=3, under="TransactionModifiedDateRangeFilter"
        ),
    )
    from_txn_date: date | None = field(
        default=None,
        metadata=el("FromTxnDate", "date", group=3, under="TransactionDateRangeFilter"),
    )
    to_txn_date: date | None = field(
        default=None,
        metadata=el("ToTxnDate", "date", group=3, under="TransactionDateRangeFilter"),
    )
    customer_list_id: str = field(
        default="",
        metadata=el(
            "ListID", "id", group=3, under="TransactionEntityFilter",
            swap=("with_children", "ListIDWithChildren"),
        ),
    )  # fmt: skip
    txn_types: tuple[str, ...] = field(
        default=(),
        metadata=el(
            "TxnTypeFilter", "enum", group=3, many=True, under="TransactionTypeFilter",
            choices=TXN_TYPES,
        ),
    )  # fmt: skip
    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    with_children: bool = False
    iterator: Iterate | None = None
    metadata_only: bool = False

    def check(self) -> None:
        """Refuse both kinds of numbers at once, and paging over explicit ids."""
        check_paging(
            iterator=self.iterator, max_returned=self.max_returned, iterable=self.ITERABLE,
            explicit=bool(self.txn_ids),
        )  # fmt: skip
        if self.ref_numbers and self.ref_numbers_case_sensitive:
            raise RefusedByUs(
                element="RefNumber", value=self.ref_numbers,
                limit="excludes RefNumberCaseSensitive", remedy=OUR_FAULT,
            )  # fmt: skip
