"""One command starts everything, one Ctrl-C ends it, and nothing is left behind."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.processes import Run, free_port, processes_of, tieout
from tests.waiting import wait_for

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("run") / "data").start()
    yield run
    run.stop()


def sign_in(run: Run) -> str:
    """Sign in with what was printed; the page that comes then."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)
    with browser.open(f"{run.greeting['address']}sign-in/", timeout=20) as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    assert token is not None
    form = {
        "csrfmiddlewaretoken": token.group(1),
        "username": run.greeting["username"],
        "password": run.greeting["password"],
    }
    data = urllib.parse.urlencode(form).encode()
    with browser.open(f"{run.greeting['address']}sign-in/", data, timeout=20) as answer:
        return str(answer.read().decode())


def test_the_first_start_is_ready_to_click(running: Run) -> None:
    page = sign_in(running)
    assert "Northgate Staffing" in page
    status = tieout(running.home, "status")
    assert "260 contractor jobs" in status.stdout
    assert "unverified" in status.stdout  # the first screen leads through Verify


def test_the_printed_password_is_kept_for_its_owner_alone(running: Run) -> None:
    kept = running.home / "rehearsal" / "first-sign-in.txt"
    assert kept.read_text() == running.greeting["password"]
    assert kept.stat().st_mode & 0o077 == 0


def test_the_way_to_quickbooks_needs_one_verify_and_one_refresh(running: Run) -> None:
    assert tieout(running.home, "verify").returncode == 0
    refreshed = tieout(running.home, "refresh")
    assert "351 customers and jobs" in refreshed.stdout, refreshed.stderr


def test_a_second_start_in_the_same_place_says_where_the_first_is(running: Run) -> None:
    second = tieout(running.home, "run", "--port", str(free_port()))
    assert second.returncode == 2
    assert running.greeting["address"] in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_worker_that_dies_is_started_again(running: Run) -> None:
    first = wait_for(running.worker)
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: running.worker() not in {None, first})


def test_a_busy_port_names_its_owner_and_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for option, other in (("--port", "--connector-port"), ("--connector-port", "--port")):
            found = tieout(tmp_path, "run", option, str(port), other, str(free_port()))
            assert found.returncode == 2
            assert f"Port {port} on 127.0.0.1 is used by" in found.stderr
            assert f"(process {os.getpid()})" in found.stderr
            assert f"choose another port with {option} " in found.stderr
    assert not (tmp_path / "tieout.sqlite3").exists()


def test_ctrl_c_ends_everything_and_a_later_start_finds_it_again(tmp_path: Path) -> None:
    run = Run(tmp_path / "data").start()
    assert len(processes_of(run.home)) >= 4
    assert run.stop() == 0
    assert processes_of(run.home) == {}
    again = Run(run.home, connector_port=free_port()).start()
    try:
        assert again.greeting["password"] == run.greeting["password"]
        assert "Northgate Staffing" in sign_in(again)
        # another connector port than before: the saved address follows
        shown = tieout(run.home, "connection", "show")
        assert f":{again.connector_port}" in shown.stdout
        again.process.kill()
        again.process.wait()
        wait_for(lambda: not processes_of(run.home))  # killed, and still no orphan
    finally:
        again.stop()


def test_with_a_company_of_its_own_no_connector_is_started_nor_waited_for(tmp_path: Path) -> None:
    home = tmp_path / "data"
    assert tieout(home, "company", "create", "Mine").returncode == 0
    with socket.socket() as taken:  # nobody cares who has the port of what is not started
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(home, connector_port=taken.getsockname()[1]).start()
    try:
        assert "username" not in run.greeting
        assert not any("--sandbox" in line for line in processes_of(home).values())
    finally:
        assert run.stop() == 0
