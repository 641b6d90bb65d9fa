"""Background work as the screens see it."""

from __future__ import annotations

from tieout.store.models import Task

__all__ = ["Task", "any_task", "get_task", "latest_task"]


def get_task(*, company_id: int, task_id: int) -> Task | None:
    """One task of the company, or None when it is not the company's."""
    return Task.objects.filter(company_id=company_id, id=task_id).first()


def latest_task(*, company_id: int, kind: Task.Kind) -> Task | None:
    """The newest task of a kind, open or over; None when there was none."""
    return Task.objects.filter(company_id=company_id, kind=kind).order_by("-id").first()


def any_task(*, task_id: int) -> Task:
    """The task for the worker that claimed it, with whoever asked for it."""
    return Task.objects.select_related("requested_by").get(id=task_id)
