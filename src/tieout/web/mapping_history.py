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

HOWS = {
    "suggestion": "suggestion accepted",
    "bulk": "accepted in bulk",
    "bulk undo": "bulk change undone",
    "file": "mapping file",
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
    how: str = ""  # by what road, when it was not by hand
    version: int = 0  # of the mapping, which this change made


def past(event: Event) -> Past:
    """The event as a line of the history."""
    what = VERBS.get(event.verb, event.verb.capitalize())
    how = HOWS.get(event.after.get("how", ""), "")
    return Past(
        at=event.at,
        who=event.who,
        what=f"Undone: {what.lower()}" if event.after.get("undoes") else what,
        before=event.before.get("full_name", ""),
        after=event.after.get("full_name", ""),
        why=event.reason,
        how="" if how in event.reason else how,  # a bulk change names itself in its reason
        version=event.after.get("version", 0),
    )
