"""CSV out, edited, in, undone; and the sister screens from the keyboard: axe finds nothing."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at, picture, sign_in
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.store.models import ClassMapping, Company, Event, JobMapping

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]
ORTIZ, WOOD, NIGHTS = "Acme Health:Ortiz, Elena", "Acme Health:Wood, Ben", "Beta"


@pytest.fixture
def company() -> Company:
    northgate = factories.world().northgate
    acme = factories.client(northgate, "C-1", "Acme Health, Inc.")
    factories.client(northgate, "C-2", "Mercy General Hospital")
    factories.client(northgate, "C-3", "Zephyr Aviation")
    jobs = [factories.job(acme, f"J-{n}", name) for n, name in enumerate(NAMES, start=1)]
    factories.qb_customer(northgate, "Acme Health")
    factories.qb_customer(northgate, "Mercy Gen Hosp")
    for name in (ORTIZ, WOOD, NIGHTS):
        factories.qb_customer(northgate, name)
    factories.map_job(jobs[2], factories.QbCustomer.objects.get(full_name=WOOD))
    for key, name in (("OT", "Overtime"), ("REG", "Regular Time")):
        factories.item(northgate, key, name)
    for name in ("Labor:OT", "Labor:Regular"):
        factories.qb_entry(northgate, name)
    ClassMapping.objects.create(company=northgate, kind="contractor", value="Healthcare")
    factories.qb_entry(northgate, "Healthcare", kind="class")
    return northgate


NAMES = ("Elena Ortiz", "=Elena Ortiz", "Ben Wood", "Cleo Nobody")


def mapped() -> dict[str, str]:
    links = JobMapping.objects.filter(target__isnull=False).select_related("target", "job")
    return {link.job.key: link.target.full_name for link in links}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_csv_goes_out_is_edited_comes_in_and_is_undone(
    browser: Browser, live_server: LiveServer, company: Company, look: Look, tmp_path: Path
) -> None:
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company.pk}/map-jobs/")
        file = _download(page, tmp_path)
        _edit(file)
        page.get_by_label("Upload a mapping file").set_input_files(file)
        _check(page, look, "mapping-file")
        page.get_by_role("button", name="Upload and preview").click()
        expect(page.get_by_text("1 ready · 1 to confirm · 1 refused.")).to_be_visible()
        expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
        _check(page, look, "mapping-preview")
        assert mapped() == {"J-3": WOOD}

        page.get_by_label("also the 1 to confirm").check()
        page.get_by_role("button", name="Save all ready (1)").click()
        expect(page.get_by_text("2 saved · 0 ready · 1 refused.")).to_be_visible()
        assert mapped() == {"J-1": ORTIZ, "J-2": NIGHTS, "J-3": WOOD}
        _check(page, look, "mapping-saved")

        page.goto(f"{live_server.url}/c/{company.pk}/map-jobs/")  # left, and found again
        page.get_by_text("Mapping file (CSV, Excel)").click()
        page.get_by_role("link", name="What was saved before").click()
        _check(page, look, "mapping-changes")
        page.get_by_role("link", name="job-mappings.csv").click()
        page.get_by_role("button", name="Undo all 2 changes").click()
        expect(page.get_by_text("2 undone")).to_be_visible()
        assert mapped() == {"J-3": WOOD}
        assert Event.objects.filter(subject="job_mapping").count() == 4
        _check(page, look, "mapping-undone")


def test_a_search_on_screen_is_what_is_downloaded(
    browser: Browser, live_server: LiveServer, company: Company, tmp_path: Path
) -> None:
    with look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company.pk}/map-jobs/")
        page.get_by_role("searchbox", name="Search").fill("cleo")
        expect(page.get_by_role("row").filter(has_text="Cleo")).to_be_visible()
        expect(page.get_by_role("row").filter(has_text="Ben Wood")).to_have_count(0)
        file = _download(page, tmp_path)
        with file.open(encoding="utf-8-sig", newline="") as stream:
            assert [row["job_key"] for row in csv.DictReader(stream)] == ["J-4"]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("path", ["client-mapping", "invoice-mapping", "class-mapping"])
def test_a_suggestion_is_taken_and_undone_from_the_keyboard(
    browser: Browser, live_server: LiveServer, company: Company, look: Look, path: str
) -> None:
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company.pk}/{path}/")
        suggested = page.get_by_role("row").filter(has_text="Suggested:").first
        expect(suggested).to_contain_text("same name")
        _check(page, look, f"{path}-suggested")
        page.keyboard.press("/")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="is mapped to")).to_be_visible()
        first = page.locator("[data-row]").first
        expect(first).to_contain_text("Mapped")
        expect(first).not_to_contain_text("Suggested")
        expect(page.get_by_role("dialog")).to_be_hidden()
        first.get_by_role("button").first.focus()  # wherever the swapped row left the focus
        page.keyboard.press("u")
        expect(first).to_contain_text("Suggested")
        page.keyboard.press("/")
        page.keyboard.press("ArrowDown")
        first.get_by_role("button").first.click()  # a click opens the row, suggestion or not
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("History (2)").click()
        expect(dialog.get_by_role("listitem").first).to_contain_text("Undone")
        _check(page, look, f"{path}-history")
        page.keyboard.press("Escape")

        _accept_and_undo(page, look, path)


def _accept_and_undo(page: Page, look: Look, path: str) -> None:
    """What is on screen is previewed, saved and undone as one, and nothing reloads the page."""
    page.evaluate("window.stayed = true")
    tab = page.get_by_role("navigation", name="State").get_by_role("link", name="Suggested")
    tab.click()
    expect(tab).to_have_attribute("aria-current", "true")  # the desk was swapped in
    page.wait_for_function("() => !document.querySelector('.htmx-settling')")
    expect(page.locator("[data-row]").first).to_contain_text("Suggested:")
    page.get_by_role("button", name="Accept suggestions").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Also those that are not safe").check()
    expect(dialog).to_contain_text("these are not all safe")
    dialog.get_by_label("Also those that are not safe").uncheck()
    expect(dialog).to_contain_text("Safe means the same name")
    page.wait_for_timeout(200)  # until what was swapped in listens
    with page.expect_response(lambda answer: "from=95" in answer.url):
        dialog.get_by_label("Score").select_option("95")
    page.wait_for_timeout(200)
    expect(dialog).to_contain_text("1 mapping will be saved: exactly what is ticked")
    _check(page, look, f"{path}-bulk")
    dialog.get_by_role("button", name="Save 1 mapping").click()
    mapped = page.get_by_role("link", name="Mapped 1", exact=True, include_hidden=True)
    expect(mapped).to_have_count(1)
    _check(page, look, f"{path}-bulk-done")
    dialog.get_by_role("button", name="Undo all 1").click()
    expect(dialog).to_contain_text("not mapped again")
    page.keyboard.press("Escape")
    page.get_by_role("navigation", name="Kind").get_by_role("link").nth(1).click()
    expect(
        page.get_by_role("link", name=re.compile("^(Inactive|Direct Hire) "))
    ).to_have_attribute("aria-current", "page")
    if path == "class-mapping":
        heading = page.get_by_role("heading", name="Direct Hire Class Mapping", level=1)
        expect(heading).to_be_visible()
    assert page.evaluate("window.stayed")
    page.go_back()
    expect(page.locator("[data-row]").first).to_contain_text("Suggested:")


def _download(page: Page, folder: Path) -> Path:
    page.get_by_text("Mapping file (CSV, Excel)").click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="Download CSV").click()
    file = folder / "job-mappings.csv"
    caught.value.save_as(file)
    return file


def _edit(file: Path) -> None:
    """As a clerk would: two names filled in, one of them a customer in the place of a job, and one mistyped."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = {"J-1": ORTIZ, "J-2": NIGHTS, "J-4": "Acme Health:Nobdy"}
    for row in rows:
        row["quickbooks_job"] = names.get(row["job_key"], row["quickbooks_job"])
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _check(page: Page, look: Look, name: str) -> None:
    assert_accessible(page)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0, f"{page.url} scrolls sideways at {look.width} px"
    picture(page, f"{name}-{look.name}")


def test_nothing_stretches_the_page_below_its_footer(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    """Words for screen readers in the rows of a long table are no reason to scroll past the end."""
    client = company.clients.get(key="C-1")
    for number in range(60):
        factories.job(client, f"L-{number}", f"Person {number:02}")
    with look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company.pk}/map-jobs/")
        expect(page.get_by_text("Person 30")).to_be_attached()
        below = page.evaluate(
            "document.documentElement.scrollHeight - scrollY"
            " - document.querySelector('footer').getBoundingClientRect().bottom"
        )
        assert below < 2
