"""The whole of the main job, People and one's own password with nothing but a keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests import axe
from tests.journeys import agency
from tests.journeys.clerk import dialog, row
from tests.journeys.installation import PASSWORD
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
STEPS_MAX = 150  # more presses of Tab than any page has places


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _ in range(STEPS_MAX):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {target} on {page.url}")


def press(page: Page, target: Locator) -> None:
    """Tab there, Enter."""
    reach(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    """Tab there, type over what stands there."""
    reach(page, target)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def enter(page: Page, office: Office, username: str, password: str) -> None:
    page.goto(f"{office.installation.url}/sign-in/")
    write(page, page.get_by_label("Username"), username)
    write(page, page.get_by_label("Password"), password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()


def follow(page: Page, label: str) -> None:
    """A link of the menu."""
    menu = page.get_by_role("navigation", name="Menu")
    with page.expect_navigation():
        press(page, menu.get_by_role("link", name=label, exact=True))


def test_the_main_job(page: Page, office: Office) -> None:
    """Verify, Refresh QuickBooks list, Record Mapping, Export selected, Tie out."""
    office.bring_in()
    office.connect()
    office.map("clients", "items")
    enter(page, office, office.people["sam"], PASSWORD)

    follow(page, "Settings")
    main = page.get_by_role("main")
    with page.expect_navigation():
        press(page, main.get_by_role("link", name="QuickBooks Desktop Accounting Configuration"))
    press(page, page.get_by_role("button", name="Verify"))
    status = page.get_by_role("region", name="Connection status")
    expect(status).to_contain_text("Test read")

    follow(page, "Map Jobs")
    press(page, page.get_by_role("button", name="Refresh QuickBooks list"))
    expect(page.get_by_text("Done").first).to_be_visible()
    reach(page, page.get_by_role("button", name=re.compile("^Elena Ortiz")))
    page.keyboard.press("Space")
    box = dialog(page).get_by_role("combobox", name="QuickBooks Contractor Job")
    expect(box).to_be_focused()
    page.keyboard.type("icu")
    expect(dialog(page).get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value(agency.ORTIZ)
    page.keyboard.press("Enter")
    expect(dialog(page)).to_be_hidden()
    expect(row(page, "Elena Ortiz")).to_contain_text("Mapped")

    follow(page, "Invoices")
    expect(page.get_by_text("being checked")).to_have_count(0)
    page.reload()
    reach(page, page.get_by_role("checkbox", name="Invoice 1001", exact=True))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Export selected"))
    expect(dialog(page).get_by_role("button", name="Export 1 invoice")).to_be_focused()
    page.keyboard.press("Enter")
    tie_out = page.get_by_role("link", name="Tie out both books")
    expect(tie_out).to_be_visible()
    assert [number for number, *_ in office.in_quickbooks() if number == "1001"] == ["1001"]
    with page.expect_navigation():
        press(page, tie_out)
    press(page, page.get_by_role("button", name="Tie out", exact=True))
    agree = page.get_by_text("Both books agree")
    expect(agree).to_be_visible()


def test_people_and_ones_own_password(page: Page, office: Office) -> None:
    sam, nora = office.people["sam"], f"nora{office.id}"
    enter(page, office, sam, PASSWORD)
    follow(page, "Settings")
    with page.expect_navigation():
        press(page, page.get_by_role("link", name="People"))
    axe.assert_accessible(page)

    write(page, page.get_by_label("Username"), nora)
    page.keyboard.press("Tab")
    page.keyboard.type("Nora Quinn")
    page.keyboard.press("Tab")
    page.keyboard.type("Viewer")
    press(page, page.get_by_role("button", name="Add and show the password"))
    shown = page.get_by_role("status").filter(has_text=f"The password of {nora}")
    expect(shown).to_be_visible()
    axe.assert_accessible(page)
    first = shown.locator(".mono").inner_text()
    role = page.get_by_role("combobox", name=f"Role of {nora}")
    expect(role).to_have_value("viewer")

    reach(page, role)
    page.keyboard.type("Biller")
    press(page, page.get_by_role("button", name=f"Save the role of {nora}"))
    expect(page.get_by_text(f"{nora} is Biller now.")).to_be_visible()
    press(page, row(page, nora).locator("summary").filter(has_text="New password"))
    axe.assert_accessible(page)
    press(page, row(page, nora).get_by_role("button", name="Make a new password"))
    expect(shown).to_be_visible()
    assert shown.locator(".mono").inner_text() != first
    press(page, row(page, nora).locator("summary").filter(has_text="Remove"))
    press(page, page.get_by_role("button", name=f"Remove {nora} from this company"))
    expect(page.get_by_text(f"{nora} does not belong to this company any more.")).to_be_visible()

    with page.expect_navigation():
        press(page, page.get_by_role("link", name="Password", exact=True))
    axe.assert_accessible(page)
    chosen = "a long sentence for Sam"
    for present, said in (("not mine", "not your present password"), (PASSWORD, "is changed")):
        write(page, page.get_by_label("Present password"), present)
        write(page, page.get_by_label("New password", exact=True), chosen)
        write(page, page.get_by_label("New password again"), chosen)
        page.keyboard.press("Enter")
        expect(page.get_by_text(said)).to_be_visible()
        axe.assert_accessible(page)
    press(page, page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    enter(page, office, sam, chosen)
