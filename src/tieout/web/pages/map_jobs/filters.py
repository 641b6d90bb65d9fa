"""The address of Map Jobs, read and written: tab, counter, search, order, page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict

from tieout.store.queries import jobs

ROWS = (25, 50, 100, 200)
PAGE_MAX = 100_000
SORT_LABELS = {
    "contractor": "Contractor",
    "client": "Client",
    "start": "Start date",
    "state": "State",
}
STATE_LABELS = {
    "": "All",
    "not_mapped": "Not mapped",
    "suggested": "Suggested",
    "mapped": "Mapped",
    "attention": "Needs attention",
}


def read_filter(asked: QueryDict) -> jobs.JobFilter:
    """What the address asks for; anything unknown falls back to the usual."""
    sort = asked.get("sort", "")
    state = asked.get("state") or asked.get("show", "")
    rows = _number(asked.get("rows", ""), usual=50)
    return jobs.JobFilter(
        active=asked.get("tab") != "inactive",
        state=state if state in STATE_LABELS else "",
        search=asked.get("q", "")[:120],
        sort=cast("jobs.Sort", sort if sort in SORT_LABELS else "contractor"),
        descending=asked.get("dir") == "desc",
        page=min(max(_number(asked.get("page", ""), usual=1), 1), PAGE_MAX),
        rows=rows if rows in ROWS else 50,
    )


def filter_on_screen(request: HttpRequest) -> jobs.JobFilter:
    """The filter of the page from which htmx asks (header HX-Current-URL)."""
    address = request.headers.get("HX-Current-URL", "")
    return read_filter(QueryDict(urlsplit(address).query))


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
    usual = {"tab": "active", "sort": "contractor", "rows": 50, "page": 1}
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
        for state, label in STATE_LABELS.items()
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


def _number(text: str, *, usual: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else usual
