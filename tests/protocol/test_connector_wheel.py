"""Both wheels are built, and the connector's does its work in an environment without Django.

`pip` may fetch what the wheel depends on; the build itself needs no network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest

import tieout
from tieout.channels.base import Delivery, Outcome
from tieout.channels.remote import RemoteChannel, RemoteSettings
from tieout.channels.trust import fetch_certificate, same_fingerprint
from tieout.connector import host_query

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"channels", "cli", "connector", "quickbooks", "sandbox"}
PASSWORD = "a long enough password"


def build(folder: Path, into: Path) -> Path:
    into.mkdir()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)],
        cwd=folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (wheel,) = into.iterdir()
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT / "packaging" / "connector", tmp_path_factory.mktemp("built") / "wheel")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The programs of a fresh environment in which the connector's wheel is installed."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    make = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(make, check=True, timeout=300)
    found = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(found / "python"), "install", "--quiet",
         "--disable-pip-version-check", str(wheel)],
        check=True, timeout=300,
    )  # fmt: skip
    return found


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of the fresh environment, out of reach of this tree."""
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, timeout=120,
        cwd=program.parent, stdin=subprocess.DEVNULL, env=clean(),
    )  # fmt: skip


def clean() -> dict[str, str]:
    hidden = {"PYTHONPATH", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return kept | {"CONNECTOR_PASSWORD": PASSWORD}


def test_the_wheel_holds_the_connector_and_nothing_of_the_server(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        said = message_from_string(archive.read(metadata).decode())
        modules = [name for name in names if name.endswith(".py")]
        imports = "\n".join(archive.read(name).decode() for name in modules)
    assert {name.split("/")[1] for name in modules if name.count("/") > 1} == ROOMS
    assert not [name for name in names if "__pycache__" in name]
    assert "import django" not in imports
    assert "from django" not in imports
    assert said["Name"] == "tieout-connector"
    assert said["Version"] == tieout.__version__
    wanted = [each.split(";")[0].split(">")[0] for each in said.get_all("Requires-Dist", [])]
    assert wanted == ["cryptography", "pywin32"]


def test_every_module_that_the_wheel_imports_is_in_it(programs: Path) -> None:
    code = (
        "import importlib, pkgutil, sys, tieout\n"
        "for each in pkgutil.walk_packages(tieout.__path__, 'tieout.'):\n"
        "    importlib.import_module(each.name)\n"
        "    print(each.name)\n"
        "found = {name.partition('.')[0] for name in sys.modules}\n"
        "raise SystemExit(str(found & {'django', 'httpx2', 'rapidfuzz'} or '') or 0)\n"
    )
    done = run(programs / "python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert "tieout.connector.comlink" in done.stdout.split()
    assert "tieout.web" not in done.stdout
    assert "No module named 'django'" in run(programs / "python", "-c", "import django").stderr


def test_the_server_is_a_wheel_too_and_serves_as_a_connector_as_well(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(ROOT, tmp_path / "whole")) as archive:
        names = set(archive.namelist())
    for name in ("store/models/__init__.py", "cli/main.py", "connector/program.py"):
        assert f"tieout/{name}" in names
    for room in ROOMS | {"web", "service", "core"}:
        assert any(name.startswith(f"tieout/{room}/") for name in names)


@pytest.fixture
def serving(programs: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A rehearsal company that the installed program made, set up and serves."""
    command, data = programs / "tieout-connector", str(tmp_path / "data")
    made = run(command, "sandbox", str(tmp_path / "books"), "create", "--name", "Harbor Staffing")
    assert made.returncode == 0, made.stderr
    done = run(
        command, "setup", "--data", data, "--sandbox", str(tmp_path / "books"), "--port", "0",
        "--status-port", "0", "--user", "tieout", "--password-env", "CONNECTOR_PASSWORD", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    setup = json.loads(done.stdout)
    assert {each["state"] for each in setup["rungs"]} == {"ok"}
    process = subprocess.Popen(
        [str(command), "serve", "--data", data, "--json"], stdout=subprocess.PIPE, text=True,
        cwd=tmp_path, env=clean(),
    )  # fmt: skip
    assert process.stdout is not None
    ready: dict[str, Any] = json.loads(process.stdout.readline())
    assert ready["fingerprint"] == setup["fingerprint"]
    yield ready
    process.terminate()
    assert process.wait(30) == 0
    process.stdout.close()


def test_it_answers_the_first_rungs_of_verify_over_tls(serving: dict[str, Any]) -> None:
    _, shown = fetch_certificate(serving["url"])
    assert same_fingerprint(shown, serving["fingerprint"])
    settings = RemoteSettings(
        url=serving["url"], username="tieout", password=PASSWORD,
        fingerprint=serving["fingerprint"],
    )  # fmt: skip
    with RemoteChannel(settings) as channel:
        status = channel.status()
        assert (status.rung, status.version) == (None, tieout.__version__)
        answer = channel.deliver(
            Delivery(
                call_id="h-1", qbxml=host_query.request().encode(), writes=False,
                company_file="", app_name="Tieout", expected_company="",
                installation_id="office", epoch=1, timeout_s=30.0,
            )
        )  # fmt: skip
    assert answer.outcome is Outcome.RESPONSE
    assert host_query.was_answered(answer.qbxml.decode())
    assert answer.company_file.endswith("Harbor Staffing.QBW")


def test_another_certificate_is_not_trusted(serving: dict[str, Any]) -> None:
    settings = RemoteSettings(
        url=serving["url"], username="tieout", password=PASSWORD, fingerprint="00" * 32
    )
    with RemoteChannel(settings) as channel:
        assert channel.status().rung == "trust"


def test_what_it_says_names_the_command_that_is_installed(programs: Path, tmp_path: Path) -> None:
    command = programs / "tieout-connector"
    assert run(command, "--version").stdout == f"tieout-connector {tieout.__version__}\n"
    done = run(command, "--data", str(tmp_path))
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "tieout-connector")
    assert "bookkeeper" in run(command, "--help").stdout
