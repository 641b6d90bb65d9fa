"""`tieout web`: serve the pages. Any number of these may run beside each other on PostgreSQL."""

from __future__ import annotations

import argparse
import os
import socket

from tieout.cli.output import CommandError, add_json
from tieout.cli.ports import must_be_free

PORT_DEFAULT = 8000
THREADS_DEFAULT = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout web`."""
    parser.add_argument("--host", default="127.0.0.1", help="address (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=PORT_DEFAULT, help="port (default: %(default)s)"
    )
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="(default: 1)")
    parser.add_argument(
        "--threads", type=int, default=THREADS_DEFAULT, metavar="N", help="per process"
    )
    parser.add_argument(
        "--server",
        choices=("auto", "granian", "waitress"),
        default="auto",
        help="waitress where granian is not there (default: %(default)s)",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 = ended in order, 2 = could not start."""
    from tieout.cli import project

    allow_host(options.host)
    must_be_free(options.host, options.port, option="--port")
    project.start()
    if options.server != "waitress" and _granian(options):
        return 0
    if options.server == "granian":
        message = "granian is not installed: install it, or use --server waitress."
        raise CommandError(message)
    from waitress import serve

    from tieout.config.wsgi import application

    serve(application, host=options.host, port=options.port, threads=options.threads, ident=None)
    return 0


def _granian(options: argparse.Namespace) -> bool:
    try:
        from granian.constants import Interfaces
        from granian.server import Server
    except ImportError:
        return False
    os.environ["_TIEOUT_WEB_SERVER"] = str(os.getpid())  # its processes end when it is gone
    Server(
        "tieout.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.processes,
        blocking_threads=options.threads,
        websockets=False,
        log_access=False,
        process_name=None,
    ).serve()
    return True


def allow_host(host: str) -> None:
    """Let the pages be asked for under the name they are served on, unless names are set."""
    if os.environ.get("TIEOUT_ALLOWED_HOSTS") or host in {"127.0.0.1", "localhost", "::1"}:
        return
    names = ["localhost", "127.0.0.1", "[::1]", socket.gethostname(), socket.getfqdn(), host]
    os.environ["TIEOUT_ALLOWED_HOSTS"] = ",".join(
        dict.fromkeys(n for n in names if n and n not in {"0.0.0.0", "::"})  # noqa: S104
    )
