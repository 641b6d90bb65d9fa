"""`tieout connector`: serve a QuickBooks company over HTTP, or add a user of it."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sqlite3
import sys
from pathlib import Path

from tieout.connector import program
from tieout.connector.link import Link
from tieout.connector.lock import FolderTaken
from tieout.connector.users import UsersError, load_users, make_user, save_user
from tieout.quickbooks.wire import Access

DATA_DEFAULT = Path.home() / ".tieout" / "connector"
USERS_FILE = "users.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout connector [serve | add-user]`."""
    parser.add_argument("action", nargs="?", default="serve", choices=("serve", "add-user"))
    behind = parser.add_argument_group("what is behind it (one of the two)")
    behind.add_argument("--sandbox", type=Path, metavar="FILE", help="a rehearsal company file")
    behind.add_argument(
        "--company-file",
        metavar="PATH",
        help="QuickBooks on this Windows machine; '' serves the file that is open",
    )
    people = parser.add_argument_group("users (kept, with hashed passwords, in the data folder)")
    people.add_argument("--user", metavar="NAME", help="add or change a user with full access")
    people.add_argument("--password-file", type=Path, metavar="FILE", help="holds the password")
    people.add_argument("--password-env", metavar="NAME", help="variable with the password")
    people.add_argument("--read-only-user", metavar="NAME", help="the same, may only read")
    people.add_argument("--read-only-password-file", type=Path, metavar="FILE")
    people.add_argument("--read-only-password-env", metavar="NAME")
    door = parser.add_argument_group("how it listens")
    door.add_argument("--host", default="127.0.0.1", help="address (default: %(default)s)")
    door.add_argument("--port", type=int, default=program.PORT_DEFAULT, help="0 = any free one")
    door.add_argument(
        "--tls",
        nargs="+",
        metavar="self|off|CERT KEY",
        default=["self"],
        help="its own certificate (default), none (loopback only), or two PEM files",
    )
    door.add_argument(
        "--allow", action="append", metavar="PATTERN", help="allowed client, as 192.168.1.*"
    )
    keeping = parser.add_argument_group("how it keeps")
    keeping.add_argument("--data", type=Path, default=DATA_DEFAULT, metavar="DIR")
    keeping.add_argument("--idle", type=float, default=120.0, metavar="SECONDS")
    keeping.add_argument(
        "--call-limit",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="end our own worker, never QuickBooks, when one call takes longer (120)",
    )
    keeping.add_argument("--queue", type=int, default=8, metavar="CALLS")
    keeping.add_argument("--keep-days", type=int, default=14, metavar="DAYS")
    keeping.add_argument("--json", action="store_true", help="print the ready line as JSON")


def run(options: argparse.Namespace) -> int:
    """0 = ended well, 1 = stopped while QuickBooks was still working, 2 = could not start."""
    try:
        _keep_users(options)
        return 0 if options.action == "add-user" else _serve(options)
    except (program.StartError, FolderTaken, UsersError, OSError) as error:
        print(f"tieout connector: {error}", file=sys.stderr)
        return 2


def _serve(options: argparse.Namespace) -> int:
    settings = program.Settings(
        data=options.data,
        host=options.host,
        port=options.port,
        tls=_tls(options.tls),
        allowed=tuple(options.allow or ("*",)),
        idle_s=options.idle,
        queue_max=options.queue,
        keep_days=options.keep_days,
    )
    link = _link(options)
    connector = program.Program(
        settings=settings,
        link=link,
        users=load_users(options.data / USERS_FILE),
        clock=program.utc_now,
    )
    program.start_log(options.data / "connector.log")
    connector.stop_on_signals()
    _print_ready(connector, as_json=options.json)
    return 0 if connector.serve() else 1


def _print_ready(connector: program.Program, *, as_json: bool) -> None:
    if as_json:
        line = json.dumps({"url": connector.url, "fingerprint": connector.fingerprint})
    else:
        line = f"Ready at {connector.url}"
        if connector.fingerprint:
            line += f", certificate SHA-256 {connector.fingerprint}"
    print(line, flush=True)


def _tls(words: list[str]) -> str | tuple[Path, Path]:
    match words:
        case ["self" | "off" as word]:
            return word
        case [certificate, key]:
            return Path(certificate), Path(key)
        case _:
            msg = "--tls takes self, off, or the two files CERT KEY."
            raise program.StartError(msg)


def _link(options: argparse.Namespace) -> Link:
    if (options.sandbox is None) == (options.company_file is None):
        msg = "Say what to serve: --sandbox FILE, or --company-file PATH on Windows."
        raise program.StartError(msg)
    if options.sandbox is not None:
        return _sandbox_link(options.sandbox)
    return _com_link(options)


def _com_link(options: argparse.Namespace) -> Link:
    # Imported here: a rehearsal needs nothing of Windows.
    from tieout.connector import comlink

    why_not = comlink.why_not_here()
    if why_not:
        raise program.StartError(why_not)
    users = load_users(options.data / USERS_FILE).values()
    return comlink.ComLink(
        company_file=options.company_file,
        lock=options.data / "quickbooks.lock",
        limits=comlink.Limits(process_s=options.call_limit),
        # Where nobody may write, QuickBooks itself is asked to see to it.
        read_only=all(user.access == "read-only" for user in users),
    )


def _sandbox_link(path: Path) -> Link:
    if not path.is_file():
        msg = (
            f"There is no rehearsal company at {path}: make one with `tieout sandbox FILE create`."
        )
        raise program.StartError(msg)
    # Imported here: beside a real QuickBooks nothing of the rehearsal is loaded.
    from tieout.connector.sandbox_link import SandboxLink
    from tieout.sandbox import BookError

    try:
        return SandboxLink(path)
    except BookError as error:
        raise program.StartError(str(error)) from error
    except sqlite3.DatabaseError as error:
        msg = f"{path} is not a rehearsal company file: make one with `tieout sandbox`."
        raise program.StartError(msg) from error


def _keep_users(options: argparse.Namespace) -> None:
    wanted: list[tuple[str | None, Path | None, str | None, Access]] = [
        (options.user, options.password_file, options.password_env, "full"),
        (
            options.read_only_user,
            options.read_only_password_file,
            options.read_only_password_env,
            "read-only",
        ),
    ]
    if options.action == "add-user" and not any(name for name, *_ in wanted):
        msg = "Name the user: --user NAME or --read-only-user NAME."
        raise UsersError(msg)
    options.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, file, variable, access in wanted:
        if name:
            password = _password(name, file, variable)
            user = make_user(name=name, password=password, access=access)
            save_user(options.data / USERS_FILE, user)


def _password(name: str, file: Path | None, variable: str | None) -> str:
    if file is not None:
        return file.read_text("utf-8").rstrip("\r\n")
    if variable is not None:
        password = os.environ.get(variable)
        if password is None:
            msg = f"The environment has no variable {variable}."
            raise UsersError(msg)
        return password
    if sys.stdin.isatty():
        return getpass.getpass(f"Password for {name}: ")
    msg = f"Give the password of {name} with --password-file or --password-env."
    raise UsersError(msg)
