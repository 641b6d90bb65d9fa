"""`tieout tie-out`: compare both books over everything exported."""

from __future__ import annotations

import argparse
from typing import Any

from tieout.cli import project
from tieout.cli.output import emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout tie-out`."""
    parser.add_argument("--jobs", action="store_true", help="print the totals of every job")
    project.add_company(parser)
    project.add_wait(parser)


def run(options: argparse.Namespace) -> int:
    """0 = both books agree to the cent, 1 = they differ."""
    project.start()
    access = project.find_access(options)
    found = compare(access, wait_s=options.wait)
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


def compare(access: Any, *, wait_s: float) -> dict[str, Any]:
    """Tie out now: the totals, the totals per job, and every finding."""
    from tieout.cli.driving import drive, must_succeed
    from tieout.service import moments, tie_out
    from tieout.store.queries import tie_outs

    ended = must_succeed(drive(tie_out.start(access=access, now=moments.now()), wait_s=wait_s))
    row = tie_outs.of_task(task_id=ended.pk)
    return {
        **ended.result,
        "message": ended.message,
        "jobs": tie_outs.total_rows(tie_out_id=row.pk) if row else [],
        "findings": tie_outs.finding_rows(tie_out_id=row.pk) if row else [],
    }
