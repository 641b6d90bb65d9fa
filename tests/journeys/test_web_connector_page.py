"""Setting up the Web Connector in a browser: road, password shown once, another file; axe finds nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at, picture, sign_in
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest
from tests.web_connector_office import Desk, open_desk

from tieout.service import moments
from tieout.service.ask_refresh import ask_refresh

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]
PAGE = "settings/integrations/quickbooks-web-connector/"


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_page_is_set_up_from_nothing(
    browser: Browser, live_server: LiveServer, look: Look
) -> None:
    world = factories.world()
    base = live_server.url.replace("127.0.0.1", "localhost")
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, base, username="sam", password=factories.PASSWORD)
        page.goto(f"{base}/c/{world.northgate.pk}/settings/integrations/")
        page.get_by_role("link", name="QuickBooks Web Connector").click()
        page.get_by_label("QuickBooks Web Connector", exact=False).check()
        page.get_by_role("button", name="Save road").click()
        expect(page.get_by_text("go over the QuickBooks Web Connector now")).to_be_visible()
        _check(page, look, "fresh")
        page.get_by_role("button", name="Make a password").click()
        expect(page.locator("#new-password")).to_have_text(_A_PASSWORD)
        _check(page, look, "password")
        page.get_by_role("link", name="I have it").click()
        expect(page.locator("#new-password")).to_have_count(0)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the .qwc file").click()
        assert download.value.suggested_filename == "northgate-staffing.qwc"


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_updates_and_another_company_file(
    browser: Browser, live_server: LiveServer, look: Look, tmp_path: Path
) -> None:
    desk = _worked(tmp_path)
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="sam", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{desk.company.pk}/{PAGE}")
        expect(page.get_by_role("heading", name="Another company file was open")).to_be_visible()
        expect(page.get_by_role("region", name="Updates, latest first")).to_be_visible()
        line = page.get_by_label("Paste a line with a code")
        line.fill("QBWC1039: There was a problem adding the application")
        line.press("Enter")
        expect(page.get_by_text("its ids must be unique")).to_be_visible()
        _check(page, look, "updates")


def _worked(folder: Path) -> Desk:
    """Refreshed once; then a file at another place was open."""
    desk = open_desk(factories.world(), folder)
    desk.refresh()
    desk.connector.path = r"D:\Elsewhere\Northgate.QBW"
    ask_refresh(access=desk.access, now=moments.now())
    desk.connector.update()
    return desk


def _check(page: Page, look: Look, name: str) -> None:
    picture(page, f"web-connector-{name}-{look.name}")
    assert_accessible(page)


_A_PASSWORD = re.compile(r"^[A-Za-z0-9]{26}$")
