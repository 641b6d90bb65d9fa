"""`tieout doctor`: look for what is wrong here and on the way to QuickBooks."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tieout.cli import project
from tieout.cli.output import CommandError, emit
from tieout.config import environment

FREE_BYTES_MIN = 500 * 1024 * 1024
PYTHON_MIN = (3, 11)
SQLITE_MIN = (3, 34, 0)  # trigram search


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was looked at: ok, fail (with a remedy), or skip."""

    what: str
    state: str
    detail: str
    remedy: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout doctor`."""
    parser.add_argument(
        "--no-connection", action="store_true", help="leave the way to QuickBooks alone"
    )
    project.add_company(parser)
    project.add_wait(parser)


def run(options: argparse.Namespace) -> int:
    """0 = nothing is wrong, 1 = something is."""
    probes = list(examine(options))
    if options.json:
        emit([asdict(probe) for probe in probes], as_json=True)
    else:
        emit(
            [{n: getattr(p, n) for n in ("what", "state", "detail")} for p in probes],
            as_json=False,
        )
        for probe in probes:
            if probe.remedy:
                print(f"\n{probe.what}: {probe.detail}\n  {probe.remedy}")
    return 1 if any(probe.state == "fail" for probe in probes) else 0


def examine(options: argparse.Namespace) -> Iterator[Probe]:
    """Everything in order; what depends on something broken is skipped."""
    yield _python()
    yield _web_server()
    home = _home()
    yield home
    database = _database() if home.state == "ok" else _skipped("database")
    yield database
    if database.state != "ok":
        yield _skipped("worker")
        yield _skipped("connection")
        return
    yield _keys()
    yield _worker()
    if options.no_connection:
        yield _skipped("connection")
        return
    yield from _connections(options)


def _skipped(what: str) -> Probe:
    return Probe(what=what, state="skip", detail="Not looked at.")


def _python() -> Probe:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < PYTHON_MIN:
        return Probe(
            what="python", state="fail", detail=version, remedy="Install Python 3.11 or newer."
        )
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        return Probe(
            what="python",
            state="fail",
            detail=f"Its SQLite is {sqlite3.sqlite_version}; 3.34 is needed.",
            remedy="Use a newer Python, or PostgreSQL by DATABASE_URL.",
        )
    return Probe(what="python", state="ok", detail=f"{version}, SQLite {sqlite3.sqlite_version}")


def _web_server() -> Probe:
    """One process is served by waitress, several by granian."""
    one, several = (importlib.util.find_spec(name) is not None for name in ("waitress", "granian"))
    if one:
        more = "granian for several" if several else "several need granian, which is not installed"
        detail = f"waitress for one process, {more}"
        return Probe(what="web server", state="ok", detail=detail)
    return Probe(
        what="web server",
        state="fail",
        detail="waitress is not installed.",
        remedy="Install Tieout's wheel again: it brings waitress along.",
    )


def _home() -> Probe:
    home = environment.home()
    remedy = "Set TIEOUT_HOME to a folder that you may write to."
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        return Probe(
            what="data directory", state="fail", detail=f"{home}: {error.strerror}", remedy=remedy
        )
    if not os.access(home, os.W_OK):
        return Probe(
            what="data directory", state="fail", detail=f"{home} is read-only.", remedy=remedy
        )
    free = shutil.disk_usage(home).free
    if free < FREE_BYTES_MIN:
        return Probe(
            what="data directory",
            state="fail",
            detail=f"{home}: only {free // 1024**2} MB are free.",
            remedy="Free some space: an intent that cannot be written is never sent.",
        )
    return Probe(what="data directory", state="ok", detail=str(home))


def _database() -> Probe:
    try:
        project.start()
        from django.db import connection

        name = connection.settings_dict["NAME"]
    except CommandError as error:
        return Probe(what="database", state="fail", detail=str(error), remedy="Fix that first.")
    return Probe(what="database", state="ok", detail=f"{connection.vendor}: {name}")


def _keys() -> Probe:
    from django.conf import settings

    path = Path(settings.SECRETS_KEY_FILE)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        return Probe(
            what="keys",
            state="fail",
            detail=f"{path} can be read by others.",
            remedy=f"chmod 600 {path}",
        )
    return Probe(what="keys", state="ok", detail=str(path))


def _worker() -> Probe:
    from tieout.cli.driving import take_lock

    lock = take_lock(environment.home())
    if lock is None:
        return Probe(what="worker", state="ok", detail="A worker runs here.")
    lock.release()
    return Probe(
        what="worker",
        state="skip",
        detail="No worker runs here: commands do their work themselves, pages wait.",
    )


def _connections(options: argparse.Namespace) -> Iterator[Probe]:
    from tieout.store.queries import companies

    chosen = [options.company] if options.company else [c.name for c in companies.all_companies()]
    if not chosen:
        yield Probe(what="connection", state="skip", detail="There is no company yet.")
    for name in chosen:
        one = argparse.Namespace(company=name, person=options.person)
        yield from _ladder(one, options.wait)


def _ladder(one: argparse.Namespace, wait_s: float) -> Iterator[Probe]:
    from tieout.cli.verify import climb

    try:
        _, rows = climb(project.find_access(one), wait_s=wait_s)
    except CommandError as error:
        yield Probe(
            what=f"{one.company}: connection", state="fail", detail=str(error), remedy="See above."
        )
        return
    for row in rows:
        remedy = f"{row['who']}: {row['remedy']}" if row["state"] == "fail" else ""
        yield Probe(
            what=f"{one.company}: {row['rung']}",
            state=row["state"],
            detail=row["detail"],
            remedy=remedy,
        )
