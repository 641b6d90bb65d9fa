"""Save, remove, change and undo mappings. One transaction each: row, event, plans that wait.

What is allowed is decided by `core.mapping`; this module loads what it needs, writes what it
answers and says in a sentence what came of it. A ListID of another company is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tieout.core import mapping as rules
from tieout.service.access import Access
from tieout.service.plan_wish import want_planning
from tieout.store.commits import events
from tieout.store.commits import mappings as commits
from tieout.store.queries import jobs, mappings, qb_lists
from tieout.store.queries.planning import drifts, job_fact, qb_job_fact
from tieout.store.queries.qb_lists import QbCustomer, QbEntry

REASON_MAX = 500
SUBJECT = "job_mapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was saved: the new version, the sentence for the clerk, and what stays behind."""

    text: str
    version: int
    list_id: str  # "" when the association was removed
    staying: int = 0  # invoices that stay on the former QuickBooks job
    planned_again: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nothing was saved, and what to do. `to_confirm` names warnings that may be confirmed."""

    text: str
    remedy: str
    reason: str = ""
    to_confirm: tuple[str, ...] = ()


JOB_UNKNOWN = Refused(
    text="This contractor job is not known here.",
    remedy="Import the contractor jobs again under Import.",
    reason="unknown_job",
)
TARGET_UNKNOWN = Refused(
    text="This QuickBooks job is not in the list.",
    remedy="Check that it exists in QuickBooks, then choose Refresh QuickBooks list.",
    reason="unknown_target",
)
NOTHING_TO_UNDO = Refused(
    text="There is no change to undo.",
    remedy="Choose a QuickBooks Contractor Job, or Remove Association.",
    reason="nothing_to_undo",
)


# ------------------------------------------------------------------ contractor jobs


def save_job_mapping(
    *,
    access: Access,
    job_key: str,
    expected_version: int,
    target_list_id: str | None,
    remove: bool,
    confirmed: Iterable[str],
    reason: str,
    now: datetime,
) -> Saved | Refused:
    """Map a contractor job, remove its association, or both as one re-map.

    `expected_version` is the version on the clerk's screen: when somebody saved meanwhile,
    nothing is overwritten. `confirmed` are the kinds of warnings that were ticked.
    """
    known = {kind.value for kind in rules.WarningKind}
    command = rules.SaveCommand(
        expected_version=expected_version,
        target_list_id=target_list_id or "",
        remove=remove,
        confirmed=frozenset(rules.WarningKind(kind) for kind in confirmed if kind in known),
        why=reason.strip()[:REASON_MAX],
    )
    return _in_transaction(access, job_key, now, lambda job: command)


def undo_job_mapping(
    *, access: Access, job_key: str, expected_version: int, reason: str, now: datetime
) -> Saved | Refused:
    """Lead the last change back, as a new event. Refused when something changed since."""

    def command(job: jobs.SourceJob) -> rules.SaveCommand | Refused:
        last = last_change(company_id=access.company.pk, job=job)
        if last is None:
            return NOTHING_TO_UNDO
        back = rules.undo(last)
        return rules.SaveCommand(
            expected_version=expected_version,
            target_list_id=back.target_list_id,
            remove=back.remove,
            confirmed=back.confirmed,
            why=reason.strip()[:REASON_MAX],
            undoes=back.undoes,
        )

    return _in_transaction(access, job_key, now, command)


def keep_job_mapping(
    *, access: Access, job_key: str, expected_version: int, reason: str, now: datetime
) -> Saved | Refused:
    """Answer a change in QuickBooks with "this is still the right job": nothing is moved."""
    with transaction.atomic():
        job = commits.lock_job(company_id=access.company.pk, key=job_key)
        if job is None:
            return JOB_UNKNOWN
        mapping, target = _present(job)
        state = state_of(company_id=access.company.pk, job=job)
        if mapping is None or target is None:
            return NOTHING_TO_UNDO
        if mapping.version != expected_version:
            return _changed_meanwhile(job)
        seen = changes_since(job=job)
        commits.write_job_mapping(
            job=job,
            target=target,
            version=state.version + 1,
            confirmed=state.confirmed,
            user=access.user,
            now=now,
        )
        change = rules.Change(
            kind=rules.ChangeKind.CONFIRMED,
            version=state.version + 1,
            from_list_id=target.list_id,
            to_list_id=target.list_id,
            from_confirmed=state.confirmed,
            confirmed=state.confirmed,
            why=" ".join([*seen, reason.strip()])[:REASON_MAX],
        )
        again = _record(access, job, change, target, target, now)
        text = f"{target.full_name} is kept for {job.contractor}."
        return Saved(
            text=text, version=change.version, list_id=target.list_id, planned_again=again
        )


def state_of(*, company_id: int, job: jobs.SourceJob) -> rules.MappingState:
    """The mapping as the rules see it; what was confirmed is read from its last event."""
    mapping, target = _present(job)
    if mapping is None:
        return rules.MappingState()
    odd = set()
    if mapping.other_customer_confirmed:
        odd.add(rules.WarningKind.OTHER_CUSTOMER)
    if mapping.shared_confirmed:
        odd.add(rules.WarningKind.SHARED)
    last = last_change(company_id=company_id, job=job)
    if last and last.version == mapping.version:
        odd |= last.confirmed
    return rules.MappingState(
        version=mapping.version,
        list_id=target.list_id if target else "",
        confirmed=frozenset(odd),
    )


def last_change(*, company_id: int, job: jobs.SourceJob) -> rules.Change | None:
    """The latest change of the job's mapping, read back from its event."""
    said = mappings.history(company_id=company_id, subject=SUBJECT, subject_key=job.key, limit=1)
    if not said:
        return None
    event = said[0]
    return rules.Change(
        kind=rules.ChangeKind(event.verb),
        version=event.after["version"],
        from_list_id=event.before["list_id"],
        to_list_id=event.after["list_id"],
        from_confirmed=frozenset(map(rules.WarningKind, event.before["confirmed"])),
        confirmed=frozenset(map(rules.WarningKind, event.after["confirmed"])),
        why=event.reason,
        undoes=event.after["undoes"],
    )


def changes_since(*, job: jobs.SourceJob) -> list[str]:
    """What changed in QuickBooks since the job was mapped, a sentence each; no query."""
    mapping, target = _present(job)
    if mapping is None or target is None:
        return []
    return [change.text for change in drifts(mapping=mapping, target=target)]


def warnings_for(
    *, company_id: int, job: jobs.SourceJob, target: QbCustomer
) -> tuple[rules.MappingWarning, ...]:
    """What is odd about this choice now, the gravest first; one query."""
    served = qb_lists.served_by(company_id=company_id, target_ids=[target.pk])
    client_mapping = getattr(job.client, "mapping", None)
    customer = client_mapping.target if client_mapping else None
    return rules.check(
        job_fact(job),
        client_customer=qb_job_fact(customer) if customer else None,
        target=qb_job_fact(target),
        served=[job_fact(other) for other in served.get(target.pk, [])],
    )


Command = Callable[[jobs.SourceJob], rules.SaveCommand | Refused]


def _in_transaction(
    access: Access, job_key: str, now: datetime, wanted: Command
) -> Saved | Refused:
    company_id = access.company.pk
    with transaction.atomic():
        job = commits.lock_job(company_id=company_id, key=job_key)
        if job is None:
            return JOB_UNKNOWN
        command = wanted(job)
        if isinstance(command, Refused):
            return command
        target = None
        if command.target_list_id:
            target = qb_lists.get_customer(company_id=company_id, list_id=command.target_list_id)
            if target is None:
                return TARGET_UNKNOWN
        odd = warnings_for(company_id=company_id, job=job, target=target) if target else ()
        answer = rules.save(state_of(company_id=company_id, job=job), command, warnings=odd)
        if isinstance(answer, rules.Refusal):
            return _refused(job, answer)
        return _commit(access, job, answer, target, now)


def _commit(
    access: Access,
    job: jobs.SourceJob,
    change: rules.Change,
    target: QbCustomer | None,
    now: datetime,
) -> Saved:
    _, before = _present(job)
    staying = 0
    if before is not None and before != target:
        staying = mappings.staying(
            company_id=access.company.pk, job_key=job.key, target_id=before.pk
        )
    commits.write_job_mapping(
        job=job,
        target=target,
        version=change.version,
        confirmed=change.confirmed,
        user=access.user,
        now=now,
    )
    again = _record(access, job, change, before, target, now)
    return Saved(
        text=_sentence(job, change, before, target, staying),
        version=change.version,
        list_id=change.to_list_id,
        staying=staying,
        planned_again=again,
    )


def _record(
    access: Access,
    job: jobs.SourceJob,
    change: rules.Change,
    before: QbCustomer | None,
    after: QbCustomer | None,
    now: datetime,
) -> int:
    """Append the event and let the waiting invoices be planned again; returns how many."""
    entry = events.Entry(
        verb=change.kind.value,
        subject=SUBJECT,
        subject_key=job.key,
        before={
            "list_id": change.from_list_id,
            "full_name": before.full_name if before else "",
            "confirmed": sorted(kind.value for kind in change.from_confirmed),
        },
        after={
            "version": change.version,
            "list_id": change.to_list_id,
            "full_name": after.full_name if after else "",
            "confirmed": sorted(kind.value for kind in change.confirmed),
            "undoes": change.undoes,
        },
        reason=change.why,
    )
    company_id = access.company.pk
    events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
    concerned = commits.concerned_by_jobs([job.key])
    again = commits.plan_again(company_id=company_id, concerned=concerned)
    if again:
        want_planning(company_id, now, access.user)
    return again


def _present(job: jobs.SourceJob) -> tuple[Any, QbCustomer | None]:
    """The job's mapping row and its QuickBooks job, None where there is none."""
    mapping = getattr(job, "mapping", None)
    return mapping, mapping.target if mapping else None


def _refused(job: jobs.SourceJob, refusal: rules.Refusal) -> Refused:
    if refusal.reason is rules.RefusalReason.CHANGED_MEANWHILE:
        return _changed_meanwhile(job)
    return Refused(
        text=refusal.message,
        remedy=refusal.remedy,
        reason=refusal.reason.value,
        to_confirm=tuple(kind.value for kind in refusal.to_confirm),
    )


def _changed_meanwhile(job: jobs.SourceJob) -> Refused:
    mapping, target = _present(job)
    return changed_meanwhile(
        who=mapping.changed_by.get_username() if mapping and mapping.changed_by else "",
        target=target.full_name if target else "",
    )


def changed_meanwhile(*, who: str, target: str) -> Refused:
    """A second clerk was faster: who it was, and what the mapping is now."""
    present = f"mapped it to {target}" if target else "removed its association"
    return Refused(
        text=f"{who or 'Somebody else'} {present} since you opened it; nothing was overwritten.",
        remedy="Look at the present mapping, then decide again.",
        reason=rules.RefusalReason.CHANGED_MEANWHILE.value,
    )


def _sentence(
    job: jobs.SourceJob,
    change: rules.Change,
    before: QbCustomer | None,
    target: QbCustomer | None,
    staying: int,
) -> str:
    if target is None:
        text = f"The association of {job.contractor} was removed."
    else:
        text = f"{job.contractor} is mapped to {target.full_name}."
    if staying and before is not None:
        text += f" {stay(staying)} on {before.full_name}."
    return f"Undone. {text}" if change.undoes else text


def stay(count: int) -> str:
    """How the clerk reads what a re-map does not move: "14 invoices stay"."""
    return "1 invoice stays" if count == 1 else f"{count:,} invoices stay"


__all__ = [
    "QbCustomer",
    "QbEntry",
    "Refused",
    "Saved",
    "changed_meanwhile",
    "changes_since",
    "keep_job_mapping",
    "last_change",
    "save_job_mapping",
    "state_of",
    "stay",
    "undo_job_mapping",
    "warnings_for",
]
