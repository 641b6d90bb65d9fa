"""The two servers that the Web Connector's service is measured beside: WSGI on granian, as ours.

`bare` reads a body and answers constant bytes; `committing` writes a row beside, one commit a
call, SQLite in WAL with synchronous=FULL.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[[str, list[tuple[str, str]]], object]
REPLY = (
    b'<?xml version="1.0" encoding="utf-8"?>\n'
    b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>\n'
    b'<receiveResponseXMLResponse xmlns="http://developer.intuit.com/">'
    b"<receiveResponseXMLResult>50</receiveResponseXMLResult></receiveResponseXMLResponse>"
    b"\n</soap:Body></soap:Envelope>\n"
)
HEADERS = [("Content-Type", "text/xml; charset=utf-8")]
_of_thread = threading.local()


def bare(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Constant bytes."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start("200 OK", HEADERS)
    return [REPLY]


def committing(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Constant bytes, once the body is in a row on disk."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    disk = getattr(_of_thread, "disk", None)
    if disk is None:
        disk = _of_thread.disk = _open()
    disk.execute("INSERT INTO kept (body) VALUES (?)", (body,))
    start("200 OK", HEADERS)
    return [REPLY]


def _open() -> sqlite3.Connection:
    disk = sqlite3.connect(os.environ["BENCH_ROWS"], isolation_level=None, timeout=20)
    disk.execute("PRAGMA journal_mode=WAL")
    disk.execute("PRAGMA synchronous=FULL")
    disk.execute("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, body BLOB)")
    return disk


def main() -> None:
    """`python bench/bare_servers.py MODULE:NAME PORT PROCESSES THREADS`."""
    from granian.constants import Interfaces
    from granian.server import Server

    target, port, processes, threads = sys.argv[1:]
    Server(
        target,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(processes),
        blocking_threads=int(threads),
        websockets=False,
        log_access=False,
        log_enabled=False,
        process_name=None,
    ).serve()


if __name__ == "__main__":
    main()
