"""Children under one parent: started, watched, started again when they die, ended together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tieout.cli.output import note

CHECK_S = 0.2
GRACE_S = 15.0  # until a child that was asked to end is made to
CALM_S = 60.0  # a child that lived this long is started again at once when it dies
DELAYS_S = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
LOG_BYTES_MAX = 5 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Child:
    """One program of the product: `arguments` of the `tieout` command."""

    name: str
    arguments: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    start_after: float = 0.0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches the parent alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 # our own program
                [sys.executable, "-m", "tieout.cli.main", *self.arguments],
                stdin=subprocess.PIPE,  # closes when the parent is gone: the child ends, too
                stdout=log,
                stderr=log,
                env={**os.environ, **self.env, "TIEOUT_SUPERVISED": "1"},
                start_new_session=True,
            )
        self.started = time.monotonic()

    def ask_to_end(self) -> None:
        if self.alive and self.process is not None:
            self.process.terminate()

    def finish(self) -> None:
        """Whatever is left of its process group goes now."""
        if self.process is None:
            return
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        elif self.alive:
            self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        self.process = None


class Supervisor:
    """Keeps the children running until it is told to stop."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.stopping = threading.Event()
        self.hurry = False

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM end everything in order; a second one at once."""
        names = ("SIGINT", "SIGTERM", "SIGHUP")
        for name in names:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._signalled)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self.hurry = self.stopping.is_set()
        self.stopping.set()

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start()

    def wait_until(self, ready: Callable[[], bool], *, timeout_s: float) -> bool:
        """Look after the children until they are ready; False on time-out, stop or a death."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until and not self.stopping.is_set():
            if any(not child.alive for child in self.children):
                return False
            if ready():
                return True
            self.stopping.wait(CHECK_S)
        return False

    def watch(self) -> None:
        """Start dead children again, with growing pauses, until a signal says stop."""
        while not self.stopping.wait(CHECK_S):
            for child in self.children:
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.alive:
            return
        if child.process is not None:
            status = child.process.returncode
            calm = now - child.started > CALM_S
            child.finish()
            child.deaths = 1 if calm else child.deaths + 1
            delay = DELAYS_S[min(child.deaths, len(DELAYS_S)) - 1]
            child.start_after = now + delay
            note(
                f"{child.name} ended by itself (status {status}); it is started again in "
                f"{delay:g} s. Its log: {child.log}"
            )
        if now >= child.start_after:
            child.start()

    def end(self) -> None:
        """End every child; who does not go within the grace is made to."""
        for child in self.children:
            child.ask_to_end()
        until = time.monotonic() + GRACE_S
        while any(child.alive for child in self.children):
            if self.hurry or time.monotonic() > until:
                break
            time.sleep(0.05)
        for child in self.children:
            child.finish()
