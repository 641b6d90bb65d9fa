"""Items, classes, terms, accounts, tax codes, templates."""

from __future__ import annotations

from decimal import Decimal

from tieout.quickbooks.qbxml import rets_lists as rets
from tieout.quickbooks.qbxml.requests import Ref


def test_a_service_item_that_is_only_sold() -> None:
    item = rets.ItemRet.of(
        {
            "Name": "Regular Hours", "FullName": "Hours:Regular Hours", "IsActive": "true",
            "SalesOrPurchase": {
                "Desc": "Hours", "Price": "82.125", "AccountRef": {"FullName": "Revenue"},
            },
        },
        "ItemService",
    )  # fmt: skip
    assert (item.kind, item.full_name) == ("ItemService", "Hours:Regular Hours")
    assert (item.sales_desc, item.sales_price) == ("Hours", Decimal("82.125"))
    assert item.income_account == Ref("", "Revenue")


def test_an_item_that_is_bought_and_sold() -> None:
    item = rets.ItemRet.of(
        {
            "Name": "Travel",
            "SalesAndPurchase": {
                "SalesDesc": "Travel", "SalesPrice": "1.00",
                "IncomeAccountRef": {"ListID": "8-1"}, "ExpenseAccountRef": {"ListID": "8-2"},
            },
        },
        "ItemService",
    )  # fmt: skip
    assert (item.sales_desc, item.sales_price) == ("Travel", Decimal("1.00"))
    assert item.income_account == Ref("8-1")


def test_a_discount_item_has_its_account_on_top() -> None:
    item = rets.ItemRet.of(
        {"Name": "Discount", "ItemDesc": "Less", "AccountRef": {"ListID": "8-3"}}, "ItemDiscount"
    )
    assert (item.full_name, item.sales_desc, item.sales_price) == ("Discount", "Less", None)
    assert item.income_account == Ref("8-3")


def test_terms_are_standard_or_driven_by_a_date() -> None:
    net = rets.TermsRet.of({"Name": "Net 30", "StdDueDays": "30", "DiscountPct": "2%"})
    assert (net.is_date_driven, net.due_days, net.discount_percent) == (False, 30, Decimal(2))
    day = rets.TermsRet.of({"Name": "1st", "DayOfMonthDue": "1"})
    assert (day.is_date_driven, day.day_of_month_due, day.due_days) == (True, 1, None)


def test_classes_accounts_codes_and_templates() -> None:
    assert (
        rets.ClassRet.of({"Name": "ICU", "ParentRef": {"ListID": "8-9"}}).parent_list_id == "8-9"
    )
    account = rets.AccountRet.of({"Name": "A/R", "AccountType": "AccountsReceivable"})
    assert (account.full_name, account.account_type) == ("A/R", "AccountsReceivable")
    code = rets.SalesTaxCodeRet.of({"Name": "Non", "IsTaxable": "false"})
    assert (code.name, code.is_taxable) == ("Non", False)
    template = rets.TemplateRet.of({"Name": "Staffing Invoice", "TemplateType": "Invoice"})
    assert (template.name, template.template_type) == ("Staffing Invoice", "Invoice")
