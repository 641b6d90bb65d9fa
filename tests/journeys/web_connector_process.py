"""A Web Connector with its QuickBooks as a process of its own: Auto-Run, until it is killed.

When the wire breaks or QuickBooks dies within an update, that update is over, as with the real
one; the next begins a moment later. What Tieout may never answer (a fault, another status than
200) ends the process with an error.
"""

from __future__ import annotations

import argparse
import http.client
import random
import sqlite3
import sys
import time
from pathlib import Path

from tests.web_connector_double import HttpPost, WebConnector

from tieout.sandbox import CompanyFile, HResult

BETWEEN_S = (0.05, 0.3)  # from one update to the next
NO_OP_S = 0.1  # five seconds with the real one
ANSWER_S = 30.0


def main(argv: list[str]) -> int:
    """Update again and again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", required=True, type=Path)
    parser.add_argument("--books", required=True, type=Path)
    options = parser.parse_args(argv)
    connector = WebConnector(
        post=HttpPost(options.url, timeout_s=ANSWER_S),
        user_name=options.user,
        password=options.password_file.read_text("utf-8"),
        books=CompanyFile(options.books),
        sleep=lambda: time.sleep(NO_OP_S),
    )
    while True:
        _update(connector)
        time.sleep(random.uniform(*BETWEEN_S))


def _update(connector: WebConnector) -> None:
    """One update. The company file may be locked by another program that was stopped."""
    try:
        told = connector.update()
    except (OSError, http.client.HTTPException, HResult, sqlite3.OperationalError) as broke:
        told = f"broke off: {broke!r}"
    if told != "none":
        sys.stdout.write(f"{time.time():.3f} {told[:300]}\n")
        sys.stdout.flush()
    connector.diary.clear()
