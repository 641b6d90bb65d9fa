"""The connector's log file: what happened, never what was in it."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

from tieout.connector.settings import LogSettings

log = logging.getLogger("tieout.connector")

LOG_FILE = "connector.log"
MEGABYTE = 1024 * 1024


def start_log(path: Path, settings: LogSettings | None = None) -> logging.Handler:
    """Log to a rotating file; bodies and passwords are never given to the log.

    A daily log rotates at midnight of this machine, `connector.log.2026-11-22`; one by size as
    `connector.log.1` and so on. Returns the handler, for `stop_log`.
    """
    settings = settings or LogSettings()
    handler: logging.Handler
    if settings.rotate == "daily":
        handler = logging.handlers.TimedRotatingFileHandler(
            path, when="midnight", backupCount=settings.keep, encoding="utf-8"
        )
    else:
        handler = logging.handlers.RotatingFileHandler(
            path,
            maxBytes=settings.megabytes * MEGABYTE,
            backupCount=settings.keep,
            encoding="utf-8",
        )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Close the file and forget it."""
    log.removeHandler(handler)
    handler.close()
