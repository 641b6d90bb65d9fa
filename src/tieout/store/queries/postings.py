"""Postings and source invoices counted and listed as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from tieout.core.exporting import State
from tieout.store.models import InvoiceBlock, Posting, SourceInvoice, SourceLine

Standing = SourceInvoice.Standing
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many, and their dollars."""

    count: int = 0
    total: Decimal = ZERO
    oldest: date | None = None  # the first invoice date among them, where it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRow:
    """One posting as it is listed. `total` is negative for a credit memo."""

    invoice: str
    number: str
    revision: int
    kind: str
    date: date
    job_key: str
    customer: str
    total: Decimal
    state: str
    txn_id: str
    problem: str
    remedy: str


def source_lines(*, company_id: int) -> int:
    """How many lines the imported invoices have."""
    return SourceLine.objects.filter(invoice__company_id=company_id).count()


def by_standing(*, company_id: int, standings: Sequence[str] = ()) -> dict[str, Tally]:
    """Standing -> invoices and what they print; all of them when none is named."""
    only = {"standing__in": standings} if standings else {}
    return _tallies(company_id, "standing", **only)


def by_reason(*, company_id: int) -> dict[str, Tally]:
    """First reason -> blocked invoices and what they print."""
    return _tallies(company_id, "first_reason", standing=Standing.BLOCKED)


def held_for_person(*, company_id: int) -> dict[str, Tally]:
    """The same for those of them of which QuickBooks left something to a person."""
    held = Posting.objects.filter(company_id=company_id, state=State.NEEDS_PERSON.value)
    return _tallies(
        company_id,
        "first_reason",
        standing=Standing.BLOCKED,
        pk__in=held.values("invoice_id"),
    )


def _tallies(company_id: int, by: str, **only: Any) -> dict[str, Tally]:
    rows = (
        SourceInvoice.objects.filter(company_id=company_id, **only)
        .order_by()
        .values_list(by)
        .annotate(n=Count("id"), printed=Sum("total"), oldest=Min("invoice_date"))
    )
    return {
        name: Tally(count=count, total=total or ZERO, oldest=oldest)
        for name, count, total, oldest in rows
    }


def by_state(*, company_id: int, which: Q | None = None) -> dict[str, Tally]:
    """State -> postings and their dollars, credit memos negative; `which`: of these alone."""
    rows = (
        Posting.objects.filter(which or Q(), company_id=company_id)
        .order_by()
        .values_list("state", "kind")
        .annotate(Count("id"), Sum("total"))
    )
    found: dict[str, Tally] = {}
    for state, kind, count, total in rows:
        so_far = found.get(state, Tally())
        signed = -total if kind == "credit_memo" else total
        found[state] = Tally(count=so_far.count + count, total=so_far.total + signed)
    return found


def each(*, company_id: int, states: Sequence[State] = ()) -> Iterator[PostingRow]:
    """Every posting of the company in these states (all when none is named), by date and number."""
    rows = Posting.objects.filter(company_id=company_id)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    return _rows(rows)


def of_batch(*, batch_id: int) -> Iterator[PostingRow]:
    """The postings of one batch, by date and number."""
    return _rows(Posting.objects.filter(batch_id=batch_id))


def _rows(postings: QuerySet[Posting]) -> Iterator[PostingRow]:
    found = postings.select_related("invoice", "customer").defer("content")
    for row in found.order_by("txn_date", "number", "id").iterator(chunk_size=1000):
        yield PostingRow(
            invoice=row.invoice.number,
            number=row.qb_number or row.number,
            revision=row.revision,
            kind=row.kind,
            date=row.txn_date,
            job_key=row.job_key,
            customer=row.customer.full_name,
            total=-row.total if row.kind == "credit_memo" else row.total,
            state=row.state,
            txn_id=row.txn_id,
            problem=row.problem,
            remedy=row.remedy,
        )


def ready_ids(*, company_id: int) -> list[int]:
    """Every invoice that is ready, by date."""
    rows = SourceInvoice.objects.filter(company_id=company_id, standing=Standing.READY)
    return list(rows.order_by("invoice_date", "number", "id").values_list("id", flat=True))


def by_number(*, company_id: int, number: str) -> list[SourceInvoice]:
    """The invoices that the back office calls by this number."""
    return list(SourceInvoice.objects.filter(company_id=company_id, number=number).order_by("id"))


def first_block(*, invoice_id: int) -> InvoiceBlock | None:
    """The first reason why an invoice waits."""
    return InvoiceBlock.objects.filter(invoice_id=invoice_id).order_by("position").first()
