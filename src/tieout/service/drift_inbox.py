"""Answer drifts: keep, map to the survivor, ignore until it changes again; one by one or together.

*Keep* says that the mapping is right as things are now: it remembers the present state, and
exports of the job go on. *Ignore* takes the question away and remembers nothing: an export that
waits for it goes on waiting. *Map to the survivor* is an ordinary re-map. Every answer that
changes a mapping is an event of its history, and each can be taken back.

An answer names what the clerk saw. When that changed meanwhile, or somebody else answered, the
row is set aside with the reason; the others are answered all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tieout.core import mapping as rules
from tieout.service import drift_records, drift_survivors, mapping_state, moments
from tieout.service.access import Access
from tieout.service.drift_choices import (
    Answer,
    Aside,
    Outcome,
    kept,
    possible,
    stamp,
    why_not,
    why_refused,
)
from tieout.service.drift_undo import undo_answers, undo_batch
from tieout.service.mapping_state import How, Refused
from tieout.store.commits import drift_answers, locks
from tieout.store.queries import drifts as queries
from tieout.store.queries.drifts import Drift, DriftRow

BULK_MAX = 5000
CHUNK = 500


@dataclass(slots=True, kw_only=True)
class Look:
    """What an answer to these rows would do: exactly what is saved, and what is set aside and why.

    `to_confirm`: kind of warning -> how many rows it would set aside unless it is confirmed.
    """

    good: list[DriftRow] = field(default_factory=list)
    aside: list[tuple[DriftRow, str]] = field(default_factory=list)
    to_confirm: dict[str, int] = field(default_factory=dict)


def answer_drifts(
    *,
    access: Access,
    answer: Answer,
    seen: Mapping[int, str],
    reason: str,
    now: datetime,
    confirmed: Collection[str] = (),
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
            _settle(access, answer, chunk, outcome, reason=reason, now=now, confirmed=confirmed)
    outcome.text = _sentence(answer, outcome)
    return outcome


# ------------------------------------------------------------------ what would be saved


def look(
    *, access: Access, answer: Answer, rows: Sequence[DriftRow], confirmed: Collection[str] = ()
) -> Look:
    """What `answer_drifts` would make of these rows now; nothing is written."""
    found = Look()
    bare = list(_judged(access, answer, rows, ()))
    for row, refused in _judged(access, answer, rows, confirmed) if confirmed else bare:
        if refused is None:
            found.good.append(row)
        else:
            found.aside.append((row, why_refused(refused)))
    for _, refused in bare:
        for kind in refused.to_confirm if refused else ():
            found.to_confirm[kind] = found.to_confirm.get(kind, 0) + 1
    return found


def _judged(
    access: Access, answer: Answer, rows: Sequence[DriftRow], confirmed: Collection[str]
) -> Iterator[tuple[DriftRow, Refused | None]]:
    """Each row with why it would be set aside, None when it would not."""
    if answer is Answer.REMAP:
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            with transaction.atomic():  # what is looked at is locked, and nothing is written
                _, decided = drift_survivors.decide(
                    access, chunk, seen={}, ticked=confirmed, reason=""
                )
            for row, saved in decided:
                yield row, saved if isinstance(saved, Refused) else None
        return
    drifts = [row.drift for row in rows]
    states = drift_records.states(access.company.pk, drifts) if answer is Answer.KEEP else {}
    for row in rows:
        yield row, _refusal(row.drift, answer, states, confirmed)


def _refusal(
    drift: Drift,
    answer: Answer,
    states: Mapping[str, rules.MappingState],
    confirmed: Collection[str],
    seen: str = "",
) -> Refused | None:
    """Why this row cannot be kept or ignored."""
    job = drift.mapping.job
    why = why_not(drift, answer, seen=seen)
    if why:
        return Refused(text=why, remedy="")
    if answer is not Answer.KEEP:
        return None
    asked = kept(drift, states[job.key], ticked=confirmed)
    return mapping_state.refused(job, asked) if isinstance(asked, rules.Refusal) else None


# ------------------------------------------------------------------ keep and ignore


def _settle(
    access: Access,
    answer: Answer,
    seen: Mapping[int, str],
    outcome: Outcome,
    *,
    reason: str,
    now: datetime,
    confirmed: Collection[str],
) -> None:
    company_id = access.company.pk
    keeping = answer is Answer.KEEP
    with transaction.atomic():
        locks.desk(company_id=company_id)
        locked = drift_answers.lock(company_id=company_id, ids=list(seen))
        _missing(seen, len(locked), outcome)
        states = drift_records.states(company_id, locked) if keeping else {}
        good, entries = [], []
        for drift in locked:
            refused = _refusal(drift, answer, states, confirmed, seen[drift.pk])
            if refused:
                outcome.set_aside(drift, refused)
                continue
            good.append(drift)
            if keeping:
                _keep(access, drift, states, confirmed, outcome, reason=reason, now=now)
                before = states[drift.mapping.job.key]
                states[drift.mapping.job.key] = after = drift_records.with_customer(before, drift)
                entries.append(
                    drift_records.kept_entry(
                        drift, before, after, reason=reason, how=_how(outcome)
                    )
                )
            else:
                drift_answers.answered(
                    drift, Drift.Answer.IGNORED, user=access.user, now=now, reason=reason,
                    batch=outcome.batch,
                )  # fmt: skip
                entries.append(drift_records.entry("ignored", drift, reason))
        drift_records.write(access, good, entries, outcome, now=now, keeping=keeping)


def _how(outcome: Outcome) -> How:
    """Several answers at once bear a batch, in whichever bundle each of them is."""
    return How.BULK if outcome.batch else How.HAND


def _keep(
    access: Access,
    drift: Drift,
    states: Mapping[str, rules.MappingState],
    confirmed: Collection[str],
    outcome: Outcome,
    *,
    reason: str,
    now: datetime,
) -> None:
    held = kept(drift, states[drift.mapping.job.key], ticked=confirmed)
    drift_answers.keep(
        drift,
        other_customer=not isinstance(held, rules.Refusal)
        and rules.WarningKind.OTHER_CUSTOMER in held,
        user=access.user,
        now=now,
        reason=reason,
        batch=outcome.batch,
    )


# ------------------------------------------------------------------ map to the survivor


def _remap(
    access: Access,
    seen: Mapping[int, str],
    outcome: Outcome,
    *,
    reason: str,
    now: datetime,
    confirmed: Collection[str],
) -> None:
    with transaction.atomic():
        locks.desk(company_id=access.company.pk)
        rows = queries.rows_of(company_id=access.company.pk, ids=list(seen))
        _missing(seen, len(rows), outcome)
        bundle, decided = drift_survivors.decide(
            access, rows, seen=seen, ticked=confirmed, reason=reason
        )
        good = []
        for row, saved in decided:
            if isinstance(saved, Refused):
                outcome.set_aside(row.drift, saved)
            else:
                good.append(row.drift.pk)
        written = bundle.write(now=now, how=_how(outcome))
        drift_answers.mark_batch(ids=good, batch=outcome.batch, reason=reason)
    outcome.done += len(good)
    outcome.planned_again += written.planned_again


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


__all__ = [
    "BULK_MAX",
    "Answer",
    "Aside",
    "Look",
    "Outcome",
    "answer_drifts",
    "look",
    "possible",
    "stamp",
    "undo_answers",
    "undo_batch",
    "why_not",
]
