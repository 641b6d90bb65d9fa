"""The main job, points 1 to 6: connect, map, export, and each invoice on the mapped job, once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys import agency
from tests.journeys.clerk import (
    checked,
    dialog,
    export,
    exported,
    go,
    map_job,
    refresh,
    row,
    save,
    show_ready,
    sign_in,
)
from tests.journeys.clerk import choose as choose_in_dialog
from tests.journeys.installation import CONNECTOR_PASSWORD
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

RUNGS = (
    "Reachable", "Trust", "Login", "QuickBooks", "Company file", "User mode", "Dialog",
    "Permission", "Version", "Test read",
)  # fmt: skip


def test_from_an_empty_machine_to_each_invoice_on_its_job_once(page: Page, office: Office) -> None:
    office.bring_in()
    sign_in(page, office)
    _prerequisites_are_shown(page)
    _connect(page, office)
    _map_the_jobs(page)
    _map_clients_and_items(page)
    _a_block_carries_its_fix(page)
    show_ready(page)
    expect(row(page, "1001")).to_contain_text("Ortiz, Elena - ICU")
    export(page, "1001", "1002", "1003")
    exported(page)
    _both_numbers_are_shown(page)
    # what counts is in QuickBooks, not on the page
    assert office.in_quickbooks() == [
        ("1001", agency.ORTIZ, "2530.00"),
        ("1002", agency.REED, "1155.00"),
        ("1003-1", agency.ORTIZ, "1980.00"),
        ("1003-2", agency.WEBB, "875.00"),
    ]
    lines = office.books.find_invoice("1001").lines
    assert [(line.item, line.quantity, f"{line.amount:.2f}") for line in lines] == [
        ("Regular Hours", "40", "2200.00"),
        ("Overtime Hours", "4", "330.00"),
    ]
    go(page, "Home")
    expect(page.get_by_text("0 invoices ready · 1 needs a job · 0 unconfirmed")).to_be_visible()
    go(page, "Invoices")
    expect(page.get_by_role("checkbox", name="Invoice 1001", exact=True)).to_have_count(0)


def _prerequisites_are_shown(page: Page) -> None:
    checklist = page.get_by_role("region", name="Before the first export")
    for line, state in (
        ("QuickBooks Desktop integration is configured", "Open"),
        ("The connection is verified and active", "Open"),
        ("Syncing is set to Export per Job", "Done"),
        ("The QuickBooks jobs are read", "Open"),
        ("The contractor jobs are imported", "Done"),
    ):
        expect(checklist.get_by_role("listitem").filter(has_text=line)).to_contain_text(state)
    expect(page.get_by_role("main")).to_contain_text("Next: Configure.")


def _connect(page: Page, office: Office) -> None:
    go(page, "Settings", "QuickBooks Desktop Accounting Configuration")
    name = "QuickBooks Desktop Accounting Configuration"
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    page.get_by_label("URL").fill(office.connector_url)
    page.get_by_label("Username").fill("tieout")
    page.get_by_label("Password").fill(CONNECTOR_PASSWORD)
    page.get_by_role("button", name="Verify").click()
    status = page.get_by_role("region", name="Connection status")
    expect(status.get_by_role("definition").first).to_contain_text("Active")
    expect(status).to_contain_text(office.name)
    for rung in RUNGS:
        step = status.get_by_role("listitem").filter(has_text=rung)
        expect(step.first).to_contain_text("OK")
    expect(page.get_by_text(f"Connected to {office.name}.")).to_be_visible()
    expect(page.get_by_label("Password")).to_have_value("")
    page.get_by_role("radio", name="Export per Job").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("status").filter(has_text="Nothing was changed.")).to_be_visible()


def _map_the_jobs(page: Page) -> None:
    go(page, "Settings", "Map Jobs")
    expect(page.get_by_role("heading", name="Contractor Job Mapping", level=1)).to_be_visible()
    path = page.get_by_role("navigation", name="Path")
    expect(path).to_contain_text("QuickBooks Configure")
    for column in ("Bilflo Contractor Job", "QuickBooks Contractor Job"):
        expect(page.get_by_role("columnheader").filter(has_text=column).first).to_be_visible()
    for tab in ("Active", "Inactive"):
        expect(page.get_by_role("link", name=tab).first).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
    refresh(page)
    row(page, "Elena Ortiz").click()
    modal = dialog(page)
    expect(modal.get_by_role("heading", name="Record Mapping")).to_be_visible()
    expect(modal.get_by_role("region", name="Bilflo Contractor Job")).to_contain_text(
        "Elena Ortiz · Acme Health"
    )
    expect(modal).to_contain_text("names should match as closely as possible")
    choose_in_dialog(
        page, "QuickBooks Contractor Job", typed="ortiz elena - icu", option=agency.ORTIZ
    )
    save(page)
    expect(row(page, "Elena Ortiz")).to_contain_text("Ortiz, Elena - ICU")
    expect(row(page, "Elena Ortiz")).to_contain_text("Mapped")
    map_job(page, "Sam Reed", typed="reed", option=agency.REED)
    # saved is locked in: the dialog offers no other job
    row(page, "Elena Ortiz").click()
    expect(modal).to_contain_text("Locked in: future invoices of this job post here.")
    expect(modal.get_by_role("combobox")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(modal).to_be_hidden()


def _map_clients_and_items(page: Page) -> None:
    go(page, "Client Mapping")
    for client, customer in (("Acme", "Acme Health"), ("Birch", "Birch Logistics Inc")):
        row(page, client).click()
        choose_in_dialog(page, "QuickBooks Customer", typed=client.lower(), option=customer)
        save(page)
    go(page, "Invoice Mapping")
    for item, name in (("Regular Time", "Regular Hours"), ("Overtime", "Overtime Hours")):
        row(page, item).click()
        choose_in_dialog(page, "QuickBooks Item", typed=name[:5].lower(), option=name)
        save(page)
    expect(page.get_by_role("main")).to_contain_text("are mapped. Nothing waits here.")


def _a_block_carries_its_fix(page: Page) -> None:
    """Webb's job has no mapping yet: invoice 1003 says so and opens Record Mapping in place."""
    go(page, "Invoices")
    checked(page)
    page.get_by_role("main").get_by_role("link", name="Blocked").first.click()
    blocked = row(page, "1003")
    expect(blocked).to_contain_text("Job not mapped")
    blocked.get_by_role("link", name="Map the job").click()
    choose_in_dialog(page, "QuickBooks Contractor Job", typed="webb", option=agency.WEBB)
    save(page)
    expect(row(page, "1003")).to_have_count(0)
    expect(row(page, "1004")).to_contain_text("Job not mapped")


def _both_numbers_are_shown(page: Page) -> None:
    result = page.get_by_role("region", name="Invoices of this batch")
    for ours, theirs in (("1001", "1001"), ("1003", "1003-1"), ("1003", "1003-2")):
        line = result.get_by_role("row").filter(has_text=f"as {theirs}") if "-" in theirs else (
            result.get_by_role("row").filter(has_text=ours)
        )  # fmt: skip
        expect(line.first).to_contain_text("Exported")
        expect(line.first.get_by_role("cell").nth(1)).to_contain_text(theirs)
    tiles = page.get_by_role("list", name="Result")
    expect(tiles).to_contain_text("4")
    expect(tiles).to_contain_text("Exported")
