"""The Drift inbox: what changed under mappings, page by page, and what hangs on each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from tieout.core import drifting
from tieout.core.drifting import DriftKind
from tieout.store.models import Drift, JobMapping, SourceInvoice, SourceLine
from tieout.store.models.drifts import STANDING
from tieout.store.queries import searching

__all__ = ["TABS", "Drift", "DriftFilter", "DriftPage", "DriftRow"]

State, Standing = Drift.State, SourceInvoice.Standing
TABS: dict[str, tuple[str, ...]] = {
    "open": (State.OPEN,),
    "answered": (State.ANSWERED, State.IGNORED),
    "noted": (State.NOTED, State.OVER),
}
WAITING = [Standing.TO_PLAN, Standing.READY, Standing.BLOCKED]
LOADED = (
    "mapping__job__client__mapping__target",
    "mapping__target",
    "mapping__remembered_client",
    "target",
    "survivor",
    "answered_by",
    "seen_by",
)
IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFilter:
    """What is on screen: one tab, one kind ("" for all), a search, a page (from 1)."""

    tab: str = "open"
    kind: str = ""
    search: str = ""
    page: int = 1
    rows: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """One change with what hangs on it."""

    drift: Drift
    open_invoices: int = 0  # of the contractor job, not in QuickBooks yet
    others: int = 0  # further contractor jobs mapped to the same QuickBooks job

    @property
    def blocks(self) -> bool:
        """Whether exports of the job wait for the answer."""
        drift = self.drift
        contractor = drift.mapping.job.contractor
        return drifting.blocks(DriftKind(drift.kind), drift.was, drift.now, contractor=contractor)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPage:
    """One page of rows, with how many there are of each tab, and of each kind in this tab."""

    rows: list[DriftRow]
    found: int
    tabs: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    jobs: int = 0  # affected contractor jobs on this page
    open_invoices: int = 0

    def has_next(self, wanted: DriftFilter) -> bool:
        return wanted.page * wanted.rows < self.found


def list_drifts(*, company_id: int, wanted: DriftFilter) -> DriftPage:
    """A page of the inbox; four queries (a search one more), whatever the number of drifts."""
    counted: dict[tuple[str, str], int] = {}
    groups = Drift.objects.filter(company_id=company_id).order_by().values_list("state", "kind")
    for state, kind, number in groups.annotate(Count("id")):
        counted[state, kind] = number
    tabs = {
        tab: sum(number for (state, _), number in counted.items() if state in states)
        for tab, states in TABS.items()
    }
    kinds: dict[str, int] = {}
    for (state, kind), number in counted.items():
        if state in TABS[wanted.tab]:
            kinds[kind] = kinds.get(kind, 0) + number
    rows = _found(company_id, wanted)
    start = (max(wanted.page, 1) - 1) * wanted.rows
    page = with_weight(company_id=company_id, drifts=list(rows[start : start + wanted.rows]))
    if wanted.search:
        found = rows.order_by().count()
    else:
        found = kinds.get(wanted.kind, 0) if wanted.kind else tabs[wanted.tab]
    return DriftPage(
        rows=page,
        found=found,
        tabs=tabs,
        kinds={kind.value: kinds[kind] for kind in DriftKind if kind in kinds},
        jobs=len({row.drift.mapping_id for row in page}),
        open_invoices=sum({row.drift.mapping_id: row.open_invoices for row in page}.values()),
    )


def each_drift(*, company_id: int, wanted: DriftFilter) -> Iterator[DriftRow]:
    """Everything that the filter finds, whatever the page: for a download."""
    batch: list[Drift] = []
    for drift in _found(company_id, wanted).iterator(chunk_size=IDS_AT_ONCE):
        batch.append(drift)
        if len(batch) == IDS_AT_ONCE:
            yield from with_weight(company_id=company_id, drifts=batch)
            batch = []
    yield from with_weight(company_id=company_id, drifts=batch)


def matching_ids(*, company_id: int, wanted: DriftFilter, limit: int) -> list[int]:
    """Ids of what the filter finds, at most `limit`: for an answer to all of a kind."""
    return list(_found(company_id, wanted).values_list("id", flat=True)[:limit])


def get_drift(*, company_id: int, pk: int) -> DriftRow | None:
    """One row by its id; None for a stranger's."""
    found = list(_loaded(company_id).filter(pk=pk))
    return with_weight(company_id=company_id, drifts=found)[0] if found else None


def rows_of(*, company_id: int, ids: Sequence[int]) -> list[DriftRow]:
    """These rows in their order; ids of another company are left out."""
    found = {drift.pk: drift for drift in _loaded(company_id).filter(pk__in=ids)}
    return with_weight(company_id=company_id, drifts=[found[pk] for pk in ids if pk in found])


def standing_of(*, company_id: int, mapping_ids: Iterable[int]) -> dict[int, list[Drift]]:
    """What stands unanswered under these mappings, the oldest first, by mapping; one query."""
    found: dict[int, list[Drift]] = {}
    rows = Drift.objects.filter(
        company_id=company_id, mapping_id__in=set(mapping_ids), state__in=STANDING
    )
    for drift in rows.order_by("id"):
        found.setdefault(drift.mapping_id, []).append(drift)
    return found


def last_batch(*, company_id: int, batch: str) -> int:
    """How many answers of this batch still stand."""
    if not batch:
        return 0
    return Drift.objects.filter(company_id=company_id, batch=batch).count()


def with_weight(*, company_id: int, drifts: list[Drift]) -> list[DriftRow]:
    """The rows with their open invoices and the other jobs of their QuickBooks job; two queries."""
    if not drifts:
        return []
    invoices = open_invoices(
        company_id=company_id, job_keys={drift.mapping.job.key for drift in drifts}
    )
    shared = (
        JobMapping.objects.filter(
            company_id=company_id, target_id__in={drift.target_id for drift in drifts}
        )
        .order_by()
        .values_list("target_id")
        .annotate(Count("id"))
    )
    served = dict(shared)
    return [
        DriftRow(
            drift=drift,
            open_invoices=invoices.get(drift.mapping.job.key, 0),
            others=max(
                served.get(drift.target_id, 0) - (drift.mapping.target_id == drift.target_id),
                0,
            ),
        )
        for drift in drifts
    ]


def open_invoices(*, company_id: int, job_keys: Iterable[str]) -> dict[str, int]:
    """How many invoices of each contractor job are not in QuickBooks yet; one query."""
    lines = SourceLine.objects.filter(
        job_key__in=set(job_keys),
        invoice__company_id=company_id,
        invoice__standing__in=WAITING,
    )
    counted = lines.order_by().values_list("job_key")
    return dict(counted.annotate(Count("invoice_id", distinct=True)))


def _loaded(company_id: int) -> QuerySet[Drift]:
    return Drift.objects.filter(company_id=company_id).select_related(*LOADED)


def _found(company_id: int, wanted: DriftFilter) -> QuerySet[Drift]:
    rows = _loaded(company_id).filter(state__in=TABS[wanted.tab])
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    words = searching.words(wanted.search)
    for word in (*words.long, *words.short):
        rows = rows.filter(
            Q(mapping__job__search_text__contains=word)
            | Q(was__icontains=word)
            | Q(now__icontains=word)
        )
    return rows.order_by("-id")
