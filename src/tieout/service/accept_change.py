"""A person settled in QuickBooks what the back office changed after an invoice was exported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from tieout.core.exporting import IN_QUICKBOOKS, State, replannable
from tieout.service.access import Access
from tieout.service.plan_wish import want_planning
from tieout.store.commits import events, invoices
from tieout.store.commits.exports import signed_total
from tieout.store.queries.invoices import Posting, SourceInvoice, Standing

SETTLED = IN_QUICKBOOKS | {State.DELETED, State.SET_ASIDE}


class CannotAccept(Exception):
    """It cannot be settled like this now; the text says why and what to do. Nothing changed."""


def accept(
    *, access: Access, invoice_id: int, note: str, seen: str, now: datetime
) -> SourceInvoice:
    """Let the present content count as the exported one, with a note that stays in the history.

    Nothing is sent to QuickBooks. Parts of the invoice that never left are planned anew and wait
    among the ready ones. `seen` is the content's hash as the person looked at it. Raises
    CannotAccept when the role forbids it, the note is empty, the invoice is not (or not so)
    changed any more, or the outcome of a part is still unknown.
    """
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotAccept(message)
    if not note.strip():
        message = "Say what was done in QuickBooks: it stays in the history of this invoice."
        raise CannotAccept(message)
    with transaction.atomic():
        held = invoices.lock_with_postings(company_id=access.company.pk, invoice_id=invoice_id)
        if held is None:
            message = "There is no such invoice in this company."
            raise CannotAccept(message)
        invoice, postings = held
        _still_so(invoice, postings, seen)
        was = invoice.exported_hash
        unsent = any(_unsent(posting) for posting in postings)
        invoices.accept_change(invoice=invoice, to_plan=unsent)
        if unsent:
            want_planning(access.company.pk, now, access.user)
        entry = events.Entry(
            verb="settled in QuickBooks",
            subject="invoice",
            subject_key=invoice.key,
            before={"total": _exported_total(postings), "content_hash": was},
            after={"total": str(invoice.total), "content_hash": invoice.content_hash},
            reason=note.strip(),
        )
        events.append(company_id=access.company.pk, at=now, actor=access.user, entries=[entry])
        return invoice


def _still_so(invoice: SourceInvoice, postings: Sequence[Posting], seen: str) -> None:
    if invoice.standing != Standing.CHANGED:
        message = f"Invoice {invoice.number} does not stand as changed any more."
        raise CannotAccept(message)
    if invoice.content_hash != seen:
        message = "The back office changed it again meanwhile. Look at it anew, then decide."
        raise CannotAccept(message)
    open_ = [p.number for p in postings if State(p.state) not in SETTLED and not _unsent(p)]
    if open_:
        message = (
            f"What became of {', '.join(open_)} in QuickBooks is not known yet. "
            "Settle that first, on the page of this invoice."
        )
        raise CannotAccept(message)


def _unsent(posting: Posting) -> bool:
    return replannable(State(posting.state), writes=posting.writes)


def _exported_total(postings: Sequence[Posting]) -> str:
    there = (p for p in postings if State(p.state) in IN_QUICKBOOKS - {State.VOIDED})
    return str(sum((signed_total(p) for p in there), Decimal("0.00")))
