"""The setup in this process, with a real connector behind it for as long as it tests."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests import com_double
from tests.com_double import Desk

from tieout.cli import connector, connector_link, connector_setup
from tieout.connector.comlink import ComLink, Limits
from tieout.connector.link import Link
from tieout.connector.lock import FolderLock
from tieout.connector.program import StartError
from tieout.connector.settings import Settings, load_settings
from tieout.connector.users import fits, load_users

Run = Callable[..., tuple[int, dict[str, Any]]]


def options(data: Path, *arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    connector.add_arguments(parser)
    return parser.parse_args(["setup", "--data", str(data), *arguments])


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], port: str) -> Run:
    """Set up in JSON, asking nothing; the status and what it told."""

    def run_it(*arguments: str) -> tuple[int, dict[str, Any]]:
        named = ("--port", port) if "--port" not in arguments else ()
        given = options(tmp_path / "data", "--defaults", "--json", *named, *arguments)
        status = connector.run(given)
        said = capsys.readouterr()
        return status, json.loads(said.out) if said.out else {"error": said.err}

    return run_it


def bytes_of(data: Path) -> dict[str, bytes]:
    names = ("settings.json", "users.json", "certificate.pem", "key.pem")
    return {name: (data / name).read_bytes() for name in names}


def rungs(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["rung"], each["state"]) for each in told["rungs"]]


ALL = [
    "reachable", "trust", "login", "quickbooks", "company file", "user mode", "dialog",
    "permission", "version", "test read",
]  # fmt: skip


def test_a_rehearsal_is_set_up_and_every_rung_tested(tmp_path: Path, run: Run, port: str) -> None:
    status, told = run("--sandbox", str(tmp_path / "books"), "--name", "Harbor Staffing")
    data = tmp_path / "data"
    assert status == 0
    assert rungs(told) == [(name, "ok") for name in ALL]
    assert "Harbor Staffing" in told["rungs"][4]["detail"]
    assert told["url"] == f"https://127.0.0.1:{port}"
    assert (told["user"], told["access"]) == ("tieout", "full")
    assert told["fingerprint"].count(":") == 31
    user = load_users(data / "users.json")["tieout"]
    assert fits(user, told["password"])
    settings = load_settings(data)
    assert (settings.sandbox, settings.port, settings.status_port) == (
        tmp_path / "books",
        int(port),
        8167,
    )
    for name in ("settings.json", "users.json", "key.pem"):
        assert (data / name).stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700
    assert told["password"] not in "".join(
        path.read_text("latin-1") for path in data.iterdir() if path.is_file()
    )
    assert "setup-test" not in (data / "users.json").read_text()


def test_running_it_again_changes_only_what_is_asked(tmp_path: Path, run: Run, port: str) -> None:
    _, first = run("--sandbox", str(tmp_path / "books"))
    before = bytes_of(tmp_path / "data")
    status, again = run()
    assert status == 0
    assert bytes_of(tmp_path / "data") == before
    assert again["password"] == ""
    assert again["fingerprint"] == first["fingerprint"]
    run("--idle", "60")
    after = bytes_of(tmp_path / "data")
    assert {name for name in before if before[name] != after[name]} == {"settings.json"}
    assert load_settings(tmp_path / "data").idle_s == 60.0
    assert load_settings(tmp_path / "data").sandbox == tmp_path / "books"
    run("--read-only-user", "tieout")
    user = load_users(tmp_path / "data" / "users.json")["tieout"]
    assert (user.access, fits(user, first["password"])) == ("read-only", True)
    _, fresh = run("--generate-password", "--new-certificate")
    user = load_users(tmp_path / "data" / "users.json")["tieout"]
    assert (user.access, fits(user, fresh["password"])) == ("read-only", True)
    assert not fits(user, first["password"])
    assert fresh["fingerprint"] != first["fingerprint"]
    assert any("trust the new fingerprint" in note for note in fresh["notes"])


def test_a_password_of_ones_own(tmp_path: Path, run: Run) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a password of my own\n")
    _, told = run(
        "--sandbox", str(tmp_path / "books"), "--user", "ann", "--password-file", str(secret)
    )
    assert told["password"] == ""
    assert fits(load_users(tmp_path / "data" / "users.json")["ann"], "a password of my own")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--sandbox FILE"),
        (("--company-file", "C:\\b.qbw"), "Windows machine"),
        (("--sandbox", "books", "--company-file", "x"), "Say what to serve"),
        (("--sandbox", "books", "--port", "70000"), "--port is 70000"),
        (("--sandbox", "books", "--tls", "off", "--host", "0.0.0.0"), "without TLS"),
        (("--sandbox", "books", "--tls", "maybe"), "--tls takes"),
        (("--sandbox", "books", "--user", "a:b"), "colon"),
        (("--sandbox", "books", "--user", "a", "--read-only-user", "b"), "one user"),
        (("--sandbox", "books", "--password-env", "NO_SUCH_NAME"), "NO_SUCH_NAME"),
        (("--sandbox", "books", "--password-file", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, told = run(*arguments)
    assert status == 2
    assert words in told["error"]
    assert told["error"].count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_pair_that_is_no_certificate_is_refused_before_anything_is_saved(
    tmp_path: Path, run: Run
) -> None:
    (tmp_path / "x.pem").write_text("nothing")
    pair = (str(tmp_path / "x.pem"), str(tmp_path / "x.pem"))
    status, told = run("--sandbox", str(tmp_path / "books"), "--tls", *pair)
    assert (status, "cannot be used" in told["error"]) == (2, True)
    assert not (tmp_path / "data" / "settings.json").exists()
    assert not (tmp_path / "data" / "users.json").exists()


def test_a_pair_of_ones_own_is_shown_and_trusted(tmp_path: Path, run: Run) -> None:
    run("--sandbox", str(tmp_path / "books"), "--no-test")
    pair = [tmp_path / name for name in ("certificate.pem", "key.pem")]
    for path in pair:
        (tmp_path / "data" / path.name).rename(path)
    status, told = run("--tls", *map(str, pair))
    assert (status, rungs(told)[1]) == (0, ("trust", "ok"))
    assert load_settings(tmp_path / "data").tls == tuple(pair)
    assert not (tmp_path / "data" / "key.pem").exists()


def test_a_port_that_is_taken_is_a_broken_rung(tmp_path: Path, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        status, told = run("--sandbox", str(tmp_path / "books"), "--port", number)
    assert status == 1
    (step,) = told["rungs"]
    assert (step["rung"], step["state"], step["who"]) == ("start", "broken", "IT person")
    assert number in step["detail"]


def test_beside_a_connector_that_runs_the_setup_says_what_it_could_not_test(
    tmp_path: Path, run: Run
) -> None:
    run("--sandbox", str(tmp_path / "books"), "--no-test")
    held = FolderLock(tmp_path / "data" / "connector.lock")
    status, told = run("--idle", "33")
    held.release()
    assert status == 1  # nothing listens: only the lock is held
    assert rungs(told) == [("reachable", "broken")]
    assert "start it again" in " ".join(told["notes"])
    assert load_settings(tmp_path / "data").idle_s == 33.0


def test_every_address_comes_with_a_word_about_the_firewall(tmp_path: Path, run: Run) -> None:
    status, told = run("--sandbox", str(tmp_path / "books"), "--host", "0.0.0.0")
    assert status == 0
    assert "firewall" in " ".join(told["notes"])
    assert socket.gethostname() in told["url"]


def test_for_a_person_it_prints_what_to_enter_and_to_compare(
    tmp_path: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = options(
        tmp_path / "data", "--defaults", "--sandbox", str(tmp_path / "b"), "--port", port
    )
    assert connector.run(given) == 0
    said = capsys.readouterr().out
    for words in (
        "Enter in Tieout",
        "Password",
        "shown this once",
        "SHA-256",
        "ok      test read",
    ):
        assert words in said
    assert "tieout connector serve --data" in said


# ---------------------------------------------------------------- questions


class Person:
    """Answers by the first words of a question; "" takes what is offered."""

    def __init__(self, **replies: str) -> None:
        self.replies = replies
        self.asked: list[str] = []
        self.offered: dict[str, str] = {}

    def __call__(self, question: str, default: str = "", *, secret: bool = False) -> str:
        word = question.split()[0].casefold()
        self.asked.append(word)
        self.offered[word] = default
        assert secret == (word == "password")
        return self.replies.get(word) or default


def test_a_person_is_asked_the_few_questions(
    tmp_path: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(
        serve="rehearsal", rehearsal=str(tmp_path / "books"), port=port, user="ann",
        may="read-only", password="typed by ann",
    )  # fmt: skip
    assert connector_setup.set_up(options(tmp_path / "data"), ask=person) == 0
    assert person.asked == ["serve", "rehearsal", "address", "port", "user", "may", "password"]
    user = load_users(tmp_path / "data" / "users.json")["ann"]
    assert (user.access, fits(user, "typed by ann")) == ("read-only", True)
    assert "typed by ann" not in capsys.readouterr().out
    again = Person()
    assert connector_setup.set_up(options(tmp_path / "data"), ask=again) == 0
    assert again.offered["serve"] == "rehearsal"
    assert again.offered["port"] == port
    assert (again.offered["user"], again.offered["may"]) == ("ann", "read-only")
    assert load_users(tmp_path / "data" / "users.json")["ann"] == user


def test_what_an_option_names_is_not_asked(tmp_path: Path, port: str) -> None:
    person = Person()
    given = options(
        tmp_path / "data", "--sandbox", str(tmp_path / "b"), "--port", port, "--user", "ann",
        "--generate-password", "--host", "127.0.0.1",
    )  # fmt: skip
    assert connector_setup.set_up(given, ask=person) == 0
    assert person.asked == []


def test_answers_that_make_no_sense(tmp_path: Path) -> None:
    class Confused(Person):
        def __call__(self, question: str, default: str = "", *, secret: bool = False) -> str:
            if question.startswith(("Serve", "Answer")):
                self.asked.append(question)
                return "quickbooks" if len(self.asked) > 2 else "both"
            return super().__call__(question, default, secret=secret)

    person = Confused(path="-", port="eight")
    with pytest.raises(StartError, match="'eight' is no port"):
        connector_setup.set_up(options(tmp_path / "data"), ask=person)
    assert person.asked[1].startswith("Answer quickbooks or rehearsal")

    def gone(question: str, default: str = "", *, secret: bool = False) -> str:
        raise EOFError

    with pytest.raises(StartError, match="nothing was changed"):
        connector_setup.set_up(options(tmp_path / "data"), ask=gone)
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(StartError, match="Say what to serve"):
        connector_setup.set_up(options(tmp_path / "data"))


# ---------------------------------------------------------------- QuickBooks, the double


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    (tmp_path / "qb").mkdir()
    opened = Desk(tmp_path / "qb")

    def with_double(settings: Settings) -> Link:
        return ComLink(
            company_file=settings.company_file or "",
            lock=settings.data / "quickbooks.lock",
            limits=Limits(open_s=20.0),
            prepare=partial(com_double.install, opened.folder),
        )

    monkeypatch.setattr(connector_link, "_com_link", with_double)
    yield opened
    opened.books.close()


FILE = "C:\\Books\\Northgate.QBW"


def test_quickbooks_is_climbed_to_the_top_and_its_session_ended(desk: Desk, run: Run) -> None:
    status, told = run("--company-file", FILE)
    assert status == 0, told
    assert rungs(told) == [(name, "ok") for name in ALL]
    assert FILE in told["rungs"][4]["detail"]
    assert desk.calls()[-3:] == ["EndSession", "CloseConnection", "CoUninitialize"]
    assert any('"Tieout"' in line for line in desk.lines() if "OpenConnection2" in line)


@pytest.mark.parametrize(
    ("call", "code", "rung", "who", "remedy"),
    [
        ("Dispatch", 0x80040154, "quickbooks", "Whoever", "Install QuickBooks"),
        ("BeginSession", 0x80040408, "quickbooks", "Whoever", "Open QuickBooks"),
        ("BeginSession", 0x8004040A, "company file", "Whoever", "Open the company file"),
        ("BeginSession", 0x80040410, "user mode", "Whoever", "Switch QuickBooks"),
        ("BeginSession", 0x80040414, "dialog", "Whoever", "Close the dialog"),
        ("BeginSession", 0x80040418, "permission", "QuickBooks Admin", "Log in as Admin"),
        ("ProcessRequest", 0x80040400, "test read", "IT person", "report it"),
    ],
)
def test_a_broken_rung_names_who_fixes_what(
    desk: Desk, run: Run, call: str, code: int, rung: str, who: str, remedy: str
) -> None:
    desk.plan(call, "fail", code=code)
    status, told = run("--company-file", FILE)
    assert status == 1
    last = told["rungs"][-1]
    assert (last["rung"], last["state"]) == (rung, "broken")
    assert f"0x{code:08X}" in last["detail"]
    assert last["who"].startswith(who)
    assert remedy in last["remedy"]
    assert ("login", "ok") in rungs(told)
    assert [state for _, state in rungs(told)[:-1]] == ["ok"] * (len(told["rungs"]) - 1)


def test_another_file_than_the_one_set_up_is_told(desk: Desk, run: Run) -> None:
    com_double.plan_standing(desk, "other file")
    status, told = run("--company-file", "C:\\Books\\Harbor.QBW")
    assert status == 1
    assert (told["rungs"][-1]["rung"], "Northgate" in told["rungs"][-1]["detail"]) == (
        "company file",
        True,
    )


def test_a_quickbooks_too_old_is_told(desk: Desk, run: Run) -> None:
    com_double.plan_standing(desk, "old product")
    status, told = run("--company-file", FILE)
    assert (status, told["rungs"][-1]["rung"]) == (1, "version")
