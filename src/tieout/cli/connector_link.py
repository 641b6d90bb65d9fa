"""The way from a connector's settings to what it serves: QuickBooks, or a rehearsal company."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tieout.connector.link import Link
from tieout.connector.program import StartError
from tieout.connector.settings import Settings
from tieout.connector.users import USERS_FILE, load_users


def link_of(settings: Settings) -> Link:
    """The way to what is served. Raises StartError with the remedy when there is none."""
    if settings.sandbox is not None:
        return _sandbox_link(settings.sandbox)
    if settings.company_file is not None:
        return _com_link(settings)
    msg = "Say what to serve: --sandbox FILE, or --company-file PATH on Windows."
    raise StartError(msg)


def _com_link(settings: Settings) -> Link:
    # Imported here: a rehearsal needs nothing of Windows.
    from tieout.connector import comlink

    why_not = comlink.why_not_here()
    if why_not:
        raise StartError(why_not)
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
        raise StartError(msg)
    # Imported here: beside a real QuickBooks nothing of the rehearsal is loaded.
    from tieout.connector.sandbox_link import SandboxLink
    from tieout.sandbox import BookError

    try:
        return SandboxLink(path)
    except BookError as error:
        raise StartError(str(error)) from error
    except sqlite3.DatabaseError as error:
        msg = f"{path} is not a rehearsal company file: make one with `tieout sandbox`."
        raise StartError(msg) from error
