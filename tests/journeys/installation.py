"""One Tieout as it runs at a customer's: web server, worker and connector, each its own process."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.nursery import TIEOUT, Child, Nursery

PASSWORD = "correct horse battery"
CONNECTOR_PASSWORD = "rehearsal password"
READY_S = 300.0  # a loaded machine is slow; what ends by itself is noticed at once
QUIET_BYTES = 100  # a log that says no more than that its process is ready
# every module of a process that serves; nothing of it asks the database anything
SERVERS = (
    TIEOUT,
    "django",
    "waitress",
    "tieout.cli.web",
    "tieout.cli.worker",
    "tieout.config.wsgi",
    "tieout.config.urls",
    "tieout.service.worker",
    "tieout.cli.connector",
    "tieout.connector.program",
    "tests.journeys.web_connector_process",
)
# the command line, held open: what a new process per command would do, without its start-up
HELD_OPEN = """
import contextlib, io, json, sys
from tieout.cli.main import main
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(json.loads(line))
    print(json.dumps([status, out.getvalue(), err.getvalue()]), flush=True)
"""


class Installation:
    """A data directory with its database file, and the processes that work on it."""

    def __init__(
        self,
        home: Path,
        *,
        database: str = "",
        web: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`database`: a PostgreSQL address, "" = a SQLite file; `web`: options of its server.

        `settings`: more of the environment. Its processes are forked from one that has imported
        everything; `tieout run` starts real commands, and test_run.py looks at those.
        """
        self.home = home
        self._web_options = web
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL"}}
        self._env = kept | {
            "TIEOUT_HOME": str(home),
            "TIEOUT_LOG_LEVEL": "INFO",
            "JOURNEY_PASSWORD": PASSWORD,
            "CONNECTOR_PASSWORD": CONNECTOR_PASSWORD,
            "DJANGO_SETTINGS_MODULE": "tieout.config.settings",
            **(settings or {}),
        }
        if database:
            self._env["DATABASE_URL"] = database
        self._processes: list[Child] = []
        self._nursery = Nursery(SERVERS, env=self._env)
        self._desk = subprocess.Popen(
            [sys.executable, "-c", HELD_OPEN],
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if database:
            self.run("migrate")
        self.run("company", "list")  # makes the database where it is a file
        self.start_web()
        self.worker = self._start("worker", "worker")

    def run(self, *argv: str, status: int = 0) -> Any:
        """One `tieout` command with --json; its answer, which must have this exit status."""
        assert self._desk.stdin is not None
        assert self._desk.stdout is not None
        self._desk.stdin.write(json.dumps([*argv, "--json"]) + "\n")
        self._desk.stdin.flush()
        line = self._desk.stdout.readline()
        assert line, f"tieout {argv} ended the command line"
        got, out, err = json.loads(line)
        assert got == status, f"tieout {' '.join(argv)} ended with {got}:\n{out}\n{err}"
        return json.loads(out) if out.strip() else None

    def connector(self, data: Path, *options: str, port: int = 0) -> tuple[Child, str]:
        """A Remote Connector on a port of its own; its process and its address."""
        port = port or free_port()
        process = self._start(
            f"connector-{port}", "connector", "--port", str(port), "--tls", "off",
            "--data", str(data), "--user", "tieout", "--password-env", "CONNECTOR_PASSWORD",
            "--read-only-user", "reader", "--read-only-password-env", "CONNECTOR_PASSWORD",
            *options,
        )  # fmt: skip
        self._await(port, process, f"connector-{port}")
        return process, f"http://127.0.0.1:{port}"

    def kill_worker(self) -> None:
        """As a power cut would: no last words, nothing tidied up."""
        self.end(self.worker)

    def start_worker(self) -> None:
        self.worker = self._start("worker", "worker")

    def another_worker(self) -> Child:
        """One more, as on a second machine: it does not end the leases of others."""
        return self._start("worker", "worker")

    def start_web(self) -> None:
        """On the same port as before."""
        self.web = self.another_web(self.port)

    def another_web(self, port: int, *more: str) -> Child:
        """A web server beside the first one; `more`: options of its own."""
        options = ("--port", str(port), "--threads", "4", *self._web_options, *more)
        web = self._start(f"web-{port}", "web", *options)
        self._await(port, web, f"web-{port}")
        return web

    def start(self, name: str, module: str, *argv: str) -> Child:
        """`main(argv)` of this module as a process whose log has this name."""
        child = self._nursery.start(module, argv, log=self.home / f"{name}.log")
        self._processes.append(child)
        return child

    def end(self, process: Child) -> None:
        self._bury(process)
        self._processes.remove(process)

    def close(self) -> None:
        assert self._desk.stdin is not None
        assert self._desk.stdout is not None
        self._desk.stdin.close()
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            self._bury(process)
        self._nursery.close()
        self._desk.wait(10)
        self._desk.stdout.close()

    def _bury(self, process: Child) -> None:
        process.kill()
        process.wait()

    def last_words(self) -> str:
        """The end of every process's log: what to read when a journey fails."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text('utf-8', 'replace')[-3000:]}"
            for path in sorted(self.home.glob("*.log"))
            if path.stat().st_size > QUIET_BYTES
        )

    def _start(self, name: str, *argv: str) -> Child:
        return self.start(name, TIEOUT, *argv)

    def _await(self, port: int, process: Child, name: str) -> None:
        """Wait until somebody listens: there is no page yet that could be waited for."""
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.05)
        message = f"{name} does not listen on {port}:\n{self.last_words()}"
        raise AssertionError(message)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def installed(home: Path) -> Iterator[Installation]:
    """An installation for a whole run; its processes end with it."""
    installation = Installation(home)
    try:
        yield installation
    finally:
        installation.close()
