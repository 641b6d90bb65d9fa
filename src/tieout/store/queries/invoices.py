"""Source invoices as the screens list them. Each function makes the number of queries it names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from tieout.core.exporting import OVER, State
from tieout.store.models import (
    Batch,
    Book,
    InvoiceBlock,
    Posting,
    SourceInvoice,
    SourceJob,
    SourceLine,
    Task,
)

__all__ = [
    "GROUPS",
    "SORTS",
    "Filters",
    "InvoiceBlock",
    "Overview",
    "Posting",
    "Row",
    "SourceInvoice",
    "Standing",
    "every",
    "matching_ids",
    "overview",
    "rows",
    "total_of",
]

Standing = SourceInvoice.Standing
GROUPS: dict[str, tuple[str, ...]] = {
    "ready": (Standing.READY,),
    "blocked": (Standing.BLOCKED,),
    "under-way": (Standing.UNDER_WAY,),
    "exported": (Standing.EXPORTED,),
    "changed": (Standing.CHANGED,),
    "skipped": (Standing.SKIPPED,),
    "all": (),
}
SORTS: dict[str, tuple[str, ...]] = {
    "date": ("invoice_date", "number", "id"),
    "-date": ("-invoice_date", "-number", "-id"),
    "number": ("number", "id"),
    "-number": ("-number", "-id"),
    "client": ("client__name", "invoice_date", "number", "id"),
    "-client": ("-client__name", "-invoice_date", "-number", "-id"),
    "total": ("total", "id"),
    "-total": ("-total", "-id"),
}
UNCONFIRMED = (State.UNCONFIRMED.value, State.RESENDABLE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; everything empty shows the whole group."""

    group: str = "ready"
    number: str = ""
    client: str = ""
    job: str = ""
    reason: str = ""
    noticed: bool = False  # QuickBooks holds it otherwise, or twice, and nobody answered that yet
    person: bool = False  # a person decides about something of it, sent or not
    from_date: date | None = None
    to_date: date | None = None
    sort: str = "date"

    @property
    def narrowed(self) -> bool:
        texts = (self.number, self.client, self.job, self.reason)
        return any((*texts, self.noticed, self.person, self.from_date, self.to_date))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many invoices, and their dollars."""

    invoices: int = 0
    total: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What waits in a company, counted over all its invoices."""

    groups: dict[str, Figures]
    reasons: dict[str, Figures]  # blocked ones by their first reason
    to_plan: int
    unconfirmed: int
    needs_person: int
    noticed: int
    export_open: Batch | None


@dataclass(slots=True, kw_only=True)
class Row:
    """An invoice of a list with what it becomes or why it waits."""

    invoice: SourceInvoice
    jobs: list[SourceJob] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    blocks: list[InvoiceBlock] = field(default_factory=list)


def overview(*, company_id: int) -> Overview:
    """The counters of the first line and the tabs; four queries."""
    invoices = SourceInvoice.objects.filter(company_id=company_id)
    by_standing = _sums(invoices, "standing")
    groups = {name: _together(by_standing, of) for name, of in GROUPS.items()}
    reasons = _sums(invoices.filter(standing=Standing.BLOCKED), "first_reason")
    states = dict(
        Posting.objects.filter(
            Q(state__in=[*UNCONFIRMED, State.NEEDS_PERSON.value]) | Q(noticed_at__isnull=False),
            company_id=company_id,
        )
        .order_by()
        .values_list("state")
        .annotate(n=Count("id"))
    )
    open_ = [Task.State.WAITING, Task.State.RUNNING]
    return Overview(
        groups=groups,
        reasons=dict(sorted(reasons.items(), key=lambda each: -each[1].invoices)),
        to_plan=by_standing.get(Standing.TO_PLAN, Figures()).invoices,
        unconfirmed=sum(states.get(state, 0) for state in UNCONFIRMED),
        needs_person=states.get(State.NEEDS_PERSON.value, 0),
        noticed=sum(states.get(state.value, 0) for state in OVER),
        export_open=Batch.objects.filter(company_id=company_id, task__state__in=open_)
        .order_by("id")
        .first(),
    )


def _sums(invoices: QuerySet[SourceInvoice], by: str) -> dict[str, Figures]:
    found = invoices.order_by().values_list(by).annotate(n=Count("id"), total_=Sum("total"))
    return {name: Figures(invoices=n, total=total) for name, n, total in found}


def _together(by_standing: dict[str, Figures], standings: Sequence[str]) -> Figures:
    chosen = [by_standing.get(s, Figures()) for s in standings or by_standing]
    return Figures(
        invoices=sum(each.invoices for each in chosen),
        total=sum((each.total for each in chosen), Decimal("0.00")),
    )


def matching(*, company_id: int, filters: Filters) -> QuerySet[SourceInvoice]:
    """The invoices of the group that pass the filters, in their order; no query yet."""
    found = SourceInvoice.objects.filter(company_id=company_id)
    if standings := GROUPS[filters.group]:
        found = found.filter(standing__in=standings)
    if filters.number:
        found = found.filter(
            Q(number__icontains=filters.number) | Q(postings__number__iexact=filters.number)
        ).distinct()
    if filters.client:
        found = found.filter(
            Q(client__name__icontains=filters.client) | Q(client__key__iexact=filters.client)
        )
    if filters.reason:
        found = found.filter(first_reason=filters.reason)
    if filters.noticed:
        noticed = Posting.objects.filter(company_id=company_id, noticed_at__isnull=False)
        found = found.filter(pk__in=noticed.values("invoice_id"))
    if filters.person:
        asking = Posting.objects.filter(company_id=company_id, state=State.NEEDS_PERSON.value)
        found = found.filter(pk__in=asking.values("invoice_id"))
    if filters.from_date:
        found = found.filter(invoice_date__gte=filters.from_date)
    if filters.to_date:
        found = found.filter(invoice_date__lte=filters.to_date)
    if filters.job:
        found = found.filter(_of_job(company_id, filters.job))
    return found.order_by(*SORTS[filters.sort])


def _of_job(company_id: int, said: str) -> Exists:
    jobs = SourceJob.objects.filter(company_id=company_id).filter(
        Q(key__iexact=said) | Q(contractor__icontains=said)
    )
    return Exists(
        SourceLine.objects.filter(invoice=OuterRef("pk"), job_key__in=jobs.values("key"))
    )


def total_of(*, company_id: int, filters: Filters) -> Figures:
    """How many invoices match and their dollars; one query."""
    ids = matching(company_id=company_id, filters=filters).order_by().values("pk")
    found = SourceInvoice.objects.filter(pk__in=ids).aggregate(n=Count("id"), total_=Sum("total"))
    return Figures(invoices=found["n"], total=found["total_"] or Decimal("0.00"))


def matching_ids(*, company_id: int, filters: Filters) -> list[int]:
    """The ids of all that match; one query."""
    return list(matching(company_id=company_id, filters=filters).values_list("id", flat=True))


def rows(*, company_id: int, filters: Filters, start: int = 0, limit: int = 50) -> list[Row]:
    """A page of the list; five queries."""
    found = matching(company_id=company_id, filters=filters).select_related("client")
    return _rows(company_id, list(_with_parts(found)[start : start + limit]))


def chosen(*, company_id: int, invoice_ids: Sequence[int]) -> list[Row]:
    """These invoices of the company, as far as they are ready; five queries."""
    found = SourceInvoice.objects.filter(
        company_id=company_id, id__in=invoice_ids, standing=Standing.READY
    ).select_related("client")
    return _rows(company_id, list(_with_parts(found)))


def every(*, company_id: int, filters: Filters, at_once: int = 500) -> Iterator[Row]:
    """All rows that match, bundle by bundle, for a download."""
    ids = matching_ids(company_id=company_id, filters=filters)
    for start in range(0, len(ids), at_once):
        bundle = ids[start : start + at_once]
        found = SourceInvoice.objects.filter(pk__in=bundle).select_related("client")
        place = {pk: n for n, pk in enumerate(bundle)}
        yield from sorted(
            _rows(company_id, list(_with_parts(found))), key=lambda row: place[row.invoice.pk]
        )


def _with_parts(found: QuerySet[SourceInvoice]) -> QuerySet[SourceInvoice]:
    postings = Posting.objects.select_related("customer").defer("content").order_by("number")
    return found.prefetch_related(Prefetch("postings", queryset=postings), "blocks")


def _rows(company_id: int, invoices: Sequence[SourceInvoice]) -> list[Row]:
    keys: dict[int, list[str]] = defaultdict(list)
    lines = (
        SourceLine.objects.filter(invoice__in=[invoice.pk for invoice in invoices])
        .exclude(job_key="")
        .order_by("invoice_id", "number")
        .values_list("invoice_id", "job_key")
    )
    for invoice_id, key in lines:
        if key not in keys[invoice_id]:
            keys[invoice_id].append(key)
    wanted = {key for of in keys.values() for key in of}
    jobs = {
        job.key: job for job in SourceJob.objects.filter(company_id=company_id, key__in=wanted)
    }
    return [
        Row(
            invoice=invoice,
            jobs=[jobs[key] for key in keys[invoice.pk] if key in jobs],
            postings=list(invoice.postings.all()),
            blocks=list(invoice.blocks.all()),
        )
        for invoice in invoices
    ]


def count_to_plan(*, company_id: int) -> int:
    """How many invoices are being checked; one query."""
    return SourceInvoice.objects.filter(company_id=company_id, standing=Standing.TO_PLAN).count()


def company_file(*, company_id: int) -> Book | None:
    """The company file as last verified; one query."""
    return Book.objects.filter(company_id=company_id).first()
