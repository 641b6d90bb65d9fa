"""`tieout postings`: every posting and where it stands."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tieout.cli import project
from tieout.cli.output import emit
from tieout.core.exporting import State


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout postings`."""
    parser.add_argument(
        "--state",
        choices=[state.value for state in State],
        metavar="STATE",
        help="only these, such as unconfirmed",
    )
    project.add_company(parser)


def run(options: argparse.Namespace) -> int:
    """0 = shown."""
    project.start()
    from tieout.store.queries import postings

    company = project.find_company(options)
    states = [State(options.state)] if options.state else []
    rows = [asdict(row) for row in postings.each(company_id=company.pk, states=states)]
    emit(rows, as_json=options.json, text="" if rows else "There is no such posting.")
    return 0
