"""A Super User connects a fresh company to a Remote Connector over TLS, by the page alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, chromium, look_at, picture, sign_in
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.sandbox import CompanyFile
from tieout.service.worker import Worker
from tieout.store.models import Connection, Task

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]
PASSWORD = "a long enough password"


@dataclass
class Connector:
    """A connector process with its own certificate, serving a rehearsal company."""

    process: subprocess.Popen[str]
    url: str
    fingerprint: str

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def connector(tmp_path: Path) -> Iterator[Connector]:
    CompanyFile.create(tmp_path / "books.sqlite3", name="Northgate Staffing LLC").close()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "tieout.cli.main", "connector",
            "--sandbox", str(tmp_path / "books.sqlite3"), "--data", str(tmp_path / "connector"),
            "--port", "0", "--tls", "self", "--json",
            "--user", "tieout", "--password-env", "CONNECTOR_PASSWORD",
        ],
        env=os.environ | {"CONNECTOR_PASSWORD": PASSWORD},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    running = Connector(process, url=said["url"], fingerprint=said["fingerprint"])
    yield running
    running.stop()


@pytest.fixture
def page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    # Playwright's own event loop runs in this thread; the tests' queries are plain calls
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with chromium() as browser, look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        yield page


@pytest.fixture
def settings_page(page: Page, live_server: LiveServer) -> str:
    """Signed in as Sam, who walks there by the menu; answers the page's address."""
    factories.world()
    sign_in(page, live_server.url, username="sam", password=factories.PASSWORD)
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="QuickBooks Desktop Accounting Configuration").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "QuickBooks Desktop Accounting Configuration"
    )
    return page.url


def work(page: Page, address: str) -> None:
    """Let the worker do what waits while no page asks, then look again."""
    page.goto("about:blank")
    Worker().run_until_idle()
    page.goto(address)


def enter(page: Page, *, url: str, password: str) -> None:
    page.get_by_label("URL").fill(url)
    page.get_by_label("Username").fill("tieout")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()


def rung(page: Page, name: str) -> str:
    """What the ladder says at this rung."""
    found = page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))
    return found.inner_text()


def test_from_nothing_to_an_active_connection(
    page: Page, settings_page: str, connector: Connector
) -> None:
    enter(page, url=connector.url, password=PASSWORD)
    work(page, settings_page)
    assert "Broken" in rung(page, "Trust")
    expect(page.get_by_text(connector.fingerprint, exact=True)).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Trust this certificate").click()
    work(page, settings_page)
    for name in ("Reachable", "Trust", "Login", "QuickBooks", "Company file", "Test read"):
        assert "OK" in rung(page, name)
    expect(page.locator("#summary")).to_have_text(
        "Connected to Northgate Staffing LLC. Next: Refresh QuickBooks list on Map Jobs."
    )
    assert_accessible(page)
    picture(page, "verified")

    enter(page, url=connector.url, password="a wrong one, sadly")
    work(page, settings_page)
    assert "Broken" in rung(page, "Login")
    assert "OK" in rung(page, "Trust")

    connector.stop()
    page.get_by_role("button", name="Verify").click()
    work(page, settings_page)
    assert "Nothing listens at this address." in rung(page, "Reachable")
    assert "Start the connector" in rung(page, "Reachable")


def test_the_page_follows_a_verify_by_itself(
    page: Page, settings_page: str, connector: Connector
) -> None:
    enter(page, url=connector.url, password=PASSWORD)
    Connection.objects.update(
        status="broken", problem="A dialog is open in QuickBooks.", remedy="Close it."
    )
    Task.objects.update(state="failed", problem="A dialog is open in QuickBooks.")
    expect(page.locator("#summary")).to_have_text("A dialog is open in QuickBooks. Close it.")
