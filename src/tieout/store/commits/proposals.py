"""Write proposals of mapping changes and their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from tieout.store.models import (
    Proposal,
    ProposedChange,
    Task,
    User,
)

__all__ = ["Proposal", "ProposedChange"]

CHUNK = 500
KEPT = 50  # proposals of a company; what they changed stays in the events for good
KEPT_FOR = timedelta(days=180)
State = Proposal.State
RowState = ProposedChange.State


def add(
    *,
    company_id: int,
    kind: str,
    origin: str,
    name: str,
    user: User,
    now: datetime,
    path: str = "",
) -> Proposal:
    """A proposal without rows yet. What the person proposed before and never saved is dropped."""
    Proposal.objects.filter(
        company_id=company_id,
        kind=kind,
        user=user,
        saved_at=None,
        state__in=[State.OPEN, State.FAILED],
    ).delete()
    last = Proposal.objects.filter(company_id=company_id)
    last = last.exclude(state__in=[State.SAVING, State.UNDOING, State.READING])
    last.filter(created_at__lt=now - KEPT_FOR).delete()
    old = list(last.order_by("-id").values_list("id", flat=True)[KEPT:])
    Proposal.objects.filter(id__in=old).delete()
    return Proposal.objects.create(
        company_id=company_id,
        kind=kind,
        origin=origin,
        name=name[:255],
        path=path,
        user=user,
        created_at=now,
    )


def add_rows(rows: Iterable[ProposedChange]) -> None:
    """Keep rows that were read."""
    ProposedChange.objects.bulk_create(rows, batch_size=CHUNK)


def begin_reading(*, proposal: Proposal) -> None:
    """Drop what an earlier reading left, because it was broken off."""
    ProposedChange.objects.filter(proposal=proposal).delete()


def read(*, proposal: Proposal, rows_read: int, unchanged: int) -> None:
    """The preview stands."""
    proposal.rows_read, proposal.unchanged = rows_read, unchanged
    proposal.state, proposal.path = State.OPEN, ""
    proposal.save(update_fields=["rows_read", "unchanged", "state", "path"])


def fail(*, proposal: Proposal, problem: str, remedy: str) -> None:
    """It could not be read as a whole; nothing was changed."""
    proposal.state, proposal.path = State.FAILED, ""
    proposal.problem, proposal.remedy = problem[:500], remedy[:500]
    proposal.save(update_fields=["state", "path", "problem", "remedy"])


def lock(*, company_id: int, proposal_id: int) -> Proposal | None:
    """The proposal, locked until the transaction ends."""
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(company_id=company_id, id=proposal_id).first()


def move(*, proposal: Proposal, state: str, task: Task | None = None) -> None:
    """The locked proposal waits for a task, or for a person again."""
    proposal.state, proposal.task = state, task
    proposal.save(update_fields=["state", "task"])


def note(
    *, proposal: Proposal, saved_at: datetime | None = None, undone_at: datetime | None = None
) -> None:
    """When rows of it were saved or undone last."""
    proposal.saved_at = saved_at or proposal.saved_at
    proposal.undone_at = undone_at or proposal.undone_at
    proposal.save(update_fields=["saved_at", "undone_at"])


def write_rows(rows: list[ProposedChange]) -> None:
    """Keep what became of these rows.

    One prepared statement: five hundred rows with words of their own in a single CASE take Django
    longer than everything else that a save does.
    """
    statement = (
        f"UPDATE {ProposedChange._meta.db_table} "  # noqa: S608 — a constant
        "SET state = %s, saved_version = %s, field = %s, message = %s, remedy = %s WHERE id = %s"
    )
    values = [
        (row.state, row.saved_version, row.field, row.message, row.remedy, row.pk) for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def refuse_contradicted(
    *, proposal: Proposal, lines: Mapping[int, int], field: str, remedy: str
) -> None:
    """Refuse the open rows of these lines, each with the later line that says something else."""
    wanted = sorted(lines)
    for start in range(0, len(wanted), CHUNK):
        rows = ProposedChange.objects.filter(
            proposal=proposal,
            line__in=wanted[start : start + CHUNK],
            state__in=[RowState.READY, RowState.CONFIRM],
        )
        found = list(rows)
        for row in found:
            row.state, row.field, row.value = RowState.ERROR, field, row.key
            row.message = f"Line {lines[row.line]} says something else about it."
            row.remedy = remedy
        ProposedChange.objects.bulk_update(found, ["state", "field", "value", "message", "remedy"])


def refuse_mapped(*, proposal: Proposal, message: str, remedy: str) -> int:
    """Refuse the open rows whose record is mapped already."""
    rows = ProposedChange.objects.filter(
        proposal=proposal, state__in=[RowState.READY, RowState.CONFIRM]
    )
    mapped = rows.exclude(from_list_id="")
    return mapped.update(
        state=RowState.ERROR, field="job_key", message=message, remedy=remedy, value=F("key")
    )


def unlock(*, proposal: Proposal, kind: str) -> None:
    """Let the rows that only this kind of warning asks about be ready; the others ask the rest."""
    asked = ProposedChange.objects.filter(proposal=proposal, state=RowState.CONFIRM).order_by("pk")
    after = 0
    while rows := list(asked.filter(pk__gt=after)[:CHUNK]):
        after = rows[-1].pk
        found = [row for row in rows if any(warning[0] == kind for warning in row.warnings)]
        for row in found:
            row.warnings = [warning for warning in row.warnings if warning[0] != kind]
            row.state = RowState.CONFIRM if row.warnings else RowState.READY
        ProposedChange.objects.bulk_update(found, ["warnings", "state"])


def take_up_again(*, proposal: Proposal, field: str) -> None:
    """Let the rows that an undo kept for want of this be undone by the next one."""
    rows = ProposedChange.objects.filter(proposal=proposal, state=RowState.KEPT, field=field)
    rows.update(state=RowState.SAVED, field="", message="", remedy="")
