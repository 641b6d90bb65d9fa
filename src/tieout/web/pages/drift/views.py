"""The Drift inbox: the table, its filters, and its download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tieout.service import drift_inbox as service
from tieout.service.access import Access
from tieout.service.drift_inbox import Answer
from tieout.store.queries import drifts as queries
from tieout.store.queries import qb_lists
from tieout.store.queries.drifts import DriftFilter, DriftPage, DriftRow
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response
from tieout.web.pages.drift import filters, words
from tieout.web.templatetags.tieout import moment
from tieout.web.wording import CONFIRMS

COLUMNS = (
    "Change", "Contractor", "Client", "Title", "Job", "QuickBooks job", "Was", "Is now",
    "Survivor", "Open invoices", "Exports wait", "Seen", "State", "Answer", "By", "When", "Why",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One row with its words and the answers that this person may give."""

    row: DriftRow
    kind: words.Kind
    answers: tuple[Answer, ...]
    stamp: str
    confirm: tuple[tuple[str, str], ...] = ()  # what must be ticked before it is answered
    undoing: bool = False  # … or before its answer is taken back

    @property
    def answer(self) -> str:
        return words.ANSWERS.get(self.row.drift.answer, "")

    @property
    def undoable(self) -> bool:
        return bool(self.row.drift.answer)


def shown(row: DriftRow, to_confirm: Sequence[str] = (), *, undoing: bool = False) -> Shown:
    """The row as it is on the screen."""
    drift = row.drift
    confirm = tuple((kind, CONFIRMS[kind]) for kind in to_confirm)
    kind = words.KINDS[drift.kind]
    return Shown(row, kind, service.possible(drift), service.stamp(drift), confirm, undoing)


@require_GET
@never_cache
@company_page("read")
def inbox(request: HttpRequest, access: Access) -> HttpResponse:
    """The page; while somebody types in Search its table, after a refresh its age and counters."""
    wanted = filters.read_filter(request.GET)
    context = table(access, wanted)
    if request.headers.get("HX-Target") == "results":
        return render(request, "drift/_results.html", context)
    context["lists"] = qb_lists.list_state(company_id=access.company.pk)
    if request.headers.get("HX-Target") == "list-age":
        return render(request, "drift/_age.html", context)
    batch = request.GET.get("batch", "")[:32]
    if queries.last_batch(company_id=access.company.pk, batch=batch):
        context["batch"] = batch
    return render(request, "drift/inbox.html", context)


@require_GET
@company_page("read")
def download(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """What the filter finds, as CSV."""
    wanted = filters.read_filter(request.GET)
    found = queries.each_drift(company_id=access.company.pk, wanted=wanted)
    return csv_response("drift.csv", COLUMNS, (_cells(row) for row in found))


def table(access: Access, wanted: DriftFilter) -> dict[str, Any]:
    """What the table and its counters need."""
    page = queries.list_drifts(company_id=access.company.pk, wanted=wanted)
    first = (wanted.page - 1) * wanted.rows + 1
    return {
        "wanted": wanted,
        "page": page,
        "rows": [shown(row) for row in page.rows],
        "tabs": filters.tabs(wanted, page),
        "kinds": filters.kinds(wanted, page),
        "kind": words.KINDS.get(wanted.kind),
        "bulk": _bulk(wanted, page),
        "waiting": page.tabs["open"],
        "first": first,
        "last": first + len(page.rows) - 1,
        "previous": filters.address(wanted, page=wanted.page - 1) if wanted.page > 1 else "",
        "next": filters.address(wanted, page=wanted.page + 1) if page.has_next(wanted) else "",
        "same": filters.address(wanted, page=wanted.page),
        "without_search": filters.address(wanted, q=""),
    }


def _bulk(wanted: DriftFilter, page: DriftPage) -> list[tuple[str, str]]:
    """The answers that may be given to all of the chosen kind: (answer, words of the button)."""
    kind = words.KINDS.get(wanted.kind)
    if kind is None or wanted.tab != "open" or page.found < 2:
        return []
    gone = kind.key in {"merged", "deleted"}
    answers = ["remap"] if kind.key == "merged" else [] if gone else ["keep"]
    return [(answer, f"{words.BULK[answer][0]} …") for answer in (*answers, "ignore")]


def _cells(row: DriftRow) -> tuple[object, ...]:
    drift = row.drift
    job = drift.mapping.job
    return (
        words.KINDS[drift.kind].name,
        job.contractor,
        job.client.name,
        job.title,
        job.key,
        drift.target.full_name,
        drift.was,
        drift.now,
        drift.survivor.full_name if drift.survivor else "",
        row.open_invoices,
        "yes" if row.blocks and drift.state in {"open", "ignored"} else "no",
        moment(drift.seen_at),
        drift.get_state_display(),
        words.ANSWERS.get(drift.answer, ""),
        drift.answered_by.shown_name if drift.answered_by else "",
        moment(drift.answered_at),
        drift.reason,
    )
