"""Tie-outs as they were concluded."""

from __future__ import annotations

from tieout.store.models import TieOut as TieOut


def latest(*, company_id: int) -> TieOut | None:
    """The last complete tie-out of the company."""
    return TieOut.objects.filter(company_id=company_id, complete=True).order_by("-id").first()


def of_task(*, task_id: int) -> TieOut | None:
    """The tie-out that a task made."""
    return TieOut.objects.filter(task_id=task_id).first()
