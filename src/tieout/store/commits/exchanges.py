"""Note what is said to QuickBooks before it leaves, and keep what it answers before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tieout.store.models import Exchange

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
class About:
    """What a message set is about; `key` stays when a posting that is not planned any more goes."""

    posting_id: int | None = None
    qb_write_id: int | None = None
    task_id: int | None = None
    key: str = ""


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
    about: About,
    kept: Kept | None = None,
) -> Exchange:
    """Note a message set: before its bytes leave, or, for a query, with its answer (`kept`)."""
    answered = {} if kept is None else {**_columns(kept), "answered_at": now}
    return Exchange.objects.create(
        company_id=company_id,
        posting_id=about.posting_id,
        qb_write_id=about.qb_write_id,
        task_id=about.task_id,
        subject_key=about.key,
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
        **answered,
    )


def keep_answer(*, call_id: str, kept: Kept, now: datetime, acted_on: bool = False) -> bool:
    """Keep a raw answer. Never fenced: what QuickBooks said is true whoever holds the lane.

    The first usable answer stays; a repeated one changes nothing. One that comes after its
    silence was acted on is to be applied again, unless whoever keeps it has `acted_on` it.
    Answers False when nothing is known of that call.
    """
    exchange = Exchange.objects.filter(call_id=call_id)
    moved = exchange.exclude(outcome__in=USABLE).update(
        **_columns(kept), answered_at=now, applied_at=now if acted_on else None
    )
    return bool(moved) or exchange.exists()


def _columns(kept: Kept) -> dict[str, Any]:
    return {
        "outcome": kept.outcome,
        "answer": kept.answer,
        "hresult": kept.hresult,
        "stage": kept.stage,
        "message": kept.message[:500],
        "session_id": kept.session_id,
        "details": dict(kept.details),
    }


def applied(*, company_id: int, call_id: str, now: datetime) -> bool:
    """Mark an answer as acted on; False when that was done before, or nothing is known of it."""
    waiting = Exchange.objects.filter(
        company_id=company_id, call_id=call_id, answered_at__isnull=False, applied_at__isnull=True
    )
    return bool(waiting.update(applied_at=now))


def forget_page(*, exchange_id: int) -> None:
    """A page of a list that was mirrored need not be kept: it can be read again."""
    Exchange.objects.filter(pk=exchange_id, purpose=Exchange.Purpose.PAGE).delete()
