"""An answer that comes after the clerk has gone on changes nothing that she sees."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.browser import LOOKS, look_at, sign_in
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.store.models import Company, QbCustomer, SourceJob

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]


def test_a_search_that_answers_late_leaves_the_address_of_the_page_that_is_shown(
    browser: Browser, live_server: LiveServer
) -> None:
    """Else the address would be that of the search, and Back would lead to where one is."""
    northgate = factories.world().northgate
    factories.client(northgate, "C-1", "Acme Health")
    held: list[Route] = []
    over: list[Request] = []

    def hold(route: Route) -> None:
        if route.request.headers.get("hx-trigger") == "desk-tools":
            held.append(route)
        else:
            route.continue_()

    def ended(request: Request) -> None:
        over.append(request)

    with look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{northgate.pk}/client-mapping/")
        page.on("requestfinished", ended)
        page.on("requestfailed", ended)
        page.route("**/client-mapping/**", hold)
        with page.expect_request(lambda asked: "q=acme" in asked.url):
            page.get_by_role("searchbox", name="Search").fill("acme")
        page.get_by_role("navigation", name="Kind").get_by_role("link", name="Inactive").click()
        expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
        address = page.url
        assert address.endswith("?tab=inactive")
        assert len(held) == 1
        if held[0].request not in over:
            held[0].continue_()
        while held[0].request not in over:
            page.wait_for_timeout(20)
        page.wait_for_timeout(100)  # a late answer is worked on at once
        assert page.url == address
        page.go_back()
        expect(page.locator("[data-row]").first).to_contain_text("Acme Health")


def test_a_late_answer_opens_no_list_that_escape_closed(
    browser: Browser, live_server: LiveServer
) -> None:
    """Else the next Escape would close that list again instead of the dialog."""
    northgate = _with_a_job()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.url.endswith("q=sam"):
            held.append(route)
        else:
            route.continue_()

    with look_at(browser, LOOKS[0]) as context:
        page = _map_jobs(context, live_server, northgate.pk)
        page.route("**/choices/**", hold)
        page.get_by_role("button", name="Sam Reed").press("Space")
        field = page.get_by_role("combobox", name="QuickBooks Contractor Job")
        options = page.get_by_role("listbox", name="QuickBooks jobs")
        expect(options).to_be_visible()
        with page.expect_request(lambda asked: asked.url.endswith("q=sam")):
            page.keyboard.type("sam")
        field.press("Escape")
        expect(options).to_be_hidden()
        with page.expect_response(lambda answer: answer.url.endswith("q=sam")):
            held[0].continue_()
        expect(page.locator("[data-combobox-count]")).to_have_text("1 match")
        expect(options).to_be_hidden()
        field.press("ArrowDown")
        expect(options).to_be_visible()
        field.press("Escape")
        field.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_is_typed_before_record_mapping_is_there_is_searched_for(
    browser: Browser, live_server: LiveServer
) -> None:
    """`u` would undo and `n` would go to another row, if the table behind still took them."""
    northgate = _with_a_job()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with look_at(browser, LOOKS[0]) as context:
        page = _map_jobs(context, live_server, northgate.pk)
        page.route(re.compile(r"/map-jobs/\d+/$"), hold)
        page.get_by_role("button", name="Sam Reed").press("Space")
        page.keyboard.type("nu", delay=5)
        while not held:
            page.wait_for_timeout(20)
        page.keyboard.type("r re", delay=5)
        held[0].continue_()
        dialog = page.get_by_role("dialog")
        field = dialog.get_by_role("combobox", name="QuickBooks Contractor Job")
        expect(field).to_be_focused()
        expect(field).to_have_value("nur re")
        page.keyboard.type("ed", delay=5)
        expect(page.locator("[data-combobox-count]")).to_have_text("1 match")
        expect(dialog.get_by_role("option")).to_contain_text("Reed, Sam - Nurse")
        assert len(held) == 1


def test_while_an_ok_is_saved_the_keys_of_the_table_work(
    browser: Browser, live_server: LiveServer
) -> None:
    northgate = _with_a_job()
    sam = SourceJob.objects.get(key="J-2")
    factories.suggest(sam, QbCustomer.objects.get(name="Reed, Sam - Nurse"))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with look_at(browser, LOOKS[0]) as context:
        page = _map_jobs(context, live_server, northgate.pk)
        page.route("**/accept/", hold)
        page.get_by_role("button", name="Sam Reed").press("Enter")
        while not held:
            page.wait_for_timeout(20)
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
        held[0].abort()  # what is saved other tests show


def _with_a_job() -> Company:
    northgate = factories.world().northgate
    factories.job(factories.client(northgate), "J-2", "Sam Reed")
    for name in ("Acme Health", "Acme Health:Reed, Sam - Nurse", "Acme Health:Ortiz, Elena"):
        factories.qb_customer(northgate, name)
    return northgate


def _map_jobs(context: BrowserContext, live_server: LiveServer, company: int) -> Page:
    page = context.new_page()
    sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
    page.goto(f"{live_server.url}/c/{company}/map-jobs/")
    return page
