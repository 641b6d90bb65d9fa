"""What the back office exports comes in through the page, twice without harm, mistakes named."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.clerk import go, row, sign_in
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

NORTHGATE = Path(__file__).resolve().parents[2] / "examples" / "northgate"
BACK_OFFICE = {  # the README of the sample agency: what each file holds
    "clients.csv": 44,
    "contractor_jobs.csv": 260,
    "pay_bill_items.csv": 11,
    "invoices.csv": 910,
}
MISTAKES = "invoices_with_mistakes.csv"


def test_files_of_the_back_office_come_in_through_the_page(page: Page, office: Office) -> None:
    sign_in(page, office, "bea")
    look_at_files(page, *BACK_OFFICE)
    for name, noun in zip(
        BACK_OFFICE, ("Clients", "Contractor Jobs", "Pay/Bill Items", "Invoices"), strict=True
    ):
        held = page.get_by_role("region", name=name.removesuffix(".csv"))
        expect(held.get_by_label("This sheet holds").locator("option:checked")).to_have_text(noun)
    expect(page.get_by_role("main")).to_contain_text("Nothing is imported yet.")
    start(page)
    for name, count in BACK_OFFICE.items():
        assert counts(page, name) == {"Added": count, "Changed": 0, "Unchanged": 0, "Left out": 0}
    expect(page.locator("#summary")).to_contain_text("1,225 added, 0 changed, 0 unchanged.")

    look_at_files(page, *BACK_OFFICE)
    start(page)
    for name, count in BACK_OFFICE.items():
        assert counts(page, name) == {"Added": 0, "Changed": 0, "Unchanged": count, "Left out": 0}
    expect(page.locator("#summary")).to_contain_text("0 added, 0 changed, 1,225 unchanged.")
    go(page, "Import")
    expect(page.get_by_role("region", name="Former imports").get_by_text("Done")).to_have_count(8)


def test_bad_rows_are_named_with_their_remedy(page: Page, office: Office) -> None:
    office.bring_in(*(NORTHGATE / name for name in BACK_OFFICE))
    sign_in(page, office, "bea")
    look_at_files(page, MISTAKES)
    start(page)
    # seven invoices, and a line that belongs to none
    assert counts(page, MISTAKES) == {"Added": 2, "Changed": 0, "Unchanged": 0, "Left out": 8}
    expect(page.locator("#summary")).to_contain_text("8 left out: correct them below")
    left_out = page.get_by_role("region", name="Rows left out")
    cells = left_out.get_by_role("row").filter(has_text="18/10/2026").locator("th, td")
    expect(cells).to_have_text(
        [
            "7",
            "invoices_with_mistakes",
            "Invoice Date",
            "18/10/2026",
            "There is no month 18: dates are read month first.",
            "Write it as month/day/year, for example 10/18/2026.",
        ]
    )

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as CSV").click()
    assert waiting.value.suggested_filename.endswith(".csv")
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    shown = left_out.locator("tbody").get_by_role("row")
    expect(shown).to_have_count(len(listed))
    assert all(each["What is wrong"] and each["What to do"] for each in listed)
    lines = [int(each["Line"]) for each in listed]
    assert lines == sorted(lines)
    (same,) = [each for each in listed if each["Value"] == "18/10/2026"]
    assert (same["File"], same["Line"]) == (MISTAKES, "7")

    go(page, "Invoices")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("^All [0-9]")).click()
    page.get_by_label("Invoice number").fill("2200")
    page.get_by_role("button", name="Filter").click()
    expect(row(page, "22001")).to_be_visible()
    expect(row(page, "22009")).to_be_visible()
    expect(row(page, "22002")).to_have_count(0)


def look_at_files(page: Page, *names: str) -> None:
    """Import, choose the files, see what was recognised."""
    go(page, "Import")
    page.get_by_label("CSV or Excel files").set_input_files([NORTHGATE / name for name in names])
    page.get_by_role("button", name="Look at the files").click()
    expect(page.get_by_role("button", name="Start import")).to_be_visible()


def start(page: Page) -> None:
    """Start import, and wait on the same page until the result has come by itself."""
    page.get_by_role("button", name="Start import").click()
    result = page.get_by_role("region", name="Result per file")
    expect(result).to_be_visible()


def counts(page: Page, name: str) -> dict[str, int]:
    """The four figures of a file, as the result shows them."""
    result = page.get_by_role("region", name="Result per file")
    cells = result.get_by_role("row").filter(has_text=name).locator("td.num")
    figures = {
        cell.get_attribute("data-label") or "": int(cell.inner_text().replace(",", ""))
        for cell in cells.all()
    }
    del figures["Rows"]
    return figures
