"""`tieout connector` from its saved settings, as a person or a task of Windows starts it."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ENVIRONMENT = {**os.environ, "CONNECTOR_PASSWORD": "a long enough password"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tieout.cli.main", "connector", *arguments],
        capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder that was set up."""
    folder = tmp_path / "data"
    done = command(
        "setup", "--data", str(folder), "--sandbox", str(tmp_path / "books"), "--no-test",
        "--port", str(free_port()), "--status-port", str(free_port()),
        "--user", "ann", "--password-env", "CONNECTOR_PASSWORD",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def serving(data: Path) -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tieout.cli.main", "connector", "--data", str(data), "--json"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    process.stdout.close()


def test_status_asks_the_connector_that_runs(data: Path, serving: dict[str, Any]) -> None:
    told = command("status", "--data", str(data))
    assert told.returncode == 0, told.stderr
    assert serving["url"] in told.stdout
    assert serving["fingerprint"] in told.stdout
    assert "not asked yet" in told.stdout
    found = json.loads(command("status", "--data", str(data), "--json").stdout)
    assert found["url"] == serving["url"]


def test_a_setup_beside_it_tests_it_with_the_password_it_is_given(
    data: Path, serving: dict[str, Any]
) -> None:
    arguments = ("setup", "--data", str(data), "--json")
    told = json.loads(command(*arguments).stdout)
    assert [(each["rung"], each["state"]) for each in told["rungs"]] == [
        ("reachable", "ok"),
        ("trust", "ok"),
        ("login", "skipped"),
    ]
    done = command(*arguments, "--user", "ann", "--password-env", "CONNECTOR_PASSWORD")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert (told["rungs"][-1]["rung"], told["rungs"][-1]["state"]) == ("test read", "ok")
    found = json.loads(command("status", "--data", str(data), "--json").stdout)
    assert [each["outcome"] for each in found["calls"]] == ["answered", "answered"]


def test_another_program_at_the_port_is_not_trusted(data: Path, serving: dict[str, Any]) -> None:
    """What answers shows another certificate than the one in the folder."""
    done = command("setup", "--data", str(data), "--json", "--new-certificate")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert (told["rungs"][-1]["rung"], told["rungs"][-1]["state"]) == ("trust", "broken")
    assert told["fingerprint"] in told["rungs"][-1]["detail"]


def test_status_without_a_connector_or_a_page(data: Path) -> None:
    told = command("status", "--data", str(data))
    assert told.returncode == 2
    assert "No connector answers" in told.stderr
    told = command("status", "--data", str(data), "--status-port", "off")
    assert told.returncode == 2
    assert "without a status page" in told.stderr
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(1)
        port = other.getsockname()[1]
        told = command("status", "--data", str(data), "--status-port", str(port))
    assert told.returncode == 2


def test_why_it_did_not_start_is_in_the_log_too(data: Path, tmp_path: Path) -> None:
    (tmp_path / "books").unlink()
    done = command("--data", str(data))
    assert done.returncode == 2
    assert "no rehearsal company" in done.stderr
    assert "not started: There is no rehearsal" in (data / "connector.log").read_text()


def test_at_a_terminal_it_asks_and_shows_no_password(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        # as a terminal's own program: a password is asked for where no pipe reaches
        ["setsid", "--ctty", "--wait", sys.executable, "-m", "tieout.cli.main", "connector",
         "setup", "--data", str(tmp_path / "data"), "--status-port", "off", "--json"],
        stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True,
    )  # fmt: skip
    os.close(theirs)
    seen = ""
    for question, answer in (
        ("rehearsal) [rehearsal]:", ""),
        ("sqlite3]:", str(tmp_path / "books")),
        ("[127.0.0.1]:", ""),
        ("Port [8166]:", str(free_port())),
        ("[tieout]:", "ann"),
        ("[full]:", "read-only"),
        ("makes one):", "typed by a person"),
    ):
        while question not in seen:
            seen += os.read(ours, 4096).decode()
        os.write(ours, f"{answer}\n".encode())
    told, _ = process.communicate(timeout=60)
    while select.select([ours], [], [], 0.2)[0]:
        try:
            seen += os.read(ours, 4096).decode()
        except OSError:
            break
    os.close(ours)
    found = json.loads(told)
    assert process.returncode == 0
    assert (found["user"], found["access"], found["password"]) == ("ann", "read-only", "")
    assert found["rungs"][-1]["state"] == "ok"
    assert "typed by a person" not in seen + told
    kept = (tmp_path / "data" / "users.json").read_text()
    assert "ann" in kept


def test_broken_settings_are_named_and_not_overwritten(data: Path) -> None:
    (data / "settings.json").write_text('{"version": 1, "port": "many"}')
    for action in ("serve", "setup", "status"):
        done = command(action, "--data", str(data), "--defaults")
        assert done.returncode == 2
        assert "settings.json: port is 'many'" in done.stderr
    assert "many" in (data / "settings.json").read_text()
