"""Note what is said to QuickBooks before it leaves, and keep what it answers before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tieout.store.commits.exports import Row
from tieout.store.models import Exchange, Posting

USABLE = ("response", "hresult", "not sent")  # outcomes that say something about a write


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A raw answer as it is kept, before anything acts on it."""

    outcome: str
    answer: bytes = field(default=b"", repr=False)
    hresult: int | None = None
    stage: str = ""
    message: str = ""
    session_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message set about to leave: over which road, under which name, in which holding."""

    purpose: Exchange.Purpose
    call_id: str
    request: bytes = field(repr=False)
    epoch: int
    road: str
    app_name: str
    ticket: str = ""
    set_id: str = ""
    place: Mapping[str, Any] = field(default_factory=dict)


def note(
    *,
    company_id: int,
    out: Outgoing,
    now: datetime,
    row: Row | None = None,
    task_id: int | None = None,
) -> Exchange:
    """Note a message set: before its bytes leave, or, for a query, with its answer."""
    return Exchange.objects.create(
        company_id=company_id,
        posting=row if isinstance(row, Posting) else None,
        qb_write=row if row is not None and not isinstance(row, Posting) else None,
        task_id=task_id,
        subject_key=row.key if row is not None else "",
        purpose=out.purpose,
        call_id=out.call_id,
        set_id=out.set_id,
        epoch=out.epoch,
        road=out.road,
        app_name=out.app_name,
        ticket=out.ticket,
        place=dict(out.place),
        request=out.request,
        sha256=hashlib.sha256(out.request).hexdigest(),
        created_at=now,
    )


def keep_answer(*, exchange: Exchange, kept: Kept, now: datetime) -> bool:
    """Keep a raw answer. Never fenced: what QuickBooks said is true whoever holds the lane.

    The first usable answer stays; a repeated one changes nothing. One that comes after its
    silence was acted on is to be applied again. Answers whether it was new.
    """
    if exchange.outcome in USABLE:
        return False
    exchange.outcome = kept.outcome
    exchange.answer = kept.answer
    exchange.hresult = kept.hresult
    exchange.stage = kept.stage
    exchange.message = kept.message[:500]
    exchange.session_id = kept.session_id
    exchange.details = dict(kept.details)
    exchange.answered_at = now
    exchange.applied_at = None
    exchange.save(
        update_fields=[
            "outcome", "answer", "hresult", "stage", "message", "session_id", "details",
            "answered_at", "applied_at",
        ]
    )  # fmt: skip
    return True


def applied(*, exchange_id: int, now: datetime) -> bool:
    """Mark an answer as acted on; False when that was done before."""
    waiting = Exchange.objects.filter(pk=exchange_id, applied_at__isnull=True)
    return bool(waiting.update(applied_at=now))


def forget_page(*, exchange_id: int) -> None:
    """A page of a list that was mirrored need not be kept: it can be read again."""
    Exchange.objects.filter(pk=exchange_id, purpose=Exchange.Purpose.PAGE).delete()
