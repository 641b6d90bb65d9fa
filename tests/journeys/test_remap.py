"""Remove Association and map anew: what was exported stays, what comes next goes to the new job."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys import agency
from tests.journeys.clerk import (
    choose,
    dialog,
    export,
    exported,
    go,
    map_job,
    row,
    save,
    show_ready,
    sign_in,
)
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]


def test_remove_association_then_map_to_another_job(page: Page, office: Office) -> None:
    office.made_ready()
    sign_in(page, office, "bea")
    _export(page, "1001")
    before = office.books.find_invoice("1001")
    assert before.customer == agency.ORTIZ

    go(page, "Map Jobs")
    _open_to_remove(page)
    dialog(page).get_by_label("Why").fill("She moved to nights")  # invoices stay: it is needed
    save(page)
    expect(row(page, "Elena Ortiz")).to_contain_text("Not Mapped")
    map_job(page, "Elena Ortiz", typed="nights", option=agency.ORTIZ_NIGHTS)
    _export(page, "1003")

    assert office.in_quickbooks() == [
        ("1001", agency.ORTIZ, "2530.00"),
        ("1003-1", agency.ORTIZ_NIGHTS, "1980.00"),
        ("1003-2", agency.WEBB, "875.00"),
    ]
    assert office.books.find_invoice("1001") == before, "the earlier invoice was touched"


def test_removal_and_new_choice_in_one_save_and_undo(page: Page, office: Office) -> None:
    office.made_ready()
    sign_in(page, office, "bea")
    go(page, "Map Jobs")
    row(page, "Elena Ortiz").click()
    dialog(page).get_by_role("button", name="Remove Association").click()
    expect(dialog(page)).to_contain_text("No invoice is deleted.")
    choose(page, "QuickBooks Contractor Job", typed="nights", option=agency.ORTIZ_NIGHTS)
    dialog(page).get_by_label("Why (optional)").fill("She moved to nights")
    save(page)
    expect(row(page, "Elena Ortiz")).to_contain_text("ICU nights")
    row(page, "Elena Ortiz").click()
    dialog(page).get_by_text("History").click()
    expect(dialog(page).get_by_role("listitem").first).to_contain_text("She moved to nights")
    dialog(page).get_by_role("button", name="Undo the last change").click()
    expect(row(page, "Elena Ortiz")).not_to_contain_text("ICU nights")
    expect(row(page, "Elena Ortiz")).to_contain_text("Ortiz, Elena - ICU")


def _open_to_remove(page: Page) -> None:
    row(page, "Elena Ortiz").click()
    modal = dialog(page)
    expect(modal).to_contain_text("Locked in")
    modal.get_by_role("button", name="Remove Association").click()
    expect(modal).to_contain_text("1 invoice stays on the old job; only future ones move.")


def _export(page: Page, number: str) -> None:
    show_ready(page)
    export(page, number)
    exported(page)
    result = page.get_by_role("region", name="Invoices of this batch")
    expect(result.get_by_role("row").filter(has_text=number).first).to_contain_text("Exported")
