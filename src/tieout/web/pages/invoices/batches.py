"""Export selected: the confirmation, the batch's progress and its result."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.core.exporting import State
from tieout.service import moments, run_export
from tieout.service.access import Access
from tieout.service.run_export import CannotExport
from tieout.store.queries import invoice_detail as details
from tieout.store.queries import invoices as queries
from tieout.store.queries.invoice_detail import Batch
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response
from tieout.web.pages.invoices import pace, shown
from tieout.web.pages.invoices.forms import filters_of, invoice_ids
from tieout.web.templatetags.tieout import moment
from tieout.web.wording import STATES

POSTINGS_A_PAGE = 100
CSV_COLUMNS = (
    "Our number", "State", "QuickBooks number", "TxnID", "Client", "QuickBooks job", "Total",
    "What happened", "Who fixes it, and how",
)  # fmt: skip
# what QuickBooks did with exported invoices afterwards, as a batch says it
SINCE = {
    State.CHANGED_IN_QUICKBOOKS: "changed",
    State.DELETED: "deleted",
    State.VOIDED: "voided",
}
BATCHES_COLUMNS = ("Batch", "When", "Who", "State", "Invoices", "Total", "Result")


@require_POST
@company_page("work")
def confirm(request: HttpRequest, access: Access) -> HttpResponse:
    """What would be exported: counted anew, nothing queued yet."""
    ids = invoice_ids(request.POST)
    if request.POST.get("matching"):
        ids = queries.matching_ids(company_id=access.company.pk, filters=filters_of(request.GET))
    rows = queries.chosen(company_id=access.company.pk, invoice_ids=ids)
    postings = [posting for row in rows for posting in row.postings]
    context = {
        "ids": ",".join(str(row.invoice.pk) for row in rows),
        "count": len(rows),
        "total": sum((row.invoice.total for row in rows), Decimal("0.00")),
        "postings": len(postings),
        "credits": sum(1 for posting in postings if posting.kind == "credit_memo"),
        "left": len(set(ids)) - len(rows),
        "book": queries.company_file(company_id=access.company.pk),
    }
    page = "_confirm" if _in_dialog(request) else "confirm"
    return render(request, f"invoices/{page}.html", context)


@require_POST
@company_page("work")
def export(request: HttpRequest, access: Access) -> HttpResponse:
    """Queue what was confirmed, and go to the batch's page."""
    try:
        made = run_export.start(
            access=access, invoice_ids=invoice_ids(request.POST), now=moments.now()
        )
    except CannotExport as refused:
        messages.error(request, str(refused))
        return redirect("invoices", access.company.pk)
    return redirect("batch", access.company.pk, made.pk)


@require_GET
@never_cache
@company_page("read")
def exports(request: HttpRequest, access: Access) -> HttpResponse:
    """The latest batches."""
    found = details.batches(company_id=access.company.pk)
    return render(request, "invoices/exports.html", {"batches": found})


@require_GET
@never_cache
@company_page("read")
def exports_csv(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """Every batch with its result, the earlier ones too."""
    return csv_response("batches.csv", BATCHES_COLUMNS, _batch_rows(access))


def _batch_rows(access: Access) -> Iterator[tuple[object, ...]]:
    for each in details.every_batch(company_id=access.company.pk):
        task = each.task
        yield (
            each.pk,
            moment(each.created_at),
            each.requested_by.shown_name if each.requested_by else "Tieout",
            STATES[task.state][0] if task else "",
            each.postings_count,
            each.total,
            f"{task.message} {task.problem}".strip() if task else "",
        )


@require_GET
@never_cache
@company_page("read")
def batch(request: HttpRequest, access: Access, batch_id: int) -> HttpResponse:
    """One batch: live while it runs, its result afterwards."""
    return render(request, "invoices/batch.html", _context(request, access, batch_id))


@require_GET
@never_cache
@company_page("read")
def progress(request: HttpRequest, access: Access, batch_id: int) -> HttpResponse:
    """The part of the batch's page that moves."""
    return render(request, "invoices/_batch.html", _context(request, access, batch_id))


@require_GET
@never_cache
@company_page("read")
def as_csv(request: HttpRequest, access: Access, batch_id: int) -> StreamingHttpResponse:
    """Every invoice of the batch with what became of it."""
    _found(access, batch_id)
    return csv_response(f"batch {batch_id}.csv", CSV_COLUMNS, _csv_rows(batch_id))


def _csv_rows(batch_id: int) -> Iterator[tuple[object, ...]]:
    for posting in details.every_batch_posting(batch_id=batch_id):
        yield (
            posting.number,
            STATES[posting.state.replace(" ", "_")][0],
            posting.qb_number,
            posting.txn_id,
            posting.invoice.client.name,
            posting.customer.full_name,
            posting.total,
            posting.problem,
            posting.remedy,
        )


def _found(access: Access, batch_id: int) -> Batch:
    found = details.batch(company_id=access.company.pk, batch_id=batch_id)
    if found is None:
        message = "There is no such batch."
        raise Http404(message)
    return found


def _context(request: HttpRequest, access: Access, batch_id: int) -> dict[str, Any]:
    found = _found(access, batch_id)
    states = details.batch_states(batch_id=batch_id)
    page = Paginator(range(sum(states.values())), POSTINGS_A_PAGE).get_page(
        request.GET.get("page")
    )
    postings = details.batch_postings(
        batch_id=batch_id, start=(page.number - 1) * POSTINGS_A_PAGE, limit=POSTINGS_A_PAGE
    )
    counts = details.batch_counts(states, postings=found.postings_count)
    return {
        "batch": found,
        "task": found.task,
        "time_left": _time_left(found, left=counts["left"]),
        "counts": counts,
        "since": [f"{n:,} {words}" for state, words in SINCE.items() if (n := states.get(state))],
        "page": page,
        "postings": [shown.posting_view(access, posting) for posting in postings],
    }


def _time_left(found: Batch, *, left: int) -> str:
    """About how long the rest takes; "" while nobody can say, or nothing moves."""
    task, now = found.task, moments.now()
    if task is None or task.over or task.problem:
        return ""
    ends = details.latest_ends(batch_id=found.pk, since=now - pace.LOOK_BACK, limit=pace.ENDS_MAX)
    seconds = pace.seconds_left(ends, left=left, now=now)
    return "" if seconds is None else pace.in_words(seconds)


def _in_dialog(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
