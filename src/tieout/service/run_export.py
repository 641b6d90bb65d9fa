"""What people ask of the exporter, and the lane's step that exports the next posting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tieout.core import exporting
from tieout.core.exporting import Event, State
from tieout.service import moments
from tieout.service.access import Access
from tieout.service.connect import Line
from tieout.service.exporter import Exporter, Lease, Trouble
from tieout.service.settle_unconfirmed import settle
from tieout.store.commits import exports as commits
from tieout.store.commits import lanes
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Batch, Posting


class CannotExport(Exception):
    """The wish cannot be fulfilled now; the text says why and what to do. Nothing changed."""


# ------------------------------------------------------------------ wishes of people


def start(*, access: Access, invoice_ids: Sequence[int], now: datetime) -> Batch:
    """Queue every ready posting of these invoices as one batch; raises CannotExport if none is."""
    _may_export(access)
    with transaction.atomic():
        postings = queries.ready_postings(company_id=access.company.pk, invoice_ids=invoice_ids)
        if not postings:
            message = (
                "None of these invoices is ready any more. Look at the Blocked and Under way "
                "groups; nothing was sent."
            )
            raise CannotExport(message)
        return commits.queue(
            company_id=access.company.pk, postings=postings, user=access.user, now=now
        )


def retry(*, access: Access, posting_id: int, now: datetime) -> Batch:
    """Queue a refused posting again, as a new batch of one, after somebody mended the cause."""
    _may_export(access)
    with transaction.atomic():
        posting = _posting(access, posting_id)
        _plan_stands(posting)
        before = State(posting.state)
        if before is State.READY and posting.queued_at is None:
            return commits.queue(
                company_id=access.company.pk, postings=[posting], user=access.user, now=now
            )
        if not exporting.replannable(before, writes=posting.writes):
            raise CannotExport(_not_now(posting))
        posting.state = exporting.step(before, Event.FIXED).state.value
        commits.save_posting(posting=posting, before=before, now=now, actor=access.user)
        return commits.queue(
            company_id=access.company.pk, postings=[posting], user=access.user, now=now
        )


def link(*, access: Access, posting_id: int, now: datetime) -> Posting:
    """A person says that the invoice found in QuickBooks is this one."""
    _may_export(access)
    with transaction.atomic():
        posting = _posting(access, posting_id)
        before = State(posting.state)
        found = posting.found
        if before is not State.NEEDS_PERSON or not found.get("txn_id"):
            raise CannotExport(_not_now(posting))
        posting.state = exporting.step(before, Event.PERSON_LINKS).state.value
        posting.txn_id = found["txn_id"]
        posting.edit_sequence = found.get("edit_sequence") or ""
        posting.qb_number = found.get("number") or ""
        posting.qb_total = found.get("total")
        posting.exported_at = now
        posting.problem = posting.remedy = ""
        posting.found = {}
        commits.save_posting(
            posting=posting,
            before=before,
            now=now,
            actor=access.user,
            reason="linked by a person to the invoice found",
            details={"txn_id": posting.txn_id},
        )
        return posting


def send_again(*, access: Access, posting_id: int, now: datetime) -> Posting:
    """A person decides that it is to be sent again; QuickBooks is probed first, as always."""
    _may_export(access)
    with transaction.atomic():
        posting = _posting(access, posting_id)
        before = State(posting.state)
        if before is not State.NEEDS_PERSON:
            raise CannotExport(_not_now(posting))
        if posting.writes == 0:  # nothing of it was sent yet: an import or a rule may change it
            _plan_stands(posting)
        posting.state = exporting.step(before, Event.PERSON_SENDS_AGAIN).state.value
        posting.queued_at = now
        posting.due_at = None
        posting.problem = posting.remedy = ""
        posting.found = {}
        commits.save_posting(
            posting=posting, before=before, now=now, actor=access.user, reason="send again"
        )
        lanes.wake(company_id=access.company.pk, at=now)
        return posting


def set_aside(*, access: Access, posting_id: int, reason: str, now: datetime) -> Posting:
    """A Super User takes a posting out of the queue for good, with a reason."""
    if not access.can_configure:
        message = f"Setting an invoice aside is for a Super User of {access.company}."
        raise CannotExport(message)
    if not reason.strip():
        message = "Give a reason: it stays in the history of this invoice."
        raise CannotExport(message)
    with transaction.atomic():
        posting = _posting(access, posting_id)
        before = State(posting.state)
        if Event.PERSON_SETS_ASIDE not in exporting.TABLE[before]:
            raise CannotExport(_not_now(posting))
        posting.state = exporting.step(before, Event.PERSON_SETS_ASIDE).state.value
        posting.queued_at = posting.due_at = None
        posting.problem = f"Set aside by {access.user}: {reason.strip()}"[:500]
        commits.save_posting(
            posting=posting, before=before, now=now, actor=access.user, reason=reason.strip()
        )
        lanes.wake(company_id=access.company.pk, at=now)
        return posting


def _may_export(access: Access) -> None:
    if not access.can_work:
        message = f"Your role does not allow exporting. Ask a Super User of {access.company}."
        raise CannotExport(message)


def _plan_stands(posting: Posting) -> None:
    """Refuse to send what waits for a new plan, what changed since, and what a plan blocks."""
    if not queries.plan_stands(posting=posting):
        message = (
            f"Invoice {posting.numbered_from} changed since, or something else blocks it now. "
            "Look at it under Invoices; nothing was sent."
        )
        raise CannotExport(message)


def _posting(access: Access, posting_id: int) -> Posting:
    queries.lock_invoice_of(company_id=access.company.pk, posting_id=posting_id)
    posting = queries.posting_for_change(company_id=access.company.pk, posting_id=posting_id)
    if posting is None:
        message = "There is no such invoice in this company."
        raise CannotExport(message)
    return posting


def _not_now(posting: Posting) -> str:
    return (
        f"Invoice {posting.number} is {posting.state} now; this is not possible any more. "
        "Reload the page to see where it stands."
    )


# ------------------------------------------------------------------ the lane's steps


def settle_step(*, posting: Posting, lease: Lease, line: Line) -> Trouble | None:
    """Go on with the posting that holds the queue."""
    return settle(Exporter(posting=posting, lease=lease, line=line))


def export_step(*, posting: Posting, lease: Lease, line: Line, session_id: str) -> Trouble | None:
    """Take one posting from the queue as far as it goes: claim, probe, send, record.

    `session_id` is the QuickBooks session in which the company file was checked; in another one,
    another file or a restored backup may be open.
    """
    claimed = _claim(posting.pk, lease)
    if claimed is None:
        return None
    exporter = Exporter(posting=claimed, lease=lease, line=line)
    trouble = exporter.probe()
    if trouble is not None or claimed.state != State.PROBED:
        return trouble
    if exporter.answer is not None and exporter.answer.session_id != session_id:
        exporter.meet(Event.GIVE_BACK)
        return Trouble(
            problem="QuickBooks was opened anew since Tieout looked which company file is open.",
            remedy="Tieout looks again, then goes on by itself.",
        )
    return exporter.send()


def _claim(posting_id: int, lease: Lease) -> Posting | None:
    """Claim under the row's lock, as it is now: an import or a plan may have changed it since.

    None when it left the queue, or when its invoice changed in the back office meanwhile. A
    posting that a dead worker left claimed is gone on with; a probe it left behind is too old.
    """
    now = moments.now()
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        posting = queries.posting_for_change(company_id=lease.company_id, posting_id=posting_id)
        if posting is None:
            return None
        before = state = State(posting.state)
        if state is State.PROBED:
            state = exporting.step(state, Event.GIVE_BACK).state
        if state is State.READY and not commits.may_go_on(posting=posting, now=now):
            return None
        if state is State.READY:
            state = exporting.step(state, Event.CLAIM).state
        if state is not State.CLAIMED:
            return None
        posting.state = state.value
        commits.save_posting(posting=posting, before=before, now=now)
        return posting
