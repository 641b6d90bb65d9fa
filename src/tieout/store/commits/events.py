"""Append to a company's hash-chained log, inside the transaction that does what is logged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tieout.store.models import Event, EventHead, User


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
    writers of one company cannot fork the chain.
    """
    if not entries:
        return []
    head, _ = EventHead.objects.select_for_update().get_or_create(company_id=company_id)
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
            subject_key=entry.subject_key,
            before=dict(entry.before),
            after=dict(entry.after),
            reason=entry.reason,
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
