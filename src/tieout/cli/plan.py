"""`tieout plan`: check the waiting invoices again."""

from __future__ import annotations

import argparse

from tieout.cli import project
from tieout.cli.import_files import plan_now
from tieout.cli.output import emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout plan`."""
    project.add_company(parser)
    project.add_wait(parser)


def run(options: argparse.Namespace) -> int:
    """0 = every waiting invoice is ready, blocked or skipped now."""
    project.start()
    access = project.find_access(options)
    ended = plan_now(access, wait_s=options.wait)
    emit(ended.result, as_json=options.json, text=ended.message)
    return 0
