"""What the benchmarks share: a fresh home with a migrated database, a connector, time, tables.

Each benchmark makes its own temporary home, with the product's own settings: SQLite in a file,
WAL, synchronous=FULL. What only prepares runs in a process of its own, so that it neither warms
nor fattens the process that is measured.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from commits import CommitCounter

PASSWORD = "bench only, never real"
MIB = 1024 * 1024


# ------------------------------------------------------------------ set-up


@contextmanager
def fresh_home() -> Iterator[Path]:
    """A data directory of its own with keys and a migrated database; gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    os.environ["TIEOUT_HOME"] = str(home)
    os.environ["TIEOUT_LOG_LEVEL"] = "CRITICAL"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tieout.config.settings"
    os.environ.pop("DATABASE_URL", None)
    try:
        apart(migrate)
        django.setup()
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def migrate() -> None:
    """Make the keys and tables of the present home."""
    from django.conf import settings
    from django.core.management import call_command

    from tieout.store import secrets

    secrets.create_key_file(Path(settings.SECRETS_KEY_FILE))
    call_command("migrate", verbosity=0)


def apart(work: Callable[..., None], *given: Any) -> None:
    """Do it, with Django ready, in a process of its own; raises when that fails."""
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_with_django, args=(work, given))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{work.__name__} ended with {process.exitcode}")


def _with_django(work: Callable[..., None], given: tuple[Any, ...]) -> None:
    django.setup()
    work(*given)


# ------------------------------------------------------------------ a connector process


class Connector:
    """A Remote Connector in a process of its own, serving one rehearsal company file."""

    def __init__(self, *, books: Path, home: Path, count: bool = False) -> None:
        script = Path(__file__).with_name("timed_connector.py")
        words = [str(books), str(home / "connector"), PASSWORD, *(["count"] if count else [])]
        self._process = subprocess.Popen(
            [sys.executable, str(script), *words],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url: str = json.loads(self._line())["url"]

    def stop(self) -> dict[str, float]:
        """End it; answers what it measured: see `timed_connector`."""
        self._process.terminate()
        measured: dict[str, float] = json.loads(self._line())
        self._process.wait()
        return measured

    def _line(self) -> str:
        if self._process.stdout is None:
            raise RuntimeError("the connector has no output")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the connector did not start; its message is above")
        return line


# ------------------------------------------------------------------ measuring


@dataclass
class Clock:
    """Wall and processor seconds of this process; filled in when the block ends."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def __add__(self, other: Clock) -> Clock:
        return Clock(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


@contextmanager
def timed() -> Iterator[Clock]:
    """Measure a block."""
    clock = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    yield clock
    clock.wall_s = time.perf_counter() - wall
    clock.cpu_s = time.process_time() - cpu


def resident_bytes(*, peak: bool = False) -> int:
    """This process's resident memory now, or the most it ever was (Linux)."""
    name = "VmHWM:" if peak else "VmRSS:"
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status does not say how much memory is used")


@contextmanager
def counted() -> Iterator[CommitCounter]:
    """Count what this process's database connection writes while the block runs."""
    from django.db import connection

    connection.ensure_connection()
    counter = CommitCounter(connection.connection)
    try:
        yield counter
    finally:
        counter.stop()


# ------------------------------------------------------------------ telling


def table(title: str, rows: list[tuple[str, str]]) -> None:
    """Print figures under a title, the numbers in one column."""
    width = max(len(name) for name, _ in rows)
    print(f"\n{title}")
    for name, figure in rows:
        print(f"  {name:<{width}}  {figure:>19}")


@dataclass(frozen=True, slots=True)
class Limit:
    """One promise: what was measured, and what it may be at most."""

    name: str
    measured: float
    limit: float
    unit: str = "x"

    @property
    def kept(self) -> bool:
        return self.measured <= self.limit


def aims(wanted: list[Limit]) -> None:
    """Print a line for each aim, reached or missed; a missed one is said and fails nothing."""
    print()
    for each in wanted:
        word = "reached" if each.kept else "missed "
        print(f"{word}  {each.name}: {each.measured:.2f} {each.unit} (aim {each.limit:.2f})")


def verdict(limits: list[Limit]) -> int:
    """Print a line for each promise; answers the exit status, 1 when one is broken."""
    print()
    for each in limits:
        word = "ok  " if each.kept else "over"
        print(f"{word}  {each.name}: {each.measured:.2f} {each.unit} (limit {each.limit:g})")
    return 0 if all(each.kept for each in limits) else 1


def seconds(value: float) -> str:
    """A duration as it is shown in tables."""
    return f"{value:,.2f} s"


def times(value: float) -> str:
    """A ratio as it is shown in tables."""
    return f"{value:.2f} x"


def pair(clock: Clock) -> str:
    """Wall and processor time side by side."""
    return f"{seconds(clock.wall_s):>9} {seconds(clock.cpu_s):>9}"


def ratios(ours: Clock, bare: Clock) -> str:
    """Ours against the baseline: by the wall clock, and by processor time."""
    return f"{times(ours.wall_s / bare.wall_s):>9} {times(ours.cpu_s / bare.cpu_s):>9}"
