"""Processes forked from one that has imported everything.

Most of what a start costs is importing, and the tests start hundreds of processes. What is forked
is a process like any other: it serves a port of its own, opens its own connections, and is killed,
stopped and resumed by itself. Run as a program this is the one that forks; `Nursery` is how a test
speaks to it. What is about the command itself, its options and its exit, starts the real command.
"""

from __future__ import annotations

import array
import atexit
import functools
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from tieout.cli.supervised import end_with_parent

ROOT = Path(__file__).resolve().parents[1]
TIEOUT = "tieout.cli.main"
CONNECTOR = (TIEOUT, "tieout.cli.connector", "tieout.connector.program", "tieout.sandbox")
POLL_S = (0.001, 0.02)  # from the first look to the later ones
QUESTION_BYTES = 65_536


class Child:
    """One forked process, as far as tests need what Popen offers."""

    stdin = None

    def __init__(self, nursery: Nursery, pid: int, stdout: TextIO | None) -> None:
        self._nursery, self.pid, self.stdout = nursery, pid, stdout
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, below zero the signal that killed it; None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        pause, longest = POLL_S
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(pause)
            pause = min(pause * 2, longest)
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
    """The process that forks; when it ends, its children end, however it ended."""

    def __init__(self, modules: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        """`modules`: what is imported before the first fork. `env`: None = ours."""
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.nursery", str(number), *modules],
                cwd=ROOT,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                pass_fds=[number],
            )

    def start(
        self,
        module: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> Child:
        """A process that runs `main(argv)` of this module. `env`: None = the nursery's.

        What it says goes to the end of `log`; without one its standard output can be read from the
        child, and errors go where ours go.
        """
        question = {"start": module, "argv": list(argv), "env": None if env is None else dict(env)}
        if log is not None:
            written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                return Child(self, self.ask(question, written, written), None)
            finally:
                os.close(written)
        readable, written = os.pipe()
        stdout = os.fdopen(readable, encoding="utf-8")
        try:
            return Child(self, self.ask(question, written, 2), stdout)
        except BaseException:
            stdout.close()
            raise
        finally:
            os.close(written)

    def ask(self, question: dict[str, Any], *files: int) -> Any:
        """One question, with open files for a new process; one answer."""
        asked = json.dumps(question).encode()
        assert len(asked) < QUESTION_BYTES
        with self._lock:
            self._line.sendall(len(asked).to_bytes(4, "big"))
            rights = array.array("i", files)
            sent = self._line.sendmsg(
                [asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if files else []
            )
            self._line.sendall(asked[sent:])
            answer = self._line.recv(1024)
        assert answer, "the nursery has ended"
        return json.loads(answer)

    def close(self) -> None:
        """End it; its children notice a closed pipe."""
        self._line.close()
        self._process.wait()


@functools.cache
def connectors() -> Nursery:
    """The one that all tests of this process share, for programs beside QuickBooks."""
    nursery = Nursery(CONNECTOR)
    atexit.register(nursery.close)
    return nursery


def start_connector(module: str, argv: Sequence[str], env: Mapping[str, str]) -> Child:
    """`main(argv)` of a module that serves a connector, with `env` beside our environment."""
    return connectors().start(module, argv, env={**os.environ, **env})


# ---------------------------------------------------------------- the program that forks


def main() -> int:
    """Answer questions until nobody asks any more; in a child, what the child ends with."""
    line = socket.socket(fileno=int(sys.argv[1]))
    line.set_inheritable(False)
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.freeze()  # what is imported is never collected: a child need not look at it
    ours, theirs = os.pipe()
    while size := line.recv(4, socket.MSG_WAITALL):
        question, files = _question(line, int.from_bytes(size, "big"))
        if "start" not in question:
            pid, status = os.waitpid(question["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif pid := os.fork():
            answer = pid
        else:
            line.close()
            os.close(theirs)  # then `ours` is at its end as soon as the nursery is gone
            return _run(question, [ours, *files])
        for each in files:
            os.close(each)
        line.sendall(json.dumps(answer).encode())
    return 0


def _question(line: socket.socket, size: int) -> tuple[dict[str, Any], list[int]]:
    asked, files, _flags, _address = socket.recv_fds(line, size, 2)
    while len(asked) < size:
        asked += line.recv(size - len(asked))
    return json.loads(asked), files


def _run(question: dict[str, Any], files: list[int]) -> int:
    """Become the process that was asked for; its end is that of any Python program."""
    for number, each in enumerate(files):
        os.dup2(each, number)
    for each in set(files):
        os.close(each)
    if question["env"] is not None:
        os.environ.clear()
        os.environ.update(question["env"])
    end_with_parent()
    sys.argv = [question["start"], *question["argv"]]
    return int(importlib.import_module(question["start"]).main(question["argv"]))


if __name__ == "__main__":
    raise SystemExit(main())
