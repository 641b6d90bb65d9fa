"""axe-core finds nothing on the frame's own pages, in light, dark and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at, picture, sign_in
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.store.models import Batch, Book, Connection, SourceInvoice, Task

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]


@pytest.fixture
def company() -> int:
    """Northgate in the middle of its work: something ready, blocked, broken and running."""
    northgate = factories.world().northgate
    acme = factories.client(northgate)
    factories.job(acme, map_state="mapped")
    factories.job(acme, "J-2", "Marcus Webb")
    for number in range(17):
        factories.invoice(acme, f"204{number}", standing="ready")
    for number in range(3):
        factories.invoice(acme, f"B{number}", standing="blocked", first_reason="job_not_mapped")
    Batch.objects.create(
        company=northgate, created_at=factories.NOW, postings_count=12, total="14400.00"
    )
    Book.objects.filter(company=northgate).update(
        company_name="Northgate Staffing LLC",
        company_file="C:\\Books\\Northgate.QBW",
        lists_refreshed_at=factories.NOW,
    )
    Connection.objects.filter(company=northgate).update(
        url="https://books-pc:8166",
        username="tieout",
        status="broken",
        problem="The connector's certificate is not trusted.",
        remedy="Compare the fingerprint.",
        last_contact_at=factories.NOW,
        ladder=[
            {"rung": "reachable", "state": "ok", "detail": "The Remote Connector answers."},
            {
                "rung": "trust",
                "state": "broken",
                "detail": "The connector's certificate is not trusted.",
                "remedy": "Compare the fingerprint that the connector prints.",
                "who": "Super User with the IT person",
                "offer": {"fingerprint": ":".join(["AB"] * 32)},
            },
            {"rung": "login", "state": "skipped", "detail": ""},
        ],
    )
    Task.objects.create(
        company=northgate,
        kind="refresh",
        state="running",
        created_at=factories.NOW,
        due_at=factories.NOW,
        done=4200,
        total=10000,
        message="reading customers",
    )
    return northgate.pk


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_of_the_frame(
    browser: Browser, live_server: LiveServer, company: int, look: Look
) -> None:
    with look_at(browser, look) as context:
        page = context.new_page()
        errors = _errors(page)
        page.goto(f"{live_server.url}/sign-in/")
        _check(page, look)
        sign_in(page, live_server.url, username="sam", password=factories.PASSWORD)
        integrations = f"/c/{company}/settings/integrations/"
        for path in (f"/c/{company}/", "/companies/", integrations):
            page.goto(live_server.url + path)
            _check(page, look)
        page.goto(f"{live_server.url}{integrations}quickbooks-desktop/")
        page.get_by_text("More rules").click()
        _check(page, look)
        assert not errors
        page.goto(f"{live_server.url}/c/999/")
        _check(page, look)


def test_keyboard_menu_and_theme(browser: Browser, live_server: LiveServer, company: int) -> None:
    with look_at(browser, LOOKS[2]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="sam", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company}/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        menu = page.get_by_role("navigation", name="Menu")
        assert not menu.is_visible()
        page.get_by_role("button", name="Menu").click()
        menu.get_by_role("link", name="Settings").click()
        page.wait_for_url("**/settings/integrations/")
        page.get_by_role("button", name="Dark appearance").click()
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_home_counts_anew_when_its_task_is_over(
    browser: Browser, live_server: LiveServer, company: int
) -> None:
    with look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="vic", password=factories.PASSWORD)
        summary = page.locator("#summary")
        expect(summary).to_contain_text("17 invoices ready")
        SourceInvoice.objects.filter(standing="ready").update(standing="exported")
        Task.objects.update(state="done", finished_at=factories.NOW)
        expect(summary).to_contain_text("0 invoices ready")
        assert_accessible(page)


def _check(page: Page, look: Look) -> None:
    assert_accessible(page)
    name = page.url.split("/", 3)[3].strip("/").replace("/", "-") or "front-door"
    picture(page, f"{name}-{look.name}")
    if look.width < 400:
        page.set_viewport_size({"width": 360, "height": look.height})  # the narrowest phone
    wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, f"{page.url} scrolls sideways"
    page.set_viewport_size({"width": look.width, "height": look.height})


def _errors(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
