"""Take answers of the Drift inbox back: what was remembered before them counts again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from tieout.service import drift_records
from tieout.service.access import Access
from tieout.service.drift_choices import Aside, Outcome
from tieout.service.mapping_state import How, Refused
from tieout.service.save_mapping import undo_job_mapping
from tieout.store.commits import drift_answers, events, locks, mappings
from tieout.store.commits import drifts as commits
from tieout.store.queries.drifts import Drift

CHUNK = 500


def undo_answers(
    *, access: Access, ids: Sequence[int], now: datetime, confirmed: Collection[str] = ()
) -> Outcome:
    """Take these answers back, the latest of each mapping first: what was remembered counts again.

    Where a mapping would lead back to something odd by now, that is to be among the `confirmed`.
    """
    outcome = Outcome()
    how = How.BULK_UNDO if len(ids) > 1 else How.UNDO
    for start in range(0, len(ids), CHUNK):
        _undo(access, ids[start : start + CHUNK], outcome, how, now=now, confirmed=confirmed)
    what = "1 answer was" if outcome.done == 1 else f"{outcome.done:,} answers were"
    outcome.text = f"{what} taken back." if outcome.done else "Nothing was taken back."
    return outcome


def undo_batch(*, access: Access, batch: str, now: datetime) -> Outcome:
    """Take back everything that was answered together."""
    ids = drift_answers.batch_ids(company_id=access.company.pk, batch=batch)
    return undo_answers(access=access, ids=ids, now=now)


def _undo(
    access: Access,
    ids: Sequence[int],
    outcome: Outcome,
    how: How,
    *,
    now: datetime,
    confirmed: Collection[str],
) -> None:
    company_id = access.company.pk
    with transaction.atomic(), events.at_the_end():
        locks.desk(company_id=company_id)
        locked = drift_answers.lock(company_id=company_id, ids=ids)
        place = {pk: n for n, pk in enumerate(ids)}
        mappings.lock_concerned(
            company_id=company_id,
            job_keys=[drift.mapping.job.key for drift in locked],
            target_ids=sorted({drift.target_id for drift in locked}),
        )
        locked.sort(key=lambda drift: place[drift.pk])
        by_hand, kept, ignored = [], [], []
        for drift in locked:
            why = _why_not_undone(drift)
            if why:
                outcome.aside.append(Aside(name=drift.mapping.job.contractor, why=why))
            elif drift.answer == Drift.Answer.KEPT:
                kept.append(drift)
            elif drift.answer == Drift.Answer.IGNORED:
                ignored.append(drift)
            else:
                by_hand.append(drift)
        _unkeep(access, kept, outcome, how, now=now)
        for drift in ignored:
            drift_answers.open_again(drift)
        entries = [drift_records.entry("asked again", drift) for drift in ignored]
        drift_records.write(access, ignored, entries, outcome, now=now, keeping=False)
        for drift in by_hand:
            _unmap(access, drift, outcome, how, now=now, confirmed=confirmed)


def _why_not_undone(drift: Drift) -> str:
    mapping = drift.mapping
    match drift.answer:
        case "":
            return "It has no answer."
        case Drift.Answer.KEPT if mapping.target_id != drift.target_id or not drift.memory:
            return "The mapping was changed since: undo that in Record Mapping first."
        case Drift.Answer.KEPT if commits.stands(drift):
            return "The same job changed again since: answer that."
        case Drift.Answer.IGNORED if drift.state != Drift.State.IGNORED:
            return "It changed again since it was ignored."
        case Drift.Answer.REMAPPED | Drift.Answer.REMOVED if (
            mapping.version != drift.answered_version
        ):
            return "The mapping was changed since: undo that in Record Mapping first."
    return ""


def _unkeep(
    access: Access, kept: Sequence[Drift], outcome: Outcome, how: How, *, now: datetime
) -> None:
    states = drift_records.states(access.company.pk, kept)
    entries = []
    for drift in kept:
        version, key = drift.answered_version, drift.mapping.job.key
        drift_answers.unkeep(drift, user=access.user, now=now)
        before = states[key]
        states[key] = drift_records.with_customer(before, drift)
        entries.append(
            drift_records.kept_entry(
                drift, before, states[key], reason="", how=how, undoes=version
            )
        )
    drift_records.write(access, kept, entries, outcome, now=now, keeping=True)


def _unmap(
    access: Access,
    drift: Drift,
    outcome: Outcome,
    how: How,
    *,
    now: datetime,
    confirmed: Collection[str],
) -> None:
    """The re-map is undone like any other; its drift is open again with the mapping."""
    saved = undo_job_mapping(
        access=access,
        job_key=drift.mapping.job.key,
        expected_version=drift.answered_version,
        reason="Taken back in the Drift inbox.",
        now=now,
        also_confirmed=confirmed,
        how=how,
    )
    if isinstance(saved, Refused):
        outcome.set_aside(drift, saved)
        return
    outcome.done += 1
