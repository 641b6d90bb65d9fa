from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from tieout.cli import connector
from tieout.cli.connector_link import link_of
from tieout.cli.connector_options import settings_of
from tieout.connector import comlink
from tieout.connector.users import make_user, save_user


def options(data: Path, *arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    connector.add_arguments(parser)
    return parser.parse_args(["--data", str(data), *arguments])


def test_off_windows_quickbooks_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comlink, "why_not_here", lambda: "Only on Windows.")
    assert connector.run(options(tmp_path, "--company-file", "C:\\b.qbw")) == 2
    assert capsys.readouterr().err == "tieout connector: Only on Windows.\n"


@pytest.mark.parametrize(
    ("accesses", "read_only"), [(("read-only",), True), (("read-only", "full"), False)]
)
def test_quickbooks_is_served_as_the_options_say(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    accesses: tuple[Any, ...],
    read_only: bool,
) -> None:
    for access in accesses:
        user = make_user(name=access, password="a long password", access=access)
        save_user(tmp_path / "users.json", user)
    made: dict[str, Any] = {}
    monkeypatch.setattr(comlink, "why_not_here", lambda: "")
    monkeypatch.setattr(comlink, "ComLink", lambda **given: made.update(given))
    given = options(tmp_path, "--company-file", "C:\\b.qbw", "--call-limit", "300")
    link_of(settings_of(given))
    assert made == {
        "company_file": "C:\\b.qbw",
        "lock": tmp_path / "quickbooks.lock",
        "limits": comlink.Limits(process_s=300.0),
        "read_only": read_only,
    }
