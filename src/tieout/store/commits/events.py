"""Append to a company's hash-chained log, inside the transaction that does what is logged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tieout.store.models import Event, EventHead, User

KEY_MAX, REASON_MAX = 120, 500  # characters of the columns; what is longer is cut

_waiting: ContextVar[list[Callable[[], object]] | None] = ContextVar("waiting", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event to be: what happened to which subject, from what to what, and why."""

    verb: str
    subject: str
    subject_key: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def append(
    *,
    company_id: int,
    at: datetime,
    entries: Sequence[Entry],
    actor: User | None = None,
    actor_name: str = "Tieout",
) -> list[Event]:
    """Append `entries` in order and return them.

    Must run inside a transaction: the head of the chain stays locked until it commits, so two
    writers of one company cannot fork the chain. It is the last lock of its transaction; within
    `at_the_end` the entries wait for the end of that block, and none is returned.
    """
    if not entries:
        return []
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(partial(_append, company_id, at, entries, actor, actor_name))
        return []
    return _append(company_id, at, entries, actor, actor_name)


@contextmanager
def at_the_end() -> Iterator[None]:
    """Append everything that is logged in this block at its end, after its other locks.

    For a transaction of several saves that each log for themselves. When the block fails nothing
    is appended: its transaction is rolled back.
    """
    if _waiting.get() is not None:
        yield  # an outer block does it
        return
    waiting: list[Callable[[], object]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for append_now in waiting:
        append_now()


def _append(
    company_id: int, at: datetime, entries: Sequence[Entry], actor: User | None, actor_name: str
) -> list[Event]:
    head, _ = EventHead.objects.select_for_update(no_key=True).get_or_create(company_id=company_id)
    made = []
    for entry in entries:
        head.sequence += 1
        event = Event(
            company_id=company_id,
            sequence=head.sequence,
            at=at,
            actor=actor,
            actor_name=actor.get_username() if actor else actor_name,
            verb=entry.verb,
            subject=entry.subject,
            subject_key=entry.subject_key[:KEY_MAX],
            before=dict(entry.before),
            after=dict(entry.after),
            reason=entry.reason[:REASON_MAX],
            previous_hash=head.hash,
        )
        event.hash = head.hash = chained_hash(event)
        made.append(event)
    Event.objects.bulk_create(made, batch_size=500)
    head.save(update_fields=["sequence", "hash"])
    return made


def chained_hash(event: Event) -> str:
    """The SHA-256 of everything the event says, the former event's hash included."""
    said = [
        event.company_id,
        event.sequence,
        event.at.astimezone(UTC).isoformat(),
        event.actor_name,
        event.verb,
        event.subject,
        event.subject_key,
        event.before,
        event.after,
        event.reason,
        event.previous_hash,
    ]
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
