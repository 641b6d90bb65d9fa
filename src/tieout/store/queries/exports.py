"""What waits to be exported, and what the exporter needs to know of a posting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tieout.core.exporting import HOLDING, IN_QUICKBOOKS, State
from tieout.store import prepared
from tieout.store.models import Batch as Batch
from tieout.store.models import Book as Book
from tieout.store.models import Exchange as Exchange
from tieout.store.models import InvoiceBlock, Lane, SourceInvoice
from tieout.store.models import Posting as Posting
from tieout.store.models import QbWrite as QbWrite
from tieout.store.models import Task as Task

_SENT = ("request", "sha256", "subject_key", "road", "app_name", "ticket")  # not what came back
_SHOWN = (
    "created_at", "started_at", "finished_at", "due_at", "lease_until", "done", "total", "message",
    "problem", "remedy", "result",
)  # fmt: skip # of a task to people; its steps do not ask for it
Row = Posting | QbWrite  # what is written exactly once
STUCK_REASONS = ("refused", "number_taken")  # blocks that QuickBooks' own word puts on an invoice

# rows are handed out as they are; the service names their types from here


def held_reason(*, company_id: int) -> str:
    """Why nothing is sent to this company's QuickBooks, "" when nothing holds it."""
    return Lane.objects.values_list("held_reason", flat=True).get(company_id=company_id)


def row_for_change(
    *, company_id: int, posting_id: int | None, qb_write_id: int | None
) -> Row | None:
    """The row as it is now, locked until the transaction ends."""
    if posting_id is not None:
        lock_invoice_of(company_id=company_id, posting_id=posting_id)
        return posting_for_change(company_id=company_id, posting_id=posting_id)
    if qb_write_id is None:
        return None
    return (
        QbWrite.objects.select_for_update(of=("self",), no_key=True)
        .filter(company_id=company_id, pk=qb_write_id)
        .first()
    )


def posting(*, company_id: int, posting_id: int) -> Posting | None:
    """The posting with its invoice, if it is this company's."""
    return (
        Posting.objects.select_related("invoice", "customer", "batch")
        .filter(company_id=company_id, pk=posting_id)
        .first()
    )


@prepared.row
def posting_for_change(*, company_id: int, posting_id: int) -> QuerySet[Posting]:
    """The same with its row locked until the transaction ends."""
    return (
        Posting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("invoice", "customer")
        .filter(company_id=company_id, pk=posting_id)
    )


def posting_of_txn(*, company_id: int, txn_id: str) -> Posting | None:
    """The posting that stands for this invoice in QuickBooks, if any."""
    held = [state.value for state in IN_QUICKBOOKS]
    rows = Posting.objects.filter(company_id=company_id, txn_id=txn_id, state__in=held)
    return rows.defer("content").first()


def lock_invoice_of(*, company_id: int, posting_id: int) -> None:
    """Lock the posting's invoice before the posting, in the order in which imports lock them."""
    _locked_invoice(company_id=company_id, posting_id=posting_id)


@prepared.row
def _locked_invoice(*, company_id: int, posting_id: int) -> QuerySet[SourceInvoice, int]:
    owner = Posting.objects.filter(company_id=company_id, pk=posting_id).values("invoice_id")
    rows = SourceInvoice.objects.select_for_update(no_key=True).filter(pk__in=owner)
    return rows.order_by("pk").values_list("pk", flat=True)


def plan_stands(*, posting: Posting) -> bool:
    """Whether what was planned is still what the back office says and the rules allow.

    A refusal by QuickBooks, or a number that is taken there, does not count for the posting that
    it stopped: that is what people mend before they send again.
    """
    standing = SourceInvoice.Standing
    stuck = posting.state != State.READY
    allowed = [standing.READY, standing.UNDER_WAY, *([standing.BLOCKED] if stuck else [])]
    others = InvoiceBlock.objects.filter(invoice_id=posting.invoice_id).exclude(
        reason__in=STUCK_REASONS
    )
    invoice = SourceInvoice.objects.filter(pk=posting.invoice_id, standing__in=allowed)
    return invoice.exists() and not others.exists()


def last_write(*, row: Row) -> Exchange | None:
    """The latest write that was handed over for the row."""
    return (
        Exchange.objects.filter(
            company_id=row.company_id, purpose=Exchange.Purpose.WRITE, **_of(row)
        )
        .order_by("-id")
        .first()
    )


def last_status_check(*, row: Row) -> Exchange | None:
    """The latest answer to the question what QuickBooks stored under the row's set id."""
    checks = Exchange.objects.filter(
        company_id=row.company_id,
        purpose=Exchange.Purpose.STATUS_CHECK,
        set_id=row.set_id,
        outcome="response",
        **_of(row),
    )
    return checks.order_by("-id").first()


def answers_to_set(*, row: Row) -> list[bytes]:
    """Every raw answer that was kept to the message set the row has now."""
    writes = Exchange.objects.filter(
        company_id=row.company_id,
        purpose=Exchange.Purpose.WRITE,
        set_id=row.set_id,
        outcome="response",
        **_of(row),
    )
    return [bytes(answer) for answer in writes.values_list("answer", flat=True)]


def set_aside(*, company_id: int) -> list[Posting]:
    """What a Super User took out of the queue after it had left, locked for a change."""
    rows = Posting.objects.select_for_update(no_key=True).filter(
        company_id=company_id, state=State.SET_ASIDE.value, writes__gt=0
    )
    return list(rows.order_by("id"))


def first_write_at(*, row: Row) -> datetime | None:
    """When a write of the row was handed over for the first time."""
    writes = Exchange.objects.filter(
        company_id=row.company_id, purpose=Exchange.Purpose.WRITE, **_of(row)
    )
    return writes.order_by("id").values_list("created_at", flat=True).first()


def set_to_clear(*, company_id: int, app_name: str, kept: int) -> str:
    """The set of the posting exported `kept` exports ago: its record is needed no more. "" = none.

    Until then it is what stops a late commit of an earlier call, also of one that a restored
    database does not know. Under another application name QuickBooks does not know the set.
    """
    settled = (
        Posting.objects.filter(company_id=company_id, state=State.EXPORTED.value)
        .exclude(set_id="")
        .order_by("-state_at")
        .values_list("set_id", "app_name")[kept - 1 : kept]
    )
    return next((set_id for set_id, app in settled if app == app_name), "")


def times_in_quickbooks(*, company_id: int, set_id: str) -> int:
    """How often that message set may have reached QuickBooks.

    Not counted is what was proved to have brought nothing, and what the connector never got and
    keeps out from now on.
    """
    sent = Exchange.objects.filter(
        company_id=company_id, set_id=set_id, purpose=Exchange.Purpose.WRITE
    )
    return sum(
        details.get("money_affected") is not False and details.get("code") != "withdrawn"
        for details in sent.values_list("details", flat=True)
    )


def _of(row: Row) -> dict[str, Row]:
    return {"posting": row} if isinstance(row, Posting) else {"qb_write": row}


@prepared.row
def to_apply(*, company_id: int, call_id: str) -> QuerySet[Exchange]:
    """The exchange of that call with the answer that waits to be acted on, its row locked; None
    when that was done before, or nothing is known of it."""
    waiting = _unapplied(company_id).filter(call_id=call_id).defer(*_SENT)
    return waiting.select_for_update(of=("self",), no_key=True)


def heard_of_session(*, company_id: int, session_id: str, until: datetime) -> bool:
    """Whether QuickBooks answered in that session up to a moment; not every query is kept."""
    answered = Exchange.objects.filter(company_id=company_id, session_id=session_id)
    return not session_id or answered.filter(created_at__lte=until).exists()


@prepared.rows
def unapplied(*, company_id: int) -> QuerySet[Exchange, str]:
    """The calls whose answers were kept and not acted on yet, oldest first."""
    return _unapplied(company_id).order_by("id").values_list("call_id", flat=True)


def answer_waits_since(*, company_id: int) -> datetime | None:
    """When the oldest answer came that is kept and not acted on yet; None when there is none."""
    return _unapplied(company_id).order_by("id").values_list("answered_at", flat=True).first()


def _unapplied(company_id: int) -> QuerySet[Exchange]:
    return Exchange.objects.filter(
        company_id=company_id, applied_at__isnull=True, answered_at__isnull=False
    )


def qb_write(*, company_id: int, qb_write_id: int) -> QbWrite | None:
    """The write, if it is this company's."""
    return QbWrite.objects.filter(company_id=company_id, pk=qb_write_id).first()


@prepared.row
def open_task(*, company_id: int, task_id: int) -> QuerySet[Task]:
    """The task, unless it is over or another company's."""
    return Task.objects.filter(
        company_id=company_id, pk=task_id, state__in=[Task.State.WAITING, Task.State.RUNNING]
    ).defer(*_SHOWN)


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """Why nothing may be written ("" = nothing holds it), and where the file was checked last."""

    held_reason: str
    checked_epoch: int
    checked_session: str
    checked_journal: str

    def checked(self, epoch: int) -> bool:
        """Whether the company file was found to be the right one in this holding of the lane."""
        return self.checked_epoch == epoch and bool(self.checked_session)


def lane_facts(*, company_id: int) -> LaneFacts:
    """What the company's lane says about writing now."""
    found = _lane_facts(company_id=company_id)
    if found is None:
        raise Lane.DoesNotExist
    return LaneFacts(*found)


@prepared.row
def _lane_facts(*, company_id: int) -> QuerySet[Lane, tuple[str, int, str, str]]:
    return Lane.objects.filter(company_id=company_id).values_list(
        "held_reason", "checked_epoch", "checked_session", "checked_journal"
    )


def book(*, company_id: int) -> Book:
    """The company file as last verified."""
    return Book.objects.get(company_id=company_id)


def ready_postings(*, company_id: int, invoice_ids: Sequence[int]) -> list[Posting]:
    """Postings of these invoices that may be queued now; their invoices are locked with them."""
    ready = SourceInvoice.objects.select_for_update(no_key=True).filter(
        company_id=company_id, id__in=invoice_ids, standing=SourceInvoice.Standing.READY
    )
    return list(
        Posting.objects.filter(
            company_id=company_id,
            invoice_id__in=[pk for (pk,) in ready.order_by("id").values_list("pk")],
            state=State.READY.value,
            queued_at__isnull=True,
        ).order_by("invoice__invoice_date", "number", "id")
    )


def open_batch(*, batch_id: int) -> Batch | None:
    """The batch with its task, unless that is over."""
    return _open_batches().filter(pk=batch_id).first()


def open_batches(*, company_id: int) -> list[Batch]:
    """The batches whose tasks are not over, oldest first."""
    return list(_open_batches().filter(company_id=company_id).order_by("id"))


def _open_batches() -> QuerySet[Batch]:
    return Batch.objects.select_related("task").filter(
        task__state__in=[Task.State.WAITING, Task.State.RUNNING]
    )


def batch_left(*, batch_id: int) -> int:
    """How many of the batch's postings still go on by themselves."""
    going_on = [State.CLAIMED, State.PROBED, *HOLDING]
    return (
        Posting.objects.filter(batch_id=batch_id)
        .filter(
            Q(state__in=[s.value for s in going_on])
            | Q(state=State.READY.value, queued_at__isnull=False)
        )
        .count()
    )


def batch_counts(*, batch_id: int) -> dict[str, int]:
    """State -> how many postings of the batch are in it."""
    counts: dict[str, int] = {}
    for state in Posting.objects.filter(batch_id=batch_id).values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


def open_export_tasks(*, company_id: int) -> list[Task]:
    """The export tasks that are not over, oldest first."""
    return list(
        Task.objects.filter(
            company_id=company_id,
            kind=Task.Kind.EXPORT,
            state__in=[Task.State.WAITING, Task.State.RUNNING],
        ).order_by("id")
    )


def open_lane_tasks(*, company_id: int) -> list[Task]:
    """Every task of the lane that is not over."""
    return list(
        Task.objects.filter(
            company_id=company_id,
            on_lane=True,
            state__in=[Task.State.WAITING, Task.State.RUNNING],
        ).order_by("id")
    )


@prepared.row
def next_lane_task(*, company_id: int, now: datetime) -> QuerySet[Task]:
    """The lane's next due task that is not an export (exports are driven by their postings)."""
    return (
        Task.objects.filter(
            company_id=company_id,
            on_lane=True,
            due_at__lte=now,
            state__in=[Task.State.WAITING, Task.State.RUNNING],
        )
        .exclude(kind=Task.Kind.EXPORT)
        .defer(*_SHOWN)
        .order_by("id")
    )


@prepared.row
def next_task_due(*, company_id: int) -> QuerySet[Task, datetime]:
    """When the lane's next postponed task is due."""
    return (
        Task.objects.filter(
            company_id=company_id,
            on_lane=True,
            state__in=[Task.State.WAITING, Task.State.RUNNING],
        )
        .order_by("due_at")
        .values_list("due_at", flat=True)
    )
