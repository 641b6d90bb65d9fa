"""What people ask of the exporter: send, retry, link, send again, set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tieout.core import exporting
from tieout.core.exporting import Event, State
from tieout.service import posting_words
from tieout.service.access import Access
from tieout.store.commits import exports as commits
from tieout.store.commits import lanes
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Batch, Posting

_UNPROVED = (
    "It is not proved that the earlier message can reach QuickBooks no more, so it is not sent "
    "again. If QuickBooks holds the invoice, link it; if not, a Super User may set it aside."
)


class CannotExport(Exception):
    """The wish cannot be fulfilled now; the text says why and what to do. Nothing changed."""


# ------------------------------------------------------------------ wishes of people


def start(*, access: Access, invoice_ids: Sequence[int], now: datetime) -> Batch:
    """Queue every ready posting of these invoices as one batch; raises CannotExport if none is."""
    _may_export(access)
    with transaction.atomic():
        lanes.lock(company_id=access.company.pk)
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
        commits.save_row(row=posting, before=before, now=now, actor=access.user)
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
        differs = posting_words.why_no_link(posting)
        if differs:
            message = (
                f"{differs} Nothing was changed. Put it right in QuickBooks, then Retry or Send "
                "again: QuickBooks is asked first."
            )
            raise CannotExport(message)
        other = queries.posting_of_txn(company_id=access.company.pk, txn_id=found["txn_id"])
        if other is not None:
            message = (
                f"That invoice in QuickBooks is {other.number} of Tieout already; two of ours "
                "cannot be one there. Nothing was changed."
            )
            raise CannotExport(message)
        posting.state = exporting.step(before, Event.PERSON_LINKS).state.value
        posting.holds_queue = False
        posting.txn_id = found["txn_id"]
        posting.edit_sequence = found.get("edit_sequence") or ""
        posting.qb_number = found.get("number") or ""
        posting.qb_total = found.get("total")
        posting.exported_at = now
        posting.problem = posting.remedy = ""
        posting.found = {}
        commits.save_row(
            row=posting,
            before=before,
            now=now,
            actor=access.user,
            reason="linked by a person to the invoice found",
            details={"txn_id": posting.txn_id},
        )
        lanes.wake(company_id=access.company.pk, at=now)  # it may have held the queue
        return posting


def send_again(*, access: Access, posting_id: int, now: datetime) -> Posting:
    """A person decides that it is to be sent again; QuickBooks is probed first, as always."""
    _may_export(access)
    with transaction.atomic():
        posting = _posting(access, posting_id)
        before = State(posting.state)
        if before is not State.NEEDS_PERSON:
            raise CannotExport(_not_now(posting))
        if posting.holds_queue:
            raise CannotExport(_UNPROVED)
        if posting.writes == 0:  # nothing of it was sent yet: an import or a rule may change it
            _plan_stands(posting)
        posting.state = exporting.step(before, Event.PERSON_SENDS_AGAIN).state.value
        posting.queued_at = now
        posting.due_at = None
        posting.problem = posting.remedy = ""
        posting.found = {}
        commits.save_row(
            row=posting, before=before, now=now, actor=access.user, reason="send again"
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
        posting.holds_queue = False
        posting.queued_at = posting.due_at = None
        posting.problem = f"Set aside by {access.user}: {reason.strip()}"[:500]
        commits.save_row(
            row=posting, before=before, now=now, actor=access.user, reason=reason.strip()
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
    lanes.lock(company_id=access.company.pk)
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
