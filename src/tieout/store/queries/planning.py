"""Everything that planning a bundle of invoices needs, as facts: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from tieout.core import drifting, exporting, facts, numbering
from tieout.core.drifting import Drift, DriftKind, Memory
from tieout.store.models import (
    Book,
    ClassMapping,
    ClientMapping,
    Company,
    ItemMapping,
    JobMapping,
    Posting,
    QbCustomer,
    QbEntry,
    SourceClient,
    SourceInvoice,
    SourceItem,
    SourceJob,
)

NUMBERS_AT_ONCE = 5_000
# Inactive and gone are reasons of their own, also after somebody answered.
SAID_OTHERWISE = drifting.GONE | {DriftKind.INACTIVATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Some invoices of one company and all that their plans depend on. Keyed by source keys."""

    invoices: tuple[facts.SourceInvoice, ...]
    clients: Mapping[str, facts.SourceClient]
    jobs: Mapping[str, facts.SourceJob]
    items: Mapping[tuple[facts.InvoiceKind, str], facts.SourceItem]
    links: facts.Links
    rules: facts.ExportRules
    books: facts.BookFacts
    kept: Mapping[str, Mapping[str, str]]  # invoice key -> job key -> number
    # number -> invoice key that has it, of all that these may be given; grows while they are planned
    taken: dict[str, str]
    begun: Mapping[str, facts.Syncing]  # invoices of which a part was sent keep their mode


def invoices_to_plan(*, company_id: int, after_id: int, limit: int) -> list[int]:
    """Ids of the next invoices that wait for a plan, in id order."""
    return list(
        SourceInvoice.objects.filter(
            company_id=company_id, standing=SourceInvoice.Standing.TO_PLAN, id__gt=after_id
        )
        .order_by("id")
        .values_list("id", flat=True)[:limit]
    )


def count_to_plan(*, company_id: int) -> int:
    """How many invoices wait for a plan."""
    return SourceInvoice.objects.filter(
        company_id=company_id, standing=SourceInvoice.Standing.TO_PLAN
    ).count()


def bundle(*, company_id: int, invoice_ids: Sequence[int]) -> Bundle:
    """Load the facts for these invoices; others of another company are left out.

    Runs inside the transaction that saves the plans: the invoices stay locked until it ends.
    """
    # locked from the first look on: an import that changes one of them meanwhile would be overwritten
    # by a plan of what it said before
    rows = list(
        SourceInvoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(company_id=company_id, id__in=invoice_ids)
        .select_related("client")
        .prefetch_related("lines")
        .order_by("id")
    )
    job_keys = {line.job_key for row in rows for line in row.lines.all() if line.job_key}
    jobs = {
        job.key: job
        for job in SourceJob.objects.filter(
            company_id=company_id, key__in=job_keys
        ).select_related("client")
    }
    rules = rules_of(Company.objects.get(pk=company_id))
    kept, begun = _numbers(rows)
    return Bundle(
        invoices=tuple(_invoice(row) for row in rows),
        clients={row.client.key: client_fact(row.client) for row in rows},
        jobs={key: job_fact(job) for key, job in jobs.items()},
        items=_items(company_id),
        links=_links(company_id, jobs, {row.client_id for row in rows}),
        rules=rules,
        books=books_of(Book.objects.filter(company_id=company_id).first()),
        kept=kept,
        taken=_taken(company_id, rows, kept, rules),
        begun=begun,
    )


def client_fact(row: SourceClient) -> facts.SourceClient:
    """The row as core sees it."""
    return facts.SourceClient(key=row.key, name=row.name, active=row.active)


def job_fact(row: SourceJob) -> facts.SourceJob:
    """The row as core sees it; `client` must be loaded with it."""
    return facts.SourceJob(
        key=row.key,
        client_key=row.client.key,
        contractor=row.contractor,
        title=row.title,
        start_date=row.start_date,
        projected_end_date=row.projected_end_date,
        end_date=row.end_date,
        active=row.active,
        worker_type=facts.WorkerType(row.worker_type),
        class_value=row.class_value,
        po_number=row.po_number,
    )


def qb_job_fact(row: QbCustomer) -> facts.QbJob:
    """The row as core sees it."""
    return facts.QbJob(
        list_id=row.list_id,
        full_name=row.full_name,
        parent_list_id=row.parent_list_id,
        top_list_id=row.top_list_id,
        active=row.active,
        gone=row.gone_at is not None,
    )


def qb_entry_fact(row: QbEntry) -> facts.QbEntry:
    """The row as core sees it."""
    return facts.QbEntry(
        list_id=row.list_id,
        full_name=row.full_name,
        active=row.active,
        gone=row.gone_at is not None,
        has_account=row.has_account,
    )


def rules_of(company: Company) -> facts.ExportRules:
    """The company's own choices."""
    return facts.ExportRules(
        syncing=facts.Syncing(company.syncing),
        jobless_lines=facts.JoblessLines(company.jobless_lines),
        zero_totals=facts.ZeroTotals(company.zero_totals),
        require_approval=company.require_approval,
        split_suffix=company.split_suffix,
        number_prefix_strip=company.number_prefix_strip,
        template_name=company.template_name,
    )


def books_of(book: Book | None) -> facts.BookFacts:
    """What the company file's preferences allow; the defaults when they were never read."""
    if book is None:
        return facts.BookFacts()
    return facts.BookFacts(
        closing_date=book.closing_date,
        uses_classes=book.uses_classes,
        uses_sales_tax=book.uses_sales_tax,
        non_taxable_code=book.non_taxable_code,
        multi_currency=book.multi_currency,
    )


def drifts(*, mapping: JobMapping, target: QbCustomer) -> tuple[Drift, ...]:
    """What changed since the job was linked, or since somebody said that it is right.

    Of a job that is gone it is not said here what became of it; the Drift inbox does. No query
    when the mapping's job and its client were loaded, unless the client changed.
    """
    memory = memory_of(mapping, target)
    if memory is None:
        return ()
    job = mapping.job
    return drifting.drifts(
        memory, target=qb_job_fact(target), job=job_fact(job), client=job.client.name
    )


def memory_of(mapping: JobMapping, target: QbCustomer) -> Memory | None:
    """What the mapping remembers of both sides; None when nothing was noted."""
    if not mapping.remembered_full_name:
        return None
    same_place = mapping.remembered_parent == target.parent_list_id
    top = mapping.remembered_top or (  # not noted: in the same place it is the same
        target.top_list_id if same_place else mapping.remembered_parent
    )
    remembered = facts.QbJob(
        list_id=target.list_id,
        full_name=mapping.remembered_full_name,
        parent_list_id=mapping.remembered_parent,
        top_list_id=top,
        active=mapping.remembered_active,
    )
    job = mapping.job
    moved = mapping.remembered_client_id not in {None, job.client_id}
    client = mapping.remembered_client if moved else job.client
    known = client is not None and mapping.remembered_client_id is not None
    return Memory(
        target=remembered,
        job_active=mapping.remembered_job_active,
        client_key=client.key if client and known else "",
        client=client.name if client and known else "",
    )


def _invoice(row: SourceInvoice) -> facts.SourceInvoice:
    return facts.SourceInvoice(
        key=row.key,
        number=row.number,
        client_key=row.client.key,
        invoice_date=row.invoice_date,
        kind=facts.InvoiceKind(row.kind),
        due_date=row.due_date,
        terms=row.terms,
        po_number=row.po_number,
        memo=row.memo,
        approved=row.approved,
        total=row.printed_total,
        lines=tuple(
            facts.SourceLine(
                number=line.number,
                item_key=line.item_key,
                amount=line.amount,
                job_key=line.job_key,
                description=line.description,
                quantity=line.quantity,
                rate=line.rate,
                service_date=line.service_date,
                class_value=line.class_value,
            )
            for line in row.lines.all()
        ),
    )


def _items(company_id: int) -> dict[tuple[facts.InvoiceKind, str], facts.SourceItem]:
    return {
        (facts.InvoiceKind(row.kind), row.key): facts.SourceItem(
            key=row.key, name=row.name, kind=facts.InvoiceKind(row.kind), active=row.active
        )
        for row in SourceItem.objects.filter(company_id=company_id)
    }


def _links(company_id: int, jobs: Mapping[str, SourceJob], client_ids: set[int]) -> facts.Links:
    job_rows = JobMapping.objects.filter(
        company_id=company_id, job_id__in=[job.pk for job in jobs.values()], target__isnull=False
    ).select_related("job__client", "target", "remembered_client")
    # a job may belong to another client than its invoice: its customer is compared too
    wanted_clients = client_ids | {job.client_id for job in jobs.values()}
    client_rows = ClientMapping.objects.filter(
        company_id=company_id, client_id__in=wanted_clients, target__isnull=False
    ).select_related("client", "target")
    item_rows = ItemMapping.objects.filter(
        company_id=company_id, target__isnull=False
    ).select_related("item", "target")
    class_rows = ClassMapping.objects.filter(
        company_id=company_id, target__isnull=False
    ).select_related("target")
    named = QbEntry.objects.filter(company_id=company_id, kind=QbEntry.Kind.TERMS)
    # terms go by name: of several that bear one, or bore it, those that are there and active win
    terms = sorted(named, key=lambda row: (row.gone_at is None, row.active))
    return facts.Links(
        jobs={row.job.key: job_link(row) for row in job_rows},
        clients={row.client.key: qb_job_fact(row.target) for row in client_rows if row.target},
        items={
            (facts.InvoiceKind(row.item.kind), row.item.key): qb_entry_fact(row.target)
            for row in item_rows
            if row.target
        },
        classes={
            (facts.InvoiceKind(row.kind), row.value): qb_entry_fact(row.target)
            for row in class_rows
            if row.target
        },
        terms={row.full_name.lower(): qb_entry_fact(row) for row in terms},
    )


def job_link(row: JobMapping) -> facts.JobLink:
    """The row as core sees it; job, client and target must be loaded with it."""
    target = cast("QbCustomer", row.target)  # only rows with one were read
    return facts.JobLink(
        job_key=row.job.key,
        version=row.version,
        target=qb_job_fact(target),
        other_customer_confirmed=row.other_customer_confirmed,
        drift_unanswered=" ".join(
            each.text
            for each in drifts(mapping=row, target=target)
            if each.blocks and each.kind not in SAID_OTHERWISE
        ),
    )


def _taken(
    company_id: int,
    rows: Sequence[SourceInvoice],
    kept: Mapping[str, Mapping[str, str]],
    rules: facts.ExportRules,
) -> dict[str, str]:
    """Who has the numbers that parts of these invoices may be given: number -> invoice key.

    Not all numbers that were ever given: a company exports for years.
    """
    wanted: set[str] = set()
    for row in rows:
        parts = len({line.job_key for line in row.lines.all()})
        most = parts + len(kept.get(row.key, ())) + 1
        wanted |= numbering.candidates(row.number, most=most, rules=rules)
    numbers = sorted(wanted)
    taken: dict[str, str] = {}
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        some = numbers[start : start + NUMBERS_AT_ONCE]
        held = Posting.objects.filter(company_id=company_id, number__in=some).order_by()
        taken |= dict(held.values_list("number", "invoice__key"))
    return taken


def _numbers(
    rows: Sequence[SourceInvoice],
) -> tuple[dict[str, dict[str, str]], dict[str, facts.Syncing]]:
    """The numbers that stay with these invoices, and the modes that stay.

    A number is assigned once. Only when the back office gives the invoice another number, and
    nothing was ever sent under the old one, is it assigned anew.
    """
    by_id = {row.pk: row for row in rows}
    own: dict[str, list[_Numbered]] = defaultdict(list)
    sent: dict[str, facts.Syncing] = {}
    used = Posting.objects.filter(invoice_id__in=by_id).values_list(
        "invoice_id", "job_key", "revision", "number", "numbered_from", "state", "writes"
    )
    for invoice_id, job_key, revision, number, numbered_from, state, writes in used:
        row = by_id[invoice_id]
        replannable = exporting.replannable(exporting.State(state), writes=writes)
        if not replannable:
            per_job = bool(job_key) or sent.get(row.key) is facts.Syncing.PER_JOB
            sent[row.key] = facts.Syncing.PER_JOB if per_job else facts.Syncing.PER_CLIENT
        stays = numbered_from == row.number or not (replannable and writes == 0)
        own[row.key].append(_Numbered(revision, job_key, number, stays))
    return {key: _kept(numbers) for key, numbers in own.items()}, sent


class _Numbered(NamedTuple):
    """A part with its number, and whether that stays when it is planned again."""

    revision: int
    job_key: str
    number: str
    stays: bool


def _kept(parts: Sequence[_Numbered]) -> dict[str, str]:
    """The number of each part's latest revision; those of earlier ones go to nobody again."""
    kept: dict[str, str] = {}
    latest = {part.job_key: part for part in sorted(parts)}
    for part in parts:
        if part is not latest[part.job_key]:
            kept[reserved(part.number)] = part.number
        elif part.stays:
            kept[part.job_key] = part.number
    return kept


def reserved(number: str) -> str:
    """In the place of a job key: no job has such a one, so nobody else is given the number."""
    return f"\0{number}"
