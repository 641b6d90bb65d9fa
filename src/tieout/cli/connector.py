"""`tieout connector`: serve a QuickBooks company over HTTP, set that up, and look after it."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from pathlib import Path

from tieout.cli import connector_options
from tieout.cli.connector_options import password_of, password_typed, settings_of
from tieout.connector import program
from tieout.connector.link import Link
from tieout.connector.lock import FolderTaken
from tieout.connector.logfile import LOG_FILE, log, start_log, stop_log
from tieout.connector.settings import Settings, SettingsError
from tieout.connector.users import USERS_FILE, UsersError, load_users, make_user, save_user
from tieout.quickbooks.wire import Access

add_arguments = connector_options.add_arguments


def run(options: argparse.Namespace) -> int:
    """0 = ended well, 1 = stopped while QuickBooks was still working, or a rung is broken,
    2 = could not start."""
    try:
        if options.action == "setup":
            from tieout.cli.connector_setup import set_up

            return set_up(options)
        if options.action == "status":
            from tieout.cli.connector_status import show_status

            return show_status(options)
        if options.action == "logon":
            from tieout.cli.connector_logon import logon

            return logon(options)
        _keep_users(options)
        return 0 if options.action == "add-user" else _serve(options)
    except (program.StartError, SettingsError, FolderTaken, UsersError, OSError) as error:
        print(f"tieout connector: {error}", file=sys.stderr)
        return 2


def _serve(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    handler = start_log(settings.data / LOG_FILE, settings.log)
    try:
        connector = program.Program(
            settings=settings,
            link=link_of(settings),
            users=load_users(settings.data / USERS_FILE),
            clock=program.utc_now,
        )
        connector.stop_on_signals()
        _print_ready(connector, as_json=options.json)
        if settings.status_port is not None and not connector.status_url:
            text = f"Port {settings.status_port} is taken, so there is no status page."
            print(f"tieout connector: {text}", file=sys.stderr)
        return 0 if connector.serve() else 1
    except (program.StartError, FolderTaken, UsersError) as error:
        log.error("not started: %s", error)
        raise
    finally:
        stop_log(handler)


def _print_ready(connector: program.Program, *, as_json: bool) -> None:
    if as_json:
        line = json.dumps(
            {
                "url": connector.url,
                "fingerprint": connector.fingerprint,
                "status_url": connector.status_url,
            }
        )
    else:
        line = f"Ready at {connector.url}"
        if connector.fingerprint:
            line += f", certificate SHA-256 {connector.fingerprint}"
        if connector.status_url:
            line += f"\nHow it is: {connector.status_url}"
    print(line, flush=True)


def link_of(settings: Settings) -> Link:
    """The way to what is served. Raises StartError with the remedy when there is none."""
    if settings.sandbox is not None:
        return _sandbox_link(settings.sandbox)
    if settings.company_file is not None:
        return _com_link(settings)
    msg = "Say what to serve: --sandbox FILE, or --company-file PATH on Windows."
    raise program.StartError(msg)


def _com_link(settings: Settings) -> Link:
    # Imported here: a rehearsal needs nothing of Windows.
    from tieout.connector import comlink

    why_not = comlink.why_not_here()
    if why_not:
        raise program.StartError(why_not)
    users = load_users(settings.data / USERS_FILE).values()
    return comlink.ComLink(
        company_file=settings.company_file or "",
        lock=settings.data / "quickbooks.lock",
        limits=comlink.Limits(process_s=settings.call_limit_s),
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
            password = password_of(name, file, variable)
            if password is None:
                password = password_typed(name)
            user = make_user(name=name, password=password, access=access)
            save_user(options.data / USERS_FILE, user)
