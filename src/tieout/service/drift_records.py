"""Write answers of the Drift inbox with their events, and look again at what they hold up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tieout.core import mapping as rules
from tieout.service import mapping_state
from tieout.service.access import Access
from tieout.service.drift_choices import Outcome
from tieout.service.mapping_state import How, change_of
from tieout.service.plan_wish import want_planning
from tieout.store.commits import drift_answers, events, mappings
from tieout.store.commits import drifts as commits
from tieout.store.queries.drifts import Drift
from tieout.store.queries.mappings import latest_events

SUBJECT = "drift"


def write(
    access: Access,
    drifts: Sequence[Drift],
    entries: Sequence[events.Entry],
    outcome: Outcome,
    *,
    now: datetime,
    keeping: bool,
) -> None:
    """Save the rows with their events, look again at what they hold up, and recount.

    Invoices are locked before the log, as the worker that plans them does.
    """
    company_id = access.company.pk
    drift_answers.save(drifts, mappings=keeping)
    if keeping and drifts:
        ids = [drift.mapping_id for drift in drifts]
        commits.notice(company_id=company_id, now=now, mapping_ids=ids)
        again = mappings.restate(
            company_id=company_id,
            target_ids=sorted({drift.target_id for drift in drifts}),
            also=[drift.mapping.job.key for drift in drifts],
        )
        outcome.planned_again += again
        if again:
            want_planning(company_id, now, access.user)
    events.append(company_id=company_id, at=now, actor=access.user, entries=entries)
    commits.recount(company_id=company_id)
    outcome.done += len(drifts)


def states(company_id: int, drifts: Sequence[Drift]) -> dict[str, rules.MappingState]:
    """The mappings of these rows as the rules see them, by key of the job."""
    keys = list({drift.mapping.job.key for drift in drifts})
    last = latest_events(company_id=company_id, subject=mapping_state.SUBJECT, keys=keys)
    return {
        drift.mapping.job.key: mapping_state.state_after(
            job=drift.mapping.job, last=change_of(said) if said else None
        )
        for drift in drifts
        for said in [last.get(drift.mapping.job.key)]
    }


def with_customer(state: rules.MappingState, drift: Drift) -> rules.MappingState:
    """The same as the mapping says now whether another customer is confirmed."""
    other = frozenset({rules.WarningKind.OTHER_CUSTOMER})
    held = drift.mapping.other_customer_confirmed
    return replace(state, confirmed=state.confirmed | other if held else state.confirmed - other)


def kept_entry(
    drift: Drift,
    before: rules.MappingState,
    after: rules.MappingState,
    *,
    reason: str,
    how: How,
    undoes: int = 0,
) -> events.Entry:
    """The event in the mapping's history: the same job, looked at again."""
    job, target = drift.mapping.job, drift.mapping.target
    said = f"Taken back: {drift.text}" if undoes else drift.text
    change = rules.Change(
        kind=rules.ChangeKind.CONFIRMED,
        version=drift.mapping.version,
        from_list_id=before.list_id,
        to_list_id=before.list_id,
        from_confirmed=before.confirmed,
        confirmed=after.confirmed,
        why=f"{said} {reason}".strip()[: mapping_state.REASON_MAX],
        undoes=undoes,
    )
    return mapping_state.entry_of(job, change, target, target, how)


def entry(verb: str, drift: Drift, reason: str = "") -> events.Entry:
    """The event of an answer that leaves the mapping as it is."""
    return events.Entry(
        verb=verb,
        subject=SUBJECT,
        subject_key=drift.mapping.job.key,
        before={"was": drift.was},
        after={"now": drift.now, "kind": drift.kind, "text": drift.text},
        reason=reason,
    )
