"""Write source invoices with their lines, and notice those that changed after export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tieout.core import exporting, facts, fingerprints
from tieout.core.money import add_up
from tieout.store.commits.exports import settle_standing
from tieout.store.commits.source import BATCH, Tally, note_class_values
from tieout.store.models import Posting, SourceClient, SourceInvoice, SourceJob, SourceLine

Standing = SourceInvoice.Standing
HEADER = [
    "client", "number", "kind", "invoice_date", "due_date", "terms", "po_number", "memo",
    "approved", "printed_total", "total", "content_hash", "exported_hash", "standing",
]  # fmt: skip


@dataclass(slots=True)
class _Work:
    new: list[SourceInvoice] = field(default_factory=list)
    changed: list[SourceInvoice] = field(default_factory=list)
    lines: list[SourceLine] = field(default_factory=list)
    rewritten: list[int] = field(default_factory=list)  # invoices whose lines are replaced
    again: list[int] = field(default_factory=list)  # say again what was exported: settled anew


def upsert_invoices(*, company_id: int, invoices: Sequence[facts.SourceInvoice]) -> Tally:
    """Insert or update invoices whole; their client, jobs and items must be there.

    A new or changed invoice waits for a plan. One of which bytes may have left for QuickBooks is
    updated too but stands as *changed*, until somebody decides or the back office changes it
    back. A queued posting of a changed invoice leaves the queue: nobody has seen its new content.
    Runs inside the caller's transaction.
    """
    by_key = {fact.key: fact for fact in invoices}
    clients = dict(
        SourceClient.objects.filter(
            company_id=company_id, key__in={fact.client_key for fact in invoices}
        ).values_list("key", "id")
    )
    present = {
        row.key: row
        for row in SourceInvoice.objects.select_for_update(no_key=True)
        .filter(company_id=company_id, key__in=by_key)
        .order_by("id")
    }
    postings: dict[int, list[Posting]] = defaultdict(list)
    ids = [row.pk for row in present.values()]
    # locked: the exporter claims none of them between this look and what follows from it
    held = Posting.objects.select_for_update(no_key=True).filter(invoice_id__in=ids).order_by("id")
    for posting in held.only("invoice_id", "state", "writes", "queued_at"):
        postings[posting.invoice_id].append(posting)
    work = _Work()
    for key, fact in by_key.items():
        row = present.get(key)
        if row is None:
            _add(work, company_id, fact, clients[fact.client_key])
        else:
            _compare(work, row, fact, clients[fact.client_key], postings[row.pk])
    _write(work)
    _note_classes(company_id, invoices)
    added, changed = len(work.new), len(work.changed)
    return Tally(added, changed, len(invoices) - added - changed)


def _add(work: _Work, company_id: int, fact: facts.SourceInvoice, client_id: int) -> None:
    row = SourceInvoice(company_id=company_id, key=fact.key, standing=Standing.TO_PLAN)
    _fill(row, fact, client_id)
    work.new.append(row)
    work.lines += [_line(row, line) for line in fact.lines]


def _compare(
    work: _Work,
    row: SourceInvoice,
    fact: facts.SourceInvoice,
    client_id: int,
    postings: Sequence[Posting],
) -> None:
    was = row.content_hash
    now = fingerprints.of_source(fact)
    if was == now and row.approved == fact.approved and row.client_id == client_id:
        return
    work.changed.append(row)
    _fill(row, fact, client_id)
    if was != now:
        work.rewritten.append(row.pk)
        work.lines += [_line(row, line) for line in fact.lines]
    if all(_replannable(posting) for posting in postings):
        row.standing = Standing.TO_PLAN
        return
    # what left, or may have left, said this
    row.exported_hash = row.exported_hash or was
    if now != row.exported_hash:
        row.standing = Standing.CHANGED
    elif any(_replannable(posting) for posting in postings):
        row.standing = Standing.TO_PLAN  # of its parts that never left
    elif row.standing == Standing.CHANGED:
        row.standing = Standing.EXPORTED  # until its postings say where it stands
        work.again.append(row.pk)


def _replannable(posting: Posting) -> bool:
    return exporting.replannable(exporting.State(posting.state), writes=posting.writes)


def lock_with_postings(
    *, company_id: int, invoice_id: int
) -> tuple[SourceInvoice, list[Posting]] | None:
    """The company's invoice and its postings, held until the transaction ends, or None."""
    found = SourceInvoice.objects.select_for_update(no_key=True).filter(
        company_id=company_id, pk=invoice_id
    )
    invoice = found.first()
    if invoice is None:
        return None
    held = (
        Posting.objects.select_for_update(no_key=True).filter(invoice_id=invoice_id).order_by("id")
    )
    return invoice, list(held.defer("content"))


def accept_change(*, invoice: SourceInvoice, to_plan: bool) -> None:
    """From now on this content counts as the exported one; the invoice stands as its postings say.

    `to_plan`: parts of it never left, so they are planned anew instead. Takes an invoice that
    was locked with its postings.
    """
    standing = Standing.TO_PLAN if to_plan else Standing.EXPORTED
    SourceInvoice.objects.filter(pk=invoice.pk).update(
        standing=standing, exported_hash=invoice.content_hash
    )
    if not to_plan:
        settle_standing(invoice_ids=[invoice.pk])
    invoice.refresh_from_db()


def _fill(row: SourceInvoice, fact: facts.SourceInvoice, client_id: int) -> None:
    values: dict[str, Any] = {
        "client_id": client_id,
        "number": fact.number,
        "kind": fact.kind.value,
        "invoice_date": fact.invoice_date,
        "due_date": fact.due_date,
        "terms": fact.terms,
        "po_number": fact.po_number,
        "memo": fact.memo,
        "approved": fact.approved,
        "printed_total": fact.total,
        "total": add_up(line.amount for line in fact.lines) if fact.total is None else fact.total,
        "content_hash": fingerprints.of_source(fact),
    }
    for name, value in values.items():
        setattr(row, name, value)


def _line(row: SourceInvoice, line: facts.SourceLine) -> SourceLine:
    return SourceLine(
        invoice=row,
        number=line.number,
        item_key=line.item_key,
        job_key=line.job_key,
        description=line.description,
        quantity=line.quantity,
        rate=line.rate,
        amount=line.amount,
        service_date=line.service_date,
        class_value=line.class_value,
    )


def _write(work: _Work) -> None:
    SourceInvoice.objects.bulk_create(work.new, batch_size=BATCH)
    SourceInvoice.objects.bulk_update(work.changed, HEADER, batch_size=200)
    SourceLine.objects.filter(invoice_id__in=work.rewritten).delete()
    SourceLine.objects.bulk_create(work.lines, batch_size=BATCH)
    Posting.objects.filter(
        invoice_id__in=[row.pk for row in work.changed],
        state=exporting.State.READY.value,
        queued_at__isnull=False,
    ).update(queued_at=None, due_at=None)
    settle_standing(invoice_ids=work.again)


def _note_classes(company_id: int, invoices: Sequence[facts.SourceInvoice]) -> None:
    """The values that these invoices' lines need: their own, or their job's."""
    keys = {line.job_key for fact in invoices for line in fact.lines if not line.class_value}
    of_jobs = dict(
        SourceJob.objects.filter(company_id=company_id, key__in=keys - {""}).values_list(
            "key", "class_value"
        )
    )
    note_class_values(
        company_id=company_id,
        values=(
            (fact.kind, line.class_value or of_jobs.get(line.job_key, ""))
            for fact in invoices
            for line in fact.lines
        ),
    )
