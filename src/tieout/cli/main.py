"""The `tieout` command: one module per subcommand, imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

import tieout
from tieout.cli.output import CommandError
from tieout.config.environment import BadSetting

# name -> (module of tieout.cli, one line of help). The module offers `add_arguments(parser)` and
# `run(options) -> int`, the exit status: 0 done, 1 refused or different, 2 could not be tried.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "start everything here: pages, worker, and a rehearsal company"),
    "demo": ("demo", "do the main job without a browser, in a throwaway folder, and check it"),
    "status": ("status", "what waits, what is blocked and why, what was exported"),
    "company": ("company", "create and list companies, read and change their export rules"),
    "person": ("person", "create people, give them roles and passwords"),
    "connection": ("connection", "read and change the way to QuickBooks"),
    "web-connector": ("web_connector", "set up the QuickBooks Web Connector's road"),
    "verify": ("verify", "verify the connection, rung by rung"),
    "refresh": ("refresh", "read the lists of QuickBooks again (Refresh QuickBooks list)"),
    "import": ("import_files", "import clients, jobs, items and invoices from CSV and Excel"),
    "mappings": ("mappings", "write mappings to CSV or Excel, apply a file, undo what it saved"),
    "suggest": ("suggest", "suggest QuickBooks jobs for contractor jobs, from two CSV files"),
    "plan": ("plan", "check the waiting invoices again"),
    "export": ("export", "export ready invoices to QuickBooks"),
    "postings": ("postings", "list every posting and where it stands"),
    "tie-out": ("tie_out", "compare both books"),
    "doctor": ("doctor", "look for what is wrong with this installation and its connections"),
    "web": ("web", "serve the pages alone"),
    "worker": ("worker", "do the background work alone"),
    "migrate": ("migrate", "bring the database to this version"),
    "connector": ("connector", "serve a QuickBooks company over HTTP (the Remote Connector)"),
    "sandbox": ("sandbox", "play the bookkeeper in a rehearsal company file"),
}

BUSY = (
    "The database was busy for too long: something else writes much to it just now, such as the"
    " worker after an import. What this command had not saved yet is not saved. Run it again."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its module is the only one imported."""
    if getattr(sys, "frozen", False):
        # In a single .exe the COM worker process is this program again.
        multiprocessing = importlib.import_module("multiprocessing")
        multiprocessing.freeze_support()
    argv = list(sys.argv[1:] if argv is None else argv)
    parser = build_parser(argv[:1])
    options = parser.parse_args(argv)
    if os.environ.get("TIEOUT_SUPERVISED"):
        from tieout.cli.supervised import end_with_parent

        end_with_parent()
    try:
        return int(options.run(options))
    except CommandError as error:
        print(f"tieout {options.command}: {error}", file=sys.stderr)
        return error.status
    except BadSetting as error:
        print(f"tieout {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"tieout {options.command}: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if not _is_busy(error):
            raise
        print(f"tieout {options.command}: {BUSY}", file=sys.stderr)
        return 2


def _is_busy(error: Exception) -> bool:
    """Whether the database was locked for too long; no command loads Django to be asked this."""
    database = sys.modules.get("django.db")
    if database is None or not isinstance(error, database.OperationalError):
        return False
    return any(words in str(error) for words in ("database is locked", "lock timeout"))


def build_parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """The parser in which the subcommands `names` are complete and the others only listed."""
    parser = argparse.ArgumentParser(
        prog="tieout",
        description="Links contractor jobs to QuickBooks jobs and exports each invoice once.",
        epilog="`tieout COMMAND --help` says what a command takes. Exit status: 0 done, "
        "1 refused or different, 2 could not be tried.",
    )
    parser.add_argument("--version", action="version", version=f"tieout {tieout.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module_name, text) in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name in names:
            module = importlib.import_module(f"tieout.cli.{module_name}")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
