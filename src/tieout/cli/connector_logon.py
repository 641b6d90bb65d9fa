"""`tieout connector logon`: start the connector when its account logs on, by a Windows task.

The task runs in the person's own session with their plain rights, as QuickBooks does. A service
could not reach QuickBooks.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from xml.sax.saxutils import escape

from tieout.connector.program import StartError
from tieout.connector.settings import SETTINGS_FILE

TASK = "Tieout Connector"
SCHTASKS_S = 60.0
NOT_HERE = (
    "Starting at log-on is for Windows, where QuickBooks runs in the session of a person. "
    "Here, start `tieout connector serve` with what starts your other programs."
)
Run = Callable[[Sequence[str]], str]

_XML = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Connects Tieout with QuickBooks Desktop while this person is logged on.</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger><Enabled>true</Enabled><UserId>{account}</UserId></LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{account}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def logon(
    options: argparse.Namespace,
    *,
    platform: str = sys.platform,
    run: Run | None = None,
    environment: Mapping[str, str] = os.environ,
) -> int:
    """Make the task and start it, take it away, or print it; 0 = done. Raises StartError."""
    if platform != "win32":
        raise StartError(NOT_HERE)
    run = run or run_windows
    if options.remove:
        command = ["schtasks", "/Delete", "/TN", TASK, "/F"]
        if options.print:
            print(subprocess.list2cmdline(command))
            return 0
        run(command)
        print(f"The task {TASK!r} is gone; a connector that runs goes on until log-off.")
        return 0
    if not (options.data / SETTINGS_FILE).is_file():
        msg = f"{options.data} is not set up yet: run `tieout connector setup` first."
        raise StartError(msg)
    xml = task_xml(data=options.data.absolute(), account=account(environment))
    if options.print:
        print(xml)
        print(subprocess.list2cmdline(create_command(Path("task.xml"))))
        return 0
    _create(xml, run)
    run(["schtasks", "/Run", "/TN", TASK])
    print(f"The task {TASK!r} starts the connector at every log-on, and has started it now.")
    return 0


def task_xml(*, data: Path, account: str, program: Sequence[str] | None = None) -> str:
    """The task as Windows' schema wants it: at the log-on of `account`, for as long as it lasts."""
    command, *words = program or this_program()
    arguments = subprocess.list2cmdline([*words, "serve", "--data", str(data)])
    return _XML.format(
        account=escape(account),
        program=escape(command),
        arguments=escape(arguments),
        folder=escape(str(data)),
    )


def account(environment: Mapping[str, str]) -> str:
    """Who is logged on, `DOMAIN\\name`. Raises StartError when Windows does not say."""
    domain, name = environment.get("USERDOMAIN", ""), environment.get("USERNAME", "")
    if not name:
        msg = "This Windows session names no user (USERNAME): log on and try again."
        raise StartError(msg)
    return f"{domain}\\{name}" if domain else name


def this_program(
    executable: str = sys.executable, *, frozen: bool = bool(getattr(sys, "frozen", False))
) -> list[str]:
    """How this very program is started without a window: the single .exe, or pythonw."""
    if frozen:
        return [executable]
    python = PureWindowsPath(executable) if "\\" in executable else Path(executable)
    windowless = python.with_name("pythonw.exe") if python.suffix == ".exe" else python
    return [str(windowless), "-m", "tieout.cli.connector_main"]


def create_command(xml: Path) -> list[str]:
    """Register the task in that file; one of the same name is replaced."""
    return ["schtasks", "/Create", "/TN", TASK, "/XML", str(xml), "/F"]


def run_windows(command: Sequence[str]) -> str:
    """Run a command of Windows; returns what it printed. Raises StartError with its words."""
    try:
        done = subprocess.run(  # noqa: S603 — a fixed program
            command, capture_output=True, text=True, check=False, timeout=SCHTASKS_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"{command[0]} could not be run ({error})."
        raise StartError(msg) from error
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())
        msg = f"Windows refused `{subprocess.list2cmdline(command)}`: {said or done.returncode}"
        raise StartError(msg)
    return done.stdout


def _create(xml: str, run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.xml"
        path.write_text(xml, "utf-16")  # schtasks wants it so, with a byte order mark
        run(create_command(path))
