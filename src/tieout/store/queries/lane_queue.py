"""What comes next on a lane: what holds its queue, what was begun, what waits for its turn."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from tieout.core.exporting import HOLDING, State
from tieout.store import prepared
from tieout.store.models import Posting, QbWrite
from tieout.store.queries.waiting import OnLane

Row = Posting | QbWrite
Kind = TypeVar("Kind", Posting, QbWrite)
_IN_TURN = ("due_at", "queued_at", "id")


def unsettled(*, company_id: int) -> Row | None:
    """What holds the company's queue: sent, and its outcome not known; or a person must decide.

    One that a person decides about without proof that it can commit no more comes last: it holds
    the queue, but nothing is to be done about it by itself.
    """
    for first in (_holding_other, _holding_posting, _asked_other, _asked_posting):
        found: Row | None = first(company_id=company_id)
        if found is not None:
            return found
    return None


@prepared.row
def _holding_other(*, company_id: int) -> QuerySet[QbWrite]:
    return _holding(QbWrite.objects.filter(company_id=company_id))


@prepared.row
def _holding_posting(*, company_id: int) -> QuerySet[Posting]:
    return _holding(Posting.objects.filter(company_id=company_id))


@prepared.row
def _asked_other(*, company_id: int) -> QuerySet[QbWrite]:
    return _asked(QbWrite.objects.filter(company_id=company_id))


@prepared.row
def _asked_posting(*, company_id: int) -> QuerySet[Posting]:
    return _asked(Posting.objects.filter(company_id=company_id))


def _holding(rows: QuerySet[Kind]) -> QuerySet[Kind]:
    return rows.filter(state__in=[s.value for s in HOLDING]).order_by("due_at", "id")


def _asked(rows: QuerySet[Kind]) -> QuerySet[Kind]:
    asked = rows.filter(state=State.NEEDS_PERSON.value, holds_queue=True)
    return asked.order_by("due_at", "id")


def next_queued(*, company_id: int, now: datetime, there: OnLane) -> Row | None:
    """What comes next: what was begun, then other writes (a job before its invoices), the oldest.

    Without frozen content: whoever takes the row reads it again under its lock.
    """
    for exists, first in (
        (there.others_begun, _begun_other),
        (there.postings_begun, _begun_posting),
        (there.others_queued, _queued_other),
        (there.postings_queued, _queued_posting),
    ):
        found: Row | None = first(company_id=company_id, now=now) if exists else None
        if found is not None:
            return found
    return None


@prepared.row
def _begun_other(*, company_id: int, now: datetime) -> QuerySet[QbWrite]:
    return _due(_begun(QbWrite.objects.filter(company_id=company_id)), now)


@prepared.row
def _begun_posting(*, company_id: int, now: datetime) -> QuerySet[Posting]:
    return _due(_begun(Posting.objects.filter(company_id=company_id)), now)


@prepared.row
def _queued_other(*, company_id: int, now: datetime) -> QuerySet[QbWrite]:
    return _due(_waiting(QbWrite.objects.filter(company_id=company_id)), now)


@prepared.row
def _queued_posting(*, company_id: int, now: datetime) -> QuerySet[Posting]:
    return _due(_waiting(Posting.objects.filter(company_id=company_id)), now)


def _begun(rows: QuerySet[Kind]) -> QuerySet[Kind]:
    return rows.filter(state__in=[State.CLAIMED.value, State.PROBED.value])


def _waiting(rows: QuerySet[Kind]) -> QuerySet[Kind]:
    return rows.filter(state=State.READY.value, queued_at__isnull=False)


def _due(rows: QuerySet[Kind], now: datetime) -> QuerySet[Kind]:
    due = rows.filter(Q(due_at__isnull=True) | Q(due_at__lte=now))
    return due.order_by(*_IN_TURN).defer("content")


def next_queued_due(*, company_id: int) -> datetime | None:
    """When the next postponed posting is due, None when none waits."""
    dues = [rows.values_list("due_at", flat=True).first() for rows in _queued(company_id)]
    return min((due for due in dues if due is not None), default=None)


def _queued(company_id: int) -> tuple[QuerySet[Any], ...]:
    """What was begun, and what waits: four questions, each along an index of its own."""
    postings = Posting.objects.filter(company_id=company_id).order_by(*_IN_TURN)
    others = QbWrite.objects.filter(company_id=company_id).order_by(*_IN_TURN)
    return _begun(others), _begun(postings), _waiting(others), _waiting(postings)
