"""Save, remove, change and undo mappings. One transaction each: row, event, plans that wait.

What is allowed is decided by `core.mapping`; this module loads what it needs, writes what it
answers and says in a sentence what came of it. A ListID of another company is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from tieout.core import mapping as rules
from tieout.service import mapping_state as words
from tieout.service.access import Access
from tieout.service.mapping_bundle import Bundle
from tieout.service.mapping_state import (
    JOB_UNKNOWN,
    NOTHING_TO_KEEP,
    NOTHING_TO_UNDO,
    REASON_MAX,
    How,
    Refused,
    Saved,
    change_to,
    last_change,
    present,
)
from tieout.store.queries import jobs


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
    how: How = How.HAND,
    seen: str = "",
) -> Saved | Refused:
    """Map a contractor job, remove its association, or both as one re-map.

    `expected_version` is the version on the clerk's screen: when somebody saved meanwhile,
    nothing is overwritten. `seen` is the target's full name there: under another one it may be
    somebody else's by now. `confirmed` are the kinds of warnings that were ticked. To lead a job
    away from where invoices of it are takes a `reason`.
    """
    known = {kind.value for kind in rules.WarningKind}
    command = rules.SaveCommand(
        expected_version=expected_version,
        target_list_id=target_list_id or "",
        remove=remove,
        confirmed=frozenset(rules.WarningKind(kind) for kind in confirmed if kind in known),
        why=reason.strip()[:REASON_MAX],
    )
    return _in_transaction(access, job_key, now, how, lambda job: command, seen=seen)


def accept_suggestion(
    *,
    access: Access,
    job_key: str,
    expected_version: int,
    target_list_id: str,
    seen: str,
    now: datetime,
) -> Saved | Refused:
    """One OK: map a job to what is suggested for it, as it was shown."""
    command = rules.SaveCommand(expected_version=expected_version, target_list_id=target_list_id)
    return _in_transaction(
        access, job_key, now, How.SUGGESTION, lambda job: command, seen=seen, suggested=True
    )


def undo_job_mapping(
    *,
    access: Access,
    job_key: str,
    expected_version: int,
    reason: str,
    now: datetime,
    change: int | None = None,
    also_confirmed: Iterable[str] = (),
    how: How = How.UNDO,
) -> Saved | Refused:
    """Lead back to before a change, as a new event: the last one, or the one to version `change`.

    Refused when somebody saved since the version on the clerk's screen. `also_confirmed` are kinds
    of warnings that count as confirmed beside those of then.
    """
    ticked = set(also_confirmed)
    more = frozenset(kind for kind in rules.WarningKind if kind.value in ticked)

    def command(job: jobs.SourceJob) -> rules.SaveCommand | Refused:
        company_id = access.company.pk
        undone = (
            last_change(company_id=company_id, job=job)
            if change is None
            else change_to(company_id=company_id, job=job, version=change)
        )
        if undone is None:
            return NOTHING_TO_UNDO
        back = rules.undo(undone)
        _, target = present(job)
        stays = back.takes_back is not None and target and target.list_id == back.target_list_id
        return replace(
            back,
            confirmed=back.confirmed if stays else back.confirmed | more,
            expected_version=expected_version,
            # an older change is undone from where the job is now
            remove=target is not None,
            why=reason.strip()[:REASON_MAX],
        )

    return _in_transaction(access, job_key, now, how, command)


def keep_job_mapping(
    *,
    access: Access,
    job_key: str,
    expected_version: int,
    reason: str,
    now: datetime,
    confirmed: Collection[str] = (),
    seen: Sequence[str] = (),
) -> Saved | Refused:
    """Answer a change in QuickBooks with "this is still the right job": nothing is moved.

    `seen` are the changes that were on the screen: where others have come up since, nothing is
    kept. Where it stands under another customer by now, that is to be among the `confirmed`.
    """
    company_id = access.company.pk
    with transaction.atomic():
        bundle = Bundle(access, jobs.ids_of(company_id=company_id, keys=[job_key]))
        job = next(iter(bundle.jobs.values()), None)
        if job is None:
            return JOB_UNKNOWN
        mapping, target = present(job)
        if mapping is None or target is None:
            return NOTHING_TO_UNDO
        if mapping.version != expected_version:
            return words.refused(job, rules.CHANGED_MEANWHILE)
        if target.gone_at is not None:
            return NOTHING_TO_KEEP
        if seen and list(seen) != words.changes_since(job=job):
            return words.CHANGED_AGAIN
        answer = bundle.keep(job, target, ticked=confirmed, reason=reason)
        if isinstance(answer, Refused):
            return answer
        written = bundle.write(now=now, how=How.HAND)
        return replace(
            answer,
            text=f"{target.full_name} is kept for {job.contractor}.",
            planned_again=written.planned_again,
        )


Command = Callable[[jobs.SourceJob], rules.SaveCommand | Refused]


def _in_transaction(
    access: Access,
    job_key: str,
    now: datetime,
    how: How,
    wanted: Command,
    *,
    seen: str = "",
    suggested: bool = False,
) -> Saved | Refused:
    company_id = access.company.pk
    with transaction.atomic():
        bundle = Bundle(access, jobs.ids_of(company_id=company_id, keys=[job_key]))
        job = next(iter(bundle.jobs.values()), None)
        if job is None:
            return JOB_UNKNOWN
        command = wanted(job)
        if isinstance(command, Refused):
            return command
        bundle.look_up([command.target_list_id])
        answer = bundle.save(job.pk, command, seen=seen, suggested=suggested)
        if isinstance(answer, Refused):
            return answer
        written = bundle.write(now=now, how=how)
        return replace(answer, planned_again=written.planned_again)
