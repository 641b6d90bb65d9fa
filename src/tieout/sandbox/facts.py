"""What a session can learn about the host and the company: Host, Company, Preferences, Activity."""

from __future__ import annotations

from tieout.sandbox import extensions
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import by_path, flag, ref_field
from tieout.sandbox.names import path_key
from tieout.sandbox.reply import Answer, Field, chosen
from tieout.sandbox.xmltree import Node

# Capacity per list: Pro and Premier against Enterprise (assumed; Enterprise takes far more).
CAPACITY = {"Entity": (14_500, 1_000_000), "Item": (14_500, 1_000_000)}
CAPACITY_OTHERS = (10_000, 100_000)
_LISTS = [
    "Account",
    "BillingRate",
    "Class",
    "CustomerMsg",
    "CustomerType",
    "Entity",
    "Item",
    "JobType",
    "PaymentMethod",
    "PayrollItem",
    "PriceLevel",
    "SalesRep",
    "SalesTaxCode",
    "ShipMethod",
    "Template",
    "Terms",
    "ToDo",
    "Vehicle",
    "VendorType",
]


def host(context: Context, node: Node) -> Answer:
    """HostQuery."""
    books = context.books
    fields: list[Field] = [
        ("ProductName", books.setting("product")),
        ("MajorVersion", "34"),
        ("MinorVersion", "0"),
        ("Country", "US"),
        *(("SupportedQBXMLVersion", version) for version in books.setting("versions").split()),
        ("IsAutomaticLogin", flag(books.setting("unattended"))),
        ("QBFileMode", books.setting("user_mode")),
    ]
    wanted = node.child("IncludeListMetaData")
    if wanted and (wanted.get("IncludeMaxCapacity") or "").strip() in ("true", "1"):
        fields.append(("ListMetaData", _capacities(books)))
    return _answer("HostRet", fields, node)


def company(context: Context, node: Node) -> Answer:
    """CompanyQuery; private data and custom fields of the owners asked for."""
    books = context.books
    name = books.setting("name")
    found = extensions.fields_for(books, extensions.COMPANY, [""], node.texts("OwnerID"))
    fields: list[Field] = [
        ("IsSampleCompany", "false"),
        ("CompanyName", name),
        ("LegalCompanyName", books.setting("legal_name") or name),
        ("FirstMonthFiscalYear", "January"),
        ("FirstMonthIncomeTaxYear", "January"),
        *found.get("", ()),
    ]
    return _answer("CompanyRet", fields, node)


def preferences(context: Context, node: Node) -> Answer:
    """PreferencesQuery; without SalesTaxPreferences sales tax is off."""
    books = context.books
    closing = books.setting("closing_date")
    accounting: list[Field] = [
        ("IsUsingAccountNumbers", "false"),
        ("IsRequiringAccounts", flag(books.setting("account_required"))),
        ("IsUsingClassTracking", flag(books.setting("class_tracking"))),
        ("IsUsingAuditTrail", "true"),
        ("IsAssigningJournalEntryNumbers", "true"),
    ]
    if closing:
        accounting.append(("ClosingDate", closing))
    fields: list[Field] = [
        ("AccountingPreferences", accounting),
        (
            "JobsAndEstimatesPreferences",
            [
                ("IsUsingEstimates", "true"),
                ("IsUsingProgressInvoicing", "false"),
                ("IsPrintingItemsWithZeroAmounts", "false"),
            ],
        ),
        ("MultiCurrencyPreferences", [("IsMultiCurrencyOn", "false")]),
        (
            "SalesAndCustomersPreferences",
            [
                ("IsTrackingReimbursedExpensesAsIncome", "false"),
                ("IsAutoApplyingPayments", "true"),
            ],
        ),
        *_sales_tax(books),
        ("TimeTrackingPreferences", [("FirstDayOfWeek", "Monday")]),
        ("CurrentAppAccessRights", _rights(books)),
    ]
    return _answer("PreferencesRet", fields, node)


def activity(context: Context, node: Node) -> Answer:
    """CompanyActivityQuery: a newer LastRestoreTime means that somebody restored a backup."""
    books = context.books
    never = "1970-01-01T00:00:00"
    restored = books.setting("last_restore")
    fields: list[Field] = [
        ("LastRestoreTime", books.wall.render(restored) if restored else never),
        ("LastCondenseTime", never),
    ]
    return _answer("CompanyActivityRet", fields, node)


def _answer(tag: str, fields: list[Field], node: Node) -> Answer:
    return Answer(fields=[(tag, chosen(fields, node.texts("IncludeRetElement")))])


def _capacities(books: Books) -> list[Field]:
    large = books.setting("edition") == "enterprise"
    return [
        (f"{name}MetaData", [("MaxCapacity", str(CAPACITY.get(name, CAPACITY_OTHERS)[large]))])
        for name in _LISTS
    ]


def _rights(books: Books) -> list[Field]:
    allowed = books.setting("unattended")
    user: list[Field] = [("AutomaticLoginUserName", "Admin")] if allowed else []
    return [
        ("IsAutomaticLoginAllowed", flag(allowed)),
        *user,
        ("IsPersonalDataAccessAllowed", "false"),
    ]


def _sales_tax(books: Books) -> list[Field]:
    if not books.setting("sales_tax"):
        return []
    row = books.connection.execute(
        "SELECT list_id FROM entry WHERE family = 'Item' AND kind = 'ItemSalesTax'"
        " ORDER BY created, list_id LIMIT 1"
    ).fetchone()
    taxable = by_path(books, "SalesTaxCode", path_key("Tax"))
    exempt = by_path(books, "SalesTaxCode", path_key("Non"))
    if row is None or taxable is None or exempt is None:
        return []
    inner: list[Field] = [
        ref_field(books, "DefaultItemSalesTaxRef", "Item", row[0]),
        ("PaySalesTax", "Monthly"),
        ref_field(books, "DefaultTaxableSalesTaxCodeRef", "SalesTaxCode", taxable.list_id),
        ref_field(books, "DefaultNonTaxableSalesTaxCodeRef", "SalesTaxCode", exempt.list_id),
        ("IsUsingCustomerTaxCode", "true"),
    ]
    return [("SalesTaxPreferences", inner)]
