"""Compare all mappings with what they remember, and keep what differs as rows.

Run at the end of a refresh and of an import, a thousand mappings in each transaction. The database
finds the mappings that differ, or of which some drift stands; only those are looked at, a fixed
number of queries per thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tieout.core import drifting
from tieout.core.drifting import DriftKind
from tieout.store.commits import memories
from tieout.store.commits.fates import Fates
from tieout.store.models import Company, Drift, JobMapping, User
from tieout.store.models.drifts import STANDING
from tieout.store.queries.planning import job_fact, memory_of, qb_job_fact

CHUNK = 1000
IDS_AT_ONCE = 500
TEXT_MAX, NAME_MAX = 800, 209
State = Drift.State
CLOSED = [
    "state", "answer", "answered_version", "answered_by", "answered_at", "closed_at", "memory",
]  # fmt: skip
WRITTEN = ["state", "was", "now", "text", "token", "survivor", "proof", "closed_at"]


@dataclass(slots=True, kw_only=True)
class Noticed:
    """What comparing brought: kind -> how many came up, and how many are over by themselves."""

    opened: dict[str, int] = field(default_factory=dict)
    noted: int = 0
    over: int = 0
    target_ids: set[int] = field(default_factory=set)  # QuickBooks jobs of whatever is different


def notice(*, company_id: int, now: datetime, mapping_ids: Sequence[int]) -> Noticed:
    """Bring the drifts of these mappings up to date; in the caller's transaction."""
    noticed = Noticed()
    rows = _to_look_at(company_id).filter(id__in=mapping_ids)
    _compare(company_id, list(rows), noticed, now=now, task_id=None)
    recount(company_id=company_id)
    return noticed


def notice_some(
    *, company_id: int, now: datetime, task_id: int | None, after: int, noticed: Noticed
) -> int | None:
    """Bring the drifts of the next mappings after this id up to date, and add to `noticed`.

    Returns the id to go on after, None when there are no more: each bundle is a transaction of
    the caller's. Run again with nothing changed, it writes nothing.
    """
    rows = list(_to_look_at(company_id).filter(id__gt=after)[:CHUNK])
    _compare(company_id, rows, noticed, now=now, task_id=task_id)
    if len(rows) == CHUNK:
        return rows[-1].pk
    recount(company_id=company_id)
    return None


def recount(*, company_id: int) -> None:
    """Bring the number that every page's menu shows up to date."""
    waiting = Drift.objects.filter(company_id=company_id, state=State.OPEN).count()
    Company.objects.filter(pk=company_id).exclude(open_drifts=waiting).update(open_drifts=waiting)


def close(
    *,
    saved: Mapping[int, tuple[int | None, int]],
    before: Mapping[int, JobMapping],
    user: User,
    now: datetime,
) -> None:
    """Mappings were saved anew: whatever stood is answered by that, in the caller's transaction.

    `saved`: id of a mapping -> id of its QuickBooks job, and the version that was saved; `before`:
    the mappings as they were, so that what is kept by that can be undone.
    """
    standing = list(Drift.objects.filter(mapping_id__in=saved, state__in=STANDING))
    for drift in standing:
        target_id, version = saved[drift.mapping_id]
        changed = Drift.Answer.REMAPPED if target_id else Drift.Answer.REMOVED
        drift.answer = Drift.Answer.KEPT if drift.target_id == target_id else changed
        if drift.answer == Drift.Answer.KEPT:
            drift.memory = memories.before_answer(before[drift.mapping_id])
        drift.state, drift.answered_version = State.ANSWERED, version
        drift.answered_by, drift.answered_at, drift.closed_at = user, now, now
    Drift.objects.bulk_update(standing, CLOSED, batch_size=IDS_AT_ONCE)


def answered_by(*, versions: Mapping[int, int]) -> list[Drift]:
    """What was answered by these versions of mappings, by id; one query."""
    if not versions:
        return []
    answered = Drift.objects.filter(mapping_id__in=versions, state=State.ANSWERED)
    return [each for each in answered if each.answered_version == versions[each.mapping_id]]


def reopen(drifts: Sequence[Drift]) -> None:
    """What answered these is undone: they are open again, unless the same job changed again."""
    if not drifts:
        return
    mappings = {drift.mapping_id for drift in drifts}
    again = Drift.objects.filter(mapping_id__in=mappings, state__in=STANDING).order_by()
    standing = set(again.values_list("mapping_id", "kind"))
    ids = [drift.pk for drift in drifts if (drift.mapping_id, drift.kind) not in standing]
    for start in range(0, len(ids), IDS_AT_ONCE):
        Drift.objects.filter(id__in=ids[start : start + IDS_AT_ONCE]).update(
            state=State.OPEN,
            answer="",
            answered_by=None,
            answered_at=None,
            answered_version=0,
            batch="",
            reason="",
            memory={},
            closed_at=None,
        )


def stands(drift: Drift) -> bool:
    """Whether another change of the same kind stands for the same mapping."""
    others = Drift.objects.filter(
        mapping_id=drift.mapping_id, kind=drift.kind, state__in=STANDING
    ).exclude(pk=drift.pk)
    return others.exists()


# ------------------------------------------------------------------ comparing


def _to_look_at(company_id: int) -> QuerySet[JobMapping]:
    """The mappings of which some side differs from what is remembered, or some drift stands."""
    rows = JobMapping.objects.filter(company_id=company_id)
    differs = (
        Q(target__gone_at__isnull=False)
        | ~Q(target__full_name=F("remembered_full_name"))
        | ~Q(target__parent_list_id=F("remembered_parent"))
        | ~Q(target__active=F("remembered_active"))
        | (~Q(remembered_top="") & ~Q(target__top_list_id=F("remembered_top")))
        | (Q(remembered_job_active__isnull=False) & ~Q(job__active=F("remembered_job_active")))
        | (Q(remembered_client__isnull=False) & ~Q(job__client=F("remembered_client")))
    )
    standing = Drift.objects.filter(mapping_id=OuterRef("pk"), state__in=STANDING)
    there = Q(target__isnull=False) & ~Q(remembered_full_name="")
    wanted = rows.filter((there & differs) | Exists(standing))
    loaded = wanted.select_related("job__client", "target", "remembered_client")
    return loaded.order_by("id")


def _compare(
    company_id: int,
    rows: Sequence[JobMapping],
    noticed: Noticed,
    *,
    now: datetime,
    task_id: int | None,
) -> None:
    ids = [row.pk for row in rows]
    standing: dict[int, dict[str, Drift]] = defaultdict(dict)
    for drift in Drift.objects.filter(mapping_id__in=ids, state__in=STANDING):
        standing[drift.mapping_id][drift.kind] = drift
    fates = Fates(company_id, rows)
    new: list[Drift] = []
    changed: list[Drift] = []
    respelled: list[JobMapping] = []
    for row in rows:
        stood = standing[row.pk]
        for found in _found(row, fates):
            before = stood.pop(found.kind.value, None)
            if before is not None and before.state == State.IGNORED:
                if before.token == found.state[:NAME_MAX]:
                    continue
                changed.append(_over(before, now))  # it changed again: asked anew
                before = None
            if before is None:
                if found.kind in drifting.NOTED:
                    respelled.append(_remember_spelling(row))
                else:
                    _concerned(noticed, row)
                new.append(_new(row, found, fates, now=now, task_id=task_id))
                _count(noticed, new[-1])
            elif _fill(before, found, fates):
                changed.append(before)
        for rest in stood.values():
            changed.append(_over(rest, now))
            noticed.over += 1
            _concerned(noticed, row)
    Drift.objects.bulk_update(changed, WRITTEN, batch_size=IDS_AT_ONCE)
    Drift.objects.bulk_create(new, batch_size=IDS_AT_ONCE)
    _write_spellings(respelled)


def _found(row: JobMapping, fates: Fates) -> tuple[drifting.Drift, ...]:
    target = row.target
    memory = memory_of(row, target) if target else None
    if target is None or memory is None:
        return ()
    return drifting.drifts(
        memory,
        target=qb_job_fact(target),
        job=job_fact(row.job),
        client=row.job.client.name,
        used=target.pk in fates.used,
        survivor=fates.survivor(target),
    )


def _remember_spelling(row: JobMapping) -> JobMapping:
    """What is only noted is remembered at once, so that it is noted once."""
    memory = memory_of(row, row.target) if row.target else None
    if memory is not None and row.target is not None:
        now = drifting.present(
            target=qb_job_fact(row.target), job=job_fact(row.job), client=row.job.client.name
        )
        kept = drifting.kept(memory, DriftKind.RESPELLED, now=now)
        row.remembered_full_name = kept.target.full_name
    return row


def _write_spellings(rows: Sequence[JobMapping]) -> None:
    """One prepared statement: a renamed customer may have thousands of jobs."""
    statement = (
        f"UPDATE {JobMapping._meta.db_table} "  # noqa: S608 — a constant
        "SET remembered_full_name = %s WHERE id = %s"
    )
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, [(row.remembered_full_name, row.pk) for row in rows])


def _concerned(noticed: Noticed, row: JobMapping) -> None:
    if row.target_id is not None:
        noticed.target_ids.add(row.target_id)


def _count(noticed: Noticed, drift: Drift) -> None:
    if drift.state == State.NOTED:
        noticed.noted += 1
    else:
        noticed.opened[drift.kind] = noticed.opened.get(drift.kind, 0) + 1


def _new(
    row: JobMapping,
    found: drifting.Drift,
    fates: Fates,
    *,
    now: datetime,
    task_id: int | None,
) -> Drift:
    noted = found.kind in drifting.NOTED
    drift = Drift(
        company_id=row.company_id,
        mapping=row,
        target=row.target,
        kind=found.kind.value,
        state=State.NOTED if noted else State.OPEN,
        closed_at=now if noted else None,
        seen_at=now,
        seen_by_id=task_id,
    )
    _fill(drift, found, fates)
    return drift


def _fill(drift: Drift, found: drifting.Drift, fates: Fates) -> bool:
    """Write what was found into the row; whether anything is different."""
    survivor = found.survivor
    values = {
        "was": found.was[:NAME_MAX],
        "now": found.now[:NAME_MAX],
        "text": found.text[:TEXT_MAX],
        "token": found.state[:NAME_MAX],
        "survivor_id": fates.id_of(survivor.job.list_id) if survivor else None,
        "proof": survivor.proof if survivor else "",
    }
    differs = any(getattr(drift, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(drift, name, value)
    return differs


def _over(drift: Drift, now: datetime) -> Drift:
    drift.state, drift.closed_at = State.OVER, now
    return drift
