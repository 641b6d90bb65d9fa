"""Run a command beside a throwaway PostgreSQL: `with_postgres.py COMMAND…`.

The cluster lives in a temporary folder, listens on a local socket only, is not synced to disk (it
is for tests), and is gone afterwards, however the command ended. DATABASE_URL points to it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

USER = "tieout"
DATABASE = "tieout"
ACCOUNTS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
OPTIONS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "50",
    "shared_buffers": "64MB",
}


def main(command: list[str]) -> int:
    if not command:
        print("Usage: with_postgres.py COMMAND…", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _leave)
    try:
        with throwaway() as url:
            return subprocess.run(
                command, env={**os.environ, "DATABASE_URL": url}, check=False
            ).returncode
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2


class Missing(Exception):
    """PostgreSQL's programs are not on this machine; the text says how to get them."""


@contextlib.contextmanager
def throwaway() -> Iterator[str]:
    """A new cluster with one empty database; the address to put into DATABASE_URL."""
    programs = find_programs()
    if programs is None:
        message = "PostgreSQL's programs are missing: sudo apt-get install -y postgresql"
        raise Missing(message)
    folder = Path(tempfile.mkdtemp(prefix="tieout-pg-"))
    account = _account()
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        start(programs, folder, account)
        yield f"postgresql://{USER}@/{DATABASE}?host={quote(str(folder))}"
    finally:
        stop(programs, folder, account)
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4])
    )
    on_path = shutil.which("initdb")
    found = versions[-1] if versions else (Path(on_path) if on_path else None)
    return found.parent if found else None


def start(programs: Path, folder: Path, account: dict[str, Any]) -> None:
    data = folder / "data"
    initdb: list[str | Path] = [programs / "initdb", "-D", data, "-U", USER, "-A", "trust"]
    _run([*initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], account)
    with (data / "postgresql.conf").open("a") as file:
        for name, value in {**OPTIONS, "unix_socket_directories": f"'{folder}'"}.items():
            file.write(f"{name} = {value}\n")
    _run([programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "start"], account)
    _run([programs / "createdb", "-h", folder, "-U", USER, DATABASE], account)


def stop(programs: Path, folder: Path, account: dict[str, Any]) -> None:
    if (folder / "data" / "postmaster.pid").exists():
        command = [programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, cwd="/", **account)


def _run(command: list[str | Path], account: dict[str, Any]) -> None:
    done = subprocess.run(
        command,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd="/",
        **account,
    )
    if done.returncode:
        message = f"{Path(command[0]).name} failed:\n{done.stdout}"
        raise SystemExit(message)


def _account() -> dict[str, Any]:
    """As root, an account without rights to run it as; else nothing to change."""
    if os.geteuid() != 0:
        return {}
    for name in ACCOUNTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    message = "As root this needs an account without rights, such as postgres or nobody."
    raise SystemExit(message)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
