"""The transaction in which a lane's holder writes what an answer means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from tieout.service.turns import Lease
from tieout.store.commits import lanes


@contextmanager
def held(lease: Lease, *, apart: bool = False) -> Iterator[None]:
    """A transaction that begins with the lane's row locked and its epoch compared.

    Where the caller's transaction has done both (`Lease.locked`), it is that one: nothing is asked
    twice, and what breaks off undoes what the caller undoes, unless it is to be undone `apart`.
    Raises LaneLost.
    """
    if lease.locked and not apart:
        yield
        return
    with transaction.atomic():
        if not lease.locked:
            lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        yield
