"""Typed answers about the program, the company and its names: customers, jobs, custom fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.quickbooks.qbxml import types
from tieout.quickbooks.qbxml.nodes import child, each, read_as, ref, text, texts
from tieout.quickbooks.qbxml.reader import Node
from tieout.quickbooks.qbxml.requests import Address, Ref

NO_ADDRESS = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExtRet:
    """A custom field or private value; ``owner_id`` "0" is a field people see."""

    owner_id: str
    name: str
    kind: str
    value: str

    @classmethod
    def of(cls, node: Node) -> DataExtRet:
        return cls(
            owner_id=text(node, "OwnerID"),
            name=text(node, "DataExtName"),
            kind=text(node, "DataExtType"),
            value=text(node, "DataExtValue"),
        )


def data_ext(node: Node) -> tuple[DataExtRet, ...]:
    """All custom fields of an object."""
    if "DataExtRet" not in node:
        return ()
    return tuple(map(DataExtRet.of, each(node, "DataExtRet")))


def address(node: Node, tag: str) -> Address:
    """The address; all blank when missing."""
    if tag not in node:
        return NO_ADDRESS
    inner = child(node, tag)
    return Address(
        addr1=text(inner, "Addr1"),
        addr2=text(inner, "Addr2"),
        addr3=text(inner, "Addr3"),
        addr4=text(inner, "Addr4"),
        addr5=text(inner, "Addr5"),
        city=text(inner, "City"),
        state=text(inner, "State"),
        postal_code=text(inner, "PostalCode"),
        country=text(inner, "Country"),
        note=text(inner, "Note"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRet:
    """The QuickBooks program that answers. ``file_mode`` is SingleUser or MultiUser."""

    product_name: str
    major_version: str
    minor_version: str
    country: str
    supported_versions: tuple[str, ...]
    is_automatic_login: bool | None
    file_mode: str

    @classmethod
    def of(cls, node: Node) -> HostRet:
        return cls(
            product_name=text(node, "ProductName"),
            major_version=text(node, "MajorVersion"),
            minor_version=text(node, "MinorVersion"),
            country=text(node, "Country"),
            supported_versions=texts(node, "SupportedQBXMLVersion"),
            is_automatic_login=read_as(types.parse_bool, node, "IsAutomaticLogin"),
            file_mode=text(node, "QBFileMode"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRet:
    """The open company file. Its path is not here: ask the channel."""

    company_name: str
    legal_company_name: str
    is_sample_company: bool | None
    accountant_copy_exists: bool | None
    dividing_date: date | None
    data_ext: tuple[DataExtRet, ...]

    @classmethod
    def of(cls, node: Node) -> CompanyRet:
        copy = child(node, "AccountantCopy")
        return cls(
            company_name=text(node, "CompanyName"),
            legal_company_name=text(node, "LegalCompanyName"),
            is_sample_company=read_as(types.parse_bool, node, "IsSampleCompany"),
            accountant_copy_exists=read_as(types.parse_bool, copy, "AccountantCopyExists"),
            dividing_date=read_as(types.parse_date, copy, "DividingDate"),
            data_ext=data_ext(node),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesRet:
    """How the company keeps its books. ``sales_tax_on`` is whether the tax part was there at all;
    None in any other flag means that the answer did not say."""

    uses_classes: bool | None
    assign_classes_to: str
    requires_accounts: bool | None
    uses_account_numbers: bool | None
    closing_date: date | None
    multi_currency_on: bool | None
    home_currency: Ref
    auto_applies_payments: bool | None
    sales_tax_on: bool
    default_item_sales_tax: Ref
    default_taxable_code: Ref
    default_non_taxable_code: Ref
    automatic_login_allowed: bool | None
    automatic_login_user: str
    personal_data_allowed: bool | None

    @classmethod
    def of(cls, node: Node) -> PreferencesRet:
        books = child(node, "AccountingPreferences")
        money = child(node, "MultiCurrencyPreferences")
        tax = child(node, "SalesTaxPreferences")
        rights = child(node, "CurrentAppAccessRights")
        sales = child(node, "SalesAndCustomersPreferences")
        flag = types.parse_bool
        return cls(
            uses_classes=read_as(flag, books, "IsUsingClassTracking"),
            assign_classes_to=text(books, "AssignClassesTo"),
            requires_accounts=read_as(flag, books, "IsRequiringAccounts"),
            uses_account_numbers=read_as(flag, books, "IsUsingAccountNumbers"),
            closing_date=read_as(types.parse_date, books, "ClosingDate"),
            multi_currency_on=read_as(flag, money, "IsMultiCurrencyOn"),
            home_currency=ref(money, "HomeCurrencyRef"),
            auto_applies_payments=read_as(flag, sales, "IsAutoApplyingPayments"),
            sales_tax_on="SalesTaxPreferences" in node,
            default_item_sales_tax=ref(tax, "DefaultItemSalesTaxRef"),
            default_taxable_code=ref(tax, "DefaultTaxableSalesTaxCodeRef"),
            default_non_taxable_code=ref(tax, "DefaultNonTaxableSalesTaxCodeRef"),
            automatic_login_allowed=read_as(flag, rights, "IsAutomaticLoginAllowed"),
            automatic_login_user=text(rights, "AutomaticLoginUserName"),
            personal_data_allowed=read_as(flag, rights, "IsPersonalDataAccessAllowed"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyActivityRet:
    """Raw times. A ``last_restore_time`` unlike the one last seen: a backup was restored."""

    last_restore_time: str
    last_condense_time: str

    @classmethod
    def of(cls, node: Node) -> CompanyActivityRet:
        return cls(
            last_restore_time=text(node, "LastRestoreTime"),
            last_condense_time=text(node, "LastCondenseTime"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRet:
    """A customer, or a job when it has a parent. ``time_*`` are the raw texts: their offsets are
    wrong during daylight saving (observed). ``sublevel`` counts the ancestors."""

    list_id: str
    name: str
    full_name: str
    is_active: bool | None
    parent_list_id: str
    parent_full_name: str
    sublevel: int | None
    edit_sequence: str
    time_created: str
    time_modified: str
    class_: Ref
    company_name: str
    first_name: str
    last_name: str
    bill_address: Address
    phone: str
    email: str
    customer_type: Ref
    terms: Ref
    balance: Decimal | None
    total_balance: Decimal | None
    account_number: str
    job_status: str
    job_start_date: date | None
    job_projected_end_date: date | None
    job_end_date: date | None
    job_desc: str
    job_type: Ref
    notes: str
    external_guid: str
    currency: Ref
    data_ext: tuple[DataExtRet, ...]

    @classmethod
    def of(cls, node: Node) -> CustomerRet:
        parent = ref(node, "ParentRef")
        get = {tag: value for tag, value in node.items() if value.__class__ is str}.get
        return cls(
            list_id=get("ListID", ""),
            name=get("Name", ""),
            full_name=get("FullName", ""),
            is_active=read_as(types.parse_bool, node, "IsActive"),
            parent_list_id=parent.list_id,
            parent_full_name=parent.full_name,
            sublevel=read_as(types.parse_int, node, "Sublevel"),
            edit_sequence=get("EditSequence", ""),
            time_created=get("TimeCreated", ""),
            time_modified=get("TimeModified", ""),
            class_=ref(node, "ClassRef"),
            company_name=get("CompanyName", ""),
            first_name=get("FirstName", ""),
            last_name=get("LastName", ""),
            bill_address=address(node, "BillAddress"),
            phone=get("Phone", ""),
            email=get("Email", ""),
            customer_type=ref(node, "CustomerTypeRef"),
            terms=ref(node, "TermsRef"),
            balance=read_as(types.parse_number, node, "Balance"),
            total_balance=read_as(types.parse_number, node, "TotalBalance"),
            account_number=get("AccountNumber", ""),
            job_status=get("JobStatus", ""),
            job_start_date=read_as(types.parse_date, node, "JobStartDate"),
            job_projected_end_date=read_as(types.parse_date, node, "JobProjectedEndDate"),
            job_end_date=read_as(types.parse_date, node, "JobEndDate"),
            job_desc=get("JobDesc", ""),
            job_type=ref(node, "JobTypeRef"),
            notes=get("Notes", ""),
            external_guid=get("ExternalGUID", ""),
            currency=ref(node, "CurrencyRef"),
            data_ext=data_ext(node),
        )
