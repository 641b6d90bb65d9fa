"""Saved mappings: the rows of the sister screens, histories, and what stays where it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Max, Model, Q, QuerySet

from tieout.core.exporting import COMMITTED
from tieout.store.models import (
    ClassMapping,
    Event,
    JobMapping,
    Posting,
    QbCustomer,
    QbEntry,
    SourceClient,
    SourceItem,
)
from tieout.store.queries import sister_suggestions

__all__ = ["Event", "SisterFilter", "SisterKind", "SisterPage", "SisterRow"]

HISTORY_MAX = 200
COMMITTED_STATES = [state.value for state in COMMITTED]

SisterKind = Literal["client", "item", "class"]
# where each sister's row keeps its name, its mapping and its QuickBooks side
_NAMES = {"client": "name", "item": "name", "class": "value"}
_TARGETS = {"client": "mapping__target", "item": "mapping__target", "class": "target"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SisterFilter:
    """What is on screen of Client, Invoice or Class Mapping.

    `tab` is "active" or "inactive" for clients, an invoice kind ("contractor", "direct_hire") for
    items and classes; `state` is "", "not_mapped", "suggested", "mapped" or "attention".
    """

    kind: SisterKind
    tab: str
    state: str = ""
    search: str = ""
    page: int = 1
    rows: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SisterRow:
    """One row: our record on the left, its QuickBooks record on the right ("" when not mapped)."""

    pk: int
    key: str
    name: str
    version: int
    invoice_kind: str = ""  # of an item or a class value
    active: bool = True
    list_id: str = ""
    target: str = ""
    target_active: bool = True
    target_gone: bool = False
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def mapped(self) -> bool:
        return bool(self.list_id)

    @property
    def state(self) -> str:
        if not self.mapped:
            return "not_mapped"
        return "attention" if self.target_gone or not self.target_active else "mapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class SisterPage:
    """One page of rows with the counters of its tab."""

    rows: list[SisterRow]
    counters: dict[str, int]  # "all", "not_mapped", "suggested" (of those), "mapped", "attention"
    found: int

    def has_next(self, wanted: SisterFilter) -> bool:
        return wanted.page * wanted.rows < self.found


def list_sisters(*, company_id: int, wanted: SisterFilter) -> SisterPage:
    """A page of Client, Invoice or Class Mapping; three queries."""
    tab = _tab(company_id, wanted)
    counters = tab.order_by().aggregate(
        all=Count("id"),
        **{state: Count("id", filter=_state(wanted.kind, state)) for state in _STATES},
    )
    found = _found(tab, wanted)
    start = (max(wanted.page, 1) - 1) * wanted.rows
    rows = [_row(wanted.kind, row) for row in found[start : start + wanted.rows]]
    return SisterPage(rows=rows, counters=counters, found=found.count())


def count_tab(*, company_id: int, kind: SisterKind, tab: str) -> dict[str, int]:
    """How many a tab has ("all"), and how many of them have no QuickBooks side; one query."""
    rows = _tab(company_id, SisterFilter(kind=kind, tab=tab)).order_by()
    waiting = Count("id", filter=_state(kind, "not_mapped"))
    return dict(rows.aggregate(all=Count("id"), not_mapped=waiting))


def each_sister(*, company_id: int, wanted: SisterFilter) -> Iterator[SisterRow]:
    """Everything that the filter finds, whatever the page: for a download."""
    for row in _found(_tab(company_id, wanted), wanted).iterator(chunk_size=2000):
        yield _row(wanted.kind, row)


def get_sister(*, company_id: int, kind: SisterKind, pk: int) -> SisterRow | None:
    """One row by its id; None for a stranger's."""
    found = _all(company_id, kind).filter(pk=pk).first()
    return None if found is None else _row(kind, found)


def get_sisters(
    *, company_id: int, kind: SisterKind, ids: Collection[int]
) -> dict[int, SisterRow]:
    """Rows by their ids, a stranger's left out; one query."""
    return {found.pk: _row(kind, found) for found in _all(company_id, kind).filter(pk__in=ids)}


def history(
    *, company_id: int, subject: str, subject_key: str, limit: int = HISTORY_MAX
) -> list[Event]:
    """The events of one mapping, the latest first; one query."""
    return list(
        Event.objects.filter(company_id=company_id, subject=subject, subject_key=subject_key)
        .select_related("actor")
        .order_by("-sequence")[:limit]
    )


def latest_events(*, company_id: int, subject: str, keys: Collection[str]) -> dict[str, Event]:
    """The latest event of each of these mappings; two queries, none without keys."""
    if not keys:
        return {}
    ours = Event.objects.filter(company_id=company_id).order_by()
    said = ours.filter(subject=subject, subject_key__in=keys)
    latest = said.values("subject_key").annotate(at=Max("sequence")).values_list("at", flat=True)
    return {event.subject_key: event for event in ours.filter(sequence__in=list(latest))}


def staying(*, company_id: int, job_key: str, target_id: int | None) -> int:
    """How many invoices of the contractor job are on this QuickBooks job for good.

    Counted from the moment that something was sent: such an invoice is not moved by a new mapping.
    """
    if target_id is None:
        return 0
    return (
        Posting.objects.filter(
            company_id=company_id,
            customer_id=target_id,
            job_key=job_key,
            state__in=COMMITTED_STATES,
        )
        .values("invoice_id")
        .distinct()
        .count()
    )


def links_to_look_at(
    *,
    company_id: int,
    target_ids: Collection[int] | None = None,
    client_ids: Collection[int] | None = None,
    seen_pass: int = 0,
    after: int = 0,
    limit: int,
) -> list[JobMapping]:
    """Job mappings with job, client and target, by id, the next `limit` of them after one id.

    All; or those to these QuickBooks jobs; or those of these clients; or those that a pass over
    QuickBooks' lists concerns, because it saw their QuickBooks job or their client's customer.
    """
    rows = JobMapping.objects.filter(company_id=company_id, target__isnull=False, id__gt=after)
    if target_ids is not None:
        rows = rows.filter(target_id__in=target_ids)
    if client_ids is not None:
        rows = rows.filter(job__client_id__in=client_ids)
    if seen_pass:
        customer = Q(job__client__mapping__target__seen_pass=seen_pass)
        rows = rows.filter(Q(target__seen_pass=seen_pass) | customer)
    loaded = rows.select_related("job__client__mapping__target", "target", "remembered_client")
    return list(loaded.order_by("id")[:limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """So many clients, items or class values of a tab are mapped to what is gone or inactive."""

    kind: SisterKind
    tab: str
    count: int


def stale(*, company_id: int) -> list[Stale]:
    """Where Client, Invoice and Class Mapping need attention; three queries."""
    found = []
    kinds: tuple[SisterKind, ...] = ("client", "item", "class")
    for kind in kinds:
        rows = _all(company_id, kind).filter(_state(kind, "attention")).order_by()
        by = "active" if kind == "client" else "kind"
        counted = rows.select_related(None).values_list(by).annotate(n=Count("id"))
        for tab, count in sorted(counted):
            shown = ("active" if tab else "inactive") if kind == "client" else tab
            found.append(Stale(kind=kind, tab=shown, count=count))
    return found


_STATES = ("not_mapped", "suggested", "mapped", "attention")


def _all(company_id: int, kind: SisterKind) -> QuerySet[Any]:
    if kind == "class":
        values = ClassMapping.objects.select_related("target", "changed_by")
        return values.filter(company_id=company_id)
    records: QuerySet[Any] = (
        SourceClient.objects.all() if kind == "client" else SourceItem.objects.all()
    )
    loaded = records.select_related("mapping__target", "mapping__changed_by")
    return loaded.filter(company_id=company_id)


def _tab(company_id: int, wanted: SisterFilter) -> QuerySet[Any]:
    rows = _all(company_id, wanted.kind)
    if wanted.kind == "client":
        return rows.filter(active=wanted.tab != "inactive")
    return rows.filter(kind=wanted.tab)


def _found(tab: QuerySet[Any], wanted: SisterFilter) -> QuerySet[Any]:
    name, target = _NAMES[wanted.kind], _TARGETS[wanted.kind]
    if wanted.state in _STATES:
        tab = tab.filter(_state(wanted.kind, wanted.state))
    for word in wanted.search[:120].split()[:8]:
        tab = tab.filter(
            Q(**{f"{name}__icontains": word}) | Q(**{f"{target}__full_name__icontains": word})
        )
    return tab.order_by(name, "id")


def _state(kind: SisterKind, state: str) -> Q:
    target = _TARGETS[kind]
    odd = Q(**{f"{target}__active": False}) | Q(**{f"{target}__gone_at__isnull": False})
    match state:
        case "not_mapped":
            return Q(**{f"{target}__isnull": True})
        case "suggested":
            return Q(**{f"{target}__isnull": True}) & Q(sister_suggestions.waiting(kind))
        case "attention":
            return Q(**{f"{target}__isnull": False}) & odd
        case _:
            return Q(
                **{
                    f"{target}__isnull": False,
                    f"{target}__active": True,
                    f"{target}__gone_at__isnull": True,
                }
            )


def _row(kind: SisterKind, record: Model) -> SisterRow:
    mapping: Any = record if kind == "class" else getattr(record, "mapping", None)
    target: QbCustomer | QbEntry | None = mapping.target if mapping else None
    by = mapping.changed_by if mapping else None
    return SisterRow(
        pk=record.pk,
        key=getattr(record, "key", "") or str(getattr(record, "value", "")),
        name=getattr(record, _NAMES[kind]),
        version=mapping.version if mapping else 0,
        invoice_kind="" if kind == "client" else getattr(record, "kind", ""),
        active=getattr(record, "active", True),
        list_id=target.list_id if target else "",
        target=target.full_name if target else "",
        target_active=target.active if target else True,
        target_gone=bool(target and target.gone_at),
        changed_by=by.shown_name if by else "",
        changed_at=mapping.changed_at if mapping else None,
    )
