"""Write clients, contractor jobs and pay/bill items as the back office says them.

Every function takes facts whose references are resolved, inserts what is new, updates what
differs and leaves the rest. Nothing is ever deleted: a row that vanished from a file may only be
outside its period. All of them run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from tieout.core import facts
from tieout.store.commits import mappings
from tieout.store.models import ClassMapping, SourceClient, SourceItem, SourceJob

BATCH = 500
JOB_FIELDS = [
    "client", "contractor", "title", "start_date", "projected_end_date", "end_date", "active",
    "worker_type", "class_value", "po_number", "search_text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records were new, differed, or were there already."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


def upsert_clients(*, company_id: int, clients: Sequence[facts.SourceClient]) -> Tally:
    """Insert or update clients; a new name reaches the search text of the client's jobs."""
    by_key = {fact.key: fact for fact in clients}
    present = {
        row.key: row for row in SourceClient.objects.filter(company_id=company_id, key__in=by_key)
    }
    new, changed, renamed = [], [], []
    for key, fact in by_key.items():
        row = present.get(key)
        if row is None:
            new.append(
                SourceClient(company_id=company_id, key=key, name=fact.name, active=fact.active)
            )
            continue
        was = row.name
        if _assign(row, {"name": fact.name, "active": fact.active}):
            changed.append(row)
            if was != row.name:
                renamed.append(row.pk)
    SourceClient.objects.bulk_create(new, batch_size=BATCH)
    SourceClient.objects.bulk_update(changed, ["name", "active"], batch_size=BATCH)
    _rename_in_jobs(renamed)
    ids = [row.pk for row in changed]
    mappings.plan_again(company_id=company_id, concerned=Q(client__in=ids) if ids else [])
    return _tally(clients, new, changed)


def upsert_jobs(*, company_id: int, jobs: Sequence[facts.SourceJob]) -> Tally:
    """Insert or update contractor jobs; `client_key` must be a client that is there.

    Their mappings stay as they are. Invoices that nobody has begun to export are planned again
    when one of their jobs changes.
    """
    by_key = {fact.key: fact for fact in jobs}
    clients = {
        row.key: row
        for row in SourceClient.objects.filter(
            company_id=company_id, key__in={fact.client_key for fact in jobs}
        )
    }
    present = {
        row.key: row
        for row in SourceJob.objects.filter(company_id=company_id, key__in=by_key).select_related(
            "mapping__target"
        )
    }
    new, changed = [], []
    for key, fact in by_key.items():
        client = clients[fact.client_key]
        row = present.get(key) or SourceJob(company_id=company_id, key=key)
        known = key in present
        target = row.mapping.target if known and hasattr(row, "mapping") else None
        differs = _assign(row, _job_values(fact, client))
        text = mappings.search_text(job=row, client_name=client.name, target=target)
        differs |= _assign(row, {"search_text": text})
        if not known:
            new.append(row)
        elif differs:
            changed.append(row)
    SourceJob.objects.bulk_create(new, batch_size=BATCH)
    SourceJob.objects.bulk_update(changed, JOB_FIELDS, batch_size=BATCH)
    mappings.plan_again_jobs(company_id=company_id, job_keys=[row.key for row in changed])
    note_class_values(
        company_id=company_id,
        values=((facts.InvoiceKind.CONTRACTOR, fact.class_value) for fact in jobs),
    )
    return _tally(jobs, new, changed)


def upsert_items(*, company_id: int, items: Sequence[facts.SourceItem]) -> Tally:
    """Insert or update pay/bill items, separately for contractors and direct hire."""
    by_key = {(fact.kind.value, fact.key): fact for fact in items}
    present = {
        (row.kind, row.key): row
        for row in SourceItem.objects.filter(
            company_id=company_id, key__in={fact.key for fact in items}
        )
    }
    new, changed = [], []
    for (kind, key), fact in by_key.items():
        row = present.get((kind, key))
        values = {"name": fact.name, "active": fact.active}
        if row is None:
            new.append(SourceItem(company_id=company_id, kind=kind, key=key, **values))
        elif _assign(row, values):
            changed.append(row)
    SourceItem.objects.bulk_create(new, batch_size=BATCH)
    SourceItem.objects.bulk_update(changed, ["name", "active"], batch_size=BATCH)
    return _tally(items, new, changed)


def note_class_values(*, company_id: int, values: Iterable[tuple[facts.InvoiceKind, str]]) -> None:
    """Offer each value of the custom field for mapping to a class; known ones stay as mapped."""
    wanted = {(kind.value, value) for kind, value in values if value}
    known = set(
        ClassMapping.objects.filter(
            company_id=company_id, value__in={value for _, value in wanted}
        ).values_list("kind", "value")
    )
    ClassMapping.objects.bulk_create(
        [
            ClassMapping(company_id=company_id, kind=kind, value=value)
            for kind, value in sorted(wanted - known)
        ],
        batch_size=BATCH,
    )


def _job_values(fact: facts.SourceJob, client: SourceClient) -> dict[str, Any]:
    return {
        "client_id": client.pk,
        "contractor": fact.contractor,
        "title": fact.title,
        "start_date": fact.start_date,
        "projected_end_date": fact.projected_end_date,
        "end_date": fact.end_date,
        "active": fact.active,
        "worker_type": fact.worker_type.value,
        "class_value": fact.class_value,
        "po_number": fact.po_number,
    }


def _assign(row: Model, values: Mapping[str, Any]) -> bool:
    """Set the values; whether any differs from what the row held."""
    differs = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differs.items():
        setattr(row, name, value)
    return bool(differs)


def _tally(said: Sequence[object], new: Sequence[object], changed: Sequence[object]) -> Tally:
    return Tally(len(new), len(changed), len(said) - len(new) - len(changed))


def _rename_in_jobs(client_ids: Sequence[int]) -> None:
    """Put the present names of these clients into what Search on Map Jobs looks through."""
    jobs = SourceJob.objects.filter(client__in=client_ids).order_by("id")
    changed = []
    for job in jobs.select_related("client", "mapping__target") if client_ids else ():
        target = job.mapping.target if hasattr(job, "mapping") else None
        text = mappings.search_text(job=job, client_name=job.client.name, target=target)
        if _assign(job, {"search_text": text}):
            changed.append(job)
    SourceJob.objects.bulk_update(changed, ["search_text"], batch_size=BATCH)
