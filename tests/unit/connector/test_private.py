from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tieout.connector import private


def test_a_file_is_replaced_whole_and_private_from_its_birth(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("old")
    path.chmod(0o644)
    private.write_private(path, "né\n")
    assert path.read_bytes() == "né\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [None, 0o755, 0o700])
def test_a_folder_is_its_owners_alone(tmp_path: Path, mode: int | None) -> None:
    folder = tmp_path / "one" / "two"
    if mode is not None:
        folder.mkdir(parents=True)
        folder.chmod(mode)
    private.make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_on_windows_the_rights_of_the_folder_above_are_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USERDOMAIN", "OFFICE")
    monkeypatch.setenv("USERNAME", "ann")
    commands: list[Sequence[str]] = []
    private.make_private(tmp_path / "data", platform="win32", run=commands.append)
    assert (tmp_path / "data").is_dir()
    assert commands == [
        ["icacls", str(tmp_path / "data"), "/inheritance:r", "/grant:r",
         "OFFICE\\ann:(OI)(CI)F", "*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F", "/Q"]
    ]  # fmt: skip


def test_a_folder_that_is_about_to_be_used_is_private_before_anything_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USERNAME", "ann")
    commands: list[Sequence[str]] = []
    for _ in range(2):  # the second time its rights are as somebody left them
        private.keep_private(tmp_path / "data", platform="win32", run=commands.append)
    assert [command[:2] for command in commands] == [["icacls", str(tmp_path / "data")]]
    (tmp_path / "data").chmod(0o755)
    private.keep_private(tmp_path / "data", platform="linux")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_session_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="names no user"):
        private.windows_command(tmp_path, {})


def test_what_icacls_says_against_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "icacls"
    fake.write_text("#!/bin/sh\necho Access is denied. >&2\nexit 5\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("USERNAME", "ann")
    with pytest.raises(OSError, match=r"Access is denied\."):
        private.make_private(tmp_path / "data", platform="win32")
