"""The few questions of `tieout connector setup`, and what stands without an answer.

A question is asked only of a person at a terminal, and only for what no option names.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tieout.cli.connector_options import password_of
from tieout.connector.program import StartError
from tieout.connector.settings import Settings
from tieout.connector.users import User, UsersError
from tieout.quickbooks.wire import Access

USER_DEFAULT = "tieout"
REHEARSAL_FILE = "rehearsal.sqlite3"


class Ask(Protocol):
    """How a person is asked; `secret` answers are not shown."""

    def __call__(self, question: str, default: str = "", *, secret: bool = False) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options with the answers in them, and the user. `password` "" keeps or makes one."""

    options: argparse.Namespace
    user: str
    access: Access
    password: str
    generate: bool


def answers(
    options: argparse.Namespace, base: Settings, known: dict[str, User], *, ask: Ask | None
) -> Wanted:
    """What is wanted: the options first, then the answers, then what is saved already.

    Raises UsersError for a user that is not clear, StartError when input ends too early.
    """
    filled = argparse.Namespace(**vars(options))
    at_terminal = sys.stdin is not None and sys.stdin.isatty()
    if options.defaults or not (ask is not None or at_terminal):
        return _user(filled, known, _silent)
    asking = ask or _terminal
    try:
        _ask_behind(filled, base, asking)
        if filled.host is None:
            filled.host = asking(
                "Address to listen on (127.0.0.1 when Tieout runs on this computer, 0.0.0.0 when "
                "it runs elsewhere)",
                base.host,
            )
        if filled.port is None:
            filled.port = _number(asking("Port", str(base.port)))
        return _user(filled, known, asking)
    except EOFError as error:
        msg = "The answers ended; nothing was changed."
        raise StartError(msg) from error


def _ask_behind(filled: argparse.Namespace, base: Settings, ask: Ask) -> None:
    if filled.sandbox is not None or filled.company_file is not None:
        return
    rehearses = base.sandbox is not None
    if base.company_file is None and not rehearses:
        rehearses = sys.platform != "win32"
    kind = _choice(
        ask,
        "Serve QuickBooks or a rehearsal company (quickbooks, rehearsal)",
        "rehearsal" if rehearses else "quickbooks",
        ("quickbooks", "rehearsal"),
    )
    if kind == "rehearsal":
        file = str(base.sandbox or base.data / REHEARSAL_FILE)
        filled.sandbox = Path(ask("Rehearsal company file (made if it is not there)", file))
    else:
        filled.company_file = ask(
            "Path of the company file, as QuickBooks shows it with F2 (- = whichever is open)",
            base.company_file or "-",
        )
        if filled.company_file == "-":
            filled.company_file = ""


def _user(filled: argparse.Namespace, known: dict[str, User], ask: Ask) -> Wanted:
    if filled.user and filled.read_only_user:
        msg = "The setup makes one user: give --user or --read-only-user; add-user adds more."
        raise UsersError(msg)
    named = filled.user or filled.read_only_user
    name = named or ask("User name for Tieout", _usual(known))
    present = known.get(name)
    access: Access = "full" if present is None else present.access
    if filled.read_only_user:
        access = "read-only"
    elif filled.user:
        access = "full"
    else:
        said = _choice(
            ask, "May it write, or only read (full, read-only)", access, ("full", "read-only")
        )
        access = "read-only" if said == "read-only" else "full"
    file, variable = filled.password_file, filled.password_env
    if filled.read_only_user:
        file = filled.read_only_password_file or file
        variable = filled.read_only_password_env or variable
    password = password_of(name, file, variable)
    if password is None and not filled.generate_password:
        otherwise = "empty keeps the present one" if present else "empty makes one"
        password = ask(f"Password of {name} ({otherwise})", "", secret=True)
    return Wanted(
        options=filled,
        user=name,
        access=access,
        password=password or "",
        generate=bool(filled.generate_password),
    )


def _usual(known: dict[str, User]) -> str:
    return next(iter(known)) if len(known) == 1 else USER_DEFAULT


def _choice(ask: Ask, question: str, default: str, allowed: tuple[str, ...]) -> str:
    while (said := ask(question, default)) not in allowed:
        question = f"Answer {' or '.join(allowed)}"
    return said


def _number(said: str) -> int:
    if not said.isdecimal():
        msg = f"{said!r} is no port: give a number from 0 to 65535."
        raise StartError(msg)
    return int(said)


def _silent(question: str, default: str = "", *, secret: bool = False) -> str:
    return default


def _terminal(question: str, default: str = "", *, secret: bool = False) -> str:
    shown = f"{question}{f' [{default}]' if default else ''}: "
    if secret:
        return getpass.getpass(shown).strip() or default
    print(shown, end="", file=sys.stderr, flush=True)  # so that --json stays clean
    return input().strip() or default
