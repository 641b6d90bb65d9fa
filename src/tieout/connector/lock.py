"""One connector per data folder: two would not know of each other's calls."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO


class FolderTaken(Exception):
    """Another connector already uses this folder."""


class FolderLock:
    """Held as long as the process lives; the operating system frees it after a crash."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("ab")
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            msg = f"Another connector uses {path.parent}: stop it or choose another --data."
            raise FolderTaken(msg) from error

    def release(self) -> None:
        """Let the next one in."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
