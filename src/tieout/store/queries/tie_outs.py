"""Tie-outs as they were concluded, page by page. Each function makes one query unless it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from tieout.core.drifting import GONE
from tieout.core.exporting import State
from tieout.store.models import Drift, Posting
from tieout.store.models import Task as Task
from tieout.store.models import TieOut as TieOut
from tieout.store.models import TieOutFinding as TieOutFinding
from tieout.store.models import TieOutTotal as TieOutTotal

# what stands in QuickBooks as far as Tieout knows, or stood there
EXPORTED = [
    state.value
    for state in (
        State.EXPORTED,
        State.CHANGED_IN_QUICKBOOKS,
        State.VOIDED,
        State.DELETED,
    )
]
TOTAL_SORTS: dict[str, tuple[str, ...]] = {
    "difference": ("-size", "sort_name", "id"),
    "customer": ("sort_name", "id"),
    "-customer": ("-sort_name", "-id"),
}
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What happened to exported invoices after a tie-out."""

    exported: int = 0
    changed: int = 0

    @property
    def any(self) -> int:
        return self.exported + self.changed


def latest(*, company_id: int) -> TieOut | None:
    """The last complete tie-out of the company, with its task and who asked for it."""
    return complete(company_id=company_id).first()


def of_task(*, task_id: int) -> TieOut | None:
    """The tie-out that a task made."""
    return TieOut.objects.filter(task_id=task_id).first()


def get(*, company_id: int, tie_out_id: int) -> TieOut | None:
    """One complete tie-out of this company, or None."""
    return complete(company_id=company_id).filter(pk=tie_out_id).first()


def complete(*, company_id: int) -> QuerySet[TieOut]:
    """The company's complete tie-outs, the newest first."""
    return (
        TieOut.objects.select_related("task__requested_by")
        .filter(company_id=company_id, complete=True)
        .order_by("-id")
    )


def last_task(*, company_id: int) -> Task | None:
    """The newest wish for a tie-out, open or over."""
    return Task.objects.filter(company_id=company_id, kind=Task.Kind.TIE_OUT).first()


def anything_exported(*, company_id: int) -> bool:
    """Whether there is anything to compare at all."""
    return Posting.objects.filter(company_id=company_id, state__in=EXPORTED).exists()


def since(*, tie_out: TieOut) -> Since:
    """What was exported or changed after the tie-out, within its period if it had one."""
    rows = Posting.objects.filter(
        company_id=tie_out.company_id, state__in=EXPORTED, state_at__gt=tie_out.at
    )
    if not tie_out.whole:
        rows = rows.filter(txn_date__gte=tie_out.from_date, txn_date__lte=tie_out.to_date)
    # what a tie-out itself found out about them is no news
    rows = rows.filter(noticed_at__isnull=True)
    new = Q(exported_at__gt=tie_out.at)
    return Since(**rows.order_by().aggregate(exported=Count("id", new), changed=Count("id", ~new)))


def heirs(*, company_id: int) -> dict[str, set[str]]:
    """QuickBooks job that is gone -> the jobs that took over, as people answered; by their ids.

    That is where the contractor jobs of the gone one lead now. The job on which QuickBooks was seen
    to keep its invoices counts on when a contractor job was mapped to it, and leads elsewhere by now.
    """
    answered = Drift.objects.filter(
        company_id=company_id,
        state=Drift.State.ANSWERED,
        answer__in=[Drift.Answer.REMAPPED, Drift.Answer.REMOVED],
        kind__in=[kind.value for kind in GONE],
        target__gone_at__isnull=False,
    )
    found: dict[str, set[str]] = {}
    rows = answered.order_by().values_list(
        "target__list_id", "target__merged_into", "answer", "survivor__list_id",
        "mapping__target__list_id",
    )  # fmt: skip
    for gone, merged_into, answer, survivor, leads_to in rows:
        proven = answer == Drift.Answer.REMAPPED and survivor == merged_into
        found.setdefault(gone, set()).update(
            each for each in (leads_to, merged_into if proven else "") if each
        )
    return found


# ------------------------------------------------------------------ per QuickBooks job


def totals(
    *, tie_out_id: int, search: str = "", differing: bool = False, sort: str = "difference"
) -> QuerySet[TieOutTotal]:
    """Both books per QuickBooks job; sliced by the caller."""
    rows = TieOutTotal.objects.filter(tie_out_id=tie_out_id)
    for word in search.lower().split():
        rows = rows.filter(sort_name__contains=word)
    if differing:
        rows = rows.filter(size__gt=0)
    return rows.order_by(*TOTAL_SORTS.get(sort, TOTAL_SORTS["difference"]))


def every_total(*, tie_out_id: int) -> Iterator[TieOutTotal]:
    """All of them by name, read as they are used."""
    rows = totals(tie_out_id=tie_out_id, sort="customer")
    return rows.iterator(chunk_size=ROWS_AT_ONCE)


def total_rows(*, tie_out_id: int) -> list[dict[str, str]]:
    """The totals per QuickBooks job as plain text, for programs."""
    return [
        {
            "list_id": row.list_id,
            "customer": row.customer,
            "ours": str(row.ours),
            "theirs": str(row.theirs),
            "difference": str(row.difference),
        }
        for row in every_total(tie_out_id=tie_out_id)
    ]


# ------------------------------------------------------------------ findings


def findings(*, tie_out_id: int, verdict: str = "") -> QuerySet[TieOutFinding]:
    """What differs, by day and number; sliced by the caller."""
    rows = TieOutFinding.objects.filter(tie_out_id=tie_out_id)
    if verdict:
        rows = rows.filter(verdict=verdict)
    return (
        rows.select_related("posting__customer")
        .only(
            *(field.name for field in TieOutFinding._meta.concrete_fields),
            "posting__invoice_id",
            "posting__key",
            "posting__customer__gone_at",
        )
        .order_by("place")
    )


def every_finding(*, tie_out_id: int, verdict: str = "") -> Iterator[TieOutFinding]:
    """All of them, read as they are used."""
    return findings(tie_out_id=tie_out_id, verdict=verdict).iterator(chunk_size=ROWS_AT_ONCE)


def finding_rows(*, tie_out_id: int) -> list[dict[str, str]]:
    """The findings as plain text, for programs."""
    return [
        {
            "verdict": row.verdict,
            "number": row.number,
            "customer": row.our_customer or row.their_customer,
            "ours": "" if row.ours is None else str(row.ours),
            "theirs": "" if row.theirs is None else str(row.theirs),
            "difference": str(row.difference),
            "txn_id": row.txn_id,
        }
        for row in every_finding(tie_out_id=tie_out_id)
    ]
