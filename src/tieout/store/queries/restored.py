"""After a restored backup: which exported postings are looked for, and which were not found."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from tieout.core.exporting import State
from tieout.store.models import LookFinding, Posting, QbWrite, SourceInvoice, StillToAsk, Task

# what QuickBooks held when it was last seen there, and may be asked for by its id
LOOKED_FOR = (State.EXPORTED, State.CHANGED_IN_QUICKBOOKS)
# worth nothing, as far as Tieout knows; an older file may hold it alive
OVER = (State.VOIDED, State.DELETED)
GONE = LookFinding.What.GONE
UNDONE = (LookFinding.What.UPDATE, LookFinding.What.VOID)
_SEEN = ("id", "kind", "txn_id", "state", "edit_sequence")


def _there(company_id: int) -> QuerySet[Posting]:
    """What was in QuickBooks once."""
    rows = Posting.objects.filter(company_id=company_id, state__in=(*LOOKED_FOR, *OVER))
    return rows.exclude(txn_id="").only(*_SEEN).order_by("-id")


def exported_before(*, company_id: int, before: int | None, limit: int) -> list[Posting]:
    """What was in QuickBooks once, with an id below `before`, the latest first."""
    rows = _there(company_id)
    return list((rows if before is None else rows.filter(pk__lt=before))[:limit])


def exported_between(*, company_id: int, first: int, last: int) -> list[Posting]:
    """The same between two ids, both included."""
    return list(_there(company_id).filter(pk__gte=last, pk__lte=first))


def count_exported(*, company_id: int) -> int:
    """How many there are to be looked for."""
    return _there(company_id).count()


def exported_of(*, task: Task) -> list[Posting]:
    """What this look found gone or undone and was in QuickBooks once, the latest first."""
    ids = LookFinding.objects.filter(task=task).values("posting_id")
    return list(_there(task.company_id).filter(pk__in=ids))


def gone(*, task: Task) -> list[Posting]:
    """What this look found gone, with invoice and customer, by date and number."""
    found = LookFinding.objects.filter(task=task, what=GONE)
    return list(_shown(task.company_id).filter(pk__in=found.values("posting_id")))


def undone(*, task: Task) -> list[tuple[Posting, str]]:
    """What this look found as it was before a change, in the same order, and which change."""
    found = LookFinding.objects.filter(task=task, what__in=UNDONE)
    what = dict(found.values_list("posting_id", "what"))
    rows = _shown(task.company_id).filter(pk__in=found.values("posting_id"))
    return [(row, what[row.pk]) for row in rows]


def count_found(*, task_id: int) -> tuple[int, int]:
    """How many this look found gone, and how many undone."""
    rows = LookFinding.objects.filter(task_id=task_id)
    return rows.filter(what=GONE).count(), rows.filter(what__in=UNDONE).count()


def last_updates(*, posting_ids: Sequence[int]) -> dict[int, QbWrite]:
    """Of these postings the last update in place that QuickBooks accepted."""
    done = QbWrite.objects.filter(
        posting_id__in=posting_ids, kind=QbWrite.Kind.INVOICE_MOD, state=State.EXPORTED.value
    )
    return {row.posting_id: row for row in done.order_by("id") if row.posting_id}


def postings(*, company_id: int, ids: Sequence[int]) -> list[Posting]:
    """These postings with invoice and customer, by date and number."""
    return list(_shown(company_id).filter(pk__in=ids))


def _shown(company_id: int) -> QuerySet[Posting]:
    rows = Posting.objects.select_related("invoice__client", "customer").defer("content")
    return rows.filter(company_id=company_id).order_by("txn_date", "number", "id")


def lock(*, company_id: int, ids: Sequence[int]) -> list[Posting]:
    """Those of them that were in QuickBooks once, locked until the transaction ends."""
    return _locked(company_id, ids, Q(state__in=(*LOOKED_FOR, *OVER)))


def lock_noticeable(*, company_id: int, ids: Sequence[int]) -> list[Posting]:
    """Those that count as exported, or of which a tie-out noticed what nobody has answered."""
    return _locked(company_id, ids, Q(state__in=LOOKED_FOR) | Q(noticed_at__isnull=False))


def _locked(company_id: int, ids: Sequence[int], which: Q) -> list[Posting]:
    owners = Posting.objects.filter(company_id=company_id, pk__in=ids).values("invoice_id")
    invoices = SourceInvoice.objects.select_for_update(no_key=True).filter(pk__in=owners)
    list(invoices.order_by("id").values_list("pk"))
    rows = Posting.objects.select_for_update(of=("self",), no_key=True).select_related(
        "invoice", "customer"
    )
    return list(rows.filter(which, company_id=company_id, pk__in=ids).order_by("id"))


def still_to_ask(*, task_id: int, limit: int) -> dict[int, str]:
    """The next postings that a look asks for, by their ids, and under which TxnIDs."""
    rows = StillToAsk.objects.filter(task_id=task_id).order_by("posting_id")
    return dict(rows.values_list("posting_id", "txn_id")[:limit])


def latest_look(*, company_id: int, posting_ids: Sequence[int]) -> Task | None:
    """The latest question whether QuickBooks still holds one of these."""
    rows = Task.objects.filter(company_id=company_id, kind=Task.Kind.GONE)
    return rows.filter(params__posting__in=list(posting_ids)).order_by("-id").first()
