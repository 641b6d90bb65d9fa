"""What Client, Invoice and Class Mapping share: one table, one dialog, one dropdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from tieout.core.matching_facts import Bucket
from tieout.service import moments, save_sisters, suggest_sisters
from tieout.service.access import Access
from tieout.service.mapping_state import How, Refused, Saved
from tieout.store.queries import mappings, qb_lists, sister_suggestions
from tieout.web import mapping_files, numbers
from tieout.web.addresses import query_on_screen
from tieout.web.mapping_history import past
from tieout.web.wording import MAP_STATES

ROWS = 100
NO_SUGGESTION = Refused(
    text="This is not suggested any more.",
    remedy="Reload the page, then look at the row again.",
    reason="no_suggestion",
)
LOOK_FIRST = Refused(
    text="This suggestion is to be looked at first.",
    remedy="Click the row, then choose there what is right.",
    reason="look_first",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row of the table: what is mapped, or else what is suggested for it."""

    row: mappings.SisterRow
    suggestion: sister_suggestions.SisterSuggestion | None = None
    doubt: str = ""  # why what is suggested is to be looked at first

    @property
    def one_click(self) -> bool:
        """Whether OK takes it; else a person chooses in the dialog, where nothing is preset."""
        found = self.suggestion
        return found is not None and not self.doubt and found.bucket != Bucket.WEAK

    @property
    def state(self) -> str:
        return "suggested" if self.suggestion and self.suggestion.list_id else self.row.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Sister:
    """The words and addresses of one of the pages."""

    kind: mappings.SisterKind
    page: str  # name of its address; the others are built on it
    crumb: str
    headings: Mapping[str, str]  # tab -> heading
    tabs: Mapping[str, str]  # tab -> label
    ours: str  # heading of the left column
    theirs: str  # heading of the right column
    one: str  # "client"
    many: str  # "clients"
    tip: str
    refresh: str = "Refresh QuickBooks list"

    @property
    def usual(self) -> str:
        return next(iter(self.tabs))


def read_filter(sister: Sister, asked: QueryDict) -> mappings.SisterFilter:
    """What the address asks for; anything unknown falls back to the usual."""
    state = asked.get("state") or asked.get("show", "")
    tab = asked.get("tab", "")
    return mappings.SisterFilter(
        kind=sister.kind,
        tab=tab if tab in sister.tabs else sister.usual,
        state=state if state in MAP_STATES else "",
        search=asked.get("q", "")[:120],
        page=numbers.page(asked.get("page", "")),
        rows=ROWS,
    )


def address(sister: Sister, wanted: mappings.SisterFilter, **changes: str | int) -> str:
    """The query string of this filter with some parts changed; the page starts again at 1."""
    parts: dict[str, str | int] = {
        "tab": wanted.tab,
        "state": wanted.state,
        "q": wanted.search,
        **changes,
    }
    usual = {"tab": sister.usual, "page": 1}
    said = {name: value for name, value in parts.items() if value and usual.get(name) != value}
    return "?" + urlencode(said)


def list_page(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """The page; while somebody types in Search, only its table."""
    wanted = read_filter(sister, request.GET)
    fresh = suggest_sisters.ensure(
        company_id=access.company.pk, kind=sister.kind, now=moments.now()
    )
    context = table(access, sister, wanted) | {"stale": not fresh}
    if request.headers.get("HX-Target") == "results":
        return render(request, "sisters/_results.html", context)
    context["lists"] = qb_lists.list_state(company_id=access.company.pk)
    if request.headers.get("HX-Target") == "list-age":
        return render(request, "sisters/_age.html", context)
    context["open"] = request.GET.get("open", "")
    return render(request, "sisters/page.html", context)


def record(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponse:
    """The dialog of one row."""
    row = _row(access, sister, pk)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse(sister.page, args=[access.company.pk])}?open={pk}")
    return render(request, "sisters/_record.html", _dialog(access, sister, row))


def save(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponse:
    """Save the choice of the dialog; the row is swapped in place."""
    row = _row(access, sister, pk)
    remove = request.POST.get("remove") == "1"
    chosen = "" if remove else request.POST.get("target", "")
    answer: Saved | Refused = save_sisters.NOTHING_TO_SAVE
    if chosen or remove:
        answer = save_sisters.save_sister(
            access=access,
            kind=sister.kind,
            pk=pk,
            expected_version=numbers.version(request.POST.get("version", "")),
            target_list_id=chosen or None,
            reason=request.POST.get("reason", ""),
            now=moments.now(),
            seen=request.POST.get("q", ""),  # the dropdown writes the chosen name there
        )
    if isinstance(answer, Refused):
        context = _dialog(access, sister, _row(access, sister, row.pk)) | {"refused": answer}
        return render(request, "sisters/_record.html", context, status=422)
    return _swapped(request, access, sister, pk, answer)


def accept(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponse:
    """Save the suggestion of a row as it was shown; only the row is swapped."""
    row = _row(access, sister, pk)
    stored = sister_suggestions.of_rows(
        company_id=access.company.pk, kind=sister.kind, record_ids=[pk]
    ).get(pk)
    target = request.POST.get("target", "")
    if stored is None or not target or stored.list_id != target:
        return _swapped(request, access, sister, pk, NO_SUGGESTION)
    if not row.mapped and not _with_suggestions(access, sister, [row])[0].one_click:
        return _swapped(request, access, sister, pk, LOOK_FIRST)
    answer = save_sisters.save_sister(
        access=access,
        kind=sister.kind,
        pk=pk,
        expected_version=numbers.version(request.POST.get("version", "")),
        target_list_id=target,
        reason=f"Suggested: {', '.join(stored.reasons)}",
        now=moments.now(),
        how=How.SUGGESTION,
        seen=request.POST.get("seen", ""),
    )
    return _swapped(request, access, sister, pk, answer)


def undo(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponse:
    """Take a change of a row back: the last one, or the one that the history names."""
    _row(access, sister, pk)
    change = request.POST.get("change", "")
    answer = save_sisters.undo_sister(
        access=access,
        kind=sister.kind,
        pk=pk,
        expected_version=numbers.version(request.POST.get("version", "")),
        reason=request.POST.get("reason", ""),
        now=moments.now(),
        change=numbers.whole(change),
    )
    return _swapped(request, access, sister, pk, answer)


def filter_on_screen(request: HttpRequest, sister: Sister) -> mappings.SisterFilter:
    """The filter of the page from which htmx asks."""
    return read_filter(sister, query_on_screen(request))


def _swapped(
    request: HttpRequest, access: Access, sister: Sister, pk: int, answer: Saved | Refused
) -> HttpResponse:
    """The row as it is now, the counters, and the sentence; a dialog is closed."""
    context = table(access, sister, filter_on_screen(request, sister))
    shown = _with_suggestions(access, sister, [_row(access, sister, pk)])[0]
    refused = isinstance(answer, Refused)
    context |= {"refused" if refused else "saved": answer, "one": shown}
    response = render(request, "sisters/_saved.html", context, status=422 if refused else 200)
    response["HX-Trigger-After-Settle"] = "dialog-close"
    return response


def choices(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """What the dropdown offers for what was typed: at most twenty."""
    search = request.GET.get("q", "")
    rows: list[Any]
    if sister.kind == "client":
        found = qb_lists.choose_customers(company_id=access.company.pk, search=search)
        rows, more = list(found.rows), found.more
    else:
        entries, more = qb_lists.choose_entries(
            company_id=access.company.pk, kind=sister.kind, search=search
        )
        rows = list(entries)
    context: dict[str, Any] = {"rows": rows, "more": more}
    if not search.strip() and (pk := numbers.whole(request.GET.get("row", ""))):
        context |= _offered_first(access, sister, pk, rows)
    return render(request, "sisters/_choices.html", context)


def _offered_first(access: Access, sister: Sister, pk: int, rows: list[Any]) -> dict[str, Any]:
    """Before anything is typed, what is suggested for the row stands first, with its reasons."""
    company_id = access.company.pk
    found = sister_suggestions.of_rows(company_id=company_id, kind=sister.kind, record_ids=[pk])
    offer = found.get(pk)
    if offer is None or not offer.list_id:
        return {}
    wanted: dict[str, Any] = {"company_id": company_id, "list_ids": [offer.list_id]}
    known: dict[str, Any]
    if sister.kind == "client":
        known = qb_lists.customers_by_list_id(**wanted)
    else:
        known = qb_lists.entries_by_list_id(kind=sister.kind, **wanted)
    target = known.get(offer.list_id)
    if target is None or target.gone_at is not None:
        return {}
    rest = [row for row in rows if row.list_id != offer.list_id]
    return {"rows": [target, *rest], "offer": offer}


def download(request: HttpRequest, access: Access, sister: Sister) -> HttpResponseBase:
    """What is on screen, as CSV."""
    wanted = read_filter(sister, request.GET)
    name = f"{sister.kind}-mappings.csv"
    return mapping_files.download(sister.kind, access, wanted=wanted, name=name)


def download_excel(request: HttpRequest, access: Access, sister: Sister) -> HttpResponseBase:
    """The same as an Excel workbook."""
    wanted = read_filter(sister, request.GET)
    name = f"{sister.kind}-mappings.xlsx"
    return mapping_files.download_excel(sister.kind, access, wanted=wanted, name=name)


def upload(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """Read a mapping file and go on to the preview of its changes."""
    return mapping_files.upload(request, access, sister.kind, back=sister.page, label=sister.crumb)


def _row(access: Access, sister: Sister, pk: int) -> mappings.SisterRow:
    row = mappings.get_sister(company_id=access.company.pk, kind=sister.kind, pk=pk)
    if row is None:
        message = f"There is no such {sister.one}."
        raise Http404(message)
    return row


def _with_suggestions(
    access: Access, sister: Sister, rows: list[mappings.SisterRow]
) -> list[Shown]:
    """The rows, and what is suggested for those that are not mapped; two queries at most."""
    waiting = [row.pk for row in rows if not row.mapped]
    if not waiting:
        return [Shown(row=row) for row in rows]
    company_id = access.company.pk
    found = sister_suggestions.of_rows(company_id=company_id, kind=sister.kind, record_ids=waiting)
    doubts: dict[str, str] = {}
    if ids := [each.list_id for each in found.values() if each.list_id]:
        doubts = sister_suggestions.doubts(company_id=company_id, kind=sister.kind, list_ids=ids)
    return [
        Shown(row=row, suggestion=each, doubt=doubts.get(each.list_id, "") if each else "")
        for row, each in ((row, found.get(row.pk)) for row in rows)
    ]


def _addresses(access: Access, sister: Sister) -> dict[str, str]:
    parts = ("choices", "csv", "upload", "suggestions")
    named = {part: reverse(f"{sister.page}_{part}", args=[access.company.pk]) for part in parts}
    return {"page_address": reverse(sister.page, args=[access.company.pk]), **named}


def _dialog(access: Access, sister: Sister, row: mappings.SisterRow) -> dict[str, Any]:
    company_id = access.company.pk
    events = mappings.history(
        company_id=company_id,
        subject=save_sisters.subject(kind=sister.kind, invoice_kind=row.invoice_kind),
        subject_key=row.key,
    )
    return {
        "sister": sister,
        "row": row,
        "record_name": f"{sister.page}_record",
        "undo_name": f"{sister.page}_undo",
        "history": [past(event) for event in events],
        **_addresses(access, sister),
    }


def _elsewhere(
    sister: Sister, wanted: mappings.SisterFilter, counted: dict[str, dict[str, int]]
) -> list[tuple[str, int, str]]:
    """What waits on the tabs that are not on screen: label, how many, and the way there.

    An inactive client that nobody mapped keeps nothing waiting.
    """
    if sister.kind == "client":
        return []
    return [
        (label, waiting, address(sister, wanted, tab=tab, state="not_mapped", q=""))
        for tab, label in sister.tabs.items()
        if tab != wanted.tab and (waiting := counted[tab]["not_mapped"])
    ]


def table(access: Access, sister: Sister, wanted: mappings.SisterFilter) -> dict[str, Any]:
    """What the table, its tabs and its counters show."""
    company_id, kind = access.company.pk, sister.kind
    page = mappings.list_sisters(company_id=company_id, wanted=wanted)
    counted = {
        tab: page.counters
        if tab == wanted.tab
        else mappings.count_tab(company_id=company_id, kind=kind, tab=tab)
        for tab in sister.tabs
    }
    first = (wanted.page - 1) * wanted.rows + 1
    return {
        "sister": sister,
        "heading": sister.headings[wanted.tab],
        "wanted": wanted,
        "page": page,
        "shown": _with_suggestions(access, sister, page.rows),
        "waiting": page.counters["not_mapped"],
        "elsewhere": _elsewhere(sister, wanted, counted),
        "first": first,
        "last": first + len(page.rows) - 1,
        "tabs": [
            (
                label,
                address(sister, wanted, tab=tab, state="", q=""),
                tab == wanted.tab,
                counted[tab]["all"],
            )
            for tab, label in sister.tabs.items()
        ],
        "states": [
            (
                label,
                address(sister, wanted, state=state),
                state == wanted.state,
                page.counters[state or "all"],
            )
            for state, label in MAP_STATES.items()
        ],
        "previous": address(sister, wanted, page=wanted.page - 1) if wanted.page > 1 else "",
        "next": address(sister, wanted, page=wanted.page + 1) if page.has_next(wanted) else "",
        "same": address(sister, wanted, page=wanted.page),
        "without_search": address(sister, wanted, q=""),
        "without_state": address(sister, wanted, state=""),
        "record_name": f"{sister.page}_record",
        "accept_name": f"{sister.page}_accept",
        "undo_name": f"{sister.page}_undo",
        **_addresses(access, sister),
    }
