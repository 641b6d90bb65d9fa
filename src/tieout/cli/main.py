"""The `tieout` command: one module per subcommand, imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

# name -> one line of help. The module is tieout.cli.<name with - as _>; it offers
# `add_arguments(parser)` and `run(options) -> int` (the exit status).
COMMANDS: dict[str, str] = {
    "connector": "serve a QuickBooks company over HTTP (the Remote Connector)",
    "sandbox": "play the bookkeeper in a rehearsal company file",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its module is the only one imported."""
    argv = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="tieout", description="Exports each invoice exactly once.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text)
        if argv and argv[0] == name:
            module = importlib.import_module(f"tieout.cli.{name.replace('-', '_')}")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    options = parser.parse_args(argv)
    return int(options.run(options))


if __name__ == "__main__":
    raise SystemExit(main())
