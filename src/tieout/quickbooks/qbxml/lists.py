"""Queries of lists: items, classes, terms, accounts, tax codes, templates.

All but templates are asked by ``list_ids``, by ``full_names`` or by filters, inactive entries
included unless told otherwise. Only item queries can be paged; on the others the schema knows no
iterator, so they have no such field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Final

from tieout.quickbooks.qbxml.requests import (
    ACTIVE_STATUS,
    ActiveStatus,
    Iterate,
    NameFilter,
    Request,
    check_paging,
)
from tieout.quickbooks.qbxml.schema import el

ACCOUNT_TYPES: Final = (
    "AccountsPayable", "AccountsReceivable", "Bank", "CostOfGoodsSold", "CreditCard", "Equity",
    "Expense", "FixedAsset", "Income", "LongTermLiability", "NonPosting", "OtherAsset",
    "OtherCurrentAsset", "OtherCurrentLiability", "OtherExpense", "OtherIncome",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _ListQuery(Request):
    """The choice and the filters that all list queries share."""

    list_ids: tuple[str, ...] = field(default=(), metadata=el("ListID", "id", group=1, many=True))
    full_names: tuple[str, ...] = field(
        default=(), metadata=el("FullName", "text", 159, group=2, many=True)
    )
    max_returned: int | None = field(default=None, metadata=el("MaxReturned", "count", group=3))
    active_status: ActiveStatus = field(
        default="All", metadata=el("ActiveStatus", "enum", group=3, choices=ACTIVE_STATUS)
    )
    from_modified: datetime | date | None = field(
        default=None, metadata=el("FromModifiedDate", "datetime", group=3)
    )
    to_modified: datetime | date | None = field(
        default=None, metadata=el("ToModifiedDate", "datetime", group=3)
    )
    name_filter: NameFilter | None = field(
        default=None, metadata=el("NameFilter", "nested", group=3)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ItemQuery(_ListQuery):
    """What the two item queries add."""

    ITERABLE: ClassVar[bool] = True

    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    owner_ids: tuple[str, ...] = field(default=(), metadata=el("OwnerID", "owner", many=True))
    iterator: Iterate | None = None
    metadata_only: bool = False

    def check(self) -> None:
        """Refuse paging over explicit ids."""
        check_paging(
            iterator=self.iterator, max_returned=self.max_returned, iterable=self.ITERABLE,
            explicit=bool(self.list_ids or self.full_names),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuery(_ItemQuery):
    """Ask for items of every kind, mixed in one answer."""

    KIND: ClassVar[str] = "ItemQuery"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemServiceQuery(_ItemQuery):
    """Ask for service items."""

    KIND: ClassVar[str] = "ItemServiceQuery"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ShortListQuery(_ListQuery):
    """What the lists without paging add."""

    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    metadata_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassQuery(_ShortListQuery):
    """Ask for classes."""

    KIND: ClassVar[str] = "ClassQuery"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsQuery(_ShortListQuery):
    """Ask for terms, standard and date-driven."""

    KIND: ClassVar[str] = "TermsQuery"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTaxCodeQuery(_ShortListQuery):
    """Ask for sales tax codes."""

    KIND: ClassVar[str] = "SalesTaxCodeQuery"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuery(_ListQuery):
    """Ask for accounts, all or of some ``account_types``."""

    KIND: ClassVar[str] = "AccountQuery"

    account_types: tuple[str, ...] = field(
        default=(),
        metadata=el("AccountType", "enum", group=3, many=True, choices=ACCOUNT_TYPES),
    )
    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    owner_ids: tuple[str, ...] = field(default=(), metadata=el("OwnerID", "owner", many=True))
    metadata_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateQuery(Request):
    """Ask for form templates; the schema gives this query no filters at all."""

    KIND: ClassVar[str] = "TemplateQuery"

    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    metadata_only: bool = False
