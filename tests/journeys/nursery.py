"""Processes of Tieout, forked from one that has imported everything.

Most of what a start costs is importing, and a storm starts hundreds. What is forked is a process
like any other: it opens its own connections, and is killed, stopped and resumed by itself. Run as
a program this is the one that forks; `Nursery` is how a test speaks to it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOUBLE = "web-connector-double"  # the command that is not one of Tieout's
POLL_S = 0.02


class Child:
    """One forked process, as far as a storm needs what Popen offers."""

    stdin = stdout = None

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, below zero the signal that killed it; None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(POLL_S)
        return code

    def send_signal(self, number: int) -> None:
        """Its number is not given to another process before it is waited for."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Nursery:
    """The process that forks, with this environment; when it ends, its children end."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.nursery"],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, argv: Sequence[str], log: Path) -> Child:
        """Start `tieout ARGV`, or the double of the Web Connector."""
        return Child(self, int(self.ask({"start": list(argv), "log": str(log)})))

    def ask(self, question: dict[str, Any]) -> Any:
        """One question, one answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._lock:
            stdin.write(json.dumps(question) + "\n")
            stdin.flush()
            answer = stdout.readline()
        assert answer, "the nursery has ended"
        return json.loads(answer)

    def close(self) -> None:
        """End it; its children notice a closed pipe."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


def main() -> None:
    """Answer questions until nobody asks any more."""
    _import_everything()
    ours, theirs = os.pipe()
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            answer: int | None = _fork(asked["start"], asked["log"], ours, theirs)
        else:
            pid, status = os.waitpid(asked["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _import_everything() -> None:
    """And set Django up, without asking the database anything."""
    import waitress  # noqa: F401
    from tests.journeys import web_connector_process  # noqa: F401

    import tieout.cli.connector_main
    import tieout.cli.web
    import tieout.cli.worker
    import tieout.config.wsgi
    import tieout.service.worker  # noqa: F401
    from tieout.config import urls  # noqa: F401

    gc.freeze()


def _fork(argv: list[str], log: str, ours: int, theirs: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.close(theirs)  # then `ours` is at its end as soon as the nursery is gone
        os.dup2(ours, 0)
        written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(written, 1)
        os.dup2(written, 2)
        code = _run(argv)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
        raise  # not into the nursery's own code: the process ends below
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(argv: list[str]) -> int:
    if argv[0] == DOUBLE:
        from tests.journeys import web_connector_process

        return web_connector_process.main(argv[1:])
    from tieout.cli.main import main as tieout

    return tieout(argv)


if __name__ == "__main__":
    main()
