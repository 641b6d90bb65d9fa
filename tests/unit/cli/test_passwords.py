"""Where a password may come from, and who may read what is written."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from tieout.cli.output import CommandError
from tieout.cli.passwords import random_password, read_password, write_private


def options(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**{"password_file": None, "password_env": None, **given})


def test_a_file_gives_its_line_without_the_end(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("correct horse \r\n")
    assert read_password(options(password_file=tmp_path / "p")) == "correct horse "


def test_a_variable_gives_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKS_PASSWORD", "s3cret")
    assert read_password(options(password_env="BOOKS_PASSWORD")) == "s3cret"


def test_none_given_is_no_password() -> None:
    assert read_password(options()) == ""


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        read_password(options(password_file=tmp_path / "missing"))
    with pytest.raises(CommandError, match="no variable NOT_THERE"):
        read_password(options(password_env="NOT_THERE"))


def test_random_ones_differ_and_are_long() -> None:
    made = {random_password() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 16


def test_a_private_file_is_private_even_when_another_was_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "password.txt"
    path.parent.mkdir()
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
