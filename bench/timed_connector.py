"""A Remote Connector that measures how long the rehearsal company itself works.

`python bench/timed_connector.py COMPANY_FILE DATA_FOLDER PASSWORD [count]` prints its address as
JSON, serves until it is asked to end, then prints what it measured: `calls`, `inside_s` and
`inside_cpu_s` (wall and processor seconds inside the company) and `cpu_s` (the whole process);
with `count` also `journal_commits` and `company_commits`, for one more stopwatch on every
statement. Everything but the stopwatches is the product's.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commits import CommitCounter
from tieout.connector.link import LinkSession, Mode
from tieout.connector.logfile import start_log
from tieout.connector.program import Program, utc_now
from tieout.connector.sandbox_link import SandboxLink
from tieout.connector.settings import Settings
from tieout.connector.users import make_user


@dataclass
class Stopwatch:
    """Time spent inside the company file."""

    calls: int = 0
    inside_s: float = 0.0
    inside_cpu_s: float = 0.0


class TimedSession:
    """A session that counts its own time."""

    def __init__(self, session: LinkSession, watch: Stopwatch) -> None:
        self._session = session
        self._watch = watch
        self.session_id = session.session_id
        self.company_file = session.company_file
        self.versions = session.versions

    def process(self, qbxml: str, *, limit_s: float) -> str:
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            return self._session.process(qbxml, limit_s=limit_s)
        finally:
            self._watch.calls += 1
            self._watch.inside_s += time.perf_counter() - wall
            self._watch.inside_cpu_s += time.thread_time() - cpu

    def close(self) -> None:
        self._session.close()


class TimedLink:
    """A rehearsal company whose sessions are timed."""

    def __init__(self, link: SandboxLink) -> None:
        self._link = link
        self.watch = Stopwatch()

    def open_session(self, app_name: str, company_file: str, mode: Mode) -> TimedSession:
        return TimedSession(self._link.open_session(app_name, company_file, mode), self.watch)


def _count_commits(counters: dict[str, list[CommitCounter]]) -> None:
    """Let every connection that is opened from now on count its commits, by file name."""
    plain_connect = sqlite3.connect

    def connect(path: str | Path, *given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = plain_connect(path, *given, **named)
        counters.setdefault(Path(path).name, []).append(CommitCounter(connection))
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]


def main(books: str, data: str, password: str, count: str = "") -> int:
    counters: dict[str, list[CommitCounter]] = {}
    if count:
        _count_commits(counters)
    link = TimedLink(SandboxLink(Path(books)))
    user = make_user(name="tieout", password=password, access="full")
    program = Program(
        settings=Settings(data=Path(data), port=0, tls="off"),
        link=link,
        users={"tieout": user},
        clock=utc_now,
    )
    start_log(Path(data) / "connector.log")
    program.stop_on_signals()
    print(json.dumps({"url": program.url}), flush=True)
    program.serve()
    watch = link.watch
    totals = {name: sum(each.commits for each in found) for name, found in counters.items()}
    measured = {
        "calls": watch.calls,
        "inside_s": watch.inside_s,
        "inside_cpu_s": watch.inside_cpu_s,
        "cpu_s": time.process_time(),
        "journal_commits": totals.get("journal.sqlite3", 0),
        "company_commits": totals.get(Path(books).name, 0),
    }
    print(json.dumps(measured), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
