"""Filling a company from a description, and the bookkeeper's operations on it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.sandbox.caller import Caller, MovableClock, totals

from tieout.sandbox import BookError, CompanyFile

NORTHGATE = Path(__file__).resolve().parents[3] / "examples" / "northgate" / "quickbooks.json"
JOB = "Acme Health:RN Ortiz - ICU"


def test_the_sample_agency_loads(tmp_path: Path) -> None:
    description = json.loads(NORTHGATE.read_text(encoding="utf-8"))
    made = CompanyFile.create(tmp_path / "n.qbs", name="Temporary")
    counts = made.load(description)
    assert counts["customers"] == len(description["customers"]) == len(made.list_customers())
    assert made.preferences()["name"] == description["name"]
    assert len(made.list_invoices()) == len(description["invoices"])
    wanted = sum(Decimal(line["amount"]) for i in description["invoices"] for line in i["lines"])
    assert made.grand_total() == wanted
    made.close()


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ({"customers": ["A", "a"]}, 3100),
        ({"customers": ["Missing:Job"]}, 3130),
        ({"customers": [{"name": "X", "start": "02/03/2026"}]}, 3020),
        ({"customers": [{"name": "X", "job_status": "Busy"}]}, 3110),
        ({"customers": [{"name": "X", "colour": "blue"}]}, 0),
        ({"customers": ["x" * 42]}, 3070),
        ({"items": [{"name": "X", "income_account": "Nope"}]}, 3120),
        ({"invoices": [{"customer": "Nobody", "lines": []}]}, 3140),
        ({"preferences": {"gravity": "off"}}, 0),
        ({"people": []}, 0),
    ],
)
def test_a_description_goes_in_whole_or_not_at_all(
    company: CompanyFile, description: dict[str, object], code: int
) -> None:
    before = [row.full_name for row in company.list_customers()]
    with pytest.raises(BookError) as caught:
        company.load({"classes": ["Fresh"], **description})
    assert caught.value.code == code
    assert [row.full_name for row in company.list_customers()] == before
    assert "Fresh" not in {row.full_name for row in company.list_elements("class")}


def test_loading_again_adds_to_what_is_there(company: CompanyFile) -> None:
    company.load({"customers": [{"full_name": "Acme Health:RN New"}]})
    assert company.find_customer("Acme Health:RN New").sublevel == 1
    with pytest.raises(BookError):
        company.load({"customers": ["Acme Health"]})


@pytest.mark.parametrize(
    ("amount", "rate", "kept"),
    [("99.99", "33.33", "33.33"), ("100.00", "33.33", "33.33333"), ("100.00", "", "33.33333")],
)
def test_the_amount_of_a_line_is_never_changed_on_the_way_in(
    company: CompanyFile, amount: str, rate: str, kept: str
) -> None:
    line = {"item": "Regular Hours", "quantity": "3", "rate": rate, "amount": amount}
    company.load({"invoices": [{"number": "7", "customer": JOB, "lines": [line]}]})
    (found,) = company.find_invoice("7").lines
    assert (str(found.amount), found.rate) == (amount, kept)


def test_customers_through_the_bookkeepers_hands(company: CompanyFile) -> None:
    list_id = company.add_customer(
        "Beacon Clinic:RN Kim", job_status="Pending", start="2026-03-01"
    )
    company.rename_customer("Beacon Clinic", "Beacon Care")
    company.move_customer("Beacon Care:RN Kim", "Acme Health")
    company.edit_customer("Acme Health:RN Kim", end="2026-05-01", job_status="")
    shown = company.find_customer("acme health:rn kim")
    assert (shown.list_id, shown.end, shown.job_status) == (list_id, "2026-05-01", "None")
    company.set_customer_active("Acme Health:RN Kim", active=False)
    assert [row.full_name for row in company.list_customers(active=False)] == [
        "Acme Health:RN Kim",
        "Acme Health:RN Walsh",
    ]
    assert len(company.list_customers(below="Acme Health")) == 3
    company.delete_customer("Acme Health:RN Kim")
    assert len(company.list_customers(below="Acme Health")) == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [("Acme Health", 3100), ("Nobody:Job", 3120), (":", 3150), ("a" * 42, 3070), ("", 3150)],
)
def test_the_bookkeepers_names_follow_the_same_rules(
    company: CompanyFile, name: str, code: int
) -> None:
    with pytest.raises(BookError) as caught:
        company.add_customer(name)
    assert caught.value.code == code


def test_other_lists(company: CompanyFile, qb: Caller) -> None:
    company.add_item("Travel", price="12.50", description="Miles")
    company.add_class("Nursing:Float")
    company.add_terms("Net 45", due_days=45)
    company.add_account("Placement Income", account_type="Income")
    company.rename_element("item", "Travel", "Mileage")
    company.set_active("class", "Nursing:Float", active=False)
    assert qb.code("<ItemQueryRq><FullName>Mileage</FullName></ItemQueryRq>") == 0
    active = [ret.findtext("FullName") for ret in qb.ask("<ClassQueryRq/>")]
    assert active == ["Nursing", "Nursing:ICU"]
    company.delete_element("terms", "Net 45")
    with pytest.raises(BookError):
        company.rename_element("item", "Mileage", "Regular Hours")


def test_invoices_through_the_bookkeepers_hands(company: CompanyFile, clock: MovableClock) -> None:
    lines = [{"item": "Regular Hours", "quantity": "8", "rate": "50.125"}]
    txn_id = company.add_invoice(JOB, lines, number="77", date="2026-02-01", terms="Net 30")
    assert company.find_invoice(txn_id).due_date == "2026-03-03"
    assert totals(company) == {JOB: "401.00"}
    company.edit_invoice_line("77", 1, quantity="10")
    company.edit_invoice("77", memo="typed", date="2026-02-02")
    company.renumber_invoice("77", "78")
    company.move_invoice("78", "Beacon Clinic")
    shown = company.find_invoice("78")
    assert (str(shown.total), shown.memo, shown.customer) == ("501.25", "typed", "Beacon Clinic")
    assert shown.due_date == "2026-03-04"
    company.add_invoice(JOB, lines, number="78")
    with pytest.raises(BookError, match="2 invoices"):
        company.find_invoice("78")
    company.void_invoice(txn_id)
    company.delete_invoice(txn_id)
    assert totals(company) == {JOB: "401.00"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": "123456789012"}, 3070),
        ({"date": "2026-02-30"}, 3020),
        ({"date": "2025-12-31"}, 3171),
        ({"terms": "Net 99"}, 3140),
        ({"colour": "blue"}, 0),
    ],
)
def test_the_bookkeepers_invoices_follow_the_same_rules(
    company: CompanyFile, fields: dict[str, str], code: int
) -> None:
    company.set_closing_date("2025-12-31")
    with pytest.raises(BookError) as caught:
        company.add_invoice(JOB, [{"item": "Regular Hours", "amount": "5.00"}], **fields)
    assert caught.value.code == code
    assert company.list_invoices() == []


def test_paying_more_than_is_open(company: CompanyFile) -> None:
    company.add_invoice(JOB, [{"item": "Regular Hours", "amount": "5.00"}], number="1")
    with pytest.raises(BookError) as caught:
        company.receive_payment("1", "5.01")
    assert caught.value.code == 3210
    company.receive_payment("1")
    assert company.find_invoice("1").is_paid


@pytest.mark.parametrize(
    ("name", "value"),
    [("user_mode", "nobody"), ("class_tracking", "perhaps"), ("generation", "5"), ("nope", "1")],
)
def test_senseless_preferences_are_refused(company: CompanyFile, name: str, value: str) -> None:
    with pytest.raises(BookError):
        company.set_preference(name, value)


def test_renaming_can_touch_everything_below(company: CompanyFile, clock: MovableClock) -> None:
    company.set_preference("rename_touches_descendants", "on")
    clock.advance(days=1)
    company.rename_customer("Acme Health", "Apex Health")
    rows = company._books.connection.execute(
        "SELECT COUNT(*) FROM entry WHERE family = 'Entity' AND modified = ?",
        (int(clock.moment.timestamp()),),
    )
    assert rows.fetchone()[0] == 3
