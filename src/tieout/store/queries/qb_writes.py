"""Writes to QuickBooks other than new invoices: what waits, what was done, what they rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet

from tieout.core.exporting import HOLDING, State
from tieout.store.models import (
    ClientMapping,
    Exchange,
    JobMapping,
    Posting,
    QbCustomer,
    QbWrite,
    SourceJob,
)

# ended, or in a person's hands: a new wish of the same kind may be made
OVER = (State.EXPORTED, State.SET_ASIDE, State.REFUSED, State.NEEDS_PERSON)
PAGE_ROWS = 100


def of_company(*, company_id: int, limit: int = PAGE_ROWS) -> list[QbWrite]:
    """The latest writes of the company, the newest first."""
    rows = QbWrite.objects.filter(company_id=company_id).select_related("requested_by", "posting")
    return list(rows.defer("content").order_by("-id")[:limit])


def get(*, company_id: int, write_id: int) -> QbWrite | None:
    """The write, if it is this company's."""
    rows = QbWrite.objects.select_related("requested_by", "posting", "job")
    return rows.filter(company_id=company_id, pk=write_id).first()


def for_change(*, company_id: int, write_id: int) -> QbWrite | None:
    """The same, locked until the transaction ends."""
    rows = QbWrite.objects.select_for_update(of=("self",), no_key=True).select_related(
        "job", "company"
    )
    return rows.filter(company_id=company_id, pk=write_id).first()


def going_on(*, company_id: int) -> bool:
    """Whether one of them is under way, so that its page fetches itself anew."""
    moving = [State.CLAIMED, State.PROBED, *HOLDING]
    rows = QbWrite.objects.filter(company_id=company_id)
    return (
        rows.filter(state__in=[s.value for s in moving]).exists()
        or rows.filter(state=State.READY.value, queued_at__isnull=False).exists()
    )


def needing_people(*, company_id: int) -> int:
    """How many of them a person must look at."""
    stuck = [State.NEEDS_PERSON.value, State.REFUSED.value]
    return QbWrite.objects.filter(company_id=company_id, state__in=stuck).count()


def open_of_job(*, job_id: int, kind: QbWrite.Kind) -> QbWrite | None:
    """The job's write of this kind that is not over."""
    return _open().filter(job_id=job_id, kind=kind).first()


def open_of_jobs(*, job_ids: Sequence[int], kind: QbWrite.Kind) -> set[int]:
    """The jobs among these of which a write of this kind is not over."""
    rows = _open().filter(job_id__in=job_ids, kind=kind).values_list("job_id", flat=True)
    return set(rows)


def open_of_postings(*, posting_ids: Sequence[int]) -> dict[int, QbWrite]:
    """Posting -> its write that is not over."""
    rows = _open().filter(posting_id__in=posting_ids).defer("content")
    return {row.posting_id: row for row in rows if row.posting_id is not None}


def _open() -> QuerySet[QbWrite]:
    given_up = Q(state=State.READY.value, queued_at__isnull=True)  # nobody wishes it any more
    return QbWrite.objects.exclude(state__in=[s.value for s in OVER]).exclude(given_up)


def latest_of_postings(*, posting_ids: Sequence[int]) -> dict[int, QbWrite]:
    """Posting -> its latest write, whatever became of it."""
    rows = QbWrite.objects.filter(posting_id__in=posting_ids).defer("content").order_by("id")
    return {row.posting_id: row for row in rows if row.posting_id is not None}


def latest_of_job(*, job_id: int, kind: QbWrite.Kind) -> QbWrite | None:
    """The job's latest write of this kind, whatever became of it."""
    rows = QbWrite.objects.select_related("requested_by")
    return rows.filter(job_id=job_id, kind=kind).order_by("-id").first()


def is_creating(*, company_id: int, list_id: str, name: str) -> bool:
    """Whether a job of this name is being created under that customer already."""
    kind = QbWrite.Kind.CUSTOMER_ADD
    rows = _open().filter(company_id=company_id, kind=kind, content__parent_list_id=list_id)
    return any(row.content["name"].casefold() == name.casefold() for row in rows)


def given_up_before(*, row: QbWrite) -> list[QbWrite]:
    """Earlier writes of the same kind for the same contractor job that were never done."""
    if row.job_id is None:
        return []
    rows = QbWrite.objects.filter(job_id=row.job_id, kind=row.kind, pk__lt=row.pk)
    return list(rows.exclude(state=State.EXPORTED.value).only("key", "created_at").order_by("id"))


def count_of(*, company_id: int, prefix: str) -> int:
    """How many wishes were made for this thing; the next one gets a key of its own."""
    return QbWrite.objects.filter(company_id=company_id, key__startswith=prefix).count()


def count_stems(*, company_id: int, kind: QbWrite.Kind, of: Collection[int]) -> Counter[str]:
    """The same for many things: a key without its number -> how many; one query.

    `of` are the ids of the contractor jobs that are updated, else of the postings.
    """
    about = "job_id__in" if kind == QbWrite.Kind.CUSTOMER_MOD else "posting_id__in"
    rows = QbWrite.objects.filter(company_id=company_id, kind=kind, **{about: list(of)}).order_by()
    return Counter(key.rpartition("-")[0] for key in rows.values_list("key", flat=True))


def exchanges_of(*, write_id: int) -> list[Exchange]:
    """What was said to QuickBooks about it, in order."""
    return list(Exchange.objects.filter(qb_write_id=write_id).order_by("id"))


# ------------------------------------------------------------------ postings


def postings_to_undo(
    *, company_id: int, batch_id: int | None, posting_ids: Sequence[int] | None = None
) -> list[Posting]:
    """The postings of a batch, or these, by number."""
    rows = Posting.objects.filter(company_id=company_id).select_related(
        "invoice__client", "customer"
    )
    chosen = rows.filter(batch_id=batch_id) if batch_id else rows.filter(pk__in=posting_ids or [])
    return list(chosen.defer("content").order_by("number", "id"))


def lock_postings(*, company_id: int, ids: Sequence[int]) -> list[Posting]:
    """These postings of the company, locked until the transaction ends."""
    rows = Posting.objects.select_for_update(of=("self",), no_key=True).filter(
        company_id=company_id
    )
    return list(rows.filter(pk__in=ids).defer("content").order_by("id"))


def lock_of_invoice(*, company_id: int, invoice_id: int) -> list[Posting]:
    """The postings of an invoice with their content, locked until the transaction ends."""
    rows = Posting.objects.select_for_update(of=("self",), no_key=True).filter(
        company_id=company_id
    )
    return list(rows.filter(invoice_id=invoice_id).order_by("id"))


# ------------------------------------------------------------------ jobs


def customer(*, company_id: int, list_id: str) -> QbCustomer | None:
    """A customer or job as the lists say now."""
    return QbCustomer.objects.filter(company_id=company_id, list_id=list_id).first()


def why_not_created(*, row: QbWrite) -> str:
    """Why the job of this row is not to be created any more, "" when it still is."""
    job = row.job
    if not row.company.create_jobs:
        return "Creating jobs in QuickBooks was switched off."
    if job is None:
        return "The contractor job is not here any more."
    if JobMapping.objects.filter(job=job, target__isnull=False).exists():
        return "The contractor job was mapped meanwhile."
    parent = row.content["parent_list_id"]
    led = ClientMapping.objects.filter(client_id=job.client_id, target__list_id=parent)
    return "" if led.exists() else "The client is mapped to another customer now."


def mapping_version(*, job: SourceJob) -> int:
    """The version of the job's mapping now, 0 when it never had one."""
    versions = JobMapping.objects.filter(job=job).values_list("version", flat=True)
    return versions.first() or 0


def is_mapped_to(*, job_id: int | None, list_id: str) -> bool:
    """Whether the contractor job is mapped to that QuickBooks job now."""
    return JobMapping.objects.filter(job_id=job_id, target__list_id=list_id).exists()


# ------------------------------------------------------------------ the stamp


def stamp_field_defined(*, company_id: int) -> bool:
    """Whether the field that holds the stamp was defined by us, or found."""
    return QbWrite.objects.filter(
        company_id=company_id,
        kind=QbWrite.Kind.STAMP_DEFINITION,
        state=State.EXPORTED.value,
    ).exists()


def is_stamping(*, company_id: int) -> bool:
    """Whether the stamp, or its field, is being written."""
    kinds = [QbWrite.Kind.STAMP_DEFINITION, QbWrite.Kind.STAMP]
    return _open().filter(company_id=company_id, kind__in=kinds).exists()
