"""`tieout worker`: do the background work. Several may run side by side on PostgreSQL."""

from __future__ import annotations

import argparse
import logging
import signal
from types import FrameType

from tieout.cli.output import CommandError, add_json, note


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout worker`."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then end")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 = ended in order."""
    from tieout.cli import project

    home = project.start()
    from django.db import connection

    from tieout.cli.driving import take_lock
    from tieout.service.worker import Worker

    logging.getLogger("tieout").setLevel(logging.INFO)
    lock = take_lock(home)
    if lock is None and connection.vendor == "sqlite":
        message = f"A worker of {home} runs already: one is enough, leave it running."
        raise CommandError(message)
    worker = Worker()
    if connection.vendor == "sqlite":
        worker.bury_the_dead()  # the lock proves that there is no other
    else:
        worker.bury_the_dead_of_this_machine()

    def stop(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if options.once:
        worker.run_until_idle()
    else:
        note("The worker runs. Ctrl-C ends it after its present step.")
        worker.run()
    if lock is not None:
        lock.release()
    return 0
