"""Write a tie-out: what was read from QuickBooks, and how the two books compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from tieout.core import facts
from tieout.core.exporting import State
from tieout.store.commits import locks
from tieout.store.models import (
    Posting,
    QbInvoice,
    Task,
    TieOut,
    TieOutFinding,
    TieOutTotal,
)
from tieout.store.queries.tie_outs import EXPORTED

ROWS_AT_ONCE = 1000
_READ = ["number", "customer_list_id", "txn_date", "total", "marker_key", "voided", "stray"]


def open_tie_out(*, task: Task, now: datetime) -> TieOut:
    """The tie-out that this task makes, begun on its first step.

    Without a period it covers everything that was exported. What earlier tie-outs of the company
    left behind without a conclusion is cleared away.
    """
    found = TieOut.objects.filter(task=task).first()
    if found is not None:
        return found
    # not of this very task: whoever was overtaken here must not clear away what the other one read
    left = QbInvoice.objects.filter(tie_out__company_id=task.company_id)
    left.exclude(tie_out__task=task).delete()
    first, last = (_day(task.params.get(name)) for name in ("from_date", "to_date"))
    whole = first is None and last is None
    # what was set aside after it had left may be in QuickBooks all the same
    states = [*EXPORTED, State.SET_ASIDE.value]
    ours = Posting.objects.filter(company_id=task.company_id, state__in=states)
    exported = ours.aggregate(first=Min("txn_date"), last=Max("txn_date"))
    if exported["first"] is not None:
        # one open end reaches as far as anything was exported, and never before the other end
        first, last = (
            first or min(exported["first"], last or exported["first"]),
            last or max(exported["last"], first or exported["last"]),
        )
    return TieOut.objects.create(
        company_id=task.company_id,
        task=task,
        at=now,
        from_date=first,
        to_date=last,
        whole=whole,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def add_theirs(
    *, tie_out: TieOut, invoices: Sequence[facts.TheirInvoice], stray: bool = False
) -> None:
    """Keep a page of what QuickBooks holds; of an invoice that is read twice the later reading.

    `stray` marks those that were asked for by their id, because the period did not bring them.
    """
    QbInvoice.objects.bulk_create(
        [
            QbInvoice(
                tie_out=tie_out,
                txn_id=each.txn_id,
                number=each.number,
                customer_list_id=each.customer_list_id,
                txn_date=each.txn_date,
                total=each.total,
                marker_key=each.marker_key,
                voided=each.voided,
                stray=stray,
            )
            for each in {one.txn_id: one for one in invoices}.values()
        ],
        update_conflicts=True,
        unique_fields=["tie_out", "txn_id"],
        update_fields=_READ,
        batch_size=500,
    )


def _exported(company_id: int) -> QuerySet[Posting]:
    return Posting.objects.filter(company_id=company_id, state__in=EXPORTED)


def _ours(tie_out: TieOut) -> QuerySet[Posting]:
    """Exported in the period, or standing in it in QuickBooks: by its id, or by our marker."""
    theirs = QbInvoice.objects.filter(tie_out=tie_out)
    return _exported(tie_out.company_id).filter(
        Q(txn_date__gte=tie_out.from_date, txn_date__lte=tie_out.to_date)
        | (Q(txn_id__in=theirs.values("txn_id")) & ~Q(txn_id=""))
        | Q(key__in=theirs.exclude(marker_key="").values("marker_key"))
    )


def stray_ids(*, tie_out: TieOut, credit_memos: bool, start: int, limit: int) -> list[str]:
    """Ids of ours that the period did not bring: moved in time, or no longer there.

    What is exported meanwhile comes last, so that a later call may go on where this one ended.
    """
    if tie_out.from_date is None:
        return []
    kind = facts.PostingKind.CREDIT_MEMO if credit_memos else facts.PostingKind.INVOICE
    read = QbInvoice.objects.filter(tie_out=tie_out, txn_id=OuterRef("txn_id"), stray=False)
    rows = _ours(tie_out).filter(~Exists(read), kind=kind.value).exclude(txn_id="")
    found = rows.order_by("exported_at", "id").values_list("txn_id", flat=True)
    return list(found[start : start + limit])


def our_invoices(*, tie_out: TieOut) -> list[facts.OurInvoice]:
    """What Tieout says was exported in the period, or stands in it in QuickBooks."""
    if tie_out.from_date is None:
        return []
    # one that was found to be deleted is worth nothing, once somebody has answered that; standing
    # there again it is shown
    there = QbInvoice.objects.filter(tie_out=tie_out).values("txn_id")
    over = Q(state=State.DELETED.value, noticed_at__isnull=True) & ~Q(txn_id__in=there)
    # plain values: with 100,000 postings, rows as objects would take five times as long
    rows = _ours(tie_out).exclude(over).order_by("id").values_list(
        "id", "qb_number", "number", "txn_id", "customer__list_id", "job_key", "txn_date",
        "kind", "total", "state", "key", "noticed_at",
    )  # fmt: skip
    return [
        facts.OurInvoice(
            posting_id=posting_id,
            number=qb_number or number,
            txn_id=txn_id,
            customer_list_id=list_id,
            job_key=job_key,
            txn_date=txn_date,
            total=-Decimal(total) if kind == facts.PostingKind.CREDIT_MEMO else Decimal(total),
            voided=state in {State.VOIDED, State.DELETED} and noticed_at is None,
            marker_key=key,
        )
        for (
            posting_id, qb_number, number, txn_id, list_id, job_key, txn_date,
            kind, total, state, key, noticed_at,
        ) in rows.iterator(chunk_size=ROWS_AT_ONCE)
    ]  # fmt: skip


def to_ask_about(
    *, company_id: int, differing: Collection[int], paired: Collection[int]
) -> dict[int, str]:
    """Which of these postings QuickBooks is asked about by their ids after a tie-out.

    Those that differ from what was exported, and of all the others those that it has found so
    before and may find as they were sent now. Of one that stands there twice the TxnID of the
    second is told, too.
    """
    rows = Posting.objects.filter(company_id=company_id)
    found = {
        pk
        for ids in locks.chunks(differing)
        for pk in rows.filter(pk__in=ids, state=State.EXPORTED.value).values_list("pk", flat=True)
    }
    open_ = Q(state=State.CHANGED_IN_QUICKBOOKS.value) | Q(noticed_at__isnull=False)
    found |= set(rows.filter(open_).values_list("pk", flat=True)) & set(paired)
    second = rows.filter(noticed_at__isnull=False).values_list("pk", "earlier")
    twice = {pk: earlier["txn_id"] for pk, earlier in second if earlier}
    return {pk: twice.get(pk, "") for pk in sorted(found)}


def their_invoices(*, tie_out: TieOut) -> list[facts.TheirInvoice]:
    """What was read from QuickBooks."""
    fields = (
        "txn_id", "number", "customer_list_id", "txn_date", "total", "marker_key", "voided",
    )  # fmt: skip
    rows = QbInvoice.objects.filter(tie_out=tie_out).order_by("id").values(*fields)
    return [facts.TheirInvoice(**row) for row in rows.iterator(chunk_size=ROWS_AT_ONCE)]


def save_result(
    *,
    tie_out: TieOut,
    result: facts.TieOut,
    postings_count: int,
    names: Mapping[str, str],
    now: datetime,
) -> None:
    """Write down the comparison; customers (list id -> name) are named as they are called now."""
    findings = [each for each in result.findings if each.verdict is not facts.Verdict.TIED]
    TieOutTotal.objects.bulk_create(
        [_total_row(tie_out, total, names) for total in result.totals], batch_size=ROWS_AT_ONCE
    )
    TieOutFinding.objects.bulk_create(
        [_finding_row(tie_out, place, each, names) for place, each in enumerate(findings)],
        batch_size=ROWS_AT_ONCE,
    )
    tie_out.at = now
    tie_out.ours = result.ours
    tie_out.theirs = result.theirs
    tie_out.postings_count = postings_count
    tie_out.jobs_count = len(result.totals)
    tie_out.differing_count = sum(1 for total in result.totals if total.difference)
    tie_out.verdicts = dict(Counter(each.verdict.value for each in findings))
    tie_out.complete = True
    tie_out.save()
    QbInvoice.objects.filter(tie_out=tie_out).delete()  # findings and totals hold what matters


def _total_row(tie_out: TieOut, total: facts.JobTotal, names: Mapping[str, str]) -> TieOutTotal:
    customer = names.get(total.customer_list_id, total.customer_list_id)
    return TieOutTotal(
        tie_out=tie_out,
        list_id=total.customer_list_id,
        customer=customer,
        sort_name=customer.lower(),
        ours=total.ours,
        theirs=total.theirs,
        difference=total.difference,
        size=abs(total.difference),
    )


def _finding_row(
    tie_out: TieOut, place: int, finding: facts.Finding, names: Mapping[str, str]
) -> TieOutFinding:
    row = TieOutFinding(
        tie_out=tie_out,
        place=place,
        verdict=finding.verdict.value,
        difference=finding.difference,
    )
    if finding.ours:
        row.posting_id = finding.ours.posting_id
        row.our_number = finding.ours.number
        row.our_date = finding.ours.txn_date
        row.our_customer = names.get(finding.ours.customer_list_id, finding.ours.customer_list_id)
        row.our_voided = finding.ours.voided
        row.ours = finding.ours.total
    if finding.theirs:
        row.txn_id = finding.theirs.txn_id
        row.their_number = finding.theirs.number
        row.their_date = finding.theirs.txn_date
        row.their_customer = names.get(
            finding.theirs.customer_list_id, finding.theirs.customer_list_id
        )
        row.theirs = finding.theirs.total
    return row
