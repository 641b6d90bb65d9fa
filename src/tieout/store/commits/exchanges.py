"""Note what is said to QuickBooks before it leaves, and keep what it answers before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tieout.store import prepared
from tieout.store.models import Exchange

_OF_ANSWER = ("outcome", "answer", "hresult", "stage", "message", "session_id", "details")
RESPONSE, HRESULT = "response", "hresult"
USABLE = (RESPONSE, HRESULT, "not sent")  # outcomes that say something about a write


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


_NOTHING_KEPT = Kept(outcome="")  # of a message set that is about to leave


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
) -> None:
    """Note a message set: before its bytes leave, or, for a query, with its answer (`kept`)."""
    _insert(
        {
            "company_id": company_id,
            "posting_id": about.posting_id,
            "qb_write_id": about.qb_write_id,
            "task_id": about.task_id,
            "subject_key": about.key,
            "purpose": out.purpose,
            "call_id": out.call_id,
            "set_id": out.set_id,
            "epoch": out.epoch,
            "road": out.road,
            "app_name": out.app_name,
            "ticket": out.ticket,
            "place": dict(out.place),
            "request": out.request,
            "sha256": hashlib.sha256(out.request).hexdigest(),
            "created_at": now,
            "answered_at": None if kept is None else now,
            **_columns(kept or _NOTHING_KEPT),
        }
    )


_insert = prepared.insert(
    Exchange,
    "company_id", "posting_id", "qb_write_id", "task_id", "subject_key", "purpose", "call_id",
    "set_id", "epoch", "road", "app_name", "ticket", "place", "request", "sha256", "created_at",
    "answered_at", *_OF_ANSWER,
)  # fmt: skip


def keep_answer(*, call_id: str, kept: Kept, now: datetime, acted_on: bool = False) -> bool:
    """Keep a raw answer. Never fenced: what QuickBooks said is true whoever holds the lane.

    The first usable answer stays; a repeated one changes nothing. An error that does not prove
    that nothing ran gives way to a response. What comes after its silence was acted on is to be
    applied again, unless whoever keeps it has `acted_on` it. Answers False when nothing is known
    of that call, and when another response to it stays: whoever brings this one keeps it apart.
    """
    changes = {"answered_at": now, "applied_at": now if acted_on else None, **_columns(kept)}
    if _keep(changes, call_id=call_id):
        return True
    there = Exchange.objects.filter(call_id=call_id).first()
    if there is None or kept.outcome != RESPONSE:
        return there is not None
    if there.outcome == HRESULT and there.details.get("money_affected") is not False:
        return bool(Exchange.objects.filter(pk=there.pk, outcome=HRESULT).update(**changes))
    return there.outcome == RESPONSE and (not kept.answer or bytes(there.answer) == kept.answer)


@prepared.change("answered_at", "applied_at", *_OF_ANSWER)
def _keep(*, call_id: str) -> QuerySet[Exchange]:
    return Exchange.objects.filter(call_id=call_id).exclude(outcome__in=USABLE)


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
    return bool(_mark({"applied_at": now}, company_id=company_id, call_id=call_id))


@prepared.change("applied_at")
def _mark(*, company_id: int, call_id: str) -> QuerySet[Exchange]:
    return Exchange.objects.filter(
        company_id=company_id, call_id=call_id, answered_at__isnull=False, applied_at__isnull=True
    )


def note_place(*, exchange_id: int, place: Mapping[str, Any]) -> None:
    """Note with a message set what was observed about its sending."""
    Exchange.objects.filter(pk=exchange_id).update(place=dict(place))


@prepared.removal
def forget_page(*, exchange_id: int) -> QuerySet[Exchange]:
    """A page of a list that is mirrored need not be kept: it can be read again."""
    return Exchange.objects.filter(pk=exchange_id, purpose=Exchange.Purpose.PAGE)
