"""A QuickBooks job that is not in the dropdown: make it, Refresh QuickBooks list, reopen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys import agency
from tests.journeys.clerk import choose, dialog, go, refresh, row, save, sign_in
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]


def test_a_job_made_in_quickbooks_appears_after_refresh(page: Page, office: Office) -> None:
    office.bring_in()
    office.connect()
    office.map("clients")
    sign_in(page, office, "bea")
    go(page, "Map Jobs")

    _search_in_vain(page)
    office.books.add_customer(agency.QUINN)
    _search_in_vain(page)  # it is in QuickBooks, but the list here is older
    refresh(page)
    expect(page.get_by_text("QuickBooks list read just now")).to_be_visible()
    row(page, "Nora Quinn").click()
    choose(page, "QuickBooks Contractor Job", typed="quinn", option=agency.QUINN)
    save(page)
    expect(row(page, "Nora Quinn")).to_contain_text("Quinn, Nora - Picker")


def _search_in_vain(page: Page) -> None:
    row(page, "Nora Quinn").click()
    box = dialog(page).get_by_role("combobox", name="QuickBooks Contractor Job")
    box.fill("quinn")
    nothing = dialog(page).get_by_role("option", name="Nothing found.", exact=False)
    expect(nothing).to_be_visible()
    expect(dialog(page)).to_contain_text("Check that it exists in QuickBooks")
    page.keyboard.press("Escape")  # the list
    page.keyboard.press("Escape")  # the dialog
    expect(dialog(page)).to_be_hidden()
