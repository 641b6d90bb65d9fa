"""Answer drifts: keep, map to the survivor, ignore until it changes again; one by one or together.

*Keep* says that the mapping is right as things are now: it remembers the present state, and
exports of the job go on. *Ignore* takes the question away and remembers nothing: an export that
waits for it goes on waiting. *Map to the survivor* is an ordinary re-map. Every answer that
changes a mapping is an event of its history, and each can be taken back.

An answer names what the clerk saw. When that changed meanwhile, or somebody else answered, the
row is set aside with the reason; the others are answered all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from tieout.core import drifting
from tieout.core import mapping as rules
from tieout.core.drifting import DriftKind
from tieout.service import mapping_state, moments, save_mapping
from tieout.service.access import Access
from tieout.service.mapping_state import How
from tieout.service.plan_wish import want_planning
from tieout.store.commits import drift_answers, events, mappings
from tieout.store.commits import drifts as commits
from tieout.store.queries import drifts as queries
from tieout.store.queries.drifts import Drift

SUBJECT = "drift"
BULK_MAX = 5000
CHUNK = 500


class Answer(StrEnum):
    """What a person may answer."""

    KEEP = "keep"
    REMAP = "remap"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A row that was not answered, and why."""

    name: str
    why: str


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of answers: how many, in a sentence, and what was set aside."""

    text: str = ""
    done: int = 0
    aside: list[Aside] = field(default_factory=list)
    batch: str = ""
    planned_again: int = 0
    to_confirm: tuple[str, ...] = ()  # warnings that may be confirmed: core.mapping.WarningKind


def possible(drift: Drift) -> tuple[Answer, ...]:
    """The answers that make sense for this change, the usual one first."""
    if drift.state not in {Drift.State.OPEN, Drift.State.IGNORED}:
        return ()
    ignore = () if drift.state == Drift.State.IGNORED else (Answer.IGNORE,)
    if DriftKind(drift.kind) in drifting.GONE:
        return (*((Answer.REMAP,) if drift.survivor_id else ()), *ignore)
    return (Answer.KEEP, *ignore)


def stamp(drift: Drift) -> str:
    """What the clerk saw: an answer to it counts only while it is still so."""
    return f"{drift.pk}:{drift.state}:{drift.survivor_id or ''}:{drift.token}"


def why_not(drift: Drift, answer: Answer, *, seen: str = "") -> str:
    """Why this row cannot be answered so; "" when it can. `seen` is the stamp on the screen."""
    if seen and seen != stamp(drift):
        who = drift.answered_by.get_username() if drift.answered_by else ""
        if drift.state != Drift.State.OPEN and who:
            return f"{who} answered it meanwhile."
        return "It changed since you looked."
    if drift.state == Drift.State.ANSWERED:
        return "It is answered already."
    if drift.state in {Drift.State.OVER, Drift.State.NOTED}:
        return "There is nothing to answer."
    if answer not in possible(drift):
        return {
            Answer.KEEP: "The QuickBooks job is gone: there is nothing to keep.",
            Answer.REMAP: "No surviving job is known: choose one in Record Mapping.",
            Answer.IGNORE: "It is ignored already.",
        }[answer]
    return ""


def answer_drifts(
    *,
    access: Access,
    answer: Answer,
    seen: Mapping[int, str],
    reason: str,
    now: datetime,
    confirmed: Sequence[str] = (),
) -> Outcome:
    """Give one answer to these rows, one batch; `seen`: each id with the stamp on the screen."""
    ids = list(seen)[:BULK_MAX]
    outcome = Outcome(batch=moments.call_id() if len(ids) > 1 else "")
    reason = reason.strip()[: mapping_state.REASON_MAX]
    for start in range(0, len(ids), CHUNK):
        chunk = {pk: seen[pk] for pk in ids[start : start + CHUNK]}
        if answer is Answer.REMAP:
            _remap(access, chunk, outcome, reason=reason, now=now, confirmed=confirmed)
        else:
            _settle(access, answer, chunk, outcome, reason=reason, now=now)
    outcome.text = _sentence(answer, outcome)
    return outcome


def undo_answers(*, access: Access, ids: Sequence[int], now: datetime) -> Outcome:
    """Take these answers back, the latest of each mapping first: what was remembered counts again."""
    outcome = Outcome()
    for start in range(0, len(ids), CHUNK):
        _undo(access, ids[start : start + CHUNK], outcome, now=now)
    what = "1 answer was" if outcome.done == 1 else f"{outcome.done:,} answers were"
    outcome.text = f"{what} taken back." if outcome.done else "Nothing was taken back."
    return outcome


def undo_batch(*, access: Access, batch: str, now: datetime) -> Outcome:
    """Take back everything that was answered together."""
    ids = drift_answers.batch_ids(company_id=access.company.pk, batch=batch)
    return undo_answers(access=access, ids=ids, now=now)


# ------------------------------------------------------------------ keep and ignore


def _settle(
    access: Access,
    answer: Answer,
    seen: Mapping[int, str],
    outcome: Outcome,
    *,
    reason: str,
    now: datetime,
) -> None:
    company_id = access.company.pk
    with transaction.atomic():
        good = []
        for drift in drift_answers.lock(company_id=company_id, ids=list(seen)):
            why = why_not(drift, answer, seen=seen[drift.pk])
            if why:
                outcome.aside.append(Aside(name=drift.mapping.job.contractor, why=why))
            else:
                good.append(drift)
        _missing(seen, len(good) + len(outcome.aside), outcome)
        if answer is Answer.KEEP:
            confirmed = _confirmed(company_id, good)
            entries = []
            for drift in good:
                drift_answers.keep(
                    drift, user=access.user, now=now, reason=reason, batch=outcome.batch
                )
                entries.append(_kept_entry(drift, confirmed, reason=reason, bulk=len(seen) > 1))
        else:
            for drift in good:
                drift_answers.answered(
                    drift, Drift.Answer.IGNORED, user=access.user, now=now, reason=reason,
                    batch=outcome.batch,
                )  # fmt: skip
            entries = [_entry("ignored", drift, reason) for drift in good]
        _write(access, good, entries, outcome, now=now, keeping=answer is Answer.KEEP)


def _write(
    access: Access,
    drifts: Sequence[Drift],
    entries: Sequence[events.Entry],
    outcome: Outcome,
    *,
    now: datetime,
    keeping: bool,
) -> None:
    """Save the rows with their events, look again at what they hold up, and recount."""
    company_id = access.company.pk
    drift_answers.save(drifts, mappings=keeping)
    events.append(company_id=company_id, at=now, actor=access.user, entries=entries)
    if keeping and drifts:
        ids = [drift.mapping_id for drift in drifts]
        commits.notice(company_id=company_id, now=now, mapping_ids=ids)
        mappings.restate(
            company_id=company_id, target_ids=list({drift.target_id for drift in drifts})
        )
        keys = [drift.mapping.job.key for drift in drifts]
        concerned = mappings.concerned_by_jobs(keys)
        again = mappings.plan_again(company_id=company_id, concerned=concerned)
        outcome.planned_again += again
        if again:
            want_planning(company_id, now, access.user)
    commits.recount(company_id=company_id)
    outcome.done += len(drifts)


def _confirmed(
    company_id: int, drifts: Sequence[Drift]
) -> dict[str, frozenset[rules.WarningKind]]:
    """What was confirmed when each job was mapped: it stays confirmed."""
    keys = list({drift.mapping.job.key for drift in drifts})
    last = queries.last_events(company_id=company_id, subject=mapping_state.SUBJECT, keys=keys)
    return {
        key: frozenset(map(rules.WarningKind, event.after["confirmed"]))
        for key, event in last.items()
    }


def _kept_entry(
    drift: Drift,
    confirmed: Mapping[str, frozenset[rules.WarningKind]],
    *,
    reason: str,
    bulk: bool,
    undoes: int = 0,
) -> events.Entry:
    """The event in the mapping's history: the same job, looked at again."""
    job, target = drift.mapping.job, drift.mapping.target
    list_id = target.list_id if target else ""
    odd = confirmed.get(job.key, frozenset())
    said = f"Taken back: {drift.text}" if undoes else drift.text
    change = rules.Change(
        kind=rules.ChangeKind.CONFIRMED,
        version=drift.mapping.version,
        from_list_id=list_id,
        to_list_id=list_id,
        from_confirmed=odd,
        confirmed=odd,
        why=f"{said} {reason}".strip()[: mapping_state.REASON_MAX],
        undoes=undoes,
    )
    how = (How.BULK_UNDO if bulk else How.UNDO) if undoes else (How.BULK if bulk else How.HAND)
    return mapping_state.entry_of(job, change, target, target, how)


def _entry(verb: str, drift: Drift, reason: str = "") -> events.Entry:
    return events.Entry(
        verb=verb,
        subject=SUBJECT,
        subject_key=drift.mapping.job.key,
        before={"was": drift.was},
        after={"now": drift.now, "kind": drift.kind, "text": drift.text},
        reason=reason,
    )


# ------------------------------------------------------------------ map to the survivor


def _remap(
    access: Access,
    seen: Mapping[int, str],
    outcome: Outcome,
    *,
    reason: str,
    now: datetime,
    confirmed: Sequence[str],
) -> None:
    rows = queries.rows_of(company_id=access.company.pk, ids=list(seen))
    _missing(seen, len(rows), outcome)
    for row in rows:
        drift = row.drift
        name = drift.mapping.job.contractor
        why = why_not(drift, Answer.REMAP, seen=seen[drift.pk])
        if why or drift.survivor is None:
            outcome.aside.append(Aside(name=name, why=why or "No surviving job is known."))
            continue
        with transaction.atomic():
            saved = save_mapping.save_job_mapping(
                access=access,
                job_key=drift.mapping.job.key,
                expected_version=drift.mapping.version,
                target_list_id=drift.survivor.list_id,
                remove=True,
                confirmed=confirmed,
                reason=reason or drift.text,
                now=now,
                how=How.BULK if len(seen) > 1 else How.HAND,
            )
            if isinstance(saved, save_mapping.Refused):
                outcome.aside.append(Aside(name=name, why=f"{saved.text} {saved.remedy}"))
                outcome.to_confirm = saved.to_confirm
                continue
            drift_answers.mark_batch(drift_id=drift.pk, batch=outcome.batch, reason=reason)
        outcome.done += 1
        outcome.planned_again += saved.planned_again


# ------------------------------------------------------------------ taking back


def _undo(access: Access, ids: Sequence[int], outcome: Outcome, *, now: datetime) -> None:
    company_id = access.company.pk
    with transaction.atomic():
        locked = drift_answers.lock(company_id=company_id, ids=ids)
        place = {pk: n for n, pk in enumerate(ids)}
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
        _unkeep(access, kept, outcome, now=now)
        for drift in ignored:
            drift_answers.open_again(drift)
        entries = [_entry("asked again", drift) for drift in ignored]
        _write(access, ignored, entries, outcome, now=now, keeping=False)
        for drift in by_hand:
            _unmap(access, drift, outcome, now=now)


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


def _unkeep(access: Access, kept: Sequence[Drift], outcome: Outcome, *, now: datetime) -> None:
    confirmed = _confirmed(access.company.pk, kept)
    entries = []
    for drift in kept:
        version = drift.answered_version
        drift_answers.unkeep(drift, user=access.user, now=now)
        entries.append(
            _kept_entry(drift, confirmed, reason="", bulk=len(kept) > 1, undoes=version)
        )
    _write(access, kept, entries, outcome, now=now, keeping=True)


def _unmap(access: Access, drift: Drift, outcome: Outcome, *, now: datetime) -> None:
    """The re-map is undone like any other; its drift is open again with the mapping."""
    saved = save_mapping.undo_job_mapping(
        access=access,
        job_key=drift.mapping.job.key,
        expected_version=drift.answered_version,
        reason="Taken back in the Drift inbox.",
        now=now,
    )
    if isinstance(saved, save_mapping.Refused):
        name = drift.mapping.job.contractor
        outcome.aside.append(Aside(name=name, why=f"{saved.text} {saved.remedy}"))
        return
    outcome.done += 1


# ------------------------------------------------------------------ words


def _missing(seen: Mapping[int, str], found: int, outcome: Outcome) -> None:
    if not found and seen:
        outcome.aside.append(Aside(name="", why="There is no such change in this company."))


def _sentence(answer: Answer, outcome: Outcome) -> str:
    many = outcome.done != 1
    what = f"{outcome.done:,} mappings" if many else "1 mapping"
    text = {
        Answer.KEEP: f"{what} {'are' if many else 'is'} kept.",
        Answer.REMAP: f"{what} {'lead' if many else 'leads'} to the surviving job now.",
        Answer.IGNORE: f"{outcome.done:,} change{'s are' if many else ' is'} ignored until "
        f"{'they change' if many else 'it changes'} again.",
    }[answer]
    if not outcome.done:
        text = "Nothing was answered."
    if outcome.planned_again:
        many = outcome.planned_again != 1
        text += f" {outcome.planned_again:,} waiting invoice{'s are' if many else ' is'} checked again."
    return text
