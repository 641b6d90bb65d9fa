"""What happened in QuickBooks to a job since it was linked to or last looked at.

A drift is news for a person: a link is by ListID and survives a rename or a move, but the person
who made it may now see it differently, and an invoice on an inactive or vanished job would go
wrong. What to do about a drift is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tieout.core.facts import QbJob


class DriftKind(StrEnum):
    """What changed. The text is stored; never rename a value."""

    RENAMED = "renamed"  # its own name or that of a customer above it
    MOVED = "moved"  # it stands under another customer or job
    INACTIVATED = "inactivated"
    REACTIVATED = "reactivated"  # active again, or back after it was gone
    GONE = "gone"  # deleted, or merged into another


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One change of one QuickBooks job: `before` and `after` are its full names then and now."""

    kind: DriftKind
    list_id: str
    before: str
    after: str  # "" when it is gone
    text: str  # one sentence for the clerk


def drift(remembered: QbJob, now: QbJob | None) -> tuple[Drift, ...]:
    """Everything that changed, moves before renames; () when nothing did.

    `now` is None when QuickBooks no longer has the ListID. ValueError when both are not the same
    record: records are compared by ListID only.
    """
    if now is None or now.gone:
        if remembered.gone:
            return ()
        text = f"{remembered.full_name} was deleted or merged in QuickBooks."
        return (_drift(DriftKind.GONE, remembered, None, text),)
    if now.list_id != remembered.list_id:
        msg = f"{remembered.list_id} and {now.list_id} are two QuickBooks jobs, not one."
        raise ValueError(msg)
    return tuple(
        _drift(kind, remembered, now, text)
        for kind, text in (_place(remembered, now), _name(remembered, now), _use(remembered, now))
        if text
    )


def _place(old: QbJob, new: QbJob) -> tuple[DriftKind, str]:
    """A customer at the top that is not known on one side says nothing."""
    known = old.root and new.root
    moved = old.parent_list_id != new.parent_list_id or (known and old.root != new.root)
    return DriftKind.MOVED, f"{old.full_name} was moved to {new.full_name}." if moved else ""


def _name(old: QbJob, new: QbJob) -> tuple[DriftKind, str]:
    """After a move every name above differs, so then only the job's own name is compared."""
    moved = _place(old, new)[1]
    before, after = old.full_name, new.full_name
    if moved:
        before, after = before.rpartition(":")[2], after.rpartition(":")[2]
    return DriftKind.RENAMED, "" if before == after else f"{before} was renamed to {after}."


def _use(old: QbJob, new: QbJob) -> tuple[DriftKind, str]:
    was, is_ = old.active and not old.gone, new.active
    if was and not is_:
        return DriftKind.INACTIVATED, f"{new.full_name} was made inactive in QuickBooks."
    if is_ and not was:
        return DriftKind.REACTIVATED, f"{new.full_name} is active in QuickBooks again."
    return DriftKind.INACTIVATED, ""


def _drift(kind: DriftKind, old: QbJob, new: QbJob | None, text: str) -> Drift:
    return Drift(
        kind=kind,
        list_id=old.list_id,
        before=old.full_name,
        after=new.full_name if new else "",
        text=text,
    )
