"""What a mapping remembers of both sides, written into its row.

A mapping remembers how its QuickBooks job and its contractor job were when somebody last said
that they belong together. What it remembered of a job that it led to before is kept by ListID, so
that undoing a change restores not only the link but also what was known about it then.
"""

from __future__ import annotations

from typing import Any

from tieout.core import drifting
from tieout.core.drifting import DriftKind, Memory
from tieout.store.models import Drift, JobMapping, QbCustomer, SourceJob
from tieout.store.queries.planning import memory_of

COLUMNS = (
    "remembered_full_name",
    "remembered_parent",
    "remembered_top",
    "remembered_active",
    "remembered_job_active",
    "remembered_client_id",
)


def columns(
    *, row: JobMapping | None, job: SourceJob, target: QbCustomer | None, undoing: bool = False
) -> dict[str, Any]:
    """The memory of a mapping that is led to `target` now, with what it remembered before.

    `row` is the mapping as it was, its former target loaded; None for a first mapping. With
    `undoing`, what was remembered when the mapping last led there counts, not what is now.
    """
    former = dict(row.former) if row else {}
    if row is not None and row.target is not None:
        former[row.target.list_id] = snapshot(row)
    if target is None:
        return {**_nothing(), "former": former}
    if undoing and target.list_id in former:
        return {**former[target.list_id], "former": former}
    return {
        "remembered_full_name": target.full_name,
        "remembered_parent": target.parent_list_id,
        "remembered_top": target.top_list_id,
        "remembered_active": target.active,
        "remembered_job_active": job.active,
        "remembered_client_id": job.client_id,
        "former": former,
    }


def snapshot(row: JobMapping) -> dict[str, Any]:
    """What the mapping remembers, as plain values."""
    return {name: getattr(row, name) for name in COLUMNS}


def before_answer(row: JobMapping) -> dict[str, Any]:
    """What an answer that keeps the mapping may change: kept with it, so that it can be undone."""
    return {**snapshot(row), "other_customer_confirmed": row.other_customer_confirmed}


def take_back(row: JobMapping, drift: Drift) -> None:
    """Let the row remember what it did before this one change was kept; the caller saves it."""
    target = row.target
    was = JobMapping(company_id=row.company_id, job=row.job, target=target, **drift.memory)
    before, now = (memory_of(each, target) if target else None for each in (was, row))
    if before is None or now is None:
        return  # it leads nowhere by now, or nothing was noted
    kind = DriftKind(drift.kind)
    write(row, drifting.kept(now, kind, now=before))
    if kind is DriftKind.REASSIGNED:
        row.remembered_client_id = was.remembered_client_id
    if kind in drifting.PLACES:
        row.other_customer_confirmed = was.other_customer_confirmed


def write(row: JobMapping, memory: Memory) -> None:
    """Let the row remember this; the caller saves it. A client is its job's own, or stays."""
    row.remembered_full_name = memory.target.full_name
    row.remembered_parent = memory.target.parent_list_id
    row.remembered_top = memory.target.top_list_id
    row.remembered_active = memory.target.active
    row.remembered_job_active = memory.job_active
    if memory.client_key == row.job.client.key:
        row.remembered_client = row.job.client


def _nothing() -> dict[str, Any]:
    return {
        "remembered_full_name": "",
        "remembered_parent": "",
        "remembered_top": "",
        "remembered_active": True,
        "remembered_job_active": None,
        "remembered_client_id": None,
    }
