"""axe finds nothing on any page and in any state of a dialog, in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests import axe
from tests.browser import picture
from tests.journeys import agency
from tests.journeys.clerk import (
    choose,
    close_dialog,
    dialog,
    export,
    exported,
    go,
    row,
    show_ready,
    sign_in,
)
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
Look = Callable[[str], None]


@pytest.fixture
def look(page: Page) -> Look:
    """`look("name of the state")`: every rule in light, and what colours can break in dark too."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def check(name: str) -> None:
        expect(page.get_by_role("heading", name="Tieout made a mistake")).to_have_count(0)
        found = []
        for scheme, rules in (("light", ()), ("dark", ("color-contrast",))):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            picture(page, f"{name}-{scheme}")
            found += [f"{scheme}: {line}" for line in axe.violations(page, rules)]
        assert not found, f"{name} ({page.url}):\n" + "\n".join(found)
        assert not errors, f"{name}: {errors}"

    return check


def test_sign_in_home_settings_and_error_pages(page: Page, office: Office, look: Look) -> None:
    page.goto(f"{office.installation.url}/sign-in/")
    look("sign in")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("sign in refused")
    page.context.clear_cookies()
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="This page is too old")).to_be_visible()
    look("page too old")

    sign_in(page, office)
    look("home of an empty company")
    for name in ("Invoices", "Map Jobs", "Client Mapping", "Import", "Settings"):
        go(page, name)
        look(f"{name} of an empty company")
    go(page, "Settings", "QuickBooks Desktop Accounting Configuration")
    page.get_by_text("More rules").click()
    look("connection not set up")
    page.get_by_label("URL").fill("ftp://books-pc")
    page.get_by_label("Username").fill("tieout")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("URL")).to_have_attribute("aria-invalid", "true")
    look("connection with errors")
    page.get_by_label("URL").fill("http://127.0.0.1:9")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Verify").click()
    status = page.get_by_role("region", name="Connection status")
    expect(status).to_contain_text("Nothing listens")
    look("connection broken")
    page.goto(f"{office.installation.url}/companies/")
    look("companies")
    page.goto(f"{office.installation.url}/c/99999/")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    look("not found")


def test_mapping_pages_and_their_dialogs(page: Page, office: Office, look: Look) -> None:
    office.books.set_preference("class_tracking", value=True)
    office.bring_in()
    office.connect()
    office.map("clients")
    sign_in(page, office, "bea")
    look("home while the first jobs are mapped")
    go(page, "Map Jobs")
    look("map jobs")
    row(page, "Elena Ortiz").click()
    expect(dialog(page).get_by_role("option").first).to_be_visible()
    look("record mapping with its list open")
    choose(page, "QuickBooks Contractor Job", typed="reed", option=agency.REED)
    expect(dialog(page).get_by_text("I confirm that this is meant.").first).to_be_visible()
    look("record mapping with a warning")
    dialog(page).get_by_role("button", name="Save", exact=True).click()
    expect(dialog(page).get_by_role("alert")).to_be_visible()
    look("record mapping refused")
    choose(page, "QuickBooks Contractor Job", typed="icu", option=agency.ORTIZ)
    dialog(page).get_by_role("button", name="Save", exact=True).click()
    expect(dialog(page)).to_be_hidden()
    look("map jobs after a save")
    row(page, "Elena Ortiz").click()
    dialog(page).get_by_text("History").click()
    look("record mapping locked in")
    dialog(page).get_by_role("button", name="Remove Association").click()
    expect(dialog(page)).to_contain_text("No invoice is deleted.")
    look("record mapping, association to be removed")
    close_dialog(page)
    search = page.get_by_role("searchbox", name="Search")
    search.fill("nobody of this name")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    look("map jobs, nothing found")
    for sister, name in (
        ("Client Mapping", "Acme Health"),
        ("Invoice Mapping", "Regular Time"),
        ("Class Mapping", "Healthcare"),
    ):
        go(page, sister)
        look(sister)
        row(page, name).click()
        expect(dialog(page).get_by_role("combobox")).to_be_visible()
        look(f"{sister}, its dialog")
        close_dialog(page)
    go(page, "Map Jobs")
    page.get_by_text("Mapping file (CSV, Excel)").click()
    bad = office.folder / "bad.csv"
    bad.write_text("job_key,full_name\nJ-9,Nobody\n", encoding="utf-8")
    page.get_by_label("Upload a mapping file").set_input_files(bad)
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.get_by_text("1 refused.")).to_be_visible()
    look("mapping file with refused rows")


def test_invoices_export_and_its_result(page: Page, office: Office, look: Look) -> None:
    office.made_ready()
    sign_in(page, office)
    look("home with something ready")
    show_ready(page)
    look("invoices ready")
    row(page, "1001").get_by_role("button", name="Preview").click()
    expect(dialog(page).get_by_role("region", name="Invoice 1001")).to_be_visible()
    look("preview")
    close_dialog(page)
    page.get_by_role("checkbox", name="Invoice 1001", exact=True).check()
    page.get_by_role("button", name="Export selected").click()
    expect(dialog(page)).to_contain_text("Each one is looked for in QuickBooks first")
    look("export to be confirmed")
    close_dialog(page)
    page.get_by_role("checkbox", name="Invoice 1001", exact=True).uncheck()
    office.books.raise_fault("slow", target="write", delay_s=4.0)
    export(page, "1001", "1003")
    expect(page.get_by_role("progressbar", name="Export")).to_be_visible()
    look("export under way")
    office.books.clear_faults()
    exported(page)
    look("export done")
    batch = page.url
    for group in ("Blocked", "Under way", "Exported", "Changed", "All"):
        go(page, "Invoices")
        page.get_by_role("main").get_by_role("link", name=re.compile(f"^{group}\\b")).first.click()
        expect(page.get_by_role("heading", name="Invoices", level=1)).to_be_visible()
        look(f"invoices {group}")
    with page.expect_navigation():
        row(page, "1001").get_by_role("link", name="1001").click()
    look("an exported invoice")
    with page.expect_navigation():
        page.get_by_role("link", name="Raw messages").first.click()
    look("what was exchanged with QuickBooks")
    page.goto(batch)
    with page.expect_navigation():
        page.get_by_role("navigation", name="Path").get_by_role("link", name="Invoices").click()
    page.get_by_role("link", name="Batches").click()
    expect(page.get_by_role("heading", name="Batches")).to_be_visible()
    look("former exports")
    go(page, "Settings", "QuickBooks Desktop Accounting Configuration")
    look("connection active")
    go(page, "Tie-out")
    look("tie-out")


def test_import_with_preview_and_rows_left_out(page: Page, office: Office, look: Look) -> None:
    files = agency.write_files(office.folder)
    files[1].write_text(
        agency.JOBS + "J-5,Bad Date,C-1,Acme Health,Nurse,31/31/2026,,,Active,W2,,,$1.00\n",
        encoding="utf-8",
    )
    sign_in(page, office, "bea")
    go(page, "Import")
    page.get_by_label("CSV or Excel files").set_input_files(files)
    page.get_by_role("button", name="Look at the files").click()
    start = page.get_by_role("button", name="Start import").first
    expect(start).to_be_visible()
    look("import preview")
    page.get_by_text("Columns:", exact=False).first.click()
    look("import preview with its columns")
    start.click()
    expect(page.get_by_role("region", name="Rows left out")).to_be_visible()
    look("import result")
    go(page, "Import")
    look("former imports")
