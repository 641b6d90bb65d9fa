"""The command itself: what it lists, what it imports, and how it fails."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError

from tieout.cli import main
from tieout.cli.output import CommandError

LIGHT = ("connector", "sandbox")


def parsers(
    parser: argparse.ArgumentParser, path: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The parser and every parser below it, with the words that lead there."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield from parsers(sub, f"{path} {name}")


def every_command() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    top = main.build_parser(list(main.COMMANDS))
    for path, parser in parsers(top, "tieout"):
        ends = not any(isinstance(a, argparse._SubParsersAction) for a in parser._actions)
        if ends:
            yield path, parser


@pytest.mark.parametrize(
    ("path", "parser"), [pytest.param(*each, id=each[0]) for each in every_command()]
)
def test_every_command_explains_itself_and_speaks_json(
    path: str, parser: argparse.ArgumentParser
) -> None:
    options = {name for action in parser._actions for name in action.option_strings}
    assert "--json" in options, path
    text = parser.format_help()
    assert path.split()[-1] in text
    assert len(text.splitlines()) > 3


@pytest.mark.parametrize("name", LIGHT)
def test_what_runs_beside_quickbooks_never_loads_django(name: str) -> None:
    code = (
        "import sys\n"
        "from tieout.cli.main import main\n"
        "try:\n"
        f"    main([{name!r}, '--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))\n"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode
        == 0
    )


def test_a_failure_is_one_sentence_and_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_options: argparse.Namespace) -> int:
        message = "The books are closed: open them."
        raise CommandError(message, status=1)

    from tieout.cli import plan

    monkeypatch.setattr(plan, "run", run)
    assert main.main(["plan"]) == 1
    assert capsys.readouterr().err == "tieout plan: The books are closed: open them.\n"


@pytest.mark.parametrize("said", ["database is locked", "canceling statement due to lock timeout"])
def test_a_busy_database_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    def run(_options: argparse.Namespace) -> int:
        raise OperationalError(said)

    from tieout.cli import plan

    monkeypatch.setattr(plan, "run", run)
    assert main.main(["plan"]) == 2
    assert capsys.readouterr().err == f"tieout plan: {main.BUSY}\n"


def test_another_fault_of_the_database_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_options: argparse.Namespace) -> int:
        message = "no such table"
        raise OperationalError(message)

    from tieout.cli import plan

    monkeypatch.setattr(plan, "run", run)
    with pytest.raises(OperationalError):
        main.main(["plan"])


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["reconcile"])
    assert ended.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TIEOUT_LEASE_S", "soon", "TIEOUT_LEASE_S is 'soon': give whole seconds"),
        ("TIEOUT_WEB_CONNECTOR_FENCE_S", "60", "the former may not be less"),
        ("TIEOUT_TIME_ZONE", "Mars", "TIEOUT_TIME_ZONE is 'Mars'"),
        ("TIEOUT_LOG_LEVEL", "loud", "TIEOUT_LOG_LEVEL is 'LOUD'"),
        ("DATABASE_URL", "mysql://ann:hush-hush@db/books", "DATABASE_URL cannot be used"),
        ("TIEOUT_SECRETS_KEY_PATH", "/dev/null/x/key", "TIEOUT_SECRETS_KEY_PATH"),
        ("TIEOUT_HOME", "/dev/null/data", "set TIEOUT_HOME to a folder"),
    ],
)
def test_a_wrong_variable_ends_in_one_sentence(
    name: str, value: str, says: str, tmp_path: Path
) -> None:
    said = refused(tmp_path, **{name: value})
    assert says in said
    assert "hush-hush" not in said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("session.key", "", "session.key is empty: remove it"),
        ("secrets.key", "no key", "secrets.key holds no key of Tieout"),
    ],
)
def test_a_key_file_that_holds_no_key_ends_in_one_sentence(
    name: str, content: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    assert says in refused(tmp_path)


def refused(home: Path, **environment: str) -> str:
    """What a command says that cannot start."""
    env = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tieout.cli.main", "company", "list"],
        env={**env, "DJANGO_SETTINGS_MODULE": "tieout.config.settings"}
        | {"TIEOUT_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("tieout company: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr
