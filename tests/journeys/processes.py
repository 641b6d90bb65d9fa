"""The `tieout` command as a person runs it: own data directory, real processes, looked at from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import wait_for

START_S = 600.0


def environment(home: Path) -> dict[str, str]:
    """Ours, with a data directory of its own and no other database."""
    left_out = {"DATABASE_URL", "TIEOUT_HOME", "DJANGO_SETTINGS_MODULE", "TIEOUT_LOG_LEVEL"}
    ours = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**ours, "TIEOUT_HOME": str(home)}


def tieout(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tieout.cli.main", *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(home: Path) -> dict[int, str]:
    """Process number -> command line, of everything that runs with this data directory."""
    mark = f"TIEOUT_HOME={home}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and mark in _read(entry / "environ").split(b"\0"):
            command = _read(entry / "cmdline").replace(b"\0", b" ").decode()
            if command:  # an ended process that nobody has waited for has none
                found[int(entry.name)] = command
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # gone meanwhile, or somebody else's


@dataclass
class Run:
    """`tieout run` in a data directory, on free ports."""

    home: Path
    port: int = field(default_factory=free_port)
    connector_port: int = field(default_factory=free_port)
    greeting: dict[str, str] = field(default_factory=dict)

    def start(self) -> Run:
        """Start it and wait until it greets."""
        output = self.home.with_name(f"{self.home.name}-said.txt")
        with output.open("wb") as file, output.with_suffix(".err").open("wb") as errors:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tieout.cli.main", "run", "--json"),
                    *("--port", str(self.port), "--connector-port", str(self.connector_port)),
                ],
                env=environment(self.home),
                stdout=file,
                stderr=errors,
            )

        def greeted() -> dict[str, str] | None:
            said = output.with_suffix(".err").read_text()
            assert self.process.poll() is None, f"it ended by itself: {said}"
            try:
                return dict(json.loads(output.read_text()))
            except ValueError:
                return None

        self.greeting = wait_for(greeted, timeout_s=START_S)
        return self

    def worker(self) -> int | None:
        """The process number of its worker."""
        found = [pid for pid, line in processes_of(self.home).items() if line.endswith("worker ")]
        return found[0] if found else None

    def stop(self) -> int:
        """Ctrl-C; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)
