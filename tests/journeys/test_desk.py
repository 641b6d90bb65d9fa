"""Map Jobs as a desk: the sample agency from the keyboard, bulk accept and undo, two clerks."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.axe import assert_accessible
from tests.browser import picture
from tests.journeys import agency
from tests.journeys.clerk import close_dialog, dialog, go, row, sign_in
from tests.journeys.conftest import EXAMPLES, OpenPage
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
FOCUSED = """() => {
    const open = document.activeElement;
    const row = open?.matches(".row-open") ? open.closest("[data-row]") : null;
    if (!row) return null;
    const path = row.querySelector(".offer .path");
    return {
        key: open.title.replace("Job ", ""),
        state: row.dataset.state,
        suggested: path ? path.textContent : "",
        ok: Boolean(row.querySelector("[data-ok]")),
    };
}"""


@dataclass
class Keys:
    """A keyboard that counts."""

    page: Page
    pressed: int = 0
    accepted: int = 0
    by_hand: int = 0
    left: list[str] = field(default_factory=list)

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def at(self) -> dict[str, Any]:
        """The row that has the focus."""
        return dict(self.page.wait_for_function(FOCUSED).json_value())

    def moved(self, key: str) -> bool:
        """Wait until the focus is on another row or a dialog is open; whether it moved."""
        self.page.wait_for_function(
            "key => document.querySelector('dialog[open]')"
            " || (document.activeElement?.matches('.row-open')"
            " && document.activeElement.title !== 'Job ' + key)",
            arg=key,
        )
        return dialog(self.page).count() == 0 or not dialog(self.page).is_visible()


def open_desk(page: Page, office: Office, person: str = "bea") -> None:
    """Map Jobs, once the suggestions have come."""
    sign_in(page, office, person)
    go(page, "Map Jobs")
    expect(page.get_by_text("Suggestions looked for")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Suggestions looked for")).to_be_visible()


def test_the_sample_agency_is_mapped_from_the_keyboard(
    page: Page, northgate: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = csv.DictReader((EXAMPLES / "truth.csv").read_text("utf-8").splitlines())
    truth = {each["job_key"]: each["full_name"] for each in rows}
    open_desk(page, northgate)
    keys = Keys(page)
    keys.press("/")
    keys.press("ArrowDown")
    seen: set[str] = set()
    while (here := keys.at())["key"] not in seen:
        key = here["key"]
        seen.add(key)
        wanted = truth.get(key, "")
        if here["ok"] and here["suggested"] == wanted:
            keys.press("Enter")
            keys.accepted += 1
            if not keys.moved(key):
                break
            continue
        if wanted:
            keys.press(" ")  # opens Record Mapping, whatever is suggested
            _choose(keys, wanted)
            keys.by_hand += 1
            keys.at()  # the focus is back on the row
        else:
            keys.left.append(key)
        keys.press("n")
        if not keys.moved(key):
            break
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(seen)} active contractor jobs: {keys.accepted} suggestions accepted,"
            f" {keys.by_hand} chosen, {len(keys.left)} left, with {keys.pressed} keystrokes\n"
        )
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_role("link", name=f"Active {len(seen)}")).to_be_visible()
    expect(page.get_by_role("link", name=f"Not mapped {len(keys.left)}")).to_be_visible()
    assert keys.accepted > 0.7 * len(seen)
    saved = northgate.folder / "saved.csv"
    northgate.run("mappings", "jobs", "export", str(saved))
    with saved.open(encoding="utf-8-sig", newline="") as file:
        made = {each["job_key"]: each["quickbooks_job"] for each in csv.DictReader(file)}
    wrong = [key for key in seen if made[key] != truth.get(key, "")]
    assert wrong == []


def _choose(keys: Keys, wanted: str) -> None:
    """In Record Mapping: the suggestions stand first; else type a name, then arrow to it."""
    box = dialog(keys.page).get_by_role("combobox", name="QuickBooks Contractor Job")
    expect(box).to_be_focused()
    options = dialog(keys.page).get_by_role("option")
    expect(options.first).to_be_visible()
    paths = options.evaluate_all("all => all.map((one) => one.dataset.text)")
    if wanted not in paths:
        typed = wanted.rpartition(":")[2][:12].strip()
        with keys.page.expect_response(lambda answer: "/choices/?q=" in answer.url):
            keys.type(typed)
        expect(options.filter(has_text=wanted.rpartition(":")[2]).first).to_be_visible()
        keys.page.wait_for_timeout(300)  # the answer to the last letter
        paths = options.evaluate_all("all => all.map((one) => one.dataset.text)")
    keys.press("ArrowDown", paths.index(wanted) + 1)
    with keys.page.expect_response(lambda answer: "/warnings/" in answer.url):
        keys.press("Enter")
    expect(box).to_have_value(wanted)
    keys.page.wait_for_timeout(150)
    for _ in range(dialog(keys.page).get_by_role("checkbox").count()):
        keys.press("Tab")
        keys.press(" ")
    keys.press("Enter")
    expect(dialog(keys.page)).to_be_hidden()


def test_safe_suggestions_are_accepted_in_bulk_and_undone_together(
    page: Page, northgate: Office
) -> None:
    open_desk(page, northgate)
    counter = page.get_by_role("navigation", name="State").get_by_role("link", name="Mapped 0")
    expect(counter).to_be_visible()
    page.get_by_role("button", name="Accept suggestions").click()
    expect(dialog(page).get_by_role("heading", name="Accept suggestions")).to_be_visible()
    unsafe = dialog(page).get_by_label("Also those that are not safe")
    unsafe.check()
    expect(dialog(page)).to_contain_text("these are not all safe")
    expect(unsafe).to_be_checked()
    expect(unsafe).to_be_focused()
    unsafe.uncheck()
    expect(dialog(page)).to_contain_text("Safe means")
    save = dialog(page).get_by_role("button", name="Save")
    before = int(save.inner_text().split()[1])
    assert before > 50
    every = dialog(page).get_by_label("Save all of these")
    every.uncheck()
    expect(dialog(page)).to_contain_text("Nothing is ticked, so nothing will be saved")
    expect(save).to_be_disabled()
    every.check()
    dialog(page).get_by_role("checkbox").nth(2).uncheck()
    expect(dialog(page)).to_contain_text(f"{before - 1} mappings will be saved")
    expect(save).to_have_text(f"Save {before - 1} mappings")
    assert_accessible(page)
    picture(page, "desk-bulk")
    save.click()
    expect(dialog(page)).to_contain_text(f"{before - 1} contractor jobs are mapped.")
    mapped = page.get_by_role("link", name=f"Mapped {before - 1}", include_hidden=True)
    expect(mapped).to_have_count(1)
    dialog(page).get_by_role("button", name=f"Undo all {before - 1}").click()
    expect(dialog(page)).to_contain_text(f"Undone. {before - 1} contractor jobs are not mapped")
    assert_accessible(page)
    close_dialog(page)
    expect(counter).to_be_visible()


@pytest.fixture
def connected(office: Office) -> Office:
    office.bring_in()
    office.connect()
    office.map("clients")
    return office


def test_enter_takes_the_suggestion_and_u_takes_it_back(page: Page, connected: Office) -> None:
    open_desk(page, connected)
    assert_accessible(page)
    picture(page, "desk")
    page.evaluate("window.stayed = true")
    webb = page.get_by_role("button", name="Marcus Webb")
    webb.focus()
    page.keyboard.press("Enter")
    expect(row(page, "Marcus Webb")).not_to_contain_text("Not Mapped")
    expect(row(page, "Marcus Webb")).to_contain_text("Webb, Marcus - PT")
    expect(page.get_by_role("link", name="Mapped 1")).to_be_visible()
    expect(page.get_by_role("button", name="Nora Quinn")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(webb).to_be_focused()
    page.keyboard.press("u")
    expect(row(page, "Marcus Webb")).to_contain_text("Not Mapped")
    expect(webb).to_be_focused()
    page.get_by_role("button", name="Switch single letters off").click()
    expect(page.get_by_role("button", name="Switch single letters on")).to_be_visible()
    webb.focus()
    page.keyboard.press("n")
    expect(webb).to_be_focused()
    client = row(page, "Marcus Webb").get_by_text("Acme Health")
    for width in (390, 1280):  # whatever the screen, the row says whose job it is
        page.set_viewport_size({"width": width, "height": 844})
        expect(client.first).to_be_visible()
    page.get_by_role("link", name="Suggested").click()
    expect(row(page, "Nora Quinn")).to_have_count(0)
    assert page.evaluate("window.stayed")  # nothing has reloaded the page


def test_what_a_dialog_cannot_do_is_said_in_it(page: Page, connected: Office) -> None:
    open_desk(page, connected)
    row(page, "Marcus Webb").get_by_role("button", name="Marcus Webb").click()
    save = dialog(page).get_by_role("button", name="Save", exact=True)
    page.route("**/map-jobs/*/", lambda route: route.abort())
    save.click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("Tieout does not answer.")
    expect(save).to_be_focused()
    assert_accessible(page)
    page.unroute("**/map-jobs/*/")
    save.click()
    expect(dialog(page).get_by_role("alert")).not_to_contain_text("Tieout does not answer.")


def test_two_clerks_on_one_row_the_second_is_told(open_page: OpenPage, connected: Office) -> None:
    bea, sam = open_page(), open_page()
    open_desk(bea, connected)
    open_desk(sam, connected, "sam")
    row(sam, "Marcus Webb").get_by_role("button", name="OK").click()
    expect(row(sam, "Marcus Webb")).not_to_contain_text("Not Mapped")
    row(bea, "Marcus Webb").get_by_role("button", name="OK").click()
    told = f"Sam mapped it to {agency.WEBB} since you opened it"
    expect(dialog(bea)).to_contain_text(told)
    expect(dialog(bea)).to_contain_text("nothing was overwritten")
    assert_accessible(bea)
    close_dialog(bea)
    expect(row(bea, "Marcus Webb")).to_contain_text("Webb, Marcus - PT")
    expect(row(bea, "Marcus Webb")).not_to_contain_text("Not Mapped")
