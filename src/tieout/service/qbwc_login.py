"""Is it the company's Web Connector? Name and password, and a brake for whoever guesses.

Wrong passwords are counted for each user name and address, apart from people's sign-ins: while
the wait after the latest failure runs, the password is not looked at. Nobody else is slowed, not
even another company's Web Connector behind the same address, and a right password writes nothing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from tieout.service.qbwc_account import is_password
from tieout.store.commits import sign_ins
from tieout.store.queries import web_connector as queries
from tieout.store.queries.web_connector import Account

FREE_TRIES = 5
WAIT_S_FIRST = 2
WAIT_S_MAX = 300


def admit(
    *, account: Account | None, user_name: str, password: str, address: str, now: datetime
) -> bool:
    """Whether this is the company's Web Connector; a failure is counted."""
    key = hashlib.sha256(f"web connector\n{user_name.casefold()}\n{address}".encode()).hexdigest()
    failed = queries.failed_tries(key=key)
    if failed is not None:
        waited_s = (now - failed.last_at).total_seconds()
        if waited_s < _wait_s(failed.failures):
            return False
    right = is_password(account, password)
    if right and failed is None:
        return True
    with transaction.atomic():
        if right:
            sign_ins.forgive(key=key, also="")
        else:
            sign_ins.tries(keys=[key], now=now)
            sign_ins.count(keys=[key], now=now)
    return right


def _wait_s(failures: int) -> int:
    """Nothing for the free tries, then 2, 4, 8 … seconds, at most five minutes."""
    if failures < FREE_TRIES:
        return 0
    return min(WAIT_S_MAX, WAIT_S_FIRST << min(failures - FREE_TRIES, 16))
