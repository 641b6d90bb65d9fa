"""`tieout tie-out`: compare both books over everything exported, or over a period."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout tie-out`."""
    parser.add_argument("--jobs", action="store_true", help="print the totals of every job")
    for end in ("from", "to"):
        parser.add_argument(
            f"--{end}",
            dest=f"{end}_date",
            type=_day,
            metavar="YYYY-MM-DD",
            help=f"{'first' if end == 'from' else 'last'} day of the period",
        )
    project.add_company(parser)
    project.add_wait(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no day: write it as 2026-10-19."
        raise argparse.ArgumentTypeError(message) from None


def run(options: argparse.Namespace) -> int:
    """0 = both books agree to the cent, 1 = they differ."""
    project.start()
    access = project.find_access(options, right="tie_out")
    found = compare(
        access, wait_s=options.wait, from_date=options.from_date, to_date=options.to_date
    )
    if options.json:
        emit(found, as_json=True)
    else:
        if options.jobs:
            emit(found["jobs"], as_json=False)
            print()
        if found["findings"]:
            emit(found["findings"], as_json=False)
            print()
        print(found["message"])
    return 0 if found["tied"] else 1


def compare(
    access: Any, *, wait_s: float, from_date: date | None = None, to_date: date | None = None
) -> dict[str, Any]:
    """Tie out now: the totals, the totals per job, and every finding."""
    from tieout.cli.driving import drive, must_succeed
    from tieout.service import confirm_gone, moments, tie_out
    from tieout.store.queries import tie_outs

    try:
        task = tie_out.start(
            access=access, now=moments.now(), from_date=from_date, to_date=to_date
        )
    except tie_out.CannotTieOut as error:
        raise CommandError(str(error)) from error
    ended = must_succeed(drive(task, wait_s=wait_s))
    row = tie_outs.of_task(task_id=ended.pk)
    look = confirm_gone.under_way(company_id=access.company.pk)
    if look is not None:  # what became of each that differs, for the postings' states
        drive(look, wait_s=wait_s)
    return {
        **ended.result,
        "message": ended.message,
        "jobs": tie_outs.total_rows(tie_out_id=row.pk) if row else [],
        "findings": tie_outs.finding_rows(tie_out_id=row.pk) if row else [],
    }
