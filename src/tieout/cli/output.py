"""What every command prints: tables for people, JSON for programs, one sentence when it fails."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from tieout.cli.sandbox_output import show

__all__ = [
    "CommandError", "Subparsers", "add_json", "dollars", "emit", "note", "office_time", "subcommand",
]  # fmt: skip


class CommandError(Exception):
    """The command cannot do it: one sentence with the remedy, and the exit status."""

    def __init__(self, message: str, *, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


class Subparsers(Protocol):
    """What argparse's add_subparsers returns, as far as it is used here."""

    def add_parser(self, name: str, **rest: Any) -> argparse.ArgumentParser: ...


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option that every command has."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def subcommand(parsers: Subparsers, name: str, text: str) -> argparse.ArgumentParser:
    """A command of a command, with --json."""
    parser = parsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    add_json(parser)
    return parser


def emit(result: Any, *, as_json: bool, text: str = "") -> None:
    """Print the result: JSON, or else the sentence, or else a table."""
    if text and not as_json:
        print(text)
    else:
        show(result, as_json=as_json)


def note(text: str) -> None:
    """Say something beside the result: on standard error, so that --json stays clean."""
    print(text, file=sys.stderr, flush=True)


def office_time(moment: datetime | None) -> datetime | None:
    """The moment in the office's time zone, to the second: a day ends there, not in Greenwich."""
    from django.utils import timezone

    return None if moment is None else timezone.localtime(moment).replace(microsecond=0)


def dollars(amount: Decimal) -> str:
    """As money is written in tables: 1,234.50."""
    return f"{amount:,.2f}"


def table(title: str, rows: Sequence[dict[str, Any]]) -> None:
    """A titled table between blank lines."""
    print(f"\n{title}")
    show(list(rows), as_json=False)
