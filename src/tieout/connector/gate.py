"""Who comes in: allowed clients, Basic credentials, and a brake on guessing.

The brake counts per client address and user name: a guesser slows down himself alone. Somebody
who is already in keeps going on his open connection.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tieout.connector.users import NOBODY, User, fits

FAILURES_FREE = 5
BLOCK_S = 30.0
_SEATS_MAX = 2000
_HEADER_MAX = 1024
# Only so many hashes at a time: guessing must not take every core from QuickBooks.
_HASHES_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Blocked:
    """Too many wrong passwords; try again after so many seconds."""

    retry_after_s: int


@dataclass(slots=True)
class _Seat:
    failures: int = 0
    blocked_until: float = 0.0


class Gate:
    """The users, the allowed clients and what failed lately."""

    def __init__(
        self,
        *,
        users: Mapping[str, User],
        allowed: Sequence[str] = ("*",),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._users = dict(users)
        self._allowed = tuple(allowed)
        self._clock = clock
        self._lock = threading.Lock()
        self._hashing = threading.BoundedSemaphore(_HASHES_AT_ONCE)
        self._seats: OrderedDict[tuple[str, str], _Seat] = OrderedDict()
        # Passwords that fitted once, under a key of this process: the next check is quick.
        self._key = secrets.token_bytes(32)
        self._fitted: dict[str, bytes] = {}
        self.refused = 0  # log-ins with a wrong name or password since the start

    def lets_in(self, address: str) -> bool:
        """True when the client's address fits one of the patterns (`192.168.1.*`, `::1`)."""
        plain = address.removeprefix("::ffff:")
        return any(fnmatch.fnmatchcase(plain, pattern) for pattern in self._allowed)

    def check(self, header: str, *, address: str) -> User | Blocked | None:
        """The user of an Authorization header; None for a wrong one, Blocked after too many."""
        credentials = _credentials(header)
        if credentials is None:
            return None
        name, password = credentials
        seat_key = (address, name)
        wait_s = self._blocked_for(seat_key)
        if wait_s > 0:
            return Blocked(retry_after_s=int(wait_s) + 1)
        user = self._users.get(name)
        good = self._fits(user, password)
        # Guesses on many connections at once have all passed the brake by now: those that end
        # behind it learn nothing of their guess.
        wait_s = self._blocked_for(seat_key)
        if wait_s > 0:
            return Blocked(retry_after_s=int(wait_s) + 1)
        if good:
            with self._lock:
                self._seats.pop(seat_key, None)
            return user
        self._count_failure(seat_key)
        return None

    def _fits(self, user: User | None, password: str) -> bool:
        mark = hmac.digest(self._key, password.encode("utf-8", "replace"), hashlib.sha256)
        known = self._fitted.get(user.name) if user is not None else None
        if known is not None and hmac.compare_digest(known, mark):
            return True
        with self._hashing:
            good = fits(user or NOBODY, password) and user is not None
        if good and user is not None:
            self._fitted[user.name] = mark
        return good

    def _blocked_for(self, key: tuple[str, str]) -> float:
        with self._lock:
            seat = self._seats.get(key)
            return 0.0 if seat is None else seat.blocked_until - self._clock()

    def _count_failure(self, key: tuple[str, str]) -> None:
        with self._lock:
            self.refused += 1
            seat = self._seats.setdefault(key, _Seat())
            self._seats.move_to_end(key)
            seat.failures += 1
            if seat.failures >= FAILURES_FREE:
                seat.blocked_until = self._clock() + BLOCK_S
            while len(self._seats) > _SEATS_MAX:
                self._seats.popitem(last=False)


def _credentials(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.casefold() != "basic" or len(header) > _HEADER_MAX:
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None
