"""Write what people answer in the Drift inbox; everything runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from tieout.core import drifting
from tieout.core.drifting import DriftKind
from tieout.store.commits import memories
from tieout.store.models import Drift, JobMapping, SourceJob, User
from tieout.store.queries.planning import job_fact, memory_of, qb_job_fact

CHUNK = 500
ANSWERED = [
    "state", "answer", "answered_by", "answered_at", "answered_version", "reason", "batch",
    "memory", "closed_at",
]  # fmt: skip
REMEMBERED = [
    "remembered_full_name", "remembered_parent", "remembered_top", "remembered_active",
    "remembered_job_active", "remembered_client", "other_customer_confirmed", "version",
    "changed_by", "changed_at",
]  # fmt: skip


def lock(*, company_id: int, ids: Sequence[int]) -> list[Drift]:
    """These rows with all that an answer needs, their jobs locked before them: two saves of one
    job follow each other, whichever screen they come from."""
    rows = Drift.objects.filter(company_id=company_id, id__in=ids)
    jobs = SourceJob.objects.filter(id__in=rows.order_by().values("mapping__job_id"))
    list(jobs.select_for_update(no_key=True).order_by("id").values_list("id"))
    found = list(_loaded(rows.select_for_update(of=("self",), no_key=True)))
    mappings: dict[int, JobMapping] = {}
    for drift in found:  # two changes of one mapping are written into one and the same row
        drift.mapping = mappings.setdefault(drift.mapping_id, drift.mapping)
    return found


def batch_ids(*, company_id: int, batch: str) -> list[int]:
    """Ids of what was answered together."""
    rows = Drift.objects.filter(company_id=company_id, batch=batch).exclude(batch="")
    return list(rows.order_by("-answered_version", "-id").values_list("id", flat=True))


def keep(
    drift: Drift,
    *,
    other_customer: bool,
    user: User,
    now: datetime,
    reason: str,
    batch: str,
) -> None:
    """Let the mapping remember the present state of this one change; the caller saves both.

    `other_customer`: that it stands under another customer than the client's is confirmed now.
    """
    mapping = drift.mapping
    memory = memory_now(mapping)
    drift.memory = memories.before_answer(mapping)
    kind = DriftKind(drift.kind)
    memories.write(mapping, drifting.kept(memory, kind, now=present_of(mapping)))
    mapping.other_customer_confirmed = other_customer
    _next_version(mapping, user, now)
    answered(drift, Drift.Answer.KEPT, user=user, now=now, reason=reason, batch=batch)
    drift.answered_version = mapping.version
    drift.state, drift.closed_at = Drift.State.ANSWERED, now


def unkeep(drift: Drift, *, user: User, now: datetime) -> None:
    """Let the mapping remember what it did before this one answer; the caller saves both."""
    memories.take_back(drift.mapping, drift)
    _next_version(drift.mapping, user, now)
    open_again(drift)


def answered(
    drift: Drift, answer: str, *, user: User, now: datetime, reason: str, batch: str
) -> None:
    """Note who answered what; the caller saves."""
    drift.answer, drift.answered_by, drift.answered_at = answer, user, now
    drift.reason, drift.batch = reason, batch
    if answer == Drift.Answer.IGNORED:
        drift.state = Drift.State.IGNORED


def open_again(drift: Drift) -> None:
    """Take the answer back; the caller saves."""
    drift.state, drift.answer = Drift.State.OPEN, ""
    drift.answered_by = drift.answered_at = drift.closed_at = None
    drift.answered_version, drift.reason, drift.batch, drift.memory = 0, "", "", {}


def save(drifts: Sequence[Drift], *, mappings: bool) -> None:
    """Write the answers, and the mappings where they remember something else now."""
    if mappings:
        rows = {drift.mapping_id: drift.mapping for drift in drifts}
        JobMapping.objects.bulk_update(rows.values(), REMEMBERED, batch_size=CHUNK)
    Drift.objects.bulk_update(drifts, ANSWERED, batch_size=CHUNK)


def mark_batch(*, ids: Sequence[int], batch: str, reason: str) -> None:
    """Mappings were saved as the answer of a batch."""
    for start in range(0, len(ids), CHUNK):
        rows = Drift.objects.filter(id__in=ids[start : start + CHUNK])
        rows.update(batch=batch, reason=reason)


def _loaded(rows: QuerySet[Drift]) -> QuerySet[Drift]:
    return rows.select_related(
        "mapping__job__client__mapping__target",
        "mapping__target",
        "mapping__remembered_client",
        "survivor",
    ).order_by("id")


def memory_now(mapping: JobMapping) -> drifting.Memory:
    """What the mapping remembers; ValueError when it remembers nothing."""
    target = mapping.target
    memory = memory_of(mapping, target) if target else None
    if memory is None:
        msg = f"Mapping {mapping.pk} remembers nothing."
        raise ValueError(msg)
    return memory


def present_of(mapping: JobMapping) -> drifting.Memory:
    """Both sides as they are now; ValueError when the mapping leads nowhere."""
    if mapping.target is None:
        msg = f"Mapping {mapping.pk} leads nowhere."
        raise ValueError(msg)
    return drifting.present(
        target=qb_job_fact(mapping.target),
        job=job_fact(mapping.job),
        client=mapping.job.client.name,
    )


def _next_version(mapping: JobMapping, user: User, now: datetime) -> None:
    mapping.version += 1
    mapping.changed_by, mapping.changed_at = user, now
