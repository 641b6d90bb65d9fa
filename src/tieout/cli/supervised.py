"""A child of `tieout run` ends when its parent is gone, however the parent went."""

from __future__ import annotations

import contextlib
import os
import signal
import threading

STANDARD_INPUT = 0


def end_with_parent() -> None:
    """Watch standard input, a pipe that the supervisor holds: when it closes, end in order."""
    os.environ.pop("TIEOUT_SUPERVISED", None)
    watching = threading.Thread(target=_watch, name="parent-watch", daemon=True)
    watching.start()


def _watch() -> None:
    with contextlib.suppress(OSError):
        while os.read(STANDARD_INPUT, 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
