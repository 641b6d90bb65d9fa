"""Undo a batch: void exactly what it made, only where QuickBooks holds it unchanged and unpaid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tieout.core.exporting import State
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.store.commits import lanes
from tieout.store.commits import qb_writes as commits
from tieout.store.commits.qb_writes import Wish
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import Posting, QbWrite

WORDS = {
    State.VOIDED: "It is voided already.",
    State.DELETED: "It was deleted in QuickBooks.",
    State.CHANGED_IN_QUICKBOOKS: "It was changed in QuickBooks.",
    State.UNCONFIRMED: "Whether QuickBooks holds it is not known yet.",
    State.RESENDABLE: "Whether QuickBooks holds it is not known yet.",
    State.SENDING: "It is being sent.",
    State.NEEDS_PERSON: "A person has to decide about it first.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A posting and why it cannot be voided from here; "" when QuickBooks may be asked.

    `write`: the latest void or update that was wished for it.
    """

    posting: Posting
    why_not: str
    write: QbWrite | None


def candidates(
    *, company_id: int, batch_id: int | None, posting_id: int | None = None
) -> list[Candidate]:
    """What a batch made (or one posting), as it stands now. Nothing is asked of QuickBooks."""
    rows = queries.postings_to_undo(
        company_id=company_id,
        batch_id=batch_id,
        posting_ids=None if batch_id else [posting_id or 0],
    )
    ids = [row.pk for row in rows]
    latest = queries.latest_of_postings(posting_ids=ids)
    open_ = queries.open_of_postings(posting_ids=ids)
    return [
        Candidate(posting=row, why_not=_why_not(row, open_.get(row.pk)), write=latest.get(row.pk))
        for row in rows
    ]


def void(
    *, access: Access, posting_ids: Sequence[int], reason: str, now: datetime
) -> list[QbWrite]:
    """Queue a void for each of these postings; what cannot be voided raises, nothing is queued.

    Before each void QuickBooks is asked: one that was edited or paid is left as it is.
    """
    if not access.can_work:
        message = f"Your role does not allow voiding. Ask a Super User of {access.company}."
        raise CannotWrite(message)
    if not reason.strip():
        message = "Give a reason: it stays in the history of these invoices."
        raise CannotWrite(message)
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        rows = queries.lock_postings(company_id=company_id, ids=posting_ids)
        if not rows or len(rows) < len(set(posting_ids)):
            message = "Choose the invoices to void: one of them is not in this company."
            raise CannotWrite(message)
        open_ = queries.open_of_postings(posting_ids=[row.pk for row in rows])
        for row in rows:
            why_not = _why_not(row, open_.get(row.pk))
            if why_not:
                message = f"Invoice {row.number}: {why_not} Nothing was queued."
                raise CannotWrite(message)
        ids = [row.pk for row in rows]
        made = queries.count_stems(company_id=company_id, kind=QbWrite.Kind.VOID, of=ids)
        wishes = [wish(row, reason.strip(), made) for row in rows]
        return commits.queue(
            company_id=company_id, wishes=wishes, user=access.user, reason=reason.strip(), now=now
        )


def held_json(posting: Posting) -> dict[str, str]:
    """The invoice as QuickBooks answered at its export: what it must still be like."""
    return {
        "kind": posting.kind,
        "txn_id": posting.txn_id,
        "edit_sequence": posting.edit_sequence,
        "number": posting.qb_number or posting.number,
        "posting_key": posting.key,
    }


def wish(posting: Posting, reason: str, made: Mapping[str, int]) -> Wish:
    """The void of an exported posting, as QuickBooks answered at its export.

    `made`: how many voids were wished for before, by the stem of their keys.
    """
    stem = f"void-{posting.key}"
    what = "credit memo" if posting.kind == "credit_memo" else "invoice"
    return Wish(
        kind=QbWrite.Kind.VOID,
        key=f"{stem}-{made.get(stem, 0) + 1}",
        title=f"Void {what} {posting.qb_number or posting.number}",
        content={**held_json(posting), "reason": reason},
        posting=posting,
        after={"number": posting.number, "total": str(posting.total)},
    )


def _why_not(posting: Posting, open_write: QbWrite | None) -> str:
    state = State(posting.state)
    if state is not State.EXPORTED:
        return WORDS.get(state, "It was not exported.")
    if open_write is not None:
        return f"“{open_write.title}” is under way."
    if not posting.txn_id or not posting.edit_sequence:
        return "QuickBooks did not say enough about it at its export; void it there by hand."
    return ""
