"""`tieout migrate`: bring the database to this version."""

from __future__ import annotations

import argparse

from tieout.cli import project
from tieout.cli.output import add_json, emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout migrate`."""
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 = the database belongs to this version now."""
    home = project.start(migrate=True)
    emit(
        {"home": str(home), "pending": project.pending_migrations()},
        as_json=options.json,
        text="The database is ready.",
    )
    return 0
