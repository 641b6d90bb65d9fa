"""The history of a mapping in the words of the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tieout.store.queries.mappings import Event

VERBS = {
    "mapped": "Mapped",
    "remapped": "Mapped again",
    "removed": "Association removed",
    "confirmed": "Confirmed",
}


@dataclass(frozen=True, slots=True)
class Past:
    """One change: when, who, what, from, to, why."""

    at: datetime
    who: str
    what: str
    before: str
    after: str
    why: str


def past(event: Event) -> Past:
    """The event as a line of the history."""
    what = VERBS.get(event.verb, event.verb.capitalize())
    return Past(
        at=event.at,
        who=event.actor_name,
        what=f"Undone: {what.lower()}" if event.after.get("undoes") else what,
        before=event.before.get("full_name", ""),
        after=event.after.get("full_name", ""),
        why=event.reason,
    )
