"""`tieout refresh`: read the lists of QuickBooks again (Refresh QuickBooks list)."""

from __future__ import annotations

import argparse

from tieout.cli import project
from tieout.cli.output import emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout refresh`."""
    project.add_company(parser)
    project.add_wait(parser)
    parser.add_argument(
        "--full", action="store_true", help="read everything, not only what changed"
    )


def run(options: argparse.Namespace) -> int:
    """0 = read, 1 = QuickBooks could not be asked."""
    project.start()
    from tieout.cli.driving import drive, must_succeed
    from tieout.service import moments
    from tieout.service.ask_refresh import ask_refresh, misses

    access = project.find_access(options)
    now = moments.now()
    task = ask_refresh(access=access, now=now, full=options.full)
    ended = must_succeed(drive(task, wait_s=options.wait))
    if misses(task, now=now, full=options.full):
        task = ask_refresh(access=access, now=moments.now(), full=options.full)
        ended = must_succeed(drive(task, wait_s=options.wait))
    emit({"message": ended.message, **ended.result}, as_json=options.json, text=ended.message)
    return 0
