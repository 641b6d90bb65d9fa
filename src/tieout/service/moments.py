"""The one place where the present moment and random ids are made; both are passed down."""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def now() -> datetime:
    """The present moment, aware."""
    return timezone.now()


def after(pause_s: float) -> datetime:
    """When a pause is over that begins now; none is longer than its setting allows."""
    return now() + timedelta(seconds=min(pause_s, settings.PAUSE_MAX_S))


class Uptime(NamedTuple):
    """Seconds of a clock that only runs; those of two boots cannot be compared."""

    boot: str
    seconds: int


def uptime() -> Uptime:
    """The clock of this machine that only runs: nobody puts it forward or back."""
    return Uptime(_BOOT, int(time.monotonic()))


def _boot() -> str:
    """What names the run of the machine; without such a name, that of this process."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return uuid.uuid4().hex


_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # Linux: all processes count from one boot
_BOOT = _boot()


def call_id() -> str:
    """A new id of one call to the connector."""
    return uuid.uuid4().hex


def random10() -> str:
    """Ten random characters, the variable part of a message set id."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def guid() -> uuid.UUID:
    """A new random GUID."""
    return uuid.uuid4()


def ticket() -> str:
    """A new ticket of the Web Connector: 256 random bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """A password that nobody guesses and that can be typed."""
    return secrets.token_urlsafe(12)
