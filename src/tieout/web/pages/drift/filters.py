"""The address of the Drift inbox, read and written: tab, kind, search, page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from tieout.store.queries.drifts import DriftFilter, DriftPage
from tieout.web import numbers
from tieout.web.addresses import query_on_screen
from tieout.web.pages.drift.words import KINDS, TABS

SEARCH_MAX = 120


@dataclass(frozen=True, slots=True)
class Link:
    """A tab or kind that leads to another filter."""

    label: str
    address: str
    current: bool
    count: int


def read_filter(asked: QueryDict) -> DriftFilter:
    """What the address asks for; anything unknown falls back to the usual."""
    tab, kind = asked.get("tab", ""), asked.get("kind", "")
    return DriftFilter(
        tab=tab if tab in TABS else "open",
        kind=kind if kind in KINDS else "",
        search=asked.get("q", "").replace("\0", "")[:SEARCH_MAX],
        page=numbers.page(asked.get("page", "")),
    )


def filter_on_screen(request: HttpRequest) -> DriftFilter:
    """The filter of the page from which htmx asks (header HX-Current-URL)."""
    return read_filter(query_on_screen(request))


def address(wanted: DriftFilter, **changes: str | int) -> str:
    """The query string of this filter with some parts changed; the page starts again at 1."""
    parts: dict[str, str | int] = {
        "tab": wanted.tab,
        "kind": wanted.kind,
        "q": wanted.search,
        **changes,
    }
    usual = {"tab": "open", "page": 1}
    said = {name: value for name, value in parts.items() if value and usual.get(name) != value}
    return "?" + urlencode(said)


def tabs(wanted: DriftFilter, page: DriftPage) -> list[Link]:
    """Open, Answered, Noted."""
    return [
        Link(label, address(wanted, tab=tab, kind=""), tab == wanted.tab, page.tabs.get(tab, 0))
        for tab, label in TABS.items()
    ]


def kinds(wanted: DriftFilter, page: DriftPage) -> list[Link]:
    """The kinds in this tab; the chosen one leads back to all."""
    return [
        Link(
            kind.name,
            address(wanted, kind="" if kind.key == wanted.kind else kind.key),
            kind.key == wanted.kind,
            page.kinds.get(kind.key, 0),
        )
        for kind in KINDS.values()
        if kind.key in page.kinds or kind.key == wanted.kind
    ]
