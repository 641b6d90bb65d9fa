"""Write mappings and what depends on them: the state of a job, its search text, waiting plans.

The decisions are made in `core.mapping`; every function here runs in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from tieout.core.exporting import State
from tieout.store.commits import drifts as drift_rows
from tieout.store.commits import locks
from tieout.store.models import (
    ClientMapping,
    JobMapping,
    Posting,
    QbCustomer,
    SourceClient,
    SourceInvoice,
    SourceJob,
    SourceLine,
)
from tieout.store.queries.mappings import COMMITTED_STATES, links_to_look_at
from tieout.store.queries.planning import drifts

Standing = SourceInvoice.Standing
CHUNK = 1000
KEYS_AT_ONCE = 400  # names in one IN (…)


# ------------------------------------------------------------------ the state of a job


def search_text(*, job: SourceJob, client_name: str, target: QbCustomer | None) -> str:
    """What Search on Map Jobs looks through: both sides, in lower case, the contractor first."""
    parts = [job.contractor, client_name, job.title, job.key, target.full_name if target else ""]
    return " ".join(part for part in parts if part).lower()


def map_state(
    *, mapping: JobMapping | None, target: QbCustomer | None, customer: QbCustomer | None
) -> str:
    """Where a job stands on Map Jobs: *Needs attention* is whatever would hold up its invoices.

    Other drifts are asked about in the Drift inbox, or only noted.
    """
    if mapping is None or target is None:
        return SourceJob.MapState.NOT_MAPPED
    odd = target.gone_at is not None or not target.active
    elsewhere = (
        customer is not None
        and bool(target.top_list_id)
        and customer.top_list_id != target.top_list_id
        and not mapping.other_customer_confirmed
    )
    if odd or elsewhere or _holds_up(mapping, target):
        return SourceJob.MapState.ATTENTION
    return SourceJob.MapState.MAPPED


def _holds_up(mapping: JobMapping, target: QbCustomer) -> bool:
    return any(each.blocks for each in drifts(mapping=mapping, target=target))


def restate(*, company_id: int, target_ids: Sequence[int], also: Sequence[str] = ()) -> int:
    """Look again at the mapped jobs of these QuickBooks jobs, in the caller's transaction.

    Invoices of a job whose state changed are planned again, and those of the jobs (by key) that
    are concerned `also`: all in one pass, because they are locked in their order. Returns how many
    these were. `restate_some` is for many.
    """
    keys = list(also)
    after: int | None = 0
    while after is not None:
        rows = links_to_look_at(
            company_id=company_id, target_ids=target_ids, after=after, limit=CHUNK
        )
        keys += _write_states(rows)
        after = _next(rows)
    return plan_again_jobs(company_id=company_id, job_keys=keys)


def restate_some(*, company_id: int, seen_pass: int, after: int) -> int | None:
    """Look again at the next mapped jobs that a pass over QuickBooks' lists concerns, 0 for all.

    Returns the id to go on after, None when there are no more: each bundle is a transaction of
    the caller's.
    """
    rows = links_to_look_at(company_id=company_id, seen_pass=seen_pass, after=after, limit=CHUNK)
    plan_again_jobs(company_id=company_id, job_keys=_write_states(rows))
    return _next(rows)


def _next(rows: Sequence[JobMapping]) -> int | None:
    return rows[-1].pk if len(rows) == CHUNK else None


def restate_clients(*, company_id: int, client_ids: Sequence[int]) -> None:
    """Look again at the mapped jobs of these clients, after their customers changed.

    Which invoices that concerns is the caller's: with all that it locks.
    """
    after: int | None = 0
    while after is not None:
        rows = links_to_look_at(
            company_id=company_id, client_ids=client_ids, after=after, limit=CHUNK
        )
        _write_states(rows)
        after = _next(rows)


def _write_states(rows: Sequence[JobMapping]) -> list[str]:
    """Write what is different; returns the keys of the jobs whose state changed."""
    values: list[tuple[str, str, int]] = []
    keys: list[str] = []
    for row in rows:
        job, target = row.job, row.target
        state = map_state(mapping=row, target=target, customer=_customer_of(job.client))
        text = search_text(job=job, client_name=job.client.name, target=target)
        if state != job.map_state:
            keys.append(job.key)
        if (state, text) != (job.map_state, job.search_text):
            values.append((state, text, job.pk))
    if values:
        statement = (
            f"UPDATE {SourceJob._meta.db_table} "  # noqa: S608 — a constant
            "SET map_state = %s, search_text = %s WHERE id = %s"
        )
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)
    return keys


def look_again_at_some(
    *, company_id: int, now: datetime, task_id: int | None, after: int = 0
) -> tuple[drift_rows.Noticed, int | None]:
    """After an import: notice what changed on our side, and restate the mappings concerned.

    One bundle of mappings, in a transaction of the caller's; also the id to go on after.
    """
    noticed = drift_rows.Noticed()
    rest = drift_rows.notice_some(
        company_id=company_id, now=now, task_id=task_id, after=after, noticed=noticed
    )
    if noticed.target_ids:
        restate(company_id=company_id, target_ids=sorted(noticed.target_ids))
    return noticed, rest


def _customer_of(client: SourceClient) -> QbCustomer | None:
    mapping: ClientMapping | None = getattr(client, "mapping", None)
    return mapping.target if mapping else None


# ------------------------------------------------------------------ the invoices concerned


def concerned_by_jobs(job_keys: Sequence[str]) -> Q:
    """Invoices with a line of one of these contractor jobs."""
    return has_line(job_key__in=job_keys)


def has_line(**condition: object) -> Q:
    """Invoices with such a line."""
    return Q(Exists(SourceLine.objects.filter(invoice_id=OuterRef("pk"), **condition)))


def plan_again(*, company_id: int, concerned: Q | Sequence[Q]) -> int:
    """Let the concerned invoices that are ready or blocked be planned again; returns how many.

    What was sent keeps its plan, it is on its job for good; of an invoice that was sent in part
    the rest is planned. The invoices are locked in their order, so it is called once in a
    transaction, with all that is concerned.
    """
    own = Posting.objects.filter(invoice_id=OuterRef("pk"))
    sent = own.filter(state__in=COMMITTED_STATES)
    rest = own.filter(
        Q(state=State.REFUSED.value)
        | Q(state__in=[State.READY.value, State.NEEDS_PERSON.value], writes=0)
    )
    # one that is being planned now is waited for (its row is locked) and planned once more: it
    # may have been read before this change was committed
    waits = Q(standing__in=[Standing.READY, Standing.BLOCKED, Standing.TO_PLAN])
    open_ = waits & (~Exists(sent) | Exists(rest))
    found: set[int] = set()
    for which in [concerned] if isinstance(concerned, Q) else concerned:
        rows = SourceInvoice.objects.filter(which, open_, company_id=company_id)
        found.update(rows.values_list("pk", flat=True))
    again = 0
    for some in locks.chunks(found):
        ids = locks.invoices(company_id=company_id, which=open_ & Q(pk__in=some))
        again += SourceInvoice.objects.filter(pk__in=ids).update(standing=Standing.TO_PLAN)
    return again


def plan_again_jobs(*, company_id: int, job_keys: Sequence[str]) -> int:
    """The same for the invoices of these contractor jobs, however many."""
    starts = range(0, len(job_keys), KEYS_AT_ONCE)
    concerned = [concerned_by_jobs(job_keys[at : at + KEYS_AT_ONCE]) for at in starts]
    return plan_again(company_id=company_id, concerned=concerned)


def lock_concerned(*, company_id: int, job_keys: Sequence[str], target_ids: Sequence[int]) -> None:
    """Lock every invoice that may be planned again, all in one pass: those of these jobs, and of
    whatever is mapped to these QuickBooks jobs.

    For a transaction that plans again more than once: each time it then finds its rows locked
    already. What is exported stays as it is, so it is left out.
    """
    beside = JobMapping.objects.filter(company_id=company_id, target_id__in=target_ids).order_by()
    concerned = concerned_by_jobs(job_keys) | has_line(job_key__in=beside.values("job__key"))
    open_ = ~Q(standing__in=[Standing.EXPORTED, Standing.SKIPPED])
    locks.invoices(company_id=company_id, which=open_ & concerned)


def plan_after_refresh(*, company_id: int, everything: bool) -> int:
    """Let invoices be planned again after the QuickBooks lists were read; returns how many.

    `everything`: preferences, items, classes or terms changed, so any plan may be another now.
    Otherwise only what was blocked, and what hangs on a customer that is gone or inactive.
    """
    if everything:
        return plan_again(company_id=company_id, concerned=Q())
    sick = Q(client__mapping__target__gone_at__isnull=False) | Q(
        client__mapping__target__active=False
    )
    blocked = Q(standing=SourceInvoice.Standing.BLOCKED)
    return plan_again(company_id=company_id, concerned=blocked | sick)
