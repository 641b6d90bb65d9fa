"""The lists that a task reads, page by page: where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from tieout.store import prepared
from tieout.store.models import Listing, Task

SINCE = {"customer", "deleted"}  # what is asked for from a moment on


def begin(*, task: Task, kinds: Sequence[str], from_modified: str = "") -> list[Listing]:
    """The lists a task reads, noted once; `from_modified` is for the customers alone."""
    found = all_of(task=task)
    if not found:
        Listing.objects.bulk_create(
            Listing(
                task=task,
                company_id=task.company_id,
                position=n,
                kind=kind,
                from_modified=from_modified if kind in SINCE else "",
            )
            for n, kind in enumerate(kinds)
        )
    return found or all_of(task=task)


@prepared.row
def next_open(*, task_id: int, after: int) -> QuerySet[Listing]:
    """The first list behind that position that is not read yet."""
    open_ = Listing.objects.filter(task_id=task_id, position__gt=after).exclude(state="done")
    return open_.order_by("position")


def all_of(*, task: Task) -> list[Listing]:
    """The lists of a refresh in their order; a later step finds them as they were left."""
    return _listings(task_id=task.pk)


@prepared.rows
def _listings(*, task_id: int) -> QuerySet[Listing]:
    return Listing.objects.filter(task_id=task_id).order_by("position")


def one_of(*, task: Task, kind: str) -> Listing:
    """One list of a refresh."""
    return task.listings.get(kind=kind)


def note_because(*, task: Task, because: str) -> None:
    """Note why everything is read."""
    task.params = {**task.params, "because": because}
    task.save(update_fields=["params"])


def read_everything(*, task: Task, because: str) -> None:
    """Go on as a full refresh: the customers are read from the beginning."""
    note_because(task=task, because=because)
    task.listings.filter(kind="customer").update(
        from_modified="",
        state="waiting",
        iterator_id="",
        session_id="",
        seen=0,
        remaining=None,
        range_from="",
    )
    task.listings.filter(kind="deleted").update(state="done")
    task.listings.filter(kind="count").exclude(state="done").update(state="done")
    task.listings.filter(kind="survivor").update(state="waiting")


def at_place(*, task: Task, place: Mapping[str, int | str]) -> Listing | None:
    """The list a page was asked for, None when it has moved on since."""
    listing = _listing(task_id=task.pk, listing_id=int(place["listing"]))
    if listing is None or listing.state == "done":
        return None
    now = (listing.seen, listing.restarts, listing.from_modified)
    return listing if now == (place["seen"], place["restarts"], place.get("from", "")) else None


@prepared.row
def _listing(*, task_id: int, listing_id: int) -> QuerySet[Listing]:
    return Listing.objects.filter(pk=listing_id, task_id=task_id)


def save(listing: Listing) -> None:
    """Save where the list stands now."""
    _save_moving({name: getattr(listing, name) for name in _MOVING}, listing_id=listing.pk)


_MOVING = (
    "state", "iterator_id", "session_id", "page_rows", "restarts", "range_from", "seen",
    "remaining", "unbroken", "changed", "gone",
)  # fmt: skip


@prepared.change(*_MOVING)
def _save_moving(*, listing_id: int) -> QuerySet[Listing]:
    return Listing.objects.filter(pk=listing_id)
