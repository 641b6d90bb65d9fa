"""Remove what nobody needs any more: old looks in QuickBooks, and uploads that nobody started.

A write with its answer is kept for good: it is the proof of an invoice, and so is what settled one
that was unconfirmed, or a look after which nothing was sent, because the invoice was there already.
What goes is the look before a write, the question which file is open, and a page of a list. Runs in
the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from tieout.core.exporting import OVER
from tieout.store.commits import lanes
from tieout.store.models import Exchange, Import, Task
from tieout.store.queries import lane_queue

Purpose = Exchange.Purpose
_OVER = [state.value for state in OVER]
_TASK_OVER = [Task.State.DONE, Task.State.FAILED]


class Look(NamedTuple):
    """An exchange that may go."""

    exchange_id: int
    company_id: int


def old_looks(*, before: datetime, after: int, limit: int) -> list[Look]:
    """The next looks from before that moment that may go, in the order of their ids."""
    rows = _looks(before).filter(pk__gt=after).order_by("pk")
    return [Look(*row) for row in rows.values_list("pk", "company_id")[:limit]]


def forget_looks(*, company_id: int, ids: Collection[int], before: datetime) -> int:
    """Remove those of these looks that still may go; returns how many.

    Not one while the outcome of anything that was sent is not known: which QuickBooks session
    answered when may decide about it.
    """
    lanes.lock(company_id=company_id)
    if lane_queue.unsettled(company_id=company_id) is not None:
        return 0
    gone, _ = _looks(before).filter(company_id=company_id, pk__in=ids).delete()
    return gone


def old_uploads(*, before: datetime, limit: int) -> list[Import]:
    """Uploads from before that moment that wait for somebody to start them, the oldest first."""
    rows = Import.objects.filter(state=Import.State.PREVIEW, created_at__lt=before)
    return list(rows.defer("sheets").order_by("pk")[:limit])


def _looks(before: datetime) -> QuerySet[Exchange]:
    """Of what is not settled, and of answers that nobody acted on yet, nothing."""
    acted_on = Q(applied_at__isnull=False) | Q(answered_at__isnull=True)
    later = Exchange.objects.filter(purpose=Purpose.WRITE, pk__gt=OuterRef("pk"))
    sent = Exists(later.filter(posting=OuterRef("posting"))) | Exists(
        later.filter(qb_write=OuterRef("qb_write"))
    )
    return Exchange.objects.filter(
        acted_on,
        Q(purpose__in=[Purpose.SESSION, Purpose.PAGE]) | (Q(purpose=Purpose.PROBE) & sent),
        Q(posting=None) | Q(posting__state__in=_OVER),
        Q(qb_write=None) | Q(qb_write__state__in=_OVER),
        Q(task=None) | Q(task__state__in=_TASK_OVER),
        created_at__lt=before,
    )
