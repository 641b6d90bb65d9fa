"""An answer that comes after the clerk has gone on changes nothing that she sees."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Request, Route, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.browser import LOOKS, chromium, look_at, sign_in
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright's own event loop runs in this thread; the tests' queries are plain calls
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium() as opened:
        yield opened
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


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
