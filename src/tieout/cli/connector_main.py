"""The `tieout-connector` command: the connector and its rehearsal company, without the rest.

It is all of the wheel of the same name, which holds no Django, no pages and no database.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

import tieout

PROGRAM = "tieout-connector"


def main(argv: Sequence[str] | None = None) -> int:
    """`tieout-connector [serve | setup | status | add-user | logon | sandbox FILE] …`."""
    if getattr(sys, "frozen", False):
        # In a single .exe the COM worker process is this program again.
        importlib.import_module("multiprocessing").freeze_support()
    argv = list(sys.argv[1:] if argv is None else argv)
    name = "sandbox" if argv[:1] == ["sandbox"] else "connector"
    module = importlib.import_module(f"tieout.cli.{name}")
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} sandbox" if name == "sandbox" else PROGRAM,
        description="Serves a QuickBooks Desktop company to Tieout over HTTP. "
        f"`{PROGRAM} sandbox FILE …` plays the bookkeeper in a rehearsal company.",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {tieout.__version__}")
    module.add_arguments(parser)
    if name == "connector":
        parser.set_defaults(program=PROGRAM)
    try:
        return int(module.run(parser.parse_args(argv[1:] if name == "sandbox" else argv)))
    except KeyboardInterrupt:
        print(f"{PROGRAM}: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
