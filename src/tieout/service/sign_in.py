"""Slow down whoever guesses passwords, without ever locking a person out for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tieout.store.commits import sign_ins

FREE_TRIES = 5  # of one name from one address
FREE_TRIES_OF_ADDRESS = 30  # an office signs in from one address
WAIT_S_FIRST = 2
WAIT_S_MAX = 300


@dataclass(frozen=True, slots=True)
class Try:
    """One try to sign in that may look at the password."""

    name_key: str
    address_key: str


class TooManyTries(Exception):
    """Wait `wait_s` seconds first; the password was not looked at."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"wait {wait_s} s")
        self.wait_s = wait_s


def begin(*, username: str, address: str, now: datetime) -> Try:
    """Count a try. Raises TooManyTries while the wait after the latest failure runs.

    It is counted as failed beforehand, so that many tries at once are all counted.
    """
    found = Try(
        name_key=_key("name", f"{username.strip().casefold()}\n{address}"),
        address_key=_key("address", address),
    )
    keys = [found.name_key, found.address_key]
    with transaction.atomic():
        rows = sign_ins.tries(keys=keys, now=now)
        waits = [
            _wait_s(rows[key].failures, free) - int((now - rows[key].last_at).total_seconds())
            for key, free in zip(keys, (FREE_TRIES, FREE_TRIES_OF_ADDRESS), strict=True)
            if key in rows  # a right password elsewhere may just have deleted it
        ]
        if max(waits, default=0) > 0:
            raise TooManyTries(max(waits))
        sign_ins.count(keys=keys, now=now)
    return found


def succeeded(attempt: Try) -> None:
    """The password was right: the person starts anew."""
    with transaction.atomic():
        sign_ins.forgive(key=attempt.name_key, also=attempt.address_key)


def _wait_s(failures: int, free: int) -> int:
    """Nothing for the free tries, then 2, 4, 8 … seconds, at most five minutes."""
    if failures < free:
        return 0
    return min(WAIT_S_MAX, WAIT_S_FIRST << min(failures - free, 16))


def _key(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()
