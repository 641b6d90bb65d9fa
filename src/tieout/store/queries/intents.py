"""Whether what a posting was planned from still holds: asked in the transaction of its intent.

A refresh, an import or a clerk may change it while the posting is queued. One question about its
mapping and one about its lines: they are asked for every invoice that is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from tieout.core.planning import link_blocks
from tieout.store import prepared
from tieout.store.models import (
    Book,
    ClassMapping,
    ClientMapping,
    ItemMapping,
    JobMapping,
    Posting,
    QbCustomer,
    QbEntry,
    SourceJob,
    SourceLine,
)
from tieout.store.queries.planning import job_fact, job_link, qb_job_fact


def job_stands(*, posting: Posting) -> bool:
    """Whether the mapping is the one it was planned from, and planning would still post along it.

    `invoice` must be loaded with the posting.
    """
    link = _link(company_id=posting.company_id, job_key=posting.job_key)
    if link is None or link.version != posting.mapping_version:
        return False
    client_id = posting.invoice.client_id
    if client_id == link.job.client_id:
        mapping = getattr(link.job.client, "mapping", None)
    else:
        mapping = _client_mapping(client_id)
    customer: QbCustomer | None = mapping.target if mapping else None
    found = link_blocks(
        job_fact(link.job), job_link(link), customer=qb_job_fact(customer) if customer else None
    )
    return not any(found)


@prepared.row
def _link(*, company_id: int, job_key: str) -> QuerySet[JobMapping]:
    links = JobMapping.objects.select_related(
        "job__client__mapping__target", "target", "remembered_client"
    )
    return links.filter(company_id=company_id, job__key=job_key, target__isnull=False)


def client_stands(*, posting: Posting) -> bool:
    """Whether the invoice's client still leads to that customer, and it takes invoices."""
    mapping = _client_mapping(posting.invoice.client_id)
    target = mapping.target if mapping else None
    if target is None or target.gone_at is not None or not target.active:
        return False
    planned: str = posting.content["customer"]["list_id"]
    return target.list_id == planned


def customer_stands(*, company_id: int, list_id: str) -> bool:
    """Whether this customer or job is in QuickBooks' list now, and takes invoices."""
    rows = QbCustomer.objects.filter(company_id=company_id, list_id=list_id)
    return rows.filter(active=True, gone_at__isnull=True).exists()


def references_stand(*, company_id: int, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the items and classes that these lines name are in QuickBooks' lists now."""
    named = [_references(line) for line in lines]
    items, classes = {item for item, _ in named}, {class_ for _, class_ in named} - {""}
    there = QbEntry.objects.filter(company_id=company_id, active=True, gone_at__isnull=True)
    held = there.filter(kind=QbEntry.Kind.ITEM, has_account=True, list_id__in=items).count()
    known = there.filter(kind=QbEntry.Kind.CLASS, list_id__in=classes).count()
    return held == len(items) and known == len(classes)


def lines_stand(*, posting: Posting) -> bool:
    """Whether every line would still be sent with its item and class: one question for all lines.

    An item that is inactive, gone or without an account now leads nowhere, and so does a class.
    """
    planned = {line["source_line"]: _references(line) for line in posting.content["lines"]}
    rows = _lines(
        company_id=posting.company_id,
        kind=posting.invoice.kind,
        invoice_id=posting.invoice_id,
        numbers=planned.keys(),
    )
    now = {
        number: (item_id, (class_id or "?") if uses_classes and value else "")
        for number, item_id, value, class_id, uses_classes in rows
    }
    return now == planned


@prepared.rows
def _lines(
    *, company_id: int, kind: str, invoice_id: int, numbers: Collection[int]
) -> QuerySet[SourceLine, tuple[int, str | None, str | None, str | None, bool]]:
    """Of each line its item, its class value, its class, and whether classes are used."""
    item = ItemMapping.objects.filter(
        company_id=company_id,
        item__kind=kind,
        item__key=OuterRef("item_key"),
        target__active=True,
        target__gone_at__isnull=True,
        target__has_account=True,
    )
    job = SourceJob.objects.filter(company_id=company_id, key=OuterRef("job_key"))
    class_ = ClassMapping.objects.filter(
        company_id=company_id,
        kind=kind,
        value=OuterRef("value"),
        target__active=True,
        target__gone_at__isnull=True,
    )
    return (
        SourceLine.objects.filter(invoice_id=invoice_id, number__in=prepared.each(numbers))
        .annotate(
            value=Coalesce(  # the line's, else its job's
                NullIf("class_value", Value("")), Subquery(job.values("class_value")[:1])
            ),
            item_id_now=Subquery(item.values("target__list_id")[:1]),
            class_id_now=Subquery(class_.values("target__list_id")[:1]),
            uses_classes=Exists(Book.objects.filter(company_id=company_id, uses_classes=True)),
        )
        .values_list("number", "item_id_now", "value", "class_id_now", "uses_classes")
    )


def replaced_txn_id(*, posting: Posting) -> str:
    """Under which id the revision before this one stood in QuickBooks, "" when there is none."""
    before = Posting.objects.filter(
        invoice_id=posting.invoice_id, job_key=posting.job_key, revision=posting.revision - 1
    )
    return before.values_list("txn_id", flat=True).first() or ""


def _references(line: Mapping[str, Any]) -> tuple[str, str]:
    class_ = line["class_"]
    return line["item"]["list_id"], class_["list_id"] if class_ else ""


def _client_mapping(client_id: int) -> ClientMapping | None:
    return ClientMapping.objects.select_related("target").filter(client_id=client_id).first()
