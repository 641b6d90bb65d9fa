"""The mapping of a contractor job as the rules see it, its history, and the words about it.

What a save answers is said here too, so that single saves and bulk changes use the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tieout.core import drifting
from tieout.core import mapping as rules
from tieout.core.drifting import NOTED, DriftKind
from tieout.store.commits import events
from tieout.store.queries import jobs, mappings, qb_lists
from tieout.store.queries.planning import drifts, job_fact, memory_of, qb_job_fact
from tieout.store.queries.qb_lists import QbCustomer

REASON_MAX = events.REASON_MAX
SUBJECT = "job_mapping"
RENAMED = "renamed"  # a reason beside those of core.mapping


class How(StrEnum):
    """By what road a change came; kept with its event. Never rename a value."""

    HAND = "by hand"
    SUGGESTION = "suggestion"
    BULK = "bulk"
    FILE = "file"
    UNDO = "undo"
    BULK_UNDO = "bulk undo"
    CREATED = "created by Tieout"


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
NOT_SUGGESTED = Refused(
    text="The contractor job, or what is suggested for it, changed since it was shown.",
    remedy="Look at the row again.",
    reason="no_suggestion",
)
CHANGED_AGAIN = Refused(
    text="It changed again since this was shown; nothing was kept.",
    remedy="Look at what it is now, then decide.",
    reason="changed_again",
)
NOTHING_TO_KEEP = Refused(
    text="The QuickBooks job is gone: there is nothing to keep.",
    remedy="Choose Remove Association, then the job that took over.",
    reason="nothing_to_keep",
)
NOTHING_TO_UNDO = Refused(
    text="There is no change to undo.",
    remedy="Choose a QuickBooks Contractor Job, or Remove Association.",
    reason="nothing_to_undo",
)


# ------------------------------------------------------------------ what is


def present(job: jobs.SourceJob) -> tuple[Any, QbCustomer | None]:
    """The job's mapping row and its QuickBooks job, None where there is none."""
    mapping = getattr(job, "mapping", None)
    return mapping, mapping.target if mapping else None


def state_after(*, job: jobs.SourceJob, last: rules.Change | None) -> rules.MappingState:
    """The mapping as the rules see it, its last change being known; no query.

    What was confirmed is read from that change; `last` is None when there was none.
    """
    mapping, target = present(job)
    if mapping is None:
        return rules.MappingState()
    odd = set()
    if mapping.other_customer_confirmed:
        odd.add(rules.WarningKind.OTHER_CUSTOMER)
    if mapping.shared_confirmed:
        odd.add(rules.WarningKind.SHARED)
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
    return change_of(said[0]) if said else None


def change_to(*, company_id: int, job: jobs.SourceJob, version: int) -> rules.Change | None:
    """The change that made this version of the job's mapping; None when there was none."""
    said = mappings.history(company_id=company_id, subject=SUBJECT, subject_key=job.key)
    found = (change_of(event) for event in said)
    return next((change for change in found if change.version == version), None)


def change_of(event: mappings.Event) -> rules.Change:
    """An event of a mapping as the change that it records."""
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
    """What changed since the job was mapped and is asked about, a sentence each; no query."""
    mapping, target = present(job)
    if mapping is None or target is None:
        return []
    found = drifts(mapping=mapping, target=target)
    return [change.text for change in found if change.kind not in NOTED]


def warnings_for(
    *, company_id: int, job: jobs.SourceJob, target: QbCustomer
) -> tuple[rules.MappingWarning, ...]:
    """What is odd about this choice now, the gravest first; one query."""
    served = qb_lists.served_by(company_id=company_id, target_ids=[target.pk])
    return warnings_among(job=job, target=target, served=served.get(target.pk, []))


def warnings_among(
    *, job: jobs.SourceJob, target: QbCustomer, served: Sequence[jobs.SourceJob]
) -> tuple[rules.MappingWarning, ...]:
    """The same when the jobs that the target serves are known; no query."""
    client_mapping = getattr(job.client, "mapping", None)
    customer = client_mapping.target if client_mapping else None
    return rules.check(
        job_fact(job),
        client_customer=qb_job_fact(customer) if customer else None,
        target=qb_job_fact(target),
        served=[job_fact(other) for other in served],
    )


def kept(
    *,
    job: jobs.SourceJob,
    target: QbCustomer,
    state: rules.MappingState,
    ticked: Collection[str],
    kind: DriftKind | None = None,
) -> frozenset[rules.WarningKind] | rules.Refusal:
    """What is confirmed of a mapping that is kept as things are now, or what is to be confirmed.

    With `kind` only this change is kept. No query.
    """
    mapping, _ = present(job)
    memory = memory_of(mapping, target)
    now = drifting.present(target=qb_job_fact(target), job=job_fact(job), client=job.client.name)
    return rules.keep(
        state,
        warnings=warnings_among(job=job, target=target, served=()),
        ticked=[one for one in rules.WarningKind if one.value in ticked],
        elsewhere=memory is not None and drifting.elsewhere(memory, now=now, kind=kind),
    )


def to_confirm_when_kept(*, job: jobs.SourceJob) -> rules.MappingWarning | None:
    """What Keep this mapping asks to be confirmed, in a sentence; no query."""
    mapping, target = present(job)
    if mapping is None or target is None or target.gone_at is not None:
        return None
    asked = kept(job=job, target=target, state=state_after(job=job, last=None), ticked=())
    if not isinstance(asked, rules.Refusal):
        return None
    return rules.MappingWarning(kind=asked.to_confirm[0], text=asked.message)


# ------------------------------------------------------------------ what is written and said


def entry_of(
    job: jobs.SourceJob,
    change: rules.Change,
    before: QbCustomer | None,
    after: QbCustomer | None,
    how: How,
) -> events.Entry:
    """The event of a change; who and when are added where it is appended."""
    return events.Entry(
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
            "how": how.value,
        },
        reason=change.why,
    )


def refused(job: jobs.SourceJob, refusal: rules.Refusal) -> Refused:
    """The refusal of the rules in the words of the screens."""
    if refusal.reason is rules.RefusalReason.CHANGED_MEANWHILE:
        mapping, target = present(job)
        return changed_meanwhile(
            who=mapping.changed_by.shown_name if mapping and mapping.changed_by else "",
            target=target.full_name if target else "",
        )
    return Refused(
        text=refusal.message,
        remedy=refusal.remedy,
        reason=refusal.reason.value,
        to_confirm=tuple(kind.value for kind in refusal.to_confirm),
    )


def changed_meanwhile(*, who: str, target: str) -> Refused:
    """A second clerk was faster: who it was, and what the mapping is now."""
    now = f"mapped it to {target}" if target else "removed its association"
    return Refused(
        text=f"{who or 'Somebody else'} {now} since you opened it; nothing was overwritten.",
        remedy="Look at the present mapping, then decide again.",
        reason=rules.RefusalReason.CHANGED_MEANWHILE.value,
    )


def renamed_meanwhile(*, seen: str, now: str) -> Refused:
    """QuickBooks gave the chosen entry another name than the one on the screen: it may be somebody
    else's by now."""
    return Refused(
        text=f"{seen} is called {now} in QuickBooks now; nothing was saved.",
        remedy="Look whether it is still the right one, then choose it again.",
        reason=RENAMED,
    )


def sentence(
    job: jobs.SourceJob,
    change: rules.Change,
    before: QbCustomer | None,
    target: QbCustomer | None,
    staying: int,
) -> str:
    """What a change did, for the clerk."""
    if target is None:
        text = f"The association of {job.contractor} was removed."
    else:
        text = f"{job.contractor} is mapped to {target.full_name}."
    if staying and before is not None:
        text += f" {stay(staying)} on {before.full_name}."
    return f"Undone. {text}" if change.undoes else text


def label_of(job: jobs.SourceJob) -> str:
    """A contractor job as people say it: contractor, client, title."""
    return " · ".join(part for part in (job.contractor, job.client.name, job.title) if part)


def stay(count: int) -> str:
    """How the clerk reads what a re-map does not move: "14 invoices stay"."""
    return "1 invoice stays" if count == 1 else f"{count:,} invoices stay"
