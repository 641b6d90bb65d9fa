"""The uploaded files' own rows: received, chosen, on their way, done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from tieout.store.commits.source import Tally
from tieout.store.models import Import, ImportProblem, Task, User

LEASE_S = 180  # unpacking a large workbook takes a while in which no sign of life comes
PROBLEMS_MAX = 10_000  # listed per file; the rest is counted only


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A stored upload: where it lies (below the uploads directory), and what it is."""

    filename: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCellNote:
    """One problem of one sheet, as it is listed."""

    sheet: str
    line: int
    field: str
    value: str
    message: str
    remedy: str


def add(
    *,
    company_id: int,
    user: User,
    received: Received,
    sheets: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Import:
    """Note an upload that waits for somebody to start it."""
    return Import.objects.create(
        company_id=company_id,
        user=user,
        created_at=now,
        filename=received.filename,
        path=received.path,
        size=received.size,
        sha256=received.sha256,
        sheets=list(sheets),
    )


def choose(*, company_id: int, import_id: int, sheets: Sequence[Mapping[str, Any]]) -> bool:
    """Keep another choice of kinds and columns; False when it was started meanwhile."""
    changed = Import.objects.filter(
        company_id=company_id, pk=import_id, state=Import.State.PREVIEW
    ).update(sheets=list(sheets))
    return bool(changed)


def queue(*, company_id: int, import_ids: Sequence[int]) -> bool:
    """Mark all of them as queued; False when one of them is not waiting any more.

    Then the caller rolls back, so that all of them are queued or none.
    """
    changed = Import.objects.filter(
        company_id=company_id, pk__in=import_ids, state=Import.State.PREVIEW
    ).update(state=Import.State.QUEUED)
    return changed == len(import_ids)


def discard(*, company_id: int, import_id: int) -> str | None:
    """Forget an upload that was never started; answers where its file lies."""
    row = Import.objects.filter(
        company_id=company_id, pk=import_id, state=Import.State.PREVIEW
    ).first()
    if row is None:
        return None
    row.delete()
    return row.path


def claim_here(*, task_id: int, now: datetime) -> bool:
    """Take a task that was just asked for, to run it in this very process."""
    taken = Task.objects.filter(id=task_id, state=Task.State.WAITING).update(
        state=Task.State.RUNNING,
        tries=F("tries") + 1,
        started_at=now,
        lease_until=now + timedelta(seconds=LEASE_S),
    )
    return bool(taken)


def begin(*, import_ids: Sequence[int]) -> None:
    """Say that their rows are being read."""
    Import.objects.filter(pk__in=import_ids, state=Import.State.QUEUED).update(
        state=Import.State.RUNNING
    )


def checkpoint(
    *,
    task_id: int,
    import_id: int,
    batches: int,
    rows: int,
    bad: int,
    tally: Tally,
    problems: Iterable[BadCellNote],
) -> None:
    """Note in the batch's own transaction that it is in, so that a restart goes on after it."""
    Task.objects.filter(id=task_id).update(result={"batches": batches})
    Import.objects.filter(pk=import_id).update(
        rows=F("rows") + rows,
        added=F("added") + tally.added,
        changed=F("changed") + tally.changed,
        unchanged=F("unchanged") + tally.unchanged,
        bad=F("bad") + bad,
    )
    _list_problems(import_id, list(problems))


def _list_problems(import_id: int, problems: Sequence[BadCellNote]) -> None:
    if not problems:
        return
    room = PROBLEMS_MAX - ImportProblem.objects.filter(run_id=import_id).count()
    if len(problems) > room:
        Import.objects.filter(pk=import_id).update(
            problem=f"Only the first {PROBLEMS_MAX:,} problems are listed; there are more."
        )
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                run_id=import_id,
                sheet=note.sheet[:100],
                line=note.line,
                field=note.field[:60],
                value=note.value[:300],
                message=note.message[:500],
                remedy=note.remedy[:500],
            )
            for note in problems[: max(room, 0)]
        ],
        batch_size=500,
    )


def finish(*, import_ids: Sequence[int]) -> list[Import]:
    """Mark them as done; answers them with their counts."""
    Import.objects.filter(pk__in=import_ids).update(state=Import.State.DONE)
    return list(Import.objects.filter(pk__in=import_ids).order_by("id"))


def fail(*, import_ids: Sequence[int], problem: str) -> None:
    """Mark them as failed, with the sentence; what went in before stays in."""
    Import.objects.filter(pk__in=import_ids).exclude(state=Import.State.DONE).update(
        state=Import.State.FAILED, problem=problem[:500]
    )
