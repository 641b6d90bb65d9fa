"""Save the mapping of one client, pay/bill item or class value, or take a change of it back.

The same promises as for contractor jobs: linked by ListID, optimistic version, an event with who,
when, from and to, and the invoices concerned are planned again. A choice made here may be changed
at once; only contractor jobs are locked in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from tieout.service.access import Access
from tieout.service.mapping_state import How, Refused, Saved
from tieout.service.sister_bundle import (
    NOTHING_TO_SAVE,
    RECORD_UNKNOWN,
    SisterBundle,
    SisterCommand,
    subject,
    subject_of,
)
from tieout.store.commits.sister_mappings import Locked
from tieout.store.queries import mappings
from tieout.store.queries.mappings import SisterKind

__all__ = ["NOTHING_TO_SAVE", "save_sister", "subject", "undo_sister"]

NOTHING_TO_UNDO = Refused(
    text="There is no change to undo.", remedy="Choose an entry.", reason="nothing_to_undo"
)


def save_sister(
    *,
    access: Access,
    kind: SisterKind,
    pk: int,
    expected_version: int,
    target_list_id: str | None,
    reason: str,
    now: datetime,
    how: How = How.HAND,
    seen: str = "",
) -> Saved | Refused:
    """Map a client to a QuickBooks customer, an item to an item, a value to a class, or to none.

    `expected_version` is the version on the clerk's screen: when somebody saved meanwhile,
    nothing is overwritten. `seen` is the target's full name there.
    """
    command = SisterCommand(
        expected_version=expected_version, target_list_id=target_list_id or "", why=reason
    )
    with transaction.atomic():
        return _save(SisterBundle(access, kind, [pk]), pk, command, now, how, seen=seen)


def undo_sister(
    *,
    access: Access,
    kind: SisterKind,
    pk: int,
    expected_version: int,
    reason: str,
    now: datetime,
    change: int | None = None,
) -> Saved | Refused:
    """Lead back to before a change, as a new event: the last one, or the one to version `change`.

    Refused when somebody saved since the version on the clerk's screen.
    """
    with transaction.atomic():
        bundle = SisterBundle(access, kind, [pk])
        record = bundle.records.get(pk)
        if record is None:
            return RECORD_UNKNOWN
        undone = _change(bundle, record, change)
        if undone is None:
            return NOTHING_TO_UNDO
        command = replace(way_back(undone), expected_version=expected_version, why=reason)
        return _save(bundle, pk, command, now, How.UNDO)


def way_back(event: mappings.Event) -> SisterCommand:
    """The command that leads back to before this change, from the version that it made."""
    made = event.after["version"]
    before = event.before["list_id"]
    return SisterCommand(expected_version=made, target_list_id=before, undoes=made)


def _change(bundle: SisterBundle, record: Locked, version: int | None) -> mappings.Event | None:
    if version is None:
        return bundle.last_changes().get(record.pk)
    said = mappings.history(
        company_id=bundle.company_id, subject=subject_of(record), subject_key=record.key
    )
    return next((event for event in said if event.after["version"] == version), None)


def _save(
    bundle: SisterBundle,
    pk: int,
    command: SisterCommand,
    now: datetime,
    how: How,
    *,
    seen: str = "",
) -> Saved | Refused:
    bundle.look_up([command.target_list_id])
    answer = bundle.save(pk, command, seen=seen)
    if isinstance(answer, Refused):
        return answer
    written = bundle.write(now=now, how=how)
    return replace(answer, planned_again=written.planned_again)
