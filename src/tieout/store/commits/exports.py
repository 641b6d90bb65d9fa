"""Write what happens to a posting: its intent, the raw answers, and where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tieout.core.exporting import IN_QUICKBOOKS, UNDER_WAY, State, replannable
from tieout.store.commits import events, lanes, planning, tasks
from tieout.store.models import (
    Batch,
    Exchange,
    InvoiceBlock,
    Posting,
    SourceInvoice,
    Task,
    User,
)

# what a transition may change: not what was planned, above all not the frozen content
MOVED = (
    "state", "state_at", "queued_at", "due_at", "writes", "recoveries", "tries", "set_id",
    "app_name", "txn_id", "edit_sequence", "qb_number", "qb_total", "exported_at", "problem",
    "remedy", "found",
)  # fmt: skip
# transitions worth a line in the log; the exchanges tell the rest
LOGGED = {
    State.EXPORTED: "exported",
    State.REFUSED: "refused",
    State.UNCONFIRMED: "unconfirmed",
    State.NEEDS_PERSON: "needs a person",
    State.SET_ASIDE: "set aside",
    State.VOIDED: "voided",
    State.DELETED: "deleted",
}


class PostingMoved(Exception):
    """Somebody else moved the posting meanwhile; whoever sees this has written nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A raw answer as it is kept, before anything acts on it."""

    outcome: str
    answer: bytes = b""
    hresult: int | None = None
    stage: str = ""
    message: str = ""
    session_id: str = ""


def queue(
    *, company_id: int, postings: Sequence[Posting], user: User | None, now: datetime
) -> Batch:
    """Put postings into one batch with its task and wake the lane; part of the caller's
    transaction."""
    task = Task.objects.create(
        company_id=company_id,
        kind=Task.Kind.EXPORT,
        on_lane=True,
        requested_by=user,
        created_at=now,
        due_at=now,
        total=len(postings),
    )
    batch = Batch.objects.create(
        company_id=company_id,
        task=task,
        requested_by=user,
        created_at=now,
        postings_count=len(postings),
        total=sum((signed_total(p) for p in postings), Decimal("0.00")),
    )
    for posting in postings:
        posting.batch = batch
        posting.queued_at = now
        posting.due_at = None
        posting.tries = 0
        posting.problem = posting.remedy = ""
    Posting.objects.bulk_update(
        postings, ["batch", "queued_at", "due_at", "tries", "problem", "remedy"], batch_size=200
    )
    events.append(
        company_id=company_id,
        at=now,
        actor=user,
        entries=[
            events.Entry(
                verb="queued",
                subject="posting",
                subject_key=posting.key,
                after={"number": posting.number, "total": str(posting.total), "batch": batch.pk},
            )
            for posting in postings
        ],
    )
    settle_standing(invoice_ids=[p.invoice_id for p in postings])
    lanes.wake(company_id=company_id, at=now)
    return batch


def signed_total(posting: Posting) -> Decimal:
    """What the posting adds to the receivables: a credit memo reduces them."""
    total: Decimal = posting.total
    return -total if posting.kind == "credit_memo" else total


def add_exchange(
    *,
    posting: Posting,
    purpose: Exchange.Purpose,
    call_id: str,
    request: bytes,
    epoch: int,
    now: datetime,
    set_id: str = "",
) -> Exchange:
    """Note a message set before its bytes leave."""
    return Exchange.objects.create(
        posting=posting,
        posting_key=posting.key,
        purpose=purpose,
        call_id=call_id,
        set_id=set_id,
        epoch=epoch,
        request=request,
        sha256=hashlib.sha256(request).hexdigest(),
        created_at=now,
    )


def keep_answer(*, exchange: Exchange, kept: Kept, now: datetime) -> None:
    """Keep a raw answer. Never fenced: what QuickBooks said is true whoever holds the lane.

    The first usable answer stays; a repeated one changes nothing.
    """
    if exchange.outcome in {"response", "hresult"}:
        return
    exchange.outcome = kept.outcome
    exchange.answer = kept.answer
    exchange.hresult = kept.hresult
    exchange.stage = kept.stage
    exchange.message = kept.message[:500]
    exchange.session_id = kept.session_id
    exchange.answered_at = now
    exchange.save(
        update_fields=[
            "outcome", "answer", "hresult", "stage", "message", "session_id", "answered_at",
        ]
    )  # fmt: skip


def save_posting(
    *,
    posting: Posting,
    before: State,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Save the posting after a transition, log it when it matters, settle its invoice.

    What is claimed was queued: from there to the end of the sending its invoice is under way, as
    it was, and is not looked at. Raises PostingMoved when it is not in `before` any more.
    """
    state = State(posting.state)
    posting.state_at = now
    moved = Posting.objects.filter(pk=posting.pk, state=before.value).update(
        **{name: getattr(posting, name) for name in MOVED}
    )
    if not moved:
        message = (
            f"Posting {posting.pk} is not {before.value} any more: somebody decided about it."
        )
        raise PostingMoved(message)
    if state is not before and state in LOGGED:
        events.append(
            company_id=posting.company_id,
            at=now,
            actor=actor,
            actor_name="Tieout",
            entries=[
                events.Entry(
                    verb=LOGGED[state],
                    subject="posting",
                    subject_key=posting.key,
                    before={"state": before.value},
                    after={"state": state.value, "number": posting.number, **(details or {})},
                    reason=reason or posting.problem,
                )
            ],
        )
    stays_under_way = state in UNDER_WAY and before in {State.READY, *UNDER_WAY}
    if state is not before and not stays_under_way:
        settle_standing(invoice_ids=[posting.invoice_id])


def may_go_on(*, posting: Posting, now: datetime) -> bool:
    """Whether a queued posting may still be sent; one whose invoice changed leaves the queue."""
    if posting.queued_at is None:
        return False
    if posting.invoice.standing == SourceInvoice.Standing.UNDER_WAY:
        return True
    Posting.objects.filter(pk=posting.pk).update(queued_at=None, due_at=None)
    if posting.invoice.standing == SourceInvoice.Standing.CHANGED:
        plan_anew(posting=posting, now=now)
    return False


def plan_anew(*, posting: Posting, now: datetime) -> None:
    """What the posting was planned from is over: let its invoice be planned again.

    Not when the back office changed an invoice of which another part was sent: a person decides.
    """
    parts = Posting.objects.filter(invoice_id=posting.invoice_id).only("state", "writes")
    invoice = SourceInvoice.objects.filter(pk=posting.invoice_id)
    if all(replannable(State(part.state), writes=part.writes) for part in parts):
        invoice.update(exported_hash="")
    else:
        invoice = invoice.exclude(standing=SourceInvoice.Standing.CHANGED)
    if invoice.update(standing=SourceInvoice.Standing.TO_PLAN):
        tasks.want_plan(company_id=posting.company_id, now=now)


def settle_standing(*, invoice_ids: Sequence[int]) -> None:
    """Derive where invoices stand from their postings, after any of these moved."""
    by_invoice: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(invoice_id__in=invoice_ids).defer("content"):
        by_invoice.setdefault(posting.invoice_id, []).append(posting)
    for invoice_id, postings in by_invoice.items():
        standing, stuck = _standing(postings)
        skipped = standing == SourceInvoice.Standing.SKIPPED
        SourceInvoice.objects.filter(pk=invoice_id).exclude(
            standing=SourceInvoice.Standing.CHANGED
        ).update(
            standing=standing,
            first_reason="" if stuck is None else planning.refusal_block(stuck, position=0).reason,
            skipped_why=postings[0].problem[:200] if skipped else "",
        )
        InvoiceBlock.objects.filter(
            invoice_id=invoice_id, reason__in=["refused", "number_taken"]
        ).delete()
        if stuck is not None:
            planning.refusal_block(stuck, position=0).save()


def _standing(postings: Sequence[Posting]) -> tuple[str, Posting | None]:
    """The standing, and the posting that blocks the invoice when QuickBooks' word blocks it."""
    states = {State(p.state) for p in postings}
    queued = any(p.queued_at is not None and p.state == State.READY for p in postings)
    if queued or states & UNDER_WAY:
        return SourceInvoice.Standing.UNDER_WAY, None
    for posting in postings:
        never_sent = posting.state == State.NEEDS_PERSON and posting.writes == 0
        if posting.state == State.REFUSED or never_sent:
            return SourceInvoice.Standing.BLOCKED, posting
    if State.NEEDS_PERSON in states:
        return SourceInvoice.Standing.UNDER_WAY, None
    if states == {State.SET_ASIDE}:
        return SourceInvoice.Standing.SKIPPED, None
    if states <= IN_QUICKBOOKS | {State.DELETED, State.SET_ASIDE}:
        return SourceInvoice.Standing.EXPORTED, None
    return SourceInvoice.Standing.READY, None
