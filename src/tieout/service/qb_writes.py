"""What people wish to be written to QuickBooks besides new invoices, and decide about it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.core import exporting
from tieout.core.exporting import Event, State
from tieout.service.access import Access
from tieout.service.company_identity import own_stamp
from tieout.service.subjects_jobs import map_created
from tieout.store.commits import exports as export_commits
from tieout.store.commits import lanes
from tieout.store.commits import qb_writes as commits
from tieout.store.commits.qb_writes import Wish
from tieout.store.queries import connections
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import QbWrite

Kind = QbWrite.Kind


class CannotWrite(Exception):
    """The wish cannot be fulfilled now; the text says why and what to do. Nothing changed."""


# ------------------------------------------------------------------ the company stamp


def write_stamp(*, access: Access, now: datetime) -> list[QbWrite]:
    """Let the company file bear this company's stamp; asked for once, by a Super User.

    First the field is defined, then its value is written; each goes through the exporter.
    """
    if not access.can_configure:
        message = f"Stamping the company file is for a Super User of {access.company}."
        raise CannotWrite(message)
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)  # two clicks at once make one wish
        book = connections.book_of(company_id=company_id)
        if not book.company_name:
            message = "Verify the connection first: it says which company file is open."
            raise CannotWrite(message)
        if book.stamp:
            message = (
                f"{book.company_name} bears a stamp already; it is compared in every session."
            )
            raise CannotWrite(message)
        if queries.is_stamping(company_id=company_id):
            message = "The stamp is being written already. See Changes sent to QuickBooks."
            raise CannotWrite(message)
        content = {"value": own_stamp(company_id=company_id)}
        number = queries.count_of(company_id=company_id, prefix="stamp-") + 1
        wishes = [
            Wish(
                kind=Kind.STAMP_DEFINITION,
                key=f"stamp-field-{number}",
                title=f"Define the field for Tieout's stamp in {book.company_name}",
                content=content,
            ),
            Wish(
                kind=Kind.STAMP,
                key=f"stamp-{number}",
                title=f"Write Tieout's stamp onto {book.company_name}",
                content=content,
            ),
        ]
        return commits.queue(company_id=company_id, wishes=wishes, user=access.user, now=now)


# ------------------------------------------------------------------ decisions


def link(*, access: Access, write_id: int, now: datetime) -> QbWrite:
    """A person says that the job found in QuickBooks is the one that was to be created."""
    _may_work(access)
    with transaction.atomic():
        row = _row(access, write_id)
        before = State(row.state)
        list_id = row.found.get("txn_id", "")
        if row.kind != Kind.CUSTOMER_ADD or before is not State.NEEDS_PERSON or not list_id:
            raise CannotWrite(_not_now(row))
        row.state = exporting.step(before, Event.PERSON_LINKS).state.value
        row.qb_id, row.edit_sequence = list_id, row.found.get("edit_sequence") or ""
        row.done_at, row.holds_queue = now, False
        if queries.customer(company_id=row.company_id, list_id=list_id) is None:
            _mirror(row)
        row.requested_by = access.user  # who maps it
        row.problem, row.remedy = map_created(row)
        row.found = {}
        export_commits.save_row(
            row=row,
            before=before,
            now=now,
            actor=access.user,
            reason="linked by a person to the job found",
            details={"list_id": list_id},
        )
        lanes.wake(company_id=row.company_id, at=now)
        return row


def _mirror(row: QbWrite) -> None:
    commits.mirror_new_job(
        company_id=row.company_id,
        list_id=row.found["txn_id"],
        full_name=str(row.found.get("customer", "")),
        parent_list_id=row.found.get("parent_list_id") or row.content["parent_list_id"],
        edit_sequence=row.edit_sequence,
        job_status="",
    )


def try_again(*, access: Access, write_id: int, now: datetime) -> QbWrite:
    """Look at QuickBooks anew and do it, if it can be done now."""
    _may_work(access)
    with transaction.atomic():
        row = _row(access, write_id)
        before = State(row.state)
        if row.holds_queue:
            message = (
                "It is not proved that the earlier message can reach QuickBooks no more, so it is "
                "not sent again. If QuickBooks did it, link it or set it aside."
            )
            raise CannotWrite(message)
        if before is State.NEEDS_PERSON:
            event = Event.PERSON_SENDS_AGAIN
        elif before is State.REFUSED or (before is State.READY and row.queued_at is None):
            event = Event.FIXED
        else:
            raise CannotWrite(_not_now(row))
        row.state = exporting.step(before, event).state.value
        row.queued_at, row.due_at, row.tries = now, None, 0
        row.problem = row.remedy = ""
        row.found = {}
        export_commits.save_row(
            row=row, before=before, now=now, actor=access.user, reason="try again"
        )
        lanes.wake(company_id=row.company_id, at=now)
        return row


def set_aside(*, access: Access, write_id: int, reason: str, now: datetime) -> QbWrite:
    """Take it out of the queue for good, with a reason.

    What was never sent may be set aside by whoever may ask for it; what was sent, by a Super User.
    """
    _may_work(access)
    if not reason.strip():
        message = "Give a reason: it stays in the history."
        raise CannotWrite(message)
    with transaction.atomic():
        row = _row(access, write_id)
        before = State(row.state)
        if row.writes and not access.can_configure:
            message = f"It was sent: setting it aside is for a Super User of {access.company}."
            raise CannotWrite(message)
        if Event.PERSON_SETS_ASIDE not in exporting.TABLE[before]:
            raise CannotWrite(_not_now(row))
        row.state = exporting.step(before, Event.PERSON_SETS_ASIDE).state.value
        row.holds_queue = False
        row.queued_at = row.due_at = None
        row.problem = f"Set aside by {access.user}: {reason.strip()}"[:500]
        row.remedy = ""
        export_commits.save_row(
            row=row, before=before, now=now, actor=access.user, reason=reason.strip()
        )
        lanes.wake(company_id=row.company_id, at=now)
        return row


def _may_work(access: Access) -> None:
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotWrite(message)


def _row(access: Access, write_id: int) -> QbWrite:
    lanes.lock(company_id=access.company.pk)  # before the row, as whoever applies an answer does
    row = queries.for_change(company_id=access.company.pk, write_id=write_id)
    if row is None:
        message = "There is no such change in this company."
        raise CannotWrite(message)
    return row


def _not_now(row: QbWrite) -> str:
    return f"“{row.title}” is {row.state} now; this is not possible any more. Reload the page."
