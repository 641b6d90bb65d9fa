"""Map Jobs by keyboard alone, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser import LOOKS
from tests.journeys import agency
from tests.journeys.clerk import choose, dialog, go, map_job, row, save, sign_in
from tests.journeys.conftest import OpenPage
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
PHONE = LOOKS[2]
LINE_PX = 22  # a line of small text
TALLEST = """() => Math.max(...[...document.querySelectorAll(".offer .chips")].map(
    (chips) => chips.getBoundingClientRect().height))"""


@pytest.fixture
def connected(office: Office) -> Office:
    office.bring_in()
    office.connect()
    office.map("clients")
    return office


def test_jobs_are_mapped_without_a_mouse(page: Page, connected: Office) -> None:
    """Record Mapping by hand; the keys of suggestions are walked in test_desk."""
    sign_in(page, connected, "bea")
    go(page, "Map Jobs")
    keys = page.keyboard

    keys.press("/")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    keys.type("reed")
    expect(row(page, "Elena Ortiz")).to_have_count(0)
    keys.press("ArrowDown")
    expect(page.get_by_role("button", name="Sam Reed")).to_be_focused()
    keys.press("Space")  # opens the row, whatever is suggested
    expect(dialog(page).get_by_role("heading", name="Record Mapping")).to_be_visible()
    _choose_and_save(page, "reed", agency.REED)
    expect(row(page, "Sam Reed")).to_contain_text("Mapped")
    expect(page.get_by_role("button", name="Sam Reed")).to_be_focused()

    keys.press("/")
    expect(search).to_be_focused()
    keys.press("ControlOrMeta+a")
    keys.press("Delete")
    expect(row(page, "Elena Ortiz")).to_have_count(1)
    search.press("ArrowDown")
    first = page.get_by_role("button", name="Elena Ortiz")
    expect(first).to_be_focused()
    keys.press("n")
    expect(page.get_by_role("button", name="Marcus Webb")).to_be_focused()
    keys.press("n")
    expect(page.get_by_role("button", name="Nora Quinn")).to_be_focused()
    keys.press("n")  # Sam Reed is mapped: on to the first again
    expect(first).to_be_focused()
    keys.press("Space")
    _choose_and_save(page, "icu", agency.ORTIZ)
    expect(row(page, "Elena Ortiz")).to_contain_text("Ortiz, Elena - ICU")

    expect(first).to_be_focused()
    keys.press("Enter")
    expect(dialog(page)).to_contain_text("Locked in")
    keys.press("Escape")
    expect(dialog(page)).to_be_hidden()
    expect(first).to_be_focused()


def test_escape_closes_the_list_before_the_dialog(page: Page, connected: Office) -> None:
    sign_in(page, connected, "bea")
    go(page, "Map Jobs")
    page.get_by_role("button", name="Marcus Webb").press("Space")
    options = dialog(page).get_by_role("listbox")
    page.keyboard.type("webb")
    expect(options).to_be_visible()
    page.keyboard.press("Escape")
    expect(options).to_be_hidden()
    expect(dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Marcus Webb")).to_be_focused()
    expect(row(page, "Marcus Webb")).to_contain_text("Not Mapped")


def test_a_phone_is_wide_enough(open_page: OpenPage, connected: Office) -> None:
    page = open_page(PHONE)
    sign_in(page, connected, "bea")
    _fits(page)
    for label in ("Invoices", "Client Mapping", "Invoice Mapping", "Import", "Map Jobs"):
        page.get_by_role("button", name="Menu").click()
        go(page, label)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        _fits(page)
    map_job(page, "Marcus Webb", typed="webb", option=agency.WEBB)
    row(page, "Marcus Webb").click()
    expect(dialog(page)).to_contain_text("Locked in")
    _fits(page)


def test_on_a_phone_the_reasons_take_two_lines(open_page: OpenPage, connected: Office) -> None:
    page = open_page(PHONE)
    sign_in(page, connected, "bea")
    page.get_by_role("button", name="Menu").click()
    go(page, "Map Jobs")
    expect(page.locator(".offer .chips").first).to_be_visible()
    assert page.evaluate(TALLEST) <= 2 * LINE_PX


def test_no_such_job_yet_opens_from_the_row_and_the_focus_comes_back(
    page: Page, connected: Office
) -> None:
    sign_in(page, connected, "bea")
    go(page, "Map Jobs")
    name = page.get_by_role("button", name="Nora Quinn")
    leads = row(page, "Nora Quinn").get_by_role("button", name="No such job yet")
    leads.press("Enter")
    panel = dialog(page).get_by_role("region", name="No such job yet")
    expect(panel).to_be_focused()
    expect(panel.get_by_label("Job Name in QuickBooks")).to_have_value("Quinn, Nora - Picker")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    expect(name).to_be_focused()

    leads.click()
    choose(page, "QuickBooks Contractor Job", typed="reed", option=agency.REED)
    save(page)
    expect(leads).to_have_count(0)  # what was clicked is gone with the row as it was
    expect(name).to_be_focused()


def _choose_and_save(page: Page, typed: str, wanted: str) -> None:
    """The focus is in the dropdown already: type, arrow to the wanted one, Enter, Enter."""
    box = dialog(page).get_by_role("combobox", name="QuickBooks Contractor Job")
    expect(box).to_be_focused()
    with page.expect_response(lambda answer: answer.url.endswith(f"q={typed}")):
        page.keyboard.type(typed)
    options = dialog(page).get_by_role("option")
    job = wanted.rpartition(":")[2]
    expect(options.filter(has_text=job).first).to_be_visible()
    for _ in range(options.count()):
        page.keyboard.press("ArrowDown")
        if job in options.and_(page.get_by_role("option", selected=True)).inner_text():
            break
    page.keyboard.press("Enter")
    expect(box).to_have_value(wanted)
    page.keyboard.press("Enter")
    expect(dialog(page)).to_be_hidden()


def _fits(page: Page) -> None:
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], f"{page.url} scrolls sideways: {wide[0]} of {wide[1]} px"
