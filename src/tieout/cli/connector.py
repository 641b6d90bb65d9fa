"""`tieout connector`: serve a QuickBooks company over HTTP, set that up, and look after it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tieout.cli import connector_options
from tieout.cli.connector_link import link_of
from tieout.cli.connector_options import password_of, password_typed, settings_of
from tieout.connector import program
from tieout.connector.lock import FolderTaken
from tieout.connector.logfile import LOG_FILE, log, start_log, stop_log
from tieout.connector.private import keep_private
from tieout.connector.settings import SettingsError
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
        print(f"{options.program}: {error}", file=sys.stderr)
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
            print(f"{options.program}: {text}", file=sys.stderr)
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
    keep_private(options.data)
    for name, file, variable, access in wanted:
        if name:
            password = password_of(name, file, variable)
            if password is None:
                password = password_typed(name)
            user = make_user(name=name, password=password, access=access)
            save_user(options.data / USERS_FILE, user)
