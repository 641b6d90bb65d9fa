"""Write down what planning answered: postings, blocks, and where each invoice stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from tieout.core import exporting
from tieout.core.exporting import State
from tieout.core.facts import Block, Plan, Reason
from tieout.core.facts import Posting as PlannedPosting
from tieout.store.commits import locks
from tieout.store.models import Exchange, InvoiceBlock, Posting, QbCustomer, SourceInvoice

Standing = SourceInvoice.Standing
FREED = "~"  # no number of a back office begins so; the posting's own id follows
NEVER_SENT = [State.READY.value, State.REFUSED.value, State.NEEDS_PERSON.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What names a posting for good: made outside, because it depends on the company's key."""

    key: str
    guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInvoice:
    """One invoice's plan with the frozen JSON and identity of each posting (by job key)."""

    plan: Plan
    contents: Mapping[str, dict[str, Any]]
    identities: Mapping[str, Identity]


def save_plans(*, company_id: int, planned: Sequence[PlannedInvoice], now: datetime) -> int:
    """Save the plans of these invoices; returns how many were saved.

    Runs inside a transaction. Postings that are unchanged, or were sent, stay as they are; a
    changed one is rewritten; one that is no longer planned goes, unless bytes of it ever left.
    An invoice with nothing left to plan is left alone, and so is one that waits no more: another
    worker planned it, and it may be queued by now.
    """
    keys = [each.plan.source_key for each in planned]
    invoices = {
        row.key: row
        for row in SourceInvoice.objects.select_for_update(no_key=True)
        .filter(company_id=company_id, key__in=keys)
        .order_by("id")
    }
    standing: dict[int, list[Posting]] = defaultdict(list)
    for posting in Posting.objects.filter(invoice__in=[row.pk for row in invoices.values()]):
        standing[posting.invoice_id].append(posting)
    customers = _customers(company_id, planned)
    work = _Work(now=now, customers=customers)
    for each in planned:
        row = invoices.get(each.plan.source_key)
        if row is not None and row.standing == Standing.TO_PLAN:
            work.settle(row, each, standing[row.pk])
    work.write()
    return len(work.invoices)


def free_numbers(*, company_id: int) -> None:
    """Give up the numbers of invoices that the back office numbered anew, before they are planned.

    Only where nothing was ever sent under the old one. Invoices that waited for such a number are
    planned again. Done for all of them first, so that two invoices may also swap their numbers.
    """
    renumbered = Posting.objects.filter(
        company_id=company_id, writes=0, queued_at__isnull=True, state__in=NEVER_SENT
    ).exclude(numbered_from=F("invoice__number"))
    waiting = InvoiceBlock.objects.filter(
        invoice__company_id=company_id, reason=Reason.NUMBER_TAKEN.value
    )
    for_it = Q(standing=Standing.BLOCKED, pk__in=waiting.values("invoice_id"))
    if not renumbered.exclude(number__startswith=FREED).exists():
        return
    locks.invoices(company_id=company_id, which=for_it | Q(pk__in=renumbered.values("invoice_id")))
    nobody = Concat(Value(FREED), Cast("id", CharField()))
    if renumbered.exclude(number__startswith=FREED).update(number=nobody, numbered_from=""):
        SourceInvoice.objects.filter(for_it, company_id=company_id).update(
            standing=Standing.TO_PLAN
        )


def _replannable(posting: Posting) -> bool:
    return exporting.replannable(State(posting.state), writes=posting.writes)


def _customers(company_id: int, planned: Sequence[PlannedInvoice]) -> dict[str, int]:
    wanted = {posting.customer.list_id for each in planned for posting in each.plan.postings}
    return dict(
        QbCustomer.objects.filter(company_id=company_id, list_id__in=wanted).values_list(
            "list_id", "id"
        )
    )


class _Work:
    """Gathers the rows of one bundle, so that each table is written once."""

    def __init__(self, *, now: datetime, customers: Mapping[str, int]) -> None:
        self.now = now
        self.customers = customers
        self.invoices: list[SourceInvoice] = []
        self.blocks: list[InvoiceBlock] = []
        self.new: list[Posting] = []
        self.changed: list[Posting] = []
        self.dropped: list[int] = []

    def settle(self, row: SourceInvoice, each: PlannedInvoice, present: Sequence[Posting]) -> None:
        """Decide what changes for one invoice; what was sent of it stays as it is."""
        plan = each.plan
        present = latest(present)  # an earlier revision is voided for good
        sent = {p.job_key for p in present if not _replannable(p)}
        present = [p for p in present if _replannable(p)]
        if sent and not present:
            return
        self.invoices.append(row)
        self.blocks += [_block_row(row, n, block) for n, block in enumerate(plan.blocks)]
        row.first_reason = first_reason(plan.blocks)
        row.skipped_why = plan.skipped[:200]
        if plan.blocks:
            row.standing = Standing.BLOCKED
            # numbers stay assigned to the postings planned before, but none of them is sent
            for posting in present:
                posting.queued_at = None
            self.changed += present
            return
        by_job = {posting.job_key: posting for posting in present}
        for wanted in (posting for posting in plan.postings if posting.job_key not in sent):
            self._posting(row, wanted, each, by_job.pop(wanted.job_key, None))
        self.dropped += [left.pk for left in by_job.values() if left.writes == 0]
        stuck = [p for p in present if p.state != State.READY and p.pk not in self.dropped]
        if stuck:
            # QuickBooks would be told the same as when it refused it, or when a person was asked
            block = refusal_block(stuck[0], position=0)
            self.blocks.append(block)
            row.standing, row.first_reason = Standing.BLOCKED, block.reason
        else:
            row.standing = Standing.READY if plan.postings else Standing.SKIPPED

    def _posting(
        self,
        row: SourceInvoice,
        planned: PlannedPosting,
        each: PlannedInvoice,
        present: Posting | None,
    ) -> None:
        content = each.contents[planned.job_key]
        if present is not None and _same(present, planned):
            if present.content != content:  # only names or notes differ: what is sent does not
                present.content = content
                self.changed.append(present)
            return
        identity = each.identities[planned.job_key]
        posting = present or Posting(
            company_id=row.company_id,
            invoice=row,
            job_key=planned.job_key,
            key=identity.key,
            guid=identity.guid,
        )
        _fill(posting, planned, content)
        posting.customer_id = self.customers[planned.customer.list_id]
        posting.numbered_from = row.number
        posting.state = State.READY
        posting.state_at = self.now
        posting.queued_at = posting.due_at = None
        posting.problem = posting.remedy = ""
        posting.found = {}
        posting.recoveries = posting.tries = 0
        (self.new if present is None else self.changed).append(posting)

    def write(self) -> None:
        ids = [row.pk for row in self.invoices]
        InvoiceBlock.objects.filter(invoice_id__in=ids).delete()
        InvoiceBlock.objects.bulk_create(self.blocks, batch_size=500)
        looks = Exchange.objects.filter(posting_id__in=self.dropped)
        looks.exclude(purpose=Exchange.Purpose.WRITE).delete()
        Posting.objects.filter(pk__in=self.dropped).delete()
        Posting.objects.bulk_update(self.changed, FILLED, batch_size=200)
        Posting.objects.bulk_create(self.new, batch_size=200)
        _write_standings(self.invoices)


def latest(postings: Iterable[Posting]) -> list[Posting]:
    """Of each part of an invoice its latest revision."""
    by_job: dict[str, Posting] = {}
    for posting in sorted(postings, key=lambda posting: posting.revision):
        by_job[posting.job_key] = posting
    return list(by_job.values())


def add_revision(
    *, former: Posting, planned: PlannedPosting, content: dict[str, Any], identity: Identity,
    now: datetime,
) -> Posting:  # fmt: skip
    """The part anew as its next revision: under a key, GUID and number of its own, not queued."""
    customers = QbCustomer.objects.filter(company_id=former.company_id)
    posting = Posting(
        company_id=former.company_id,
        invoice_id=former.invoice_id,
        job_key=former.job_key,
        revision=former.revision + 1,
        key=identity.key,
        guid=identity.guid,
        customer=customers.get(list_id=planned.customer.list_id),
        numbered_from=former.invoice.number,
        state=State.READY,
        state_at=now,
    )
    _fill(posting, planned, content)
    posting.save()
    return posting


def _write_standings(invoices: Sequence[SourceInvoice]) -> None:
    """One prepared statement for the bundle: the ORM would build a CASE for every row."""
    statement = (
        f"UPDATE {SourceInvoice._meta.db_table} "  # noqa: S608 — a constant
        "SET standing = %s, first_reason = %s, skipped_why = %s WHERE id = %s"
    )
    values = [(row.standing, row.first_reason, row.skipped_why, row.pk) for row in invoices]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


FILLED = [
    "kind", "number", "numbered_from", "customer", "mapping_version", "txn_date", "total",
    "fingerprint", "content", "state", "state_at", "queued_at", "due_at", "problem", "remedy",
    "set_id", "found", "recoveries", "tries",
]  # fmt: skip


def _same(present: Posting, planned: PlannedPosting) -> bool:
    """Whether QuickBooks would be told the same, under the same mapping."""
    return (present.fingerprint, present.mapping_version) == (
        planned.fingerprint,
        planned.mapping_version,
    )


def _fill(posting: Posting, planned: PlannedPosting, content: dict[str, Any]) -> None:
    posting.kind = planned.kind.value
    posting.number = planned.number
    posting.mapping_version = planned.mapping_version
    posting.txn_date = planned.txn_date
    posting.total = planned.total
    posting.fingerprint = planned.fingerprint
    posting.content = content


def _block_row(row: SourceInvoice, position: int, block: Block) -> InvoiceBlock:
    return InvoiceBlock(
        invoice=row,
        position=position,
        reason=block.reason.value,
        message=block.message[:500],
        remedy=block.remedy[:500],
        who=block.who.value,
        job_key=block.job_key,
        subject=block.subject,
        line=block.line,
    )


def refusal_block(posting: Posting, *, position: int) -> InvoiceBlock:
    """The block that a refusal by QuickBooks, or a taken number, puts on its invoice."""
    taken = posting.state == State.NEEDS_PERSON
    return InvoiceBlock(
        invoice_id=posting.invoice_id,
        position=position,
        reason="number_taken" if taken else "refused",
        message=posting.problem,
        remedy=posting.remedy,
        who="Biller",
        job_key=posting.job_key,
        subject=posting.number,
    )


def first_reason(blocks: Sequence[Block]) -> str:
    """The reason under which a blocked invoice is counted: the first in the list of reasons."""
    order = list(type(blocks[0].reason)) if blocks else []
    return min((block.reason for block in blocks), key=order.index).value if blocks else ""
