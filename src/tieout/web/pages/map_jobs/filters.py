"""The address of Map Jobs, read and written: tab, counter, search, order, page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from tieout.store.queries import jobs
from tieout.web import numbers
from tieout.web.addresses import query_on_screen
from tieout.web.wording import MAP_STATES

ROWS = (25, 50, 100, 200)
ROWS_USUAL = 50
SORT_LABELS = {
    "contractor": "Contractor",
    "client": "Client",
    "start": "Start date",
    "state": "State",
}


def read_filter(asked: QueryDict) -> jobs.JobFilter:
    """What the address asks for; anything unknown falls back to the usual."""
    sort = asked.get("sort", "")
    state = asked.get("state") or asked.get("show", "")
    rows = numbers.whole(asked.get("rows", ""))
    return jobs.JobFilter(
        active=asked.get("tab") != "inactive",
        state=state if state in MAP_STATES else "",
        search=asked.get("q", "")[:120],
        sort=cast("jobs.Sort", sort if sort in SORT_LABELS else "contractor"),
        descending=asked.get("dir") == "desc",
        page=numbers.page(asked.get("page", "")),
        rows=rows if rows in ROWS else ROWS_USUAL,
    )


def filter_on_screen(request: HttpRequest) -> jobs.JobFilter:
    """The filter of the page from which htmx asks (header HX-Current-URL)."""
    return read_filter(query_on_screen(request))


@dataclass(frozen=True, slots=True)
class Link:
    """A tab, counter or heading that leads to another filter."""

    label: str
    address: str
    current: bool
    count: int | None = None
    arrow: str = ""  # aria-sort of a heading


def address(wanted: jobs.JobFilter, **changes: str | int) -> str:
    """The query string of this filter with some parts changed; the page starts again at 1."""
    parts: dict[str, str | int] = {
        "tab": "active" if wanted.active else "inactive",
        "state": wanted.state,
        "q": wanted.search,
        "sort": wanted.sort,
        "dir": "desc" if wanted.descending else "",
        "rows": wanted.rows,
        **changes,
    }
    usual = {"tab": "active", "sort": "contractor", "rows": ROWS_USUAL, "page": 1}
    said = {name: value for name, value in parts.items() if value and usual.get(name) != value}
    return "?" + urlencode(said)


def tabs(wanted: jobs.JobFilter, counters: jobs.Counters) -> list[Link]:
    """Active and Inactive."""
    return [
        Link("Active", address(wanted, tab="active"), wanted.active, counters.active[""]),
        Link(
            "Inactive", address(wanted, tab="inactive"), not wanted.active, counters.inactive[""]
        ),
    ]


def states(wanted: jobs.JobFilter, counters: jobs.Counters) -> list[Link]:
    """All, Not mapped, Suggested, Mapped, Needs attention."""
    counted = counters.active if wanted.active else counters.inactive
    return [
        Link(label, address(wanted, state=state), state == wanted.state, counted[state])
        for state, label in MAP_STATES.items()
    ]


def sorts(wanted: jobs.JobFilter) -> dict[str, Link]:
    """The headings by which the table is sorted; the present one turns round."""
    links = {}
    for sort, label in SORT_LABELS.items():
        current = sort == wanted.sort
        down = current and not wanted.descending
        arrow = ("descending" if wanted.descending else "ascending") if current else ""
        to = address(wanted, sort=sort, dir="desc" if down else "")
        links[sort] = Link(label, to, current, arrow=arrow)
    return links
