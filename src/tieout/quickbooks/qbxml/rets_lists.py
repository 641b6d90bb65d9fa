"""Typed answers about lists: items, classes, terms, accounts, tax codes, templates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.quickbooks.qbxml import types
from tieout.quickbooks.qbxml.nodes import child, first, read_as, ref, text
from tieout.quickbooks.qbxml.reader import Node
from tieout.quickbooks.qbxml.requests import Ref
from tieout.quickbooks.qbxml.rets_names import DataExtRet, data_ext


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRet:
    """An item of any kind; ``kind`` is the element without ``Ret`` (ItemService, ItemDiscount …).

    ``income_account`` is the sales side, ``sales_price`` its price per unit if it has one.
    """

    kind: str
    list_id: str
    name: str
    full_name: str
    is_active: bool | None
    parent_list_id: str
    edit_sequence: str
    time_modified: str
    sales_desc: str
    sales_price: Decimal | None
    income_account: Ref
    sales_tax_code: Ref
    data_ext: tuple[DataExtRet, ...]

    @classmethod
    def of(cls, node: Node, kind: str) -> ItemRet:
        both = child(node, "SalesAndPurchase") or node
        one = child(node, "SalesOrPurchase")
        name = text(node, "Name")
        return cls(
            kind=kind,
            list_id=text(node, "ListID"),
            name=name,
            full_name=text(node, "FullName") or name,
            is_active=read_as(types.parse_bool, node, "IsActive"),
            parent_list_id=ref(node, "ParentRef").list_id,
            edit_sequence=text(node, "EditSequence"),
            time_modified=text(node, "TimeModified"),
            sales_desc=text(one, "Desc") or text(both, "SalesDesc") or text(node, "ItemDesc"),
            sales_price=read_as(types.parse_number, one, "Price")
            if one
            else read_as(types.parse_number, both, "SalesPrice"),
            income_account=ref(one, "AccountRef")
            or ref(both, "IncomeAccountRef")
            or ref(node, "AccountRef"),
            sales_tax_code=ref(node, "SalesTaxCodeRef"),
            data_ext=data_ext(node),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRet:
    """A class."""

    list_id: str
    name: str
    full_name: str
    is_active: bool | None
    parent_list_id: str
    edit_sequence: str
    time_modified: str

    @classmethod
    def of(cls, node: Node) -> ClassRet:
        return cls(
            list_id=text(node, "ListID"),
            name=text(node, "Name"),
            full_name=text(node, "FullName") or text(node, "Name"),
            is_active=read_as(types.parse_bool, node, "IsActive"),
            parent_list_id=ref(node, "ParentRef").list_id,
            edit_sequence=text(node, "EditSequence"),
            time_modified=text(node, "TimeModified"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsRet:
    """Terms, standard (``due_days``) or date-driven (``day_of_month_due``)."""

    list_id: str
    name: str
    is_active: bool | None
    edit_sequence: str
    time_modified: str
    is_date_driven: bool
    due_days: int | None
    day_of_month_due: int | None
    discount_days: int | None
    discount_percent: Decimal | None

    @classmethod
    def of(cls, node: Node) -> TermsRet:
        date_driven = first(node, "DayOfMonthDue") is not None
        return cls(
            list_id=text(node, "ListID"),
            name=text(node, "Name"),
            is_active=read_as(types.parse_bool, node, "IsActive"),
            edit_sequence=text(node, "EditSequence"),
            time_modified=text(node, "TimeModified"),
            is_date_driven=date_driven,
            due_days=read_as(types.parse_int, node, "StdDueDays"),
            day_of_month_due=read_as(types.parse_int, node, "DayOfMonthDue"),
            discount_days=read_as(types.parse_int, node, "StdDiscountDays"),
            discount_percent=read_as(types.parse_percent, node, "DiscountPct"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRet:
    """An account of the general ledger."""

    list_id: str
    name: str
    full_name: str
    is_active: bool | None
    account_type: str
    account_number: str
    special_account_type: str
    balance: Decimal | None
    edit_sequence: str
    time_modified: str

    @classmethod
    def of(cls, node: Node) -> AccountRet:
        return cls(
            list_id=text(node, "ListID"),
            name=text(node, "Name"),
            full_name=text(node, "FullName") or text(node, "Name"),
            is_active=read_as(types.parse_bool, node, "IsActive"),
            account_type=text(node, "AccountType"),
            account_number=text(node, "AccountNumber"),
            special_account_type=text(node, "SpecialAccountType"),
            balance=read_as(types.parse_number, node, "Balance"),
            edit_sequence=text(node, "EditSequence"),
            time_modified=text(node, "TimeModified"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTaxCodeRet:
    """A sales tax code such as Tax or Non."""

    list_id: str
    name: str
    is_active: bool | None
    is_taxable: bool | None
    desc: str
    edit_sequence: str
    time_modified: str

    @classmethod
    def of(cls, node: Node) -> SalesTaxCodeRet:
        return cls(
            list_id=text(node, "ListID"),
            name=text(node, "Name"),
            is_active=read_as(types.parse_bool, node, "IsActive"),
            is_taxable=read_as(types.parse_bool, node, "IsTaxable"),
            desc=text(node, "Desc"),
            edit_sequence=text(node, "EditSequence"),
            time_modified=text(node, "TimeModified"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRet:
    """A form template; ``template_type`` is Invoice, CreditMemo …"""

    list_id: str
    name: str
    is_active: bool | None
    template_type: str

    @classmethod
    def of(cls, node: Node) -> TemplateRet:
        return cls(
            list_id=text(node, "ListID"),
            name=text(node, "Name"),
            is_active=read_as(types.parse_bool, node, "IsActive"),
            template_type=text(node, "TemplateType"),
        )
