"""Write a tie-out: what was read from QuickBooks, and how the two books compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max, Min, QuerySet

from tieout.core import facts
from tieout.core.exporting import State
from tieout.store.models import Posting, QbInvoice, Task, TieOut

OURS = [State.EXPORTED, State.CHANGED_IN_QUICKBOOKS, State.CHANGED_IN_SOURCE, State.VOIDED,
        State.DELETED]  # fmt: skip


def open_tie_out(*, task: Task, now: datetime) -> TieOut:
    """The tie-out that this task makes, begun on its first step.

    Without a period it covers everything that was exported.
    """
    found = TieOut.objects.filter(task=task).first()
    if found is not None:
        return found
    dates = _exported(task.company_id, None, None).aggregate(
        first=Min("txn_date"), last=Max("txn_date")
    )
    wanted = {name: task.params.get(name) for name in ("from_date", "to_date")}
    return TieOut.objects.create(
        company_id=task.company_id,
        task=task,
        at=now,
        from_date=_day(wanted["from_date"]) or dates["first"],
        to_date=_day(wanted["to_date"]) or dates["last"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def add_theirs(*, tie_out: TieOut, invoices: Sequence[facts.TheirInvoice]) -> None:
    """Keep a page of what QuickBooks holds; the same invoice read twice is kept once."""
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
            )
            for each in invoices
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def _exported(company_id: int, first: date | None, last: date | None) -> QuerySet[Posting]:
    rows = Posting.objects.filter(company_id=company_id, state__in=[s.value for s in OURS])
    if first is not None:
        rows = rows.filter(txn_date__gte=first)
    if last is not None:
        rows = rows.filter(txn_date__lte=last)
    return rows


def our_invoices(*, tie_out: TieOut) -> list[facts.OurInvoice]:
    """What Tieout says was exported in the period."""
    rows = _exported(tie_out.company_id, tie_out.from_date, tie_out.to_date)
    return [
        facts.OurInvoice(
            posting_id=row.pk,
            number=row.qb_number or row.number,
            txn_id=row.txn_id,
            customer_list_id=row.customer.list_id,
            job_key=row.job_key,
            txn_date=row.txn_date,
            total=-row.total if row.kind == "credit_memo" else row.total,
            voided=row.state in {State.VOIDED, State.DELETED},
            marker_key=row.key,
        )
        for row in rows.select_related("customer").defer("content").order_by("id")
    ]


def their_invoices(*, tie_out: TieOut) -> list[facts.TheirInvoice]:
    """What was read from QuickBooks."""
    return [
        facts.TheirInvoice(
            txn_id=row.txn_id,
            number=row.number,
            customer_list_id=row.customer_list_id,
            txn_date=row.txn_date,
            total=row.total,
            marker_key=row.marker_key,
            voided=row.voided,
        )
        for row in QbInvoice.objects.filter(tie_out=tie_out).order_by("id")
    ]


def save_result(
    *, tie_out: TieOut, result: facts.TieOut, names: dict[str, str], now: datetime
) -> None:
    """Write down the comparison; customers are named as they are called now."""
    tie_out.at = now
    tie_out.ours = result.ours
    tie_out.theirs = result.theirs
    tie_out.totals = [
        {
            "list_id": total.customer_list_id,
            "customer": names.get(total.customer_list_id, total.customer_list_id),
            "ours": str(total.ours),
            "theirs": str(total.theirs),
            "difference": str(total.difference),
        }
        for total in result.totals
    ]
    tie_out.findings = [
        {
            "verdict": finding.verdict.value,
            "number": (finding.ours or finding.theirs).number,  # type: ignore[union-attr]
            "posting_id": finding.ours.posting_id if finding.ours else None,
            "txn_id": finding.theirs.txn_id if finding.theirs else "",
            "difference": str(finding.difference),
        }
        for finding in result.findings
        if finding.verdict is not facts.Verdict.TIED
    ]
    tie_out.complete = True
    tie_out.save()
