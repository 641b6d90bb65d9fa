from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest

from tieout.cli import connector, connector_logon
from tieout.cli.connector_logon import NOT_HERE, TASK, logon, task_xml, this_program
from tieout.connector.program import StartError
from tieout.connector.settings import Settings, save_settings

WINDOWS = {"USERDOMAIN": "OFFICE", "USERNAME": "ann & co"}
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def options(data: Path, *arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    connector.add_arguments(parser)
    return parser.parse_args(["logon", "--data", str(data), *arguments])


class Windows:
    """Takes the commands, and reads the task while its file is there."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.xml = b""

    def __call__(self, command: Sequence[str]) -> str:
        self.commands.append(list(command))
        if "/XML" in command:
            self.xml = Path(command[command.index("/XML") + 1]).read_bytes()
        return "SUCCESS"


def on_windows(data: Path, *arguments: str) -> Windows:
    windows = Windows()
    given = options(data, *arguments)
    assert logon(given, platform="win32", run=windows, environment=WINDOWS) == 0
    return windows


def text_of(xml: str, name: str) -> list[str]:
    root = etree.XML(xml.partition("?>")[2])
    return [each.text or "" for each in root.iter(f"{SPACE}{name}")]


@pytest.mark.parametrize("arguments", [(), ("--remove",), ("--print",)])
def test_elsewhere_it_says_plainly_that_this_is_for_windows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert connector.run(options(tmp_path, *arguments)) == 2
    assert capsys.readouterr().err == f"tieout connector: {NOT_HERE}\n"


def test_the_task_is_made_and_started(tmp_path: Path) -> None:
    save_settings(Settings(data=tmp_path, company_file=""))
    windows = on_windows(tmp_path)
    create, start = windows.commands
    assert create[:4] == ["schtasks", "/Create", "/TN", TASK]
    assert create[-1] == "/F"
    assert start == ["schtasks", "/Run", "/TN", TASK]
    assert windows.xml.startswith(b"\xff\xfe")
    assert not Path(create[5]).exists()
    xml = windows.xml.decode("utf-16")
    assert text_of(xml, "UserId") == ["OFFICE\\ann & co"] * 2
    assert len(list(etree.XML(xml.partition("?>")[2]).iter(f"{SPACE}LogonTrigger"))) == 1
    assert text_of(xml, "LogonType") == ["InteractiveToken"]
    assert text_of(xml, "RunLevel") == ["LeastPrivilege"]
    assert text_of(xml, "ExecutionTimeLimit") == ["PT0S"]
    assert text_of(xml, "MultipleInstancesPolicy") == ["IgnoreNew"]
    assert text_of(xml, "Arguments")[0].endswith(f"serve --data {tmp_path}")


def test_paths_with_blanks_are_quoted() -> None:
    folder = Path("C:/Program Data/T & C")
    xml = task_xml(data=folder, account="ann", program=["C:\\T C\\pythonw.exe", "-m", "tieout"])
    assert text_of(xml, "Command") == ["C:\\T C\\pythonw.exe"]
    assert text_of(xml, "Arguments") == [f'-m tieout serve --data "{folder}"']
    assert text_of(xml, "WorkingDirectory") == [str(folder)]


def test_what_starts_without_a_window() -> None:
    module = ["-m", "tieout.cli.connector_main"]
    assert this_program("C:\\T\\Scripts\\python.exe", frozen=False) == [
        "C:\\T\\Scripts\\pythonw.exe", *module,
    ]  # fmt: skip
    assert this_program("/usr/bin/python3", frozen=False) == ["/usr/bin/python3", *module]
    assert this_program("C:\\T\\tieout-connector.exe", frozen=True) == [
        "C:\\T\\tieout-connector.exe"
    ]


def test_it_is_taken_away_again(tmp_path: Path) -> None:
    windows = on_windows(tmp_path, "--remove")
    assert windows.commands == [["schtasks", "/Delete", "/TN", TASK, "/F"]]


@pytest.mark.parametrize(("arguments", "words"), [((), "/Create"), (("--remove",), "/Delete")])
def test_what_would_be_done_is_printed_and_not_done(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    save_settings(Settings(data=tmp_path, company_file=""))
    windows = on_windows(tmp_path, "--print", *arguments)
    assert windows.commands == []
    said = capsys.readouterr().out
    assert words in said
    assert ("<LogonTrigger>" in said) == (arguments == ())


def test_before_the_setup_nothing_is_started(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="setup"):
        logon(options(tmp_path), platform="win32", run=Windows(), environment=WINDOWS)


def test_a_session_without_a_name_is_refused(tmp_path: Path) -> None:
    save_settings(Settings(data=tmp_path, company_file=""))
    with pytest.raises(StartError, match="USERNAME"):
        logon(options(tmp_path), platform="win32", run=Windows(), environment={})


def test_what_windows_says_against_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "schtasks"
    fake.write_text("#!/bin/sh\necho ERROR: Access is denied. >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError, match=r"/Delete .*Access is denied\."):
        logon(options(tmp_path, "--remove"), platform="win32", environment=WINDOWS)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(StartError, match="could not be run"):
        connector_logon.run_windows(["schtasks"])
