"""The options of `tieout connector`, and the settings that they make with the saved ones."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from tieout.connector import settings as kept
from tieout.connector.program import StartError
from tieout.connector.settings import Settings, SettingsError, Tls
from tieout.connector.users import UsersError

DATA_DEFAULT = Path.home() / ".tieout" / "connector"
ACTIONS = ("serve", "setup", "status", "add-user", "logon")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout connector [serve | setup | status | add-user | logon]`."""
    parser.set_defaults(program="tieout connector")
    parser.add_argument(
        "action",
        nargs="?",
        default="serve",
        choices=ACTIONS,
        help="serve (default); setup: ask, write the settings and test each rung; status of the "
        "one that runs; add-user; logon: start it at log-on (Windows)",
    )
    parser.add_argument("--data", type=Path, default=DATA_DEFAULT, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    behind = parser.add_argument_group("what is behind it (one of the two)")
    behind.add_argument("--sandbox", type=Path, metavar="FILE", help="a rehearsal company file")
    behind.add_argument(
        "--company-file",
        metavar="PATH",
        help="QuickBooks on this Windows machine; '' serves the file that is open",
    )
    _add_people(parser)
    _add_door(parser)
    _add_keeping(parser)
    _add_setup(parser)
    task = parser.add_argument_group("logon")
    task.add_argument("--remove", action="store_true", help="do not start at log-on any more")
    task.add_argument("--print", action="store_true", help="show the task, change nothing")


def _add_people(parser: argparse.ArgumentParser) -> None:
    people = parser.add_argument_group("users (kept, with hashed passwords, in the data folder)")
    people.add_argument("--user", metavar="NAME", help="add or change a user with full access")
    people.add_argument("--password-file", type=Path, metavar="FILE", help="holds the password")
    people.add_argument("--password-env", metavar="NAME", help="variable with the password")
    people.add_argument("--read-only-user", metavar="NAME", help="the same, may only read")
    people.add_argument("--read-only-password-file", type=Path, metavar="FILE")
    people.add_argument("--read-only-password-env", metavar="NAME")


def _add_door(parser: argparse.ArgumentParser) -> None:
    door = parser.add_argument_group("how it listens")
    door.add_argument("--host", help="address (127.0.0.1 unless saved otherwise)")
    door.add_argument("--port", type=int, help=f"{kept.PORT_DEFAULT}; 0 = any free one")
    door.add_argument(
        "--tls",
        nargs="+",
        metavar="self|off|CERT KEY",
        help="its own certificate (default), none (loopback only), or two PEM files",
    )
    door.add_argument(
        "--allow", action="append", metavar="PATTERN", help="allowed client, as 192.168.1.*"
    )
    door.add_argument(
        "--status-port",
        type=_port_or_off,
        metavar="PORT|off",
        help="a page about itself, on 127.0.0.1 only (off; setup takes "
        f"{kept.STATUS_PORT_DEFAULT})",
    )


def _add_keeping(parser: argparse.ArgumentParser) -> None:
    keeping = parser.add_argument_group("how it keeps")
    keeping.add_argument(
        "--idle", type=float, metavar="SECONDS", help="end a silent session (120)"
    )
    keeping.add_argument(
        "--call-limit",
        type=float,
        metavar="SECONDS",
        help="end our own worker, never QuickBooks, when one call takes longer (120)",
    )
    keeping.add_argument("--queue", type=int, metavar="CALLS")
    keeping.add_argument("--keep-days", type=int, metavar="DAYS")
    keeping.add_argument(
        "--log-rotate", choices=("size", "daily"), help="when a new log file begins (size)"
    )
    keeping.add_argument("--log-mb", type=int, metavar="MB", help="how large it grows (5)")
    keeping.add_argument("--log-keep", type=int, metavar="FILES", help="how many old ones (5)")


def _add_setup(parser: argparse.ArgumentParser) -> None:
    setup = parser.add_argument_group("setup")
    setup.add_argument(
        "--defaults", action="store_true", help="ask nothing: what is not named stays as it is"
    )
    setup.add_argument(
        "--generate-password", action="store_true", help="make a new password and print it once"
    )
    setup.add_argument(
        "--new-certificate", action="store_true", help="make another certificate and key"
    )
    setup.add_argument("--name", help="the name of a rehearsal company that is made")
    setup.add_argument("--no-test", action="store_true", help="write the settings, test nothing")


def settings_of(options: argparse.Namespace) -> Settings:
    """The saved settings with what the options change. Raises SettingsError, StartError."""
    return changed(kept.load_settings(options.data), options)


def changed(settings: Settings, options: argparse.Namespace) -> Settings:
    """Settings with what the options name. Raises SettingsError, StartError."""
    if options.sandbox is not None and options.company_file is not None:
        msg = "Say what to serve: --sandbox FILE, or --company-file PATH on Windows."
        raise StartError(msg)
    changes = {
        "sandbox": options.sandbox,
        "company_file": options.company_file,
        "host": options.host,
        "port": options.port,
        "tls": _tls(options.tls),
        "allowed": tuple(options.allow) if options.allow else None,
        "idle_s": options.idle,
        "call_limit_s": options.call_limit,
        "queue_max": options.queue,
        "keep_days": options.keep_days,
        "status_port": options.status_port,
        "log_rotate": options.log_rotate,
        "log_megabytes": options.log_mb,
        "log_keep": options.log_keep,
    }
    try:
        return kept.change(settings, changes)
    except SettingsError as error:
        msg = f"--{error}"
        raise StartError(msg) from error


def password_of(name: str, file: Path | None, variable: str | None) -> str | None:
    """The password from a file or a variable, None when neither is named. Raises UsersError."""
    if file is not None:
        try:
            return file.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeError) as error:
            msg = f"The password of {name} cannot be read from {file} ({error})."
            raise UsersError(msg) from error
    if variable is not None:
        password = os.environ.get(variable)
        if password is None:
            msg = f"The environment has no variable {variable}."
            raise UsersError(msg)
        return password
    return None


def password_typed(name: str) -> str:
    """The password of a person at a terminal. Raises UsersError where there is none."""
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(f"Password for {name}: ")
    msg = f"Give the password of {name} with --password-file or --password-env."
    raise UsersError(msg)


def _port_or_off(text: str) -> int | str:
    return text if text == "off" else int(text)


def _tls(words: list[str] | None) -> Tls | None:
    match words:
        case None:
            return None
        case ["self" | "off" as word]:
            return word
        case [certificate, key]:
            return Path(certificate), Path(key)
        case _:
            msg = "--tls takes self, off, or the two files CERT KEY."
            raise StartError(msg)
