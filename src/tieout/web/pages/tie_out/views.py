"""Tie-out: the last answer, a new comparison, what differs per QuickBooks job and per invoice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import moments
from tieout.service import tie_out as service
from tieout.service.access import Access
from tieout.store.queries import tie_outs as queries
from tieout.store.queries.tie_outs import Task, TieOut, TieOutFinding
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response
from tieout.web.pages.tie_out import words
from tieout.web.pages.tie_out.forms import PeriodForm, Shown, shown_of

ROWS_A_PAGE = 50
TYPED_MAX = 20
JOBS_COLUMNS = ("Customer:Job", "Tieout", "QuickBooks", "Difference")
FINDINGS_COLUMNS = (
    "Finding", "Invoice #", "QuickBooks #", "Date", "QuickBooks date", "Customer:Job",
    "QuickBooks Customer:Job", "Tieout", "QuickBooks", "Difference", "TxnID", "What to do",
)  # fmt: skip


@require_GET
@never_cache
@company_page("read")
def tie_out(request: HttpRequest, access: Access) -> HttpResponse:
    """The last tie-out, and a new one if it is wished."""
    found = queries.latest(company_id=access.company.pk)
    return _page(request, access, found, latest=True)


@require_GET
@never_cache
@company_page("read")
def former(request: HttpRequest, access: Access, tie_out_id: int) -> HttpResponse:
    """A tie-out as it was concluded then."""
    found = _find(access, tie_out_id)
    return _page(request, access, found, latest=False)


@require_POST
@company_page("read")
def start(request: HttpRequest, access: Access) -> HttpResponse:
    """Tie out now; everybody but a Viewer may."""
    if not access.can_tie_out:
        message = "Your role does not allow a tie-out. Ask a Biller or a Super User."
        raise PermissionDenied(message)
    form = PeriodForm(request.POST)
    refused = [str(error) for errors in form.errors.values() for error in errors]
    if not refused:
        try:
            service.start(access=access, now=moments.now(), **form.cleaned_data)
        except service.CannotTieOut as error:
            refused = [str(error)]
    address = reverse("tie_out", args=[access.company.pk])
    if not refused:
        return redirect(address)
    for sentence in refused:
        messages.error(request, sentence)
    typed = {name: request.POST.get(name, "")[:TYPED_MAX] for name in PeriodForm.base_fields}
    return redirect(f"{address}?{urlencode(typed)}")


@require_GET
@company_page("read")
def jobs_csv(request: HttpRequest, access: Access, tie_out_id: int) -> StreamingHttpResponse:
    """Both totals of every QuickBooks job."""
    found = _find(access, tie_out_id)
    rows = (
        (row.customer, row.ours, row.theirs, row.difference)
        for row in queries.every_total(tie_out_id=found.pk)
    )
    return csv_response(f"tie-out {found.pk} jobs.csv", JOBS_COLUMNS, rows)


@require_GET
@company_page("read")
def findings_csv(request: HttpRequest, access: Access, tie_out_id: int) -> StreamingHttpResponse:
    """Everything that differs."""
    found = _find(access, tie_out_id)
    return csv_response(f"tie-out {found.pk} findings.csv", FINDINGS_COLUMNS, _csv_findings(found))


def _find(access: Access, tie_out_id: int) -> TieOut:
    found = queries.get(company_id=access.company.pk, tie_out_id=tie_out_id)
    if found is None:
        message = "There is no such tie-out."
        raise Http404(message)
    return found


def _period(request: HttpRequest, found: TieOut | None, task: Task | None) -> dict[str, Any]:
    """The period that was just typed, or is being compared, or that of the tie-out shown."""
    typed = {name: request.GET[name] for name in PeriodForm.base_fields if name in request.GET}
    if typed:
        return typed
    if task and not task.over:
        return dict(task.params)
    if found is None or found.whole:
        return {}
    return {"from_date": found.from_date, "to_date": found.to_date}


def _page(
    request: HttpRequest, access: Access, found: TieOut | None, *, latest: bool
) -> HttpResponse:
    company_id = access.company.pk
    shown = shown_of(request.GET)
    what = shown.what or ("findings" if found and found.verdicts else "jobs")
    task = queries.last_task(company_id=company_id) if latest else None
    if found and task and task.over and task.pk == found.task_id:
        task = None  # what it found is on the page
    context: dict[str, Any] = {
        "tie_out": found,
        "latest": latest,
        "form": PeriodForm(initial=_period(request, found, task)),
        "task": task,
        "may_start": latest and access.can_tie_out,
        "anything": found is not None or queries.anything_exported(company_id=company_id),
        "shown": shown,
        "what": what,
        "former_count": queries.complete(company_id=company_id).count(),
    }
    if found:
        context |= {
            "since": queries.since(tie_out=found) if latest else None,
            "gap": abs(found.ours - found.theirs),
            "counted": words.counted(found.verdicts),
            "verdicts": _verdict_links(found, shown),
            **_table(request, found, shown, what),
        }
    return render(request, "tie_out/tie_out.html", context)


def _table(request: HttpRequest, found: TieOut, shown: Shown, what: str) -> dict[str, Any]:
    """One page of the table at hand."""
    if what == "former":
        rows: Any = queries.complete(company_id=found.company_id)
    elif what == "jobs":
        rows = queries.totals(
            tie_out_id=found.pk, search=shown.search, differing=shown.differing, sort=shown.sort
        )
    else:
        rows = queries.findings(tie_out_id=found.pk, verdict=shown.verdict)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    if what == "findings":
        return {"page": page, "findings": [_finding_view(row) for row in page.object_list]}
    if what == "former":
        return {
            "page": page,
            "former": [(row, words.counted(row.verdicts)) for row in page.object_list],
        }
    return {"page": page, "totals": list(page.object_list)}


def _finding_view(row: TieOutFinding) -> dict[str, Any]:
    word, tone = words.WORDS[row.verdict]
    return {"row": row, "word": word, "tone": tone, "to_do": words.what_to_do(row)}


def _verdict_links(found: TieOut, shown: Shown) -> list[dict[str, Any]]:
    return [
        {
            "verdict": verdict,
            "word": word,
            "count": found.verdicts[verdict],
            "chosen": str(verdict) == shown.verdict,
        }
        for verdict, (word, _) in words.WORDS.items()
        if found.verdicts.get(verdict)
    ]


def _csv_findings(found: TieOut) -> Iterator[tuple[object, ...]]:
    for row in queries.every_finding(tie_out_id=found.pk):
        yield (
            words.WORDS[row.verdict][0],
            row.our_number,
            row.their_number,
            f"{row.our_date:%m/%d/%Y}" if row.our_date else "",
            f"{row.their_date:%m/%d/%Y}" if row.their_date else "",
            row.our_customer,
            row.their_customer,
            row.ours,
            row.theirs,
            row.difference,
            row.txn_id,
            words.what_to_do(row),
        )
