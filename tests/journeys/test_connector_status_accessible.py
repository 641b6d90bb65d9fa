"""The connector's status page in a browser: axe-core finds nothing, the policy blocks nothing."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at

from tieout.connector.journal import JournalFacts, Line
from tieout.connector.shown import Failure, Shown
from tieout.connector.statuspage import StatusDoor

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
QUIET = Shown(
    version="0.1.0", now=NOW, started=NOW - timedelta(hours=5), url="https://127.0.0.1:8166",
    fingerprint=":".join(["AB"] * 32), rehearsal=False, serves="C:\\Books\\Northgate.QBW",
    quickbooks_up=None, company_file="", session_id="", session_versions=(), queue_length=0,
    queue_max=8, running=False, refused_logins=0, failure=None, journal_id="0123456789abcdef",
    journal=JournalFacts(created_at=NOW, oldest_at=None, writes=0, open_ends=0), calls=(),
)  # fmt: skip
LINE = Line(
    at=NOW, call_id="01JD8Z4BB2-a-rather-long-name-of-a-call", writes=True, user="tieout",
    state="finished", outcome="not-sent", detail="other-installation",
)  # fmt: skip
BUSY = replace(
    QUIET, quickbooks_up=False, failure=Failure(stage="begin", code=0x80040414, at=NOW),
    calls=(LINE,) * 20, session_versions=tuple(f"{n}.0" for n in range(1, 17)),
)  # fmt: skip


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("shown", [QUIET, BUSY], ids=["quiet", "busy"])
def test_axe_finds_nothing_and_the_policy_blocks_nothing(
    browser: Browser, look: Look, shown: Shown
) -> None:
    door = StatusDoor(0, shown=lambda: shown)
    serving = threading.Thread(target=door.serve_forever, args=(0.1,))
    serving.start()
    try:
        with look_at(browser, look) as context:
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text))
            page.goto(f"http://127.0.0.1:{door.server_port}/")
            assert_accessible(page)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide
            assert (
                page.evaluate("getComputedStyle(document.querySelector('dl')).display") == "grid"
            )
            assert [text for text in said if "favicon" not in text] == []
    finally:
        door.shutdown()
        serving.join()
        door.server_close()


def test_a_closed_door_is_free_again() -> None:
    door = StatusDoor(0, shown=lambda: QUIET)
    port = door.server_port
    door.server_close()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
