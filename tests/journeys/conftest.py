"""Real processes for the journeys, a browser, and what was on screen when one fails."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from tests.browser import LOOKS, PATIENCE_MS, Look, chromium, look_at
from tests.journeys.installation import Installation, installed
from tests.journeys.office import Office

PAGES = pytest.StashKey[list[Page]]()
OpenPage = Callable[..., Page]
_numbers = count(1)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "northgate"

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("tieout")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # its event loop runs in this thread, and Django would forbid the tests' own queries there;
    # not for the session: those of other folders are to stay guarded
    with pytest.MonkeyPatch.context() as patch, chromium() as opened:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield opened


@pytest.fixture
def office(installation: Installation, tmp_path: Path) -> Iterator[Office]:
    """A company of its own for each journey: no journey depends on another."""
    made = Office(installation, tmp_path, next(_numbers))
    yield made
    made.close()


@pytest.fixture
def northgate(installation: Installation, tmp_path: Path) -> Iterator[Office]:
    """The sample agency with its clients mapped and none of its 260 contractor jobs."""
    made = Office(installation, tmp_path, next(_numbers), json.loads(_sample("quickbooks.json")))
    made.bring_in(*(EXAMPLES / name for name in ("clients.csv", "contractor_jobs.csv")))
    made.connect()
    made.run("mappings", "clients", "import", str(EXAMPLES / "client_mappings.csv"))
    yield made
    made.close()


def _sample(name: str) -> str:
    return (EXAMPLES / name).read_text("utf-8")


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """`open_page(look)`: a page in a session of its own, as on another computer."""
    contexts: list[BrowserContext] = []
    pages = request.node.stash.setdefault(PAGES, [])

    def make(look: Look = LOOKS[0]) -> Page:
        context = look_at(browser, look)
        contexts.append(context)
        pages.append(context.new_page())
        return pages[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A journey that fails says what was on screen, and where the picture of it is."""
    report = yield
    if report.failed and call.when == "call":
        shown = [_on_screen(page) for page in item.stash.get(PAGES, []) if not page.is_closed()]
        report.sections.append(("on screen", "\n\n".join(shown)))
        office = getattr(item, "funcargs", {}).get("office")
        if office is not None:
            report.sections.append(("logs", office.installation.last_words()))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a long run has to tell of itself, passed or not, from whichever process it ran in."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in report.user_properties:
                if name == "told" and report.when == "call":
                    terminalreporter.write_line(f"{report.nodeid}\n{value}")


def _on_screen(page: Page) -> str:
    picture = Path(tempfile.mkdtemp(prefix="tieout-journey-")) / "screen.png"
    try:
        page.screenshot(path=picture, full_page=True)
        return f"{page.url}\npicture: {picture}\n{page.locator('body').inner_text()[:3000]}"
    except Error as error:
        return f"{page.url}: no picture ({error.message})"
