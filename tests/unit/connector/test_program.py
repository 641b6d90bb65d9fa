from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.connector.fakes import NOW, MemoryLink

from tieout.connector import program
from tieout.connector.users import make_user

ANN = make_user(name="ann", password="password of ann", access="full")


def refused(data: Path, *, users: bool = True, **changes: Any) -> str:
    with pytest.raises(program.StartError) as error:
        program.Program(
            settings=program.Settings(data=data, **changes),
            link=MemoryLink(),
            users={"ann": ANN} if users else {},
            clock=lambda: NOW,
        )
    assert str(error.value).endswith(".")
    return str(error.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.9", "127.0.0.1.example.com", "::"])
def test_without_tls_only_this_machine_is_served(tmp_path: Path, host: str) -> None:
    assert "127.0.0.1" in refused(tmp_path, host=host, tls="off")


def test_nobody_could_log_in(tmp_path: Path) -> None:
    assert "add a user" in refused(tmp_path, users=False)


@pytest.mark.parametrize("changes", [{"idle_s": 0.0}, {"queue_max": -1}, {"port": 65536}])
def test_settings_that_make_no_sense(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert "--" in refused(tmp_path, **changes)


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert "--data" in refused(tmp_path / "data", tls="off")


def test_a_pair_that_is_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nothing")
    pair = (tmp_path / "x.pem", tmp_path / "x.pem")
    assert "certificate" in refused(tmp_path, tls=pair)


def test_a_journal_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite3").write_text("this was a journal once" * 100)
    assert "journal" in refused(tmp_path, tls="off")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.8.8.8", True), ("::1", True), ("10.0.0.1", False), ("", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert program.is_loopback(host) is loopback
