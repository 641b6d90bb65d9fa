"""Suggestions for clients, pay/bill items and class values: what they are made from, and stored."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q

from tieout.store.models import (
    Book,
    ClassMapping,
    ClientMapping,
    Import,
    QbCustomer,
    QbEntry,
    SisterSuggestion,
    SisterSuggestionRun,
    SourceClient,
    SourceItem,
)

__all__ = ["SisterSuggestion"]


def made_from(*, company_id: int) -> str:
    """What suggestions depend on: the lists as they were read, and the last import; two queries."""
    book = Book.objects.filter(company_id=company_id).values_list("lists_refreshed_at").first()
    lists = book[0].isoformat() if book and book[0] else ""
    done = Import.objects.filter(company_id=company_id, state=Import.State.DONE)
    return f"lists {lists}, import {done.aggregate(last=Max('id'))['last'] or 0}"


def computed_from(*, company_id: int, kind: str) -> str:
    """What the stored suggestions of the kind were made from; "" when there are none."""
    run = SisterSuggestionRun.objects.filter(company_id=company_id, kind=kind)
    return run.values_list("computed_from", flat=True).first() or ""


def size(*, company_id: int, kind: str) -> int:
    """How many names would be compared with one another; two queries."""
    return int(_ours(company_id, kind).count() + _theirs(company_id, kind).count())


def ours(*, company_id: int, kind: str) -> list[tuple[int, str, str]]:
    """(id, name, code or "") of every record, mapped or not."""
    rows = _ours(company_id, kind).order_by("id")
    if kind == "item":
        return list(rows.values_list("id", "name", "key"))
    names = rows.values_list("id", "value" if kind == "class" else "name")
    return [(pk, name, "") for pk, name in names]


def theirs(*, company_id: int, kind: str) -> list[tuple[str, str, bool]]:
    """(ListID, full name, active) of every customer, item or class that is still there."""
    rows = _theirs(company_id, kind).order_by("id")
    return list(rows.values_list("list_id", "full_name", "active"))


TAKEN, INACTIVE = "already serves another client", "inactive in QuickBooks"


def doubts(*, company_id: int, kind: str, list_ids: Collection[str]) -> dict[str, str]:
    """ListID -> why a person is to look before it is chosen, where there is reason; one query.

    Several items or class values on one target are usual, two clients on one customer are not.
    """
    theirs = _theirs(company_id, kind).filter(list_id__in=list_ids)
    if kind != "client":
        return dict.fromkeys(
            theirs.filter(active=False).values_list("list_id", flat=True), INACTIVE
        )
    taken = Exists(ClientMapping.objects.filter(target=OuterRef("pk")))
    found = theirs.annotate(taken=taken).filter(Q(taken=True) | Q(active=False))
    return {
        list_id: TAKEN if is_taken else INACTIVE
        for list_id, is_taken in found.values_list("list_id", "taken")
    }


def of_rows(
    *, company_id: int, kind: str, record_ids: Collection[int]
) -> dict[int, SisterSuggestion]:
    """Record -> its suggestion; one query."""
    rows = SisterSuggestion.objects.filter(
        company_id=company_id, kind=kind, record_id__in=record_ids
    )
    return {row.record_id: row for row in rows}


def waiting(kind: str) -> Exists:
    """Whether there is a suggestion for a record, as a condition on its row."""
    of = SisterSuggestion.objects.filter(kind=kind, record_id=OuterRef("pk"))
    return Exists(of.filter(company_id=OuterRef("company_id")).exclude(list_id=""))


def above(*, company_id: int, kind: str, score_from: int) -> dict[int, SisterSuggestion]:
    """Record -> its suggestion, where there is one with at least this score; one query."""
    rows = SisterSuggestion.objects.filter(company_id=company_id, kind=kind, score__gte=score_from)
    return {row.record_id: row for row in rows.exclude(list_id="")}


def _ours(company_id: int, kind: str) -> Any:
    model: Any = {"client": SourceClient, "item": SourceItem, "class": ClassMapping}[kind]
    return model.objects.filter(company_id=company_id)


def _theirs(company_id: int, kind: str) -> Any:
    if kind == "client":
        customers = QbCustomer.objects.filter(company_id=company_id, gone_at__isnull=True)
        return customers.filter(parent_list_id="")
    return QbEntry.objects.filter(company_id=company_id, kind=kind, gone_at__isnull=True)
