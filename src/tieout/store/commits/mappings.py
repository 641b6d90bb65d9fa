"""Write mappings and what depends on them: the state of a job, its search text, waiting plans.

The decisions are made in `core.mapping`; every function here runs in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from tieout.core.exporting import State
from tieout.store.commits import drifts as drift_rows
from tieout.store.commits import locks
from tieout.store.models import (
    ClassMapping,
    ClientMapping,
    ItemMapping,
    JobMapping,
    Posting,
    QbCustomer,
    QbEntry,
    SourceClient,
    SourceInvoice,
    SourceJob,
    SourceLine,
    User,
)
from tieout.store.queries.mappings import COMMITTED_STATES, links_to_look_at
from tieout.store.queries.planning import drifts

SisterMapping = ClientMapping | ItemMapping | ClassMapping
Standing = SourceInvoice.Standing
CHUNK = 1000


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


def restate(*, company_id: int, target_ids: Sequence[int] | None = None) -> int:
    """Look again at the mapped jobs of these QuickBooks jobs, or at all; returns how many changed.

    In the caller's transaction: for a few. `restate_some` is for many.
    """
    changed = 0
    after: int | None = 0
    while after is not None:
        rows = links_to_look_at(
            company_id=company_id, target_ids=target_ids, after=after, limit=CHUNK
        )
        changed += _restate(company_id, rows)
        after = _next(rows)
    return changed


def restate_some(*, company_id: int, seen_pass: int, after: int) -> int | None:
    """Look again at the next mapped jobs that a pass over QuickBooks' lists concerns, 0 for all.

    Returns the id to go on after, None when there are no more: each bundle is a transaction of
    the caller's.
    """
    rows = links_to_look_at(company_id=company_id, seen_pass=seen_pass, after=after, limit=CHUNK)
    _restate(company_id, rows)
    return _next(rows)


def _next(rows: Sequence[JobMapping]) -> int | None:
    return rows[-1].pk if len(rows) == CHUNK else None


def _restate(company_id: int, rows: Sequence[JobMapping]) -> int:
    """Write what is different; invoices of a job whose state changed are planned again."""
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
    if keys:
        plan_again(company_id=company_id, concerned=concerned_by_jobs(keys))
    return len(values)


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


# ------------------------------------------------------------------ the sisters


def lock_client_mapping(*, company_id: int, client_id: int) -> ClientMapping:
    """The client's mapping, made empty when it never had one, locked."""
    ClientMapping.objects.get_or_create(company_id=company_id, client_id=client_id)
    rows = ClientMapping.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("target", "changed_by", "client").get(client_id=client_id)


def lock_item_mapping(*, company_id: int, item_id: int) -> ItemMapping:
    """The item's mapping, made empty when it never had one, locked."""
    ItemMapping.objects.get_or_create(company_id=company_id, item_id=item_id)
    rows = ItemMapping.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("target", "changed_by", "item").get(item_id=item_id)


def lock_class_mapping(*, company_id: int, pk: int) -> ClassMapping:
    """The custom field value's mapping, locked. Values are noted when they are imported."""
    rows = ClassMapping.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("target", "changed_by").get(company_id=company_id, pk=pk)


def write_sister(
    *,
    row: SisterMapping,
    target: QbCustomer | QbEntry | None,
    user: User,
    now: datetime,
) -> None:
    """Link a locked client, item or class value to `target`, or to nothing, as the next version."""
    row.target = target
    row.version += 1
    row.changed_by = user
    row.changed_at = now
    row.save()


def restate_client(row: SisterMapping) -> None:
    """Look again at a client's mapped jobs after its customer changed; others have no jobs."""
    if not isinstance(row, ClientMapping):
        return
    links = JobMapping.objects.filter(
        company_id=row.company_id, job__client_id=row.client_id, target__isnull=False
    )
    batch = []
    loaded = links.select_related("job__client", "target", "remembered_client")
    for link in loaded.order_by("id"):
        state = map_state(mapping=link, target=link.target, customer=row.target)
        if state != link.job.map_state:
            link.job.map_state = state
            batch.append(link.job)
    SourceJob.objects.bulk_update(batch, ["map_state"], batch_size=CHUNK)


# ------------------------------------------------------------------ the invoices concerned


def concerned_by_jobs(job_keys: Sequence[str]) -> Q:
    """Invoices with a line of one of these contractor jobs."""
    return _has_line(job_key__in=job_keys)


def concerned_by_sister(row: SisterMapping) -> Q:
    """Invoices that the mapping of a client, a pay/bill item or a class value decides about."""
    match row:
        case ClientMapping():
            return Q(client_id=row.client_id) | _has_line(job_key__in=_keys(client=row.client_id))
        case ItemMapping():
            return Q(kind=row.item.kind) & _has_line(item_key=row.item.key)
        case ClassMapping():
            through_job = _keys(company=row.company_id, class_value=row.value)
            own = _has_line(class_value=row.value)
            return Q(kind=row.kind) & (own | _has_line(class_value="", job_key__in=through_job))


def _has_line(**condition: object) -> Q:
    return Q(Exists(SourceLine.objects.filter(invoice_id=OuterRef("pk"), **condition)))


def _keys(**condition: object) -> QuerySet[SourceJob, str]:
    return SourceJob.objects.filter(**condition).order_by().values_list("key", flat=True)


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


def lock_concerned(*, company_id: int, job_keys: Sequence[str]) -> None:
    """Lock every invoice of these jobs that may be planned again, all in one pass.

    For a transaction that plans again more than once: each time it then finds its rows locked
    already. What is exported stays as it is, so it is left out.
    """
    open_ = ~Q(standing__in=[Standing.EXPORTED, Standing.SKIPPED])
    locks.invoices(company_id=company_id, which=open_ & concerned_by_jobs(job_keys))


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
