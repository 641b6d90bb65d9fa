"""Files and folders that their owner alone may read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

# Well-known Windows groups by number: their names are translated.
SYSTEM, ADMINISTRATORS = "*S-1-5-18", "*S-1-5-32-544"
ICACLS_S = 60.0

Run = Callable[[Sequence[str]], None]


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole; it is complete at every moment and 0600 from its birth."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def make_private(folder: Path, *, platform: str = sys.platform, run: Run | None = None) -> None:
    """Make a folder for its owner alone, or make an existing one so; raises OSError.

    On Windows rights are inherited from the folder above, which for `C:\\` lets every user in; so
    inheritance is cut, and the account, the system and the administrators are let in.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if platform == "win32":
        (run or _run)(windows_command(folder, os.environ))
    elif folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def keep_private(folder: Path, *, platform: str = sys.platform, run: Run | None = None) -> None:
    """Make a folder that is about to be used private; raises OSError.

    On Windows only a new one, before anything lies in it: the rights of one that is there already
    were set by the set-up, or are somebody's wish.
    """
    if platform != "win32" or not folder.exists():
        make_private(folder, platform=platform, run=run)


def windows_command(folder: Path, environment: os._Environ[str] | dict[str, str]) -> list[str]:
    """The icacls command that leaves a folder to this account, the system and administrators."""
    domain, name = environment.get("USERDOMAIN", ""), environment.get("USERNAME", "")
    if not name:
        msg = f"This Windows session names no user, so {folder} cannot be made private."
        raise OSError(msg)
    account = f"{domain}\\{name}" if domain else name
    grants = [f"{each}:(OI)(CI)F" for each in (account, SYSTEM, ADMINISTRATORS)]
    return ["icacls", str(folder), "/inheritance:r", "/grant:r", *grants, "/Q"]


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603 — a fixed program with a path
        command, capture_output=True, text=True, check=False, timeout=ICACLS_S
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        msg = f"icacls could not make {command[1]} private: {said}"
        raise OSError(msg)
