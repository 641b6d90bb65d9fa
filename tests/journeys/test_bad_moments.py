"""Bad moments: each says in one sentence what happened and who mends it, and nothing is doubled."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys import agency
from tests.journeys.clerk import export, exported, go, show_ready, sign_in
from tests.journeys.conftest import OpenPage
from tests.journeys.installation import CONNECTOR_PASSWORD, free_port
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
OTHER = "C:\\Books\\Harbor Staffing.QBW"
ALL = [
    ("1001", agency.ORTIZ, "2530.00"),
    ("1002", agency.REED, "1155.00"),
    ("1003-1", agency.ORTIZ, "1980.00"),
    ("1003-2", agency.WEBB, "875.00"),
]


def test_verify_names_the_broken_rung_and_its_remedy(page: Page, office: Office) -> None:
    sign_in(page, office)
    go(page, "Settings", "QuickBooks Desktop Accounting Configuration")

    _verify(page, url=f"http://127.0.0.1:{free_port()}", password=CONNECTOR_PASSWORD)
    _broken(page, "Reachable", "Nothing listens at this address.", "Start the connector")

    _verify(page, url=office.connector_url, password="not the right one")
    _broken(page, "Login", "password is wrong", "Use the name and password that were set up")

    office.books.raise_fault("dialog")
    _verify(page, password=CONNECTOR_PASSWORD)
    _broken(page, "Dialog", "dialog", "Close the dialog")
    office.books.clear_faults()

    _verify(page, username="reader", password=CONNECTOR_PASSWORD)
    _broken(page, "Permission", "reader may only read", "Use a user with full access")

    _verify(page, username="tieout", password=CONNECTOR_PASSWORD)
    expect(page.get_by_text(f"Connected to {office.name}.")).to_be_visible()

    _break(office, "other file")
    _verify(page)
    _broken(page, "Company file", "Another company file is open: Harbor", "and verify again")


@pytest.mark.parametrize(
    ("fault", "sentence", "remedy"),
    [
        ("dialog", "dialog", "Close the dialog"),
        ("other file", "Harbor", "Verify the connection"),
        ("reader", "may only read", ""),
        ("password", "password is wrong", "Use the name and password that were set up"),
        ("nobody", "Nothing listens at this address.", "Start the connector"),
    ],
)
def test_an_export_that_cannot_begin_says_why_and_sends_nothing(
    page: Page, office: Office, fault: str, sentence: str, remedy: str
) -> None:
    office.made_ready()
    _break(office, fault)
    sign_in(page, office, "bea")
    show_ready(page)
    export(page, "1001")
    main = page.get_by_role("main")
    expect(main).to_contain_text(sentence)
    expect(main).to_contain_text(remedy)
    assert office.in_quickbooks() == []

    if fault == "dialog":  # it is closed: the export goes on by itself
        office.books.clear_faults()
        exported(page)
        assert office.in_quickbooks() == ALL[:1]


def test_the_browser_is_closed_during_an_export(open_page: OpenPage, office: Office) -> None:
    office.made_ready()
    first = open_page()
    sign_in(first, office, "bea")
    office.books.raise_fault("slow", target="write", delay_s=6.0)
    show_ready(first)
    export(first, "1001", "1002", "1003")
    expect(first.get_by_role("progressbar", name="Export")).to_be_visible()
    first.context.close()

    again = open_page()
    sign_in(again, office, "bea")
    go(again, "Invoices")
    with again.expect_navigation():
        again.get_by_role("link", name="An export is running: see it").click()
    expect(again.get_by_role("progressbar", name="Export")).to_be_visible()
    office.books.clear_faults()
    exported(again)
    expect(again.get_by_role("list", name="Result")).to_contain_text("4 Exported")
    assert office.in_quickbooks() == ALL


def test_a_worker_killed_in_the_middle_of_an_export(page: Page, office: Office) -> None:
    office.made_ready()
    sign_in(page, office, "bea")
    office.books.raise_fault("slow", target="write", delay_s=3.0)
    show_ready(page)
    export(page, "1001", "1002", "1003")
    result = page.get_by_role("region", name="Invoices of this batch")
    expect(result.get_by_text("Exported").first).to_be_visible()
    try:
        office.installation.kill_worker()
        office.books.clear_faults()
        expect(page.get_by_role("progressbar", name="Export")).to_be_visible()
    finally:
        office.installation.start_worker()
    exported(page)
    expect(page.get_by_role("list", name="Result")).to_contain_text("4 Exported")
    assert office.in_quickbooks() == ALL


def test_a_connector_killed_in_the_middle_of_an_export(page: Page, office: Office) -> None:
    office.made_ready()
    sign_in(page, office, "bea")
    office.books.raise_fault("kill_after_save", times=1, skip=1)
    show_ready(page)
    export(page, "1001", "1002", "1003")
    office.connector.wait(30)
    main = page.get_by_role("main")
    expect(main).to_contain_text("Unconfirmed")
    office.start_connector_again()
    exported(page)
    expect(page.get_by_role("list", name="Result")).to_contain_text("4 Exported")
    assert office.in_quickbooks() == ALL


def _verify(page: Page, *, url: str = "", username: str = "tieout", password: str = "") -> None:
    """Fill what is given, press Verify, wait until the ladder has been climbed."""
    if url:
        page.get_by_label("URL").fill(url)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Verify").click()
    status = page.get_by_role("region", name="Connection status")
    expect(status.get_by_role("definition").first).not_to_contain_text("Verifying")


def _broken(page: Page, rung: str, sentence: str, remedy: str) -> None:
    steps = page.get_by_role("region", name="Connection status").get_by_role("listitem")
    broken = steps.filter(has=page.get_by_text(rung, exact=True))
    expect(broken).to_contain_text("Broken")
    expect(broken).to_contain_text(sentence)
    expect(broken).to_contain_text(remedy)
    expect(broken).to_contain_text("No invoice is affected")
    expect(steps.filter(has_text="Broken")).to_have_count(1)


def _break(office: Office, fault: str) -> None:
    if fault == "dialog":
        office.books.raise_fault("dialog")
    elif fault == "other file":
        office.books.set_preference("name", "Harbor Staffing")
        office.books.set_preference("company_file", OTHER)
    elif fault == "nobody":
        office.connector.kill()
        office.connector.wait()
    else:
        user = {"reader": "reader", "password": "nobody"}[fault]
        office.run("connection", "set", "--username", user)
