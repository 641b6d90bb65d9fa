"""`tieout web`: serve the pages. Any number of these may run beside each other on PostgreSQL.

One process is served by waitress: it takes a request in whole, without a thread, before one works
on it, so that clients which stall in the middle of a body stop nobody. Several processes are
served by granian, behind a proxy that takes bodies in likewise.
"""

from __future__ import annotations

import argparse
import os
import socket

from tieout.cli.output import CommandError, add_json
from tieout.cli.ports import must_be_free
from tieout.config import environment

PORT_DEFAULT = 8000
THREADS_DEFAULT = 8
IDLE_S_DEFAULT = 60
CONNECTIONS_MAX = 1000 if os.name == "posix" else 400  # Windows' select takes 512
RECEIVE_BYTES = 128 * 1024


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
        help="auto: waitress for one process, granian for several",
    )
    parser.add_argument(
        "--idle-s",
        type=int,
        default=IDLE_S_DEFAULT,
        metavar="SECONDS",
        help="waitress ends a connection that says nothing for so long (default: %(default)s)",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 = ended in order, 2 = could not start."""
    from tieout.cli import project

    allow_host(options.host)
    must_be_free(options.host, options.port, option="--port")
    project.start()
    several = options.processes > 1
    if options.server == "granian" or (options.server == "auto" and several):
        _granian(options)
    elif several:
        message = "--processes: waitress serves from one process; leave it out, or use granian."
        raise CommandError(message)
    else:
        _waitress(options)
    return 0


def _waitress(options: argparse.Namespace) -> None:
    from waitress import serve
    from waitress.channel import HTTPChannel

    from tieout.cli.request_bodies import Request
    from tieout.config.wsgi import application
    from tieout.web.uploads import TAKEN_BYTES_MAX

    HTTPChannel.parser_class = Request

    serve(
        application,
        host=options.host,
        port=options.port,
        threads=options.threads,
        ident=None,
        connection_limit=CONNECTIONS_MAX,
        asyncore_use_poll=os.name == "posix",
        channel_timeout=options.idle_s,
        cleanup_interval=min(options.idle_s, 10),
        max_request_body_size=TAKEN_BYTES_MAX,
        recv_bytes=RECEIVE_BYTES,
    )


def _granian(options: argparse.Namespace) -> None:
    try:
        from granian.constants import Interfaces
        from granian.server import Server
    except ImportError as missing:
        message = "granian is not installed: install it, or leave --processes and --server out."
        raise CommandError(message) from missing
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


def allow_host(host: str) -> None:
    """Let the pages be asked for under the name they are served on, unless names are set."""
    if environment.text("TIEOUT_ALLOWED_HOSTS") or host in {"127.0.0.1", "localhost", "::1"}:
        return
    shown = f"[{host}]" if ":" in host else host
    names = [*environment.HERE, socket.gethostname(), socket.getfqdn(), shown]
    nowhere = {"0.0.0.0", "[::]"}  # noqa: S104
    os.environ["TIEOUT_ALLOWED_HOSTS"] = ",".join(
        dict.fromkeys(n for n in names if environment.is_host(n) and n not in nowhere)
    )
