"""Save the mappings of clients, pay/bill items and class values, each in one transaction.

The same promises as for contractor jobs: linked by ListID, optimistic version, an event with who,
when, from and to, and the invoices concerned are planned again. A choice made here may be changed
at once; only contractor jobs are locked in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from tieout.service.access import Access
from tieout.service.plan_wish import want_planning
from tieout.service.save_mapping import REASON_MAX, How, Refused, Saved, changed_meanwhile
from tieout.service.suggest_wish import want_suggestions
from tieout.store.commits import events, locks
from tieout.store.commits import mappings as commits
from tieout.store.queries import mappings, qb_lists
from tieout.store.queries.mappings import SisterKind, SisterRow
from tieout.store.queries.qb_lists import QbCustomer, QbEntry

WORDS = {"client": "customer", "item": "item", "class": "class"}
SUBJECTS = {"client": "client_mapping", "item": "item_mapping", "class": "class_mapping"}
RECORD_UNKNOWN = Refused(
    text="This record is not known here.",
    remedy="Import it again under Import.",
    reason="unknown_record",
)
NOTHING_TO_SAVE = Refused(
    text="Nothing was changed.", remedy="Choose another entry.", reason="nothing_to_save"
)
NOTHING_TO_UNDO = Refused(
    text="There is no change to undo.", remedy="Choose an entry.", reason="nothing_to_undo"
)


def save_client_mapping(
    *,
    access: Access,
    client_key: str,
    expected_version: int,
    target_list_id: str | None,
    reason: str,
    now: datetime,
) -> Saved | Refused:
    """Map a client to a QuickBooks customer, or to none."""
    row = mappings.find_sister(
        company_id=access.company.pk, kind="client", invoice_kind="", key=client_key
    )
    return _save(access, "client", row, expected_version, target_list_id, reason, now)


def save_item_mapping(
    *,
    access: Access,
    invoice_kind: str,
    item_key: str,
    expected_version: int,
    target_list_id: str | None,
    reason: str,
    now: datetime,
) -> Saved | Refused:
    """Map a pay/bill item to a QuickBooks item, or to none."""
    row = mappings.find_sister(
        company_id=access.company.pk, kind="item", invoice_kind=invoice_kind, key=item_key
    )
    return _save(access, "item", row, expected_version, target_list_id, reason, now)


def save_class_mapping(
    *,
    access: Access,
    invoice_kind: str,
    value: str,
    expected_version: int,
    target_list_id: str | None,
    reason: str,
    now: datetime,
) -> Saved | Refused:
    """Map a custom field value to a QuickBooks class, or to none."""
    row = mappings.find_sister(
        company_id=access.company.pk, kind="class", invoice_kind=invoice_kind, key=value
    )
    return _save(access, "class", row, expected_version, target_list_id, reason, now)


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
) -> Saved | Refused:
    """The same for a row that a page knows by its id."""
    row = mappings.get_sister(company_id=access.company.pk, kind=kind, pk=pk)
    return _save(access, kind, row, expected_version, target_list_id, reason, now, how=how)


def undo_sister(
    *,
    access: Access,
    kind: SisterKind,
    pk: int,
    expected_version: int,
    reason: str,
    now: datetime,
    how: How = How.UNDO,
) -> Saved | Refused:
    """Lead the last change of the row back, as a new event; refused when somebody saved since."""
    row = mappings.get_sister(company_id=access.company.pk, kind=kind, pk=pk)
    if row is None:
        return RECORD_UNKNOWN
    last = last_change(company_id=access.company.pk, kind=kind, row=row)
    if last is None:
        return NOTHING_TO_UNDO
    back = last.before["list_id"]
    undoes = last.after["version"]
    return _save(access, kind, row, expected_version, back, reason, now, how=how, undoes=undoes)


def last_change(*, company_id: int, kind: SisterKind, row: SisterRow) -> mappings.Event | None:
    """The event that made the present version of the row's mapping; None when there is none."""
    invoice_kind = mappings.invoice_kind_of(company_id=company_id, kind=kind, pk=row.pk)
    subject = subject_of(kind=kind, invoice_kind=invoice_kind)
    said = mappings.history(company_id=company_id, subject=subject, subject_key=row.key, limit=1)
    return said[0] if said and said[0].after["version"] == row.version else None


def subject_of(*, kind: SisterKind, invoice_kind: str) -> str:
    """The subject under which the events of these mappings are kept."""
    return SUBJECTS[kind] if kind == "client" else f"{SUBJECTS[kind]}:{invoice_kind}"


def _save(
    access: Access,
    kind: SisterKind,
    shown: SisterRow | None,
    expected_version: int,
    target_list_id: str | None,
    reason: str,
    now: datetime,
    *,
    how: How = How.HAND,
    undoes: int = 0,
) -> Saved | Refused:
    if shown is None:
        return RECORD_UNKNOWN
    company_id = access.company.pk
    with transaction.atomic():
        locks.desk(company_id=company_id)
        target = _target(company_id, kind, target_list_id or "")
        if isinstance(target, Refused):
            return target
        locked = _lock(company_id, kind, shown.pk)
        before = locked.target
        if locked.version != expected_version:
            who = locked.changed_by.get_username() if locked.changed_by else ""
            return changed_meanwhile(who=who, target=before.full_name if before else "")
        if before == target:
            return NOTHING_TO_SAVE
        commits.write_sister(row=locked, target=target, user=access.user, now=now)
        said = {"version": locked.version, "undoes": undoes, "how": how.value}
        entry = _entry(company_id, kind, shown, before, target, said, reason)
        commits.restate_client(locked)
        if kind == "client":
            want_suggestions(company_id, now, access.user)
        concerned = commits.concerned_by_sister(locked)
        again = commits.plan_again(company_id=company_id, concerned=concerned)
        if again:
            want_planning(company_id, now, access.user)
        events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
    text = (
        f"{shown.name} is mapped to {target.full_name}."
        if target
        else f"The association of {shown.name} was removed."
    )
    return Saved(
        text=f"Undone. {text}" if undoes else text,
        version=locked.version,
        list_id=target.list_id if target else "",
        planned_again=again,
    )


def _target(
    company_id: int, kind: SisterKind, list_id: str
) -> QbCustomer | QbEntry | Refused | None:
    if not list_id:
        return None
    found: QbCustomer | QbEntry | None
    if kind == "client":
        found = qb_lists.get_customer(company_id=company_id, list_id=list_id)
    else:
        found = qb_lists.get_entry(company_id=company_id, kind=kind, list_id=list_id)
    word = WORDS[kind]
    if found is None or found.gone_at is not None:
        return Refused(
            text=f"This QuickBooks {word} is not in the list.",
            remedy="Check that it exists in QuickBooks, then choose Refresh QuickBooks list.",
            reason="unknown_target",
        )
    if isinstance(found, QbCustomer) and found.parent_list_id:
        return Refused(
            text=f"{found.full_name} is a job, not a customer.",
            remedy="Choose the customer itself; jobs are mapped under Map Jobs.",
            reason="not_allowed",
        )
    return found


def _lock(company_id: int, kind: SisterKind, pk: int) -> commits.SisterMapping:
    if kind == "client":
        return commits.lock_client_mapping(company_id=company_id, client_id=pk)
    if kind == "item":
        return commits.lock_item_mapping(company_id=company_id, item_id=pk)
    return commits.lock_class_mapping(company_id=company_id, pk=pk)


def _entry(
    company_id: int,
    kind: SisterKind,
    shown: SisterRow,
    before: QbCustomer | QbEntry | None,
    after: QbCustomer | QbEntry | None,
    said: Mapping[str, object],
    reason: str,
) -> events.Entry:
    verb = "removed" if after is None else "remapped" if before else "mapped"
    invoice_kind = mappings.invoice_kind_of(company_id=company_id, kind=kind, pk=shown.pk)
    return events.Entry(
        verb=verb,
        subject=subject_of(kind=kind, invoice_kind=invoice_kind),
        subject_key=shown.key,
        before={
            "list_id": before.list_id if before else "",
            "full_name": before.full_name if before else "",
        },
        after={
            **said,
            "list_id": after.list_id if after else "",
            "full_name": after.full_name if after else "",
        },
        reason=reason.strip()[:REASON_MAX],
    )
