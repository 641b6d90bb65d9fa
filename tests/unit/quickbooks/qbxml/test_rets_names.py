"""Program, company, preferences, customers: full answers and bare ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout.quickbooks.qbxml import rets_names as rets
from tieout.quickbooks.qbxml.requests import Address, Ref


def test_preferences_tell_what_may_travel() -> None:
    preferences = rets.PreferencesRet.of(
        {
            "AccountingPreferences": {
                "IsUsingClassTracking": "true", "IsRequiringAccounts": "false",
                "AssignClassesTo": "Items", "ClosingDate": "2024-12-31",
            },
            "SalesTaxPreferences": {
                "DefaultTaxableSalesTaxCodeRef": {"ListID": "8-1", "FullName": "Tax"},
                "DefaultNonTaxableSalesTaxCodeRef": {"ListID": "8-2", "FullName": "Non"},
            },
            "MultiCurrencyPreferences": {"IsMultiCurrencyOn": "true"},
            "CurrentAppAccessRights": {
                "IsAutomaticLoginAllowed": "true", "AutomaticLoginUserName": "Admin",
            },
        }
    )  # fmt: skip
    assert preferences.uses_classes is True
    assert preferences.requires_accounts is False
    assert preferences.closing_date == date(2024, 12, 31)
    assert preferences.sales_tax_on
    assert preferences.default_non_taxable_code == Ref("8-2", "Non")
    assert preferences.multi_currency_on is True
    assert preferences.automatic_login_user == "Admin"


def test_without_the_tax_part_sales_tax_is_off_and_the_rest_unknown() -> None:
    preferences = rets.PreferencesRet.of({})
    assert not preferences.sales_tax_on
    assert preferences.uses_classes is None
    assert preferences.closing_date is None


def test_a_bare_customer_has_blanks_and_no_guesses() -> None:
    customer = rets.CustomerRet.of({"ListID": "8-1"})
    assert (customer.list_id, customer.name, customer.parent_list_id) == ("8-1", "", "")
    assert (customer.is_active, customer.sublevel, customer.balance) == (None, None, None)
    assert customer.bill_address == Address()
    assert customer.data_ext == ()


def test_a_job_in_full() -> None:
    job = rets.CustomerRet.of(
        {
            "Name": "ICU", "ParentRef": {"ListID": "8-0", "FullName": "Acme"},
            "BillAddress": {"Addr1": "Acme", "City": "Springfield"}, "TotalBalance": "10.00",
            "JobEndDate": "2025-05-02", "TermsRef": {"FullName": "Net 30"},
            "DataExtRet": {"OwnerID": "0", "DataExtName": "Tieout ID", "DataExtValue": "4711"},
        }
    )  # fmt: skip
    assert (job.parent_list_id, job.parent_full_name) == ("8-0", "Acme")
    assert job.bill_address == Address(addr1="Acme", city="Springfield")
    assert (job.total_balance, job.job_end_date) == (Decimal("10.00"), date(2025, 5, 2))
    assert job.terms == Ref("", "Net 30")
    assert job.data_ext[0].value == "4711"


def test_program_company_and_restores() -> None:
    host = rets.HostRet.of({"SupportedQBXMLVersion": ["12.0", "13.0"], "IsAutomaticLogin": "0"})
    assert (host.supported_versions, host.is_automatic_login) == (("12.0", "13.0"), False)
    company = rets.CompanyRet.of(
        {"AccountantCopy": {"AccountantCopyExists": "true", "DividingDate": "2024-12-31"}}
    )
    assert (company.accountant_copy_exists, company.dividing_date) == (True, date(2024, 12, 31))
    activity = rets.CompanyActivityRet.of({"LastRestoreTime": "2023-11-02T09:14:51-05:00"})
    assert activity.last_restore_time == "2023-11-02T09:14:51-05:00"
    assert activity.last_condense_time == ""
