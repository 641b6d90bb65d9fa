"""One invoice with everything that happened to it, and one batch with its postings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from tieout.core.exporting import State
from tieout.store.models import (
    Batch,
    Event,
    Exchange,
    InvoiceBlock,
    Posting,
    SourceInvoice,
    SourceJob,
    SourceLine,
)

__all__ = ["Batch", "Detail", "Exchange", "Posting", "batch", "detail", "exchange", "posting"]

# groups of states as the result of a batch counts them
DONE = (State.EXPORTED, State.VOIDED, State.DELETED, State.CHANGED_IN_QUICKBOOKS)
UNSURE = (State.UNCONFIRMED, State.RESENDABLE)
# what a clerk must see first in a batch
ATTENTION = (
    State.NEEDS_PERSON,
    State.UNCONFIRMED,
    State.RESENDABLE,
    State.REFUSED,
    State.SENDING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A source invoice, what it became, and all that was said about it."""

    invoice: SourceInvoice
    lines: list[SourceLine]
    jobs: dict[str, SourceJob]
    postings: list[Posting]
    blocks: list[InvoiceBlock]
    events: list[Event]
    exchanges: list[Exchange]


def detail(*, company_id: int, invoice_id: int) -> Detail | None:
    """The invoice, or None when it is not the company's; at most seven queries."""
    invoice = (
        SourceInvoice.objects.select_related("client")
        .filter(company_id=company_id, pk=invoice_id)
        .first()
    )
    if invoice is None:
        return None
    lines = list(invoice.lines.all())
    keys = {line.job_key for line in lines if line.job_key}
    postings = list(
        invoice.postings.select_related("customer", "batch").order_by("number", "revision")
    )
    return Detail(
        invoice=invoice,
        lines=lines,
        jobs={
            job.key: job for job in SourceJob.objects.filter(company_id=company_id, key__in=keys)
        },
        postings=postings,
        blocks=list(invoice.blocks.all()),
        events=list(
            Event.objects.filter(
                # the company in both halves: each is then found by the index
                Q(
                    company_id=company_id,
                    subject="posting",
                    subject_key__in=[posting.key for posting in postings],
                )
                | Q(company_id=company_id, subject="invoice", subject_key=invoice.key)
            )
            .select_related("actor")
            .order_by("sequence")
        ),
        exchanges=list(
            Exchange.objects.filter(posting__in=postings)
            .select_related("posting")
            .defer("request", "answer", "posting__content")
            .order_by("id")
        ),
    )


def posting(*, company_id: int, posting_id: int) -> Posting | None:
    """One posting with its invoice and customer."""
    return (
        Posting.objects.select_related("invoice", "customer")
        .filter(company_id=company_id, pk=posting_id)
        .first()
    )


def exchange(*, company_id: int, exchange_id: int) -> Exchange | None:
    """One exchange with its raw bytes."""
    return (
        Exchange.objects.select_related("posting__invoice")
        .filter(posting__company_id=company_id, pk=exchange_id)
        .first()
    )


def batch(*, company_id: int, batch_id: int) -> Batch | None:
    """One batch with its task and who asked for it."""
    return (
        Batch.objects.select_related("task", "requested_by")
        .filter(company_id=company_id, pk=batch_id)
        .first()
    )


def batches(*, company_id: int, limit: int = 30) -> list[Batch]:
    """The latest batches, newest first; one query."""
    return list(_batches(company_id)[:limit])


def every_batch(*, company_id: int) -> Iterator[Batch]:
    """All batches, newest first, streamed; one query."""
    return _batches(company_id).iterator(chunk_size=500)


def _batches(company_id: int) -> QuerySet[Batch]:
    rows = Batch.objects.filter(company_id=company_id)
    return rows.select_related("task", "requested_by").order_by("-id")


def batch_states(*, batch_id: int) -> dict[str, int]:
    """How many of the batch's postings are in which state; one query."""
    return dict(
        Posting.objects.filter(batch_id=batch_id)
        .order_by()
        .values_list("state")
        .annotate(n=Count("id"))
    )


def latest_ends(*, batch_id: int, since: datetime, limit: int) -> list[datetime]:
    """When the batch's latest postings got QuickBooks' word, newest first; one query."""
    ended = Posting.objects.filter(
        batch_id=batch_id,
        state__in=[state.value for state in (*DONE, State.REFUSED)],
        state_at__gte=since,
    )
    return list(ended.order_by("-state_at").values_list("state_at", flat=True)[:limit])


def batch_counts(states: Mapping[str, int], *, postings: int) -> dict[str, int]:
    """How a batch of so many postings stands, by what a clerk tells apart; `left` are to go."""
    counts = {
        "exported": sum(states.get(state, 0) for state in DONE),
        "unconfirmed": sum(states.get(state, 0) for state in UNSURE),
        "refused": states.get(State.REFUSED, 0),
        "needs_person": states.get(State.NEEDS_PERSON, 0),
        "set_aside": states.get(State.SET_ASIDE, 0),
    }
    total = sum(states.values())
    counts["left"] = total - sum(counts.values())
    counts["moved"] = postings - total  # exported again in a later batch
    return counts


def every_batch_posting(*, batch_id: int) -> Iterator[Posting]:
    """All of a batch in the order of its dates and numbers, streamed; one query."""
    return (
        Posting.objects.filter(batch_id=batch_id)
        .select_related("invoice__client", "customer")
        .defer("content")
        .order_by("txn_date", "number", "id")
        .iterator(chunk_size=500)
    )


def batch_postings(*, batch_id: int, start: int, limit: int) -> list[Posting]:
    """A page of the batch, what needs a look first; one query."""
    first: Sequence[When] = [
        When(state=state.value, then=Value(place)) for place, state in enumerate(ATTENTION)
    ]
    return list(
        Posting.objects.filter(batch_id=batch_id)
        .select_related("invoice__client", "customer")
        .defer("content")
        .annotate(place=Case(*first, default=Value(9), output_field=IntegerField()))
        .order_by("place", "txn_date", "number", "id")[start : start + limit]
    )
