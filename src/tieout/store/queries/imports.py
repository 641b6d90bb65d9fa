"""Uploads and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from tieout.store.models import Import, ImportProblem, Task

__all__ = [
    "Import",
    "ImportProblem",
    "Task",
    "count_problems",
    "every",
    "find",
    "open_import",
    "problems",
    "problems_page",
    "recent",
    "task_by_id",
    "task_of",
]

TASKS_LOOKED_AT = 50
# what belongs to a whole invoice is found after its lines: ids alone would jump about
AS_IN_THE_FILE = ("run_id", "sheet", "line", "id")


def find(*, company_id: int, import_ids: Sequence[int]) -> list[Import]:
    """These uploads of the company, in the order of their ids; foreign ones are left out."""
    return list(
        Import.objects.filter(company_id=company_id, pk__in=import_ids)
        .select_related("user")
        .order_by("id")
    )


def recent(*, company_id: int, limit: int = 30) -> list[Import]:
    """The latest uploads, newest first; one query."""
    return list(_uploads(company_id)[:limit])


def every(*, company_id: int) -> Iterator[Import]:
    """All uploads, newest first, streamed; one query."""
    return _uploads(company_id).iterator(chunk_size=500)


def _uploads(company_id: int) -> QuerySet[Import]:
    rows = Import.objects.filter(company_id=company_id)
    return rows.select_related("user").defer("sheets").order_by("-id")


def task_of(*, company_id: int, import_id: int) -> Task | None:
    """The task that reads this upload, if it was started lately."""
    latest = Task.objects.filter(company_id=company_id, kind=Task.Kind.IMPORT).order_by("-id")
    for task in latest[:TASKS_LOOKED_AT]:
        if import_id in task.params.get("import_ids", []):
            return task
    return None


def open_import(*, company_id: int) -> list[int]:
    """The ids of the uploads of the import that waits or runs; none when there is none."""
    task = (
        Task.objects.filter(
            company_id=company_id,
            kind=Task.Kind.IMPORT,
            state__in=[Task.State.WAITING, Task.State.RUNNING],
        )
        .order_by("id")
        .first()
    )
    return list(task.params.get("import_ids", [])) if task else []


def task_by_id(*, task_id: int) -> Task:
    """The task, with who asked for it."""
    return Task.objects.select_related("requested_by").get(pk=task_id)


def count_problems(*, import_ids: Sequence[int]) -> int:
    """How many problems are listed for these uploads."""
    return ImportProblem.objects.filter(run_id__in=import_ids).count()


def problems_page(
    *, import_ids: Sequence[int], start: int = 0, limit: int = 50
) -> list[ImportProblem]:
    """A page of the listed problems in the order of the file."""
    found = ImportProblem.objects.filter(run_id__in=import_ids).order_by(*AS_IN_THE_FILE)
    return list(found[start : start + limit])


def problems(*, import_ids: Sequence[int]) -> Iterator[ImportProblem]:
    """Every listed problem in the order of the file, streamed."""
    return (
        ImportProblem.objects.filter(run_id__in=import_ids)
        .select_related("run")
        .order_by(*AS_IN_THE_FILE)
        .iterator(chunk_size=1000)
    )
