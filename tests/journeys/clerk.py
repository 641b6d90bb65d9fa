"""What a billing clerk does on the pages, by visible label and role only."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect
from tests.journeys.installation import PASSWORD
from tests.journeys.office import Office


def sign_in(page: Page, office: Office, person: str = "sam") -> None:
    """From the sign-in page to the company's first screen."""
    page.goto(f"{office.installation.url}/")
    page.get_by_label("Username").fill(office.people[person])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()


def go(page: Page, *labels: str) -> None:
    """From the menu downwards, by the words of the links."""
    menu = page.get_by_role("navigation", name="Menu")
    with page.expect_navigation():  # until the page's own scripts have run
        menu.get_by_role("link", name=labels[0], exact=True).click()
    for label in labels[1:]:
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("link", name=label, exact=True).click()


def row(page: Page, text: str) -> Locator:
    """The row of a table that names it."""
    return page.get_by_role("row").filter(has_text=text)


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def choose(page: Page, label: str, *, typed: str, option: str) -> None:
    """Type into the dropdown of the dialog, wait for what it offers then, click the option."""
    box = dialog(page).get_by_role("combobox", name=label)
    with page.expect_response(lambda answer: answer.url.endswith(f"q={quote(typed)}")):
        box.fill(typed)
    dialog(page).get_by_role("option").filter(has_text=option.rpartition(":")[2]).first.click()
    expect(box).to_have_value(option)


def save(page: Page) -> None:
    dialog(page).get_by_role("button", name="Save", exact=True).click()
    expect(dialog(page)).to_be_hidden()


def close_dialog(page: Page) -> None:
    dialog(page).get_by_role("button", name="Close").first.click()
    expect(dialog(page)).to_be_hidden()


def map_job(page: Page, contractor: str, *, typed: str, option: str) -> None:
    """Record Mapping of one row of Map Jobs, as points 3 and 4 of the main job have it."""
    row(page, contractor).click()
    expect(dialog(page).get_by_role("heading", name="Record Mapping")).to_be_visible()
    choose(page, "QuickBooks Contractor Job", typed=typed, option=option)
    save(page)
    expect(row(page, contractor)).to_contain_text("Mapped")


def refresh(page: Page, label: str = "Refresh QuickBooks list") -> None:
    """Refresh the list at the top right, and wait until it has come."""
    page.get_by_role("button", name=label).first.click()
    done = page.get_by_text("Done").filter(visible=True).first
    expect(done).to_be_visible()


def show_ready(page: Page) -> None:
    """Invoices, the Ready list, once everything is checked against the mappings."""
    go(page, "Invoices")
    checked(page)


def checked(page: Page) -> None:
    """Wait until no invoice is being checked any more, then show the list anew."""
    running = page.get_by_text("being checked against the mappings")
    expect(running).to_have_count(0)
    page.reload()


def export(page: Page, *numbers: str) -> None:
    """Tick these invoices, Export selected, confirm; the batch's page is open afterwards."""
    for number in numbers:
        page.get_by_role("checkbox", name=f"Invoice {number}", exact=True).check()
    page.get_by_role("button", name="Export selected").click()
    count = len(numbers)
    confirm = f"Export {count} invoice" + ("" if count == 1 else "s")
    dialog(page).get_by_role("button", name=confirm, exact=True).click()
    expect(page.get_by_role("region", name="Invoices of this batch")).to_be_visible()


def exported(page: Page) -> None:
    """The export is over and its result stands there."""
    back = page.get_by_role("link", name="Back to the invoices")
    expect(back).to_be_visible()
