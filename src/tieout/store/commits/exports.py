"""Write what happens to a posting, or to another write: where it stands, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from tieout.core.exporting import IN_QUICKBOOKS, UNDER_WAY, State, replannable
from tieout.store import prepared
from tieout.store.commits import events, lanes, locks, planning, tasks
from tieout.store.models import (
    Batch,
    InvoiceBlock,
    Posting,
    QbWrite,
    SourceInvoice,
    Task,
    User,
)
from tieout.store.queries.exports import STUCK_REASONS, Row

# what a transition may change: not what was planned, above all not the frozen content
_MACHINE = (
    "state", "state_at", "queued_at", "due_at", "writes", "recoveries", "looks", "tries",
    "proof_epoch", "call_over", "nothing_stored_at", "holds_queue", "set_id", "app_name",
    "problem", "remedy", "found",
)  # fmt: skip
_OF_POSTING = (
    "txn_id", "former_txn_id", "edit_sequence", "qb_number", "qb_total", "exported_at",
    "noticed_at", "earlier",
)  # fmt: skip
_OF_QB_WRITE = ("qb_id", "edit_sequence", "done_at")
# transitions worth a line in the log; the exchanges tell the rest
LOGGED = {
    State.EXPORTED: "exported",
    State.REFUSED: "refused",
    State.UNCONFIRMED: "unconfirmed",
    State.NEEDS_PERSON: "needs a person",
    State.SET_ASIDE: "set aside",
    State.VOIDED: "voided",
    State.DELETED: "deleted",
    State.CHANGED_IN_QUICKBOOKS: "changed in QuickBooks",
}


class PostingMoved(Exception):
    """Somebody else moved the posting meanwhile; whoever sees this has written nothing."""


def look_now(*, company_id: int, now: datetime) -> None:
    """QuickBooks is back: what waits to be looked for is looked for at once.

    Not what was looked for and not found: there the pause is for a late commit. Begins with the
    lane, as everybody who locks more than one row.
    """
    lanes.wake(company_id=company_id, at=now)
    for model in (Posting, QbWrite):
        model._default_manager.filter(
            company_id=company_id, state=State.UNCONFIRMED.value, recoveries=0
        ).update(due_at=now, looks=0)


def look_afresh(*, company_id: int, now: datetime) -> None:
    """Another QuickBooks, or another way to it, is asked from now on: the looks begin anew."""
    lanes.wake(company_id=company_id, at=now)
    for model in (Posting, QbWrite):
        model._default_manager.filter(company_id=company_id, state=State.UNCONFIRMED.value).update(
            due_at=now, looks=0, recoveries=0, nothing_stored_at=None
        )


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
    settle_standing(invoice_ids=[p.invoice_id for p in postings])
    lanes.wake(company_id=company_id, at=now)
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
    return batch


def signed_total(posting: Posting) -> Decimal:
    """What the posting adds to the receivables: a credit memo reduces them."""
    total: Decimal = posting.total
    return -total if posting.kind == "credit_memo" else total


def save_row(
    *,
    row: Row,
    before: State,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Save a posting or another write after a transition, log it when it matters.

    A posting's invoice is settled with it: what is claimed was queued, and from there to the end
    of the sending its invoice is under way, as it was, and is not looked at. Raises PostingMoved
    when the row is not in `before` any more.
    """
    state = State(row.state)
    if state is not before:
        row.state_at = now
    of_kind = _OF_POSTING if isinstance(row, Posting) else _OF_QB_WRITE
    changes = {name: getattr(row, name) for name in (*_MACHINE, *of_kind)}
    save = _save_posting if isinstance(row, Posting) else _save_other
    if not save(changes, row_id=row.pk, state=before.value):
        message = f"{row} is not {before.value} any more: somebody decided about it."
        raise PostingMoved(message)
    stays_under_way = state in UNDER_WAY and before in {State.READY, *UNDER_WAY}
    if isinstance(row, Posting) and state is not before and not stays_under_way:
        settle_standing(invoice_ids=[row.invoice_id])
    if state is not before and state in LOGGED:
        _log(row, before, now, actor=actor, reason=reason, details=details or {})


@prepared.change(*_MACHINE, *_OF_POSTING)
def _save_posting(*, row_id: int, state: str) -> QuerySet[Posting]:
    return Posting.objects.filter(pk=row_id, state=state)


@prepared.change(*_MACHINE, *_OF_QB_WRITE)
def _save_other(*, row_id: int, state: str) -> QuerySet[QbWrite]:
    return QbWrite.objects.filter(pk=row_id, state=state)


def _log(
    row: Row,
    before: State,
    now: datetime,
    *,
    actor: User | None,
    reason: str,
    details: dict[str, Any],
) -> None:
    if isinstance(row, Posting):
        subject, named = "posting", {"number": row.number}
    else:
        subject, named = "qb_write", {"what": row.title, "kind": row.kind}
    events.append(
        company_id=row.company_id,
        at=now,
        actor=actor,
        actor_name="Tieout",
        entries=[
            events.Entry(
                verb=LOGGED[State(row.state)],
                subject=subject,
                subject_key=row.key,
                before={"state": before.value},
                after={"state": row.state, **named, **details},
                reason=reason or row.problem,
            )
        ],
    )


def notice_answered(*, posting_id: int, remedy: str) -> None:
    """Somebody answered what was noticed about this posting; `remedy` says from now on how."""
    Posting.objects.filter(pk=posting_id).update(noticed_at=None, remedy=remedy[:500])


def looked_in_vain(*, company_id: int) -> None:
    """Count a look at the company's unconfirmed row that did not come as far as QuickBooks."""
    for kind in (Posting, QbWrite):
        rows = kind._default_manager.filter(company_id=company_id, state=State.UNCONFIRMED.value)
        rows.update(looks=F("looks") + 1)


def may_go_on(*, row: Row, now: datetime) -> bool:
    """Whether a queued row may still be sent; a posting whose invoice changed leaves the queue."""
    if row.queued_at is None:
        return False
    if not isinstance(row, Posting):
        return True
    posting = row
    if posting.writes:
        return True  # a person has it sent again, as it was
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
    """Derive where invoices stand from their postings, after any of these moved.

    A few statements for thousands of invoices: as many as are queued with one click.
    """
    for some in locks.chunks(set(invoice_ids)):
        _settle(some)


def _settle(invoice_ids: Sequence[int]) -> None:
    by_invoice: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(invoice_id__in=invoice_ids).defer("content"):
        by_invoice.setdefault(posting.invoice_id, []).append(posting)
    alike: dict[tuple[str, str, str], list[int]] = {}
    blocks: list[InvoiceBlock] = []
    for invoice_id, postings in by_invoice.items():
        standing, stuck = _standing(postings)
        if stuck is not None:
            blocks.append(planning.refusal_block(stuck, position=0))
        reason = blocks[-1].reason if stuck is not None else ""
        why = postings[0].problem[:200] if standing == SourceInvoice.Standing.SKIPPED else ""
        alike.setdefault((standing, reason, why), []).append(invoice_id)
    for (standing, reason, why), ids in alike.items():
        rows = SourceInvoice.objects.filter(pk__in=ids)
        rows.exclude(standing=SourceInvoice.Standing.CHANGED).update(
            standing=standing, first_reason=reason, skipped_why=why
        )
    InvoiceBlock.objects.filter(invoice_id__in=by_invoice, reason__in=STUCK_REASONS).delete()
    InvoiceBlock.objects.bulk_create(blocks)


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


def lock_set_aside(*, company_id: int) -> None:
    """Lock the invoices of what was set aside after it had left, before their postings."""
    aside = Posting.objects.filter(
        company_id=company_id, state=State.SET_ASIDE.value, writes__gt=0
    )
    locks.invoices(company_id=company_id, which=Q(pk__in=aside.values("invoice_id")))
