"""A headless Chromium for tests and tools, with the looks that every page must bear."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# the same Chromium; without the windows of its own, which nobody sees, it costs a fifth less
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FOUND = next(filter(None, map(shutil.which, NAMES)), "/usr/bin/chromium")
CHROMIUM = os.environ.get("TIEOUT_CHROMIUM") or FOUND

PATIENCE_MS = 60_000  # a busy machine is slow; what comes sooner is seen at once


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = (
    Look("light", 1280, 860, "light"),
    Look("dark", 1280, 860, "dark"),
    Look("phone", 390, 844, "light"),
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for a whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def look_at(browser: Browser, look: Look) -> BrowserContext:
    """A fresh session of that size and colour scheme."""
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.scheme,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def sign_in(page: Page, base: str, *, username: str, password: str) -> None:
    """Sign in by visible labels."""
    page.goto(f"{base}/sign-in/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, when TIEOUT_SCREENSHOTS names a folder for them."""
    folder = os.environ.get("TIEOUT_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
