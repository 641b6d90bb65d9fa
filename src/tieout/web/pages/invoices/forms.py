"""The filters of the list, from the address to what the queries take."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.utils.dateparse import parse_date

from tieout.store.queries.invoices import GROUPS, SORTS, Filters
from tieout.web import numbers

TEXT_MAX = 100


def filters_of(query: QueryDict) -> Filters:
    """What the address asks for; what makes no sense is passed over."""
    group = query.get("group", "ready")
    sort = query.get("sort", "date")
    return Filters(
        group=group if group in GROUPS else "ready",
        number=_text(query, "number"),
        client=_text(query, "client"),
        job=_text(query, "job"),
        reason=_text(query, "reason"),
        noticed=query.get("noticed") == "1",
        person=query.get("person") == "1",
        from_date=_day(query, "from"),
        to_date=_day(query, "to"),
        sort=sort if sort in SORTS else "date",
    )


def invoice_ids(post: QueryDict) -> list[int]:
    """The ids that were ticked, or that a confirmation carries in one field."""
    said = [*post.getlist("invoice"), *post.get("invoices", "").split(",")]
    return numbers.wholes(said)


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\0", "").strip()[:TEXT_MAX]


def _day(query: QueryDict, name: str) -> date | None:
    try:
        return parse_date(query.get(name, ""))
    except ValueError:
        return None
