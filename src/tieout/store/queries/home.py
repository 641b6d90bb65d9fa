"""What waits in a company, counted: a fixed number of queries, each on an index."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Min, Q

from tieout.core.exporting import OVER, UNDER_WAY, State
from tieout.core.facts import Reason
from tieout.store.models import (
    Batch,
    Book,
    Connection,
    Lane,
    Posting,
    SourceInvoice,
    SourceJob,
    Task,
    TieOut,
)
from tieout.store.queries import mappings, postings
from tieout.store.queries.invoice_detail import batch_counts
from tieout.store.queries.postings import ZERO, Tally

__all__ = ["BatchRow", "Figures", "Queue", "Tally", "Task", "TieOut", "figures"]

Standing = SourceInvoice.Standing
MapState = SourceJob.MapState
OPEN_STATES = [Task.State.WAITING, Task.State.RUNNING]
# what is exported grows for years and is not counted here: these few are found by the index
WAITING = [Standing.TO_PLAN, Standing.READY, Standing.BLOCKED, Standing.UNDER_WAY]
QUEUED = [State.READY.value, *sorted(state.value for state in UNDER_WAY)]
UNSURE = [State.UNCONFIRMED.value, State.RESENDABLE.value]
BATCHES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What was asked for and is not in QuickBooks yet, in postings."""

    count: int = 0
    since: datetime | None = None  # the oldest wish
    again_at: datetime | None = None  # the next try, where the last one met a trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One recent batch and where its postings stand."""

    id: int
    created_at: datetime
    by: str
    postings: int
    total: Decimal
    over: bool  # its export has ended
    counts: dict[str, int]  # as invoice_detail.batch_counts groups them


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The first screen's figures of one company."""

    connection: Connection
    book: Book
    held_reason: str
    queue: Queue
    standings: dict[str, Tally]
    reasons: dict[str, Tally]  # of blocked invoices, by the first reason of each, most first
    unconfirmed: Tally
    needs_person: Tally
    noticed: Tally  # exported ones that QuickBooks holds otherwise, or twice; nobody answered yet
    jobs: dict[str, int]  # active contractor jobs by map state
    tie_out: TieOut | None
    batches: list[BatchRow]
    open_tasks: list[Task] = field(default_factory=list)
    stale: list[mappings.Stale] = field(default_factory=list)

    def standing(self, name: str) -> Tally:
        """The invoices that stand so."""
        return self.standings.get(name, Tally())

    @property
    def ready(self) -> Tally:
        return self.standing(Standing.READY)

    @property
    def under_way(self) -> Tally:
        """Asked for, and not all of it in QuickBooks yet."""
        return self.standing(Standing.UNDER_WAY)

    @property
    def blocked(self) -> Tally:
        return self.standing(Standing.BLOCKED)

    def blocked_by(self, reason: Reason) -> Tally:
        """Blocked first of all for this reason."""
        return self.reasons.get(reason.value, Tally())

    @property
    def need_job(self) -> Tally:
        """Blocked first of all because a job is not mapped."""
        return self.blocked_by(Reason.JOB_NOT_MAPPED)

    @property
    def other_blocks(self) -> Tally:
        blocked, need_job = self.blocked, self.need_job
        return Tally(count=blocked.count - need_job.count, total=blocked.total - need_job.total)

    @property
    def waiting_total(self) -> Decimal:
        """Dollars of all that is not in QuickBooks yet."""
        return sum((self.standing(each).total for each in WAITING), ZERO)

    @property
    def jobs_count(self) -> int:
        return sum(self.jobs.values())

    @property
    def not_mapped(self) -> int:
        return self.jobs.get(MapState.NOT_MAPPED, 0)

    @property
    def attention(self) -> int:
        return self.jobs.get(MapState.ATTENTION, 0)


def figures(*, company_id: int) -> Figures:
    """Count everything the first screen says."""
    states = _by_state(company_id)
    lane = Lane.objects.filter(company_id=company_id).first()
    return Figures(
        connection=Connection.objects.defer("password").get(company_id=company_id),
        book=Book.objects.get(company_id=company_id),
        held_reason=lane.held_reason if lane else "",
        queue=_queue(company_id, lane),
        standings=postings.by_standing(company_id=company_id, standings=WAITING),
        reasons=postings.by_reason(company_id=company_id),
        unconfirmed=_sum(states, UNSURE),
        needs_person=_sum(states, [State.NEEDS_PERSON.value]),
        noticed=_sum(states, [state.value for state in OVER]),
        jobs=_jobs(company_id),
        tie_out=TieOut.objects.filter(company_id=company_id, complete=True)
        .order_by("-id")
        .first(),
        batches=_batches(company_id),
        open_tasks=list(
            Task.objects.filter(company_id=company_id, state__in=OPEN_STATES).order_by("id")[:5]
        ),
        stale=mappings.stale(company_id=company_id),
    )


def _queue(company_id: int, lane: Lane | None) -> Queue:
    asked = Posting.objects.filter(
        company_id=company_id, queued_at__isnull=False, state__in=QUEUED
    )
    found = asked.aggregate(count=Count("id"), since=Min("queued_at"))
    troubled = lane is not None and lane.failures > 0 and found["count"]
    return Queue(**found, again_at=lane.wake_at if lane and troubled else None)


def _jobs(company_id: int) -> dict[str, int]:
    # IN, not =: Django writes `= true` as the bare column, and SQLite then passes the index over
    rows = SourceJob.objects.filter(company_id=company_id, active__in=[True]).order_by()
    return dict(rows.values_list("map_state").annotate(Count("id")))


def _by_state(company_id: int) -> dict[str, Tally]:
    wanted = Q(state__in=[*UNSURE, State.NEEDS_PERSON.value]) | Q(noticed_at__isnull=False)
    return postings.by_state(company_id=company_id, which=wanted)


def _sum(states: dict[str, Tally], names: list[str]) -> Tally:
    found = [states[name] for name in names if name in states]
    return Tally(count=sum(e.count for e in found), total=sum((e.total for e in found), ZERO))


def _batches(company_id: int) -> list[BatchRow]:
    rows = list(
        Batch.objects.select_related("requested_by", "task")
        .filter(company_id=company_id)
        .order_by("-id")[:BATCHES_SHOWN]
    )
    states: dict[int, dict[str, int]] = {row.pk: {} for row in rows}
    counted = (
        Posting.objects.filter(batch_id__in=list(states))
        .order_by()
        .values_list("batch_id", "state")
        .annotate(Count("id"))
    )
    for batch_id, state, count in counted:
        states[batch_id][state] = count
    return [
        BatchRow(
            id=row.pk,
            created_at=row.created_at,
            by=row.requested_by.shown_name if row.requested_by else "",
            postings=row.postings_count,
            total=row.total,
            over=row.task.over if row.task else True,
            counts=batch_counts(states[row.pk], postings=row.postings_count),
        )
        for row in rows
    ]
