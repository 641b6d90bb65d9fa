"""Write the mappings of clients, pay/bill items and class values, one or many at once.

Every function runs in the caller's transaction, under the desk's lock, and costs a fixed number of
statements, whether it is one record or five hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tieout.store.commits import mappings
from tieout.store.models import (
    ClassMapping,
    ClientMapping,
    ItemMapping,
    QbCustomer,
    QbEntry,
    SourceClient,
    SourceItem,
    SourceJob,
    User,
)

SisterMapping = ClientMapping | ItemMapping | ClassMapping
Target = QbCustomer | QbEntry
WRITTEN = ["target", "version", "changed_by", "changed_at"]
# each kind's mapping, and which record a row is about
MODELS: dict[str, tuple[Any, str]] = {
    "client": (ClientMapping, "client"),
    "item": (ItemMapping, "item"),
    "class": (ClassMapping, "id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A record of ours with its mapping as it is now; None when it never had one."""

    kind: str  # "client", "item", "class"
    pk: int
    key: str
    name: str
    invoice_kind: str  # "" for a client
    mapping: SisterMapping | None

    @property
    def version(self) -> int:
        return self.mapping.version if self.mapping else 0

    @property
    def target(self) -> Target | None:
        return self.mapping.target if self.mapping else None


def lock_sisters(*, company_id: int, kind: str, ids: Collection[int]) -> list[Locked]:
    """These records of the company, their mappings locked until the transaction ends.

    Locked first and read after it, as for contractor jobs.
    """
    wanted = sorted(set(ids))
    model, which = MODELS[kind]
    rows: QuerySet[Any] = model.objects.filter(
        Q(**{f"{which}__in": wanted}), company_id=company_id
    )
    list(rows.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
    if kind == "class":
        return [_of_class(row) for row in rows.select_related("target", "changed_by")]
    records: QuerySet[Any] = (SourceClient if kind == "client" else SourceItem).objects.filter(
        company_id=company_id, id__in=wanted
    )
    loaded = records.select_related("mapping__target", "mapping__changed_by").order_by("id")
    return [
        Locked(
            kind=kind,
            pk=row.pk,
            key=row.key,
            name=row.name,
            invoice_kind=row.kind if kind == "item" else "",
            mapping=getattr(row, "mapping", None),
        )
        for row in loaded
    ]


def _of_class(row: ClassMapping) -> Locked:
    """A value and its mapping are one row: values are noted when they are imported."""
    return Locked(
        kind="class", pk=row.pk, key=row.value, name=row.value, invoice_kind=row.kind, mapping=row
    )


def write_sisters(
    *,
    company_id: int,
    kind: str,
    links: Sequence[tuple[Locked, Target | None]],
    user: User,
    now: datetime,
) -> None:
    """Link locked records of one kind to their targets, or to nothing, each as its next version."""
    rows: list[Any] = []
    for record, target in links:
        row = record.mapping or _empty(company_id, record)
        row.target, row.version = target, record.version + 1
        row.changed_by, row.changed_at = user, now
        rows.append(row)
    model, which = MODELS[kind]
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=[which], update_fields=WRITTEN
    )


def _empty(company_id: int, record: Locked) -> SisterMapping:
    if record.kind == "client":
        return ClientMapping(company_id=company_id, client_id=record.pk)
    return ItemMapping(company_id=company_id, item_id=record.pk)


def concerned(records: Sequence[Locked]) -> list[Q]:
    """Invoices that the mappings of these clients, items or class values decide about."""
    which = []
    for kind in sorted({(each.kind, each.invoice_kind) for each in records}):
        some = [each for each in records if (each.kind, each.invoice_kind) == kind]
        which.append(_concerned(some))
    return which


def _concerned(records: Sequence[Locked]) -> Q:
    """The same for records of one kind, and of one kind of invoice."""
    first, ids = records[0], [each.pk for each in records]
    keys = [each.key for each in records]
    of_kind = Q(kind=first.invoice_kind)
    match first.kind:
        case "client":
            jobs = SourceJob.objects.filter(client__in=ids).order_by()
            through_job = mappings.has_line(job_key__in=jobs.values_list("key", flat=True))
            return Q(client_id__in=ids) | through_job
        case "item":
            return of_kind & mappings.has_line(item_key__in=keys)
        case _:
            company_id = first.mapping.company_id if first.mapping else 0
            jobs = SourceJob.objects.filter(company=company_id, class_value__in=keys).order_by()
            through_job = mappings.has_line(
                class_value="", job_key__in=jobs.values_list("key", flat=True)
            )
            return of_kind & (mappings.has_line(class_value__in=keys) | through_job)
