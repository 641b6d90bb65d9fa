"""The sample agency is found, and its rehearsal company appears only when it is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.cli import northgate
from tieout.connector.users import load_users
from tieout.sandbox import BookError, CompanyFile


def test_the_files_are_all_there() -> None:
    names = {path.name for path in northgate.folder().iterdir()}
    assert {*northgate.BACK_OFFICE, *northgate.MAPPINGS.values(), "expected.json"} <= names


def test_the_company_file_is_made_as_described(tmp_path: Path) -> None:
    path = tmp_path / "rehearsal" / "northgate.sqlite3"
    loaded = northgate.make_company_file(path)
    assert loaded["customers"] == len(northgate.load("quickbooks.json")["customers"])
    assert [each.name for each in path.parent.iterdir()] == ["northgate.sqlite3"]
    northgate.play_bookkeeper(path)
    company = CompanyFile(path)
    assert company.find_customer("Apex Event Solutions:Marcus Da Silva").is_active
    company.close()


def test_a_start_cut_short_leaves_no_company_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise BookError(0, "Cut short.")

    path = tmp_path / "northgate.sqlite3"
    monkeypatch.setattr(CompanyFile, "load", cut)
    with pytest.raises(BookError):
        northgate.make_company_file(path)
    assert not path.exists()
    monkeypatch.undo()
    northgate.make_company_file(path)
    assert path.exists()


def test_the_connector_gets_a_user_with_full_access(tmp_path: Path) -> None:
    password = northgate.make_connector_user(tmp_path / "connector")
    user = load_users(tmp_path / "connector" / "users.json")["tieout"]
    assert user.access == "full"
    assert password not in (tmp_path / "connector" / "users.json").read_text()
