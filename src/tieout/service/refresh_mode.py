"""What a refresh reads: everything, or what changed since the last one.

An incremental refresh reads the customers and jobs modified since the last time QuickBooks' own
clock was seen, with an overlap; asks for the log of deleted names; and compares the number of
names, because a merge need not be in that log. When the numbers differ, it goes on as a full one.
A rename does not touch the jobs below it, so their paths are put right here, and a full refresh
follows at the latest after a day. The short lists are always read whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tieout.store.queries.books import Book, Listing
from tieout.store.queries.exports import Task

FULL_AFTER_H = 24
OVERLAP_MIN = 10  # a change that was being saved when the last page was read
REST = ("item", "class", "terms", "tax_code")
FULL = ("book", "customer", "survivor", *REST)
CHANGED = ("book", "customer", "deleted", "count", "survivor", *REST)
EARLIEST = datetime(1970, 1, 2)  # noqa: DTZ001 — the wall clock of the QuickBooks machine


def full_because(*, book: Book, task: Task, now: datetime) -> str:
    """Why everything must be read; "" when what changed is enough."""
    if task.params.get("full"):
        return "it was asked for"
    if book.lists_full_at is None or not wall_clock(book.customers_modified_to):
        return "they were never read before"
    if book.full_because:
        return book.full_because
    if now - book.lists_full_at > timedelta(hours=FULL_AFTER_H):
        return f"the last full one is more than {FULL_AFTER_H} hours ago"
    return ""


def since(listing: Listing) -> datetime | None:
    """From which moment of QuickBooks' wall clock on changes are read; None for all."""
    last = wall_clock(listing.from_modified)
    return None if last is None else max(last - timedelta(minutes=OVERLAP_MIN), EARLIEST)


def wall_clock(raw: str) -> datetime | None:
    """The moment on the clock beside QuickBooks. The offset it prints is not to be relied on."""
    try:
        return datetime.fromisoformat(raw[:19])
    except ValueError:
        return None
