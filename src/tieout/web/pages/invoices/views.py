"""Invoices: what is ready, what is blocked and why, what became of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tieout.service import confirm_gone
from tieout.service.access import Access
from tieout.store.queries import invoice_detail as details
from tieout.store.queries import invoices as queries
from tieout.store.queries import qb_writes
from tieout.store.queries.exports import QbWrite, Task
from tieout.store.queries.invoices import Filters, Overview
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response
from tieout.web.pages.invoices import shown
from tieout.web.pages.invoices.forms import filters_of
from tieout.web.pages.qb_writes.views import view_of
from tieout.web.records import invoice_or_404
from tieout.web.wording import REASONS

ROWS_A_PAGE = 50
LABELS = {
    "ready": "Ready",
    "blocked": "Blocked",
    "under-way": "Under way",
    "exported": "Exported",
    "changed": "Changed",
    "skipped": "Skipped",
    "all": "All",
}
CSV_COLUMNS = (
    "Invoice #", "Date", "Client", "Contractor Jobs", "Total", "State", "Reasons", "What to do",
    "Who", "QuickBooks #", "QuickBooks job", "TxnID",
)  # fmt: skip


@require_GET
@never_cache
@company_page("read")
def invoices(request: HttpRequest, access: Access) -> HttpResponse:
    """The list, by groups."""
    filters = filters_of(request.GET)
    company_id = access.company.pk
    overview = queries.overview(company_id=company_id)
    found = queries.total_of(company_id=company_id, filters=filters)
    page = Paginator(range(found.invoices), ROWS_A_PAGE).get_page(request.GET.get("page"))
    start = (page.number - 1) * ROWS_A_PAGE
    rows = queries.rows(company_id=company_id, filters=filters, start=start, limit=ROWS_A_PAGE)
    context = {
        "overview": overview,
        "filters": filters,
        "found": found,
        "page": page,
        "rows": [shown.row_view(access, row) for row in rows],
        "tabs": _tabs(filters, overview),
        "reasons": _reasons(filters, overview),
        "sorts": _sorts(filters),
        "selecting": filters.group == "ready" and access.can_work,
        "select_all": request.GET.get("select") == "all",  # Home leads here to export them all
    }
    return render(request, "invoices/invoices.html", context)


@require_GET
@never_cache
@company_page("read")
def checking(request: HttpRequest, access: Access) -> HttpResponse:
    """How many invoices are still being checked; fetched again while there are any."""
    left = queries.count_to_plan(company_id=access.company.pk)
    return render(request, "invoices/_checking.html", {"left": left, "asked": True})


@require_GET
@company_page("read")
def as_csv(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """Everything that the list shows, over all its pages."""
    filters = filters_of(request.GET)
    return csv_response(f"invoices {filters.group}.csv", CSV_COLUMNS, _csv_rows(access, filters))


@require_GET
@never_cache
@company_page("read")
def invoice(request: HttpRequest, access: Access, invoice_id: int) -> HttpResponse:
    """One invoice: what the back office says, what it became, and what happened."""
    found = invoice_or_404(access, invoice_id)
    job_ids = {key: job.pk for key, job in found.jobs.items()}
    context = {
        "detail": found,
        "invoice": found.invoice,
        "lines": [(line, found.jobs.get(line.job_key)) for line in found.lines],
        "lines_total": sum((line.amount for line in found.lines), Decimal("0.00")),
        "fixes": [shown.fix(access, block, found.postings, job_ids) for block in found.blocks],
        "papers": shown.papers(access, found.postings),
        "look": _look(found),
        "change": shown.change(found.invoice, found.postings),
        "writes": [view_of(access, row) for row in _writes(found)],
    }
    return render(request, "invoices/invoice.html", context)


def _look(found: details.Detail) -> Task | None:
    """The latest question whether QuickBooks still holds what was exported."""
    sent = [posting.pk for posting in found.postings if posting.txn_id]
    return confirm_gone.latest(company_id=found.invoice.company_id, posting_ids=sent)


def _writes(found: details.Detail) -> list[QbWrite]:
    """The latest void or update of each posting."""
    sent = [posting.pk for posting in found.postings if posting.txn_id]
    return list(qb_writes.latest_of_postings(posting_ids=sent).values()) if sent else []


@require_GET
@company_page("read")
def preview(request: HttpRequest, access: Access, invoice_id: int) -> HttpResponse:
    """The invoice as QuickBooks will show it, in the dialog."""
    found = invoice_or_404(access, invoice_id)
    papers = [shown.paper(access, posting) for posting in found.postings]
    return render(request, "invoices/_preview.html", {"invoice": found.invoice, "papers": papers})


@require_GET
@company_page("configure")
def exchange(request: HttpRequest, access: Access, exchange_id: int) -> HttpResponse:
    """The raw messages of one exchange, for a Super User."""
    found = details.exchange(company_id=access.company.pk, exchange_id=exchange_id)
    if found is None:
        message = "There is no such exchange."
        raise Http404(message)
    context = {
        "exchange": found,
        "request_text": bytes(found.request).decode("utf-8", "replace"),
        "answer_text": bytes(found.answer).decode("utf-8", "replace"),
    }
    return render(request, "invoices/exchange.html", context)


def _csv_rows(access: Access, filters: Filters) -> Iterator[tuple[object, ...]]:
    for row in queries.every(company_id=access.company.pk, filters=filters):
        invoice = row.invoice
        yield (
            invoice.number,
            f"{invoice.invoice_date:%m/%d/%Y}",
            invoice.client.name,
            " · ".join(f"{job.contractor} ({job.key})" for job in row.jobs),
            invoice.total,
            invoice.get_standing_display(),
            " · ".join(block.message for block in row.blocks) or _why_skipped(invoice),
            " · ".join(block.remedy for block in row.blocks),
            " · ".join(dict.fromkeys(block.who for block in row.blocks)),
            " · ".join(p.qb_number or p.number for p in row.postings),
            " · ".join(dict.fromkeys(p.customer.full_name for p in row.postings)),
            " · ".join(p.txn_id for p in row.postings if p.txn_id),
        )


def _why_skipped(invoice: queries.SourceInvoice) -> str:
    skipped = invoice.standing == queries.Standing.SKIPPED
    return str(invoice.skipped_why) if skipped else ""


def _tabs(filters: Filters, overview: Overview) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "address": f"?{urlencode({'group': name})}",
            "current": name == filters.group,
            "sum": overview.groups[name],
        }
        for name, label in LABELS.items()
    ]


def _reasons(filters: Filters, overview: Overview) -> list[dict[str, Any]]:
    return [
        {
            "value": reason,
            "label": REASONS.get(reason, reason),
            "chosen": reason == filters.reason,
            "sum": each,
        }
        for reason, each in overview.reasons.items()
        if reason
    ]


def _sorts(filters: Filters) -> dict[str, dict[str, str]]:
    """Per column: where its heading leads, and how the list is sorted by it now."""
    directions = {"": "ascending", "-": "descending"}
    sign = "-" if filters.sort.startswith("-") else ""
    present = filters.sort.lstrip("-")
    return {
        name: {
            "to": f"-{name}" if name == present and not sign else name,
            "aria": directions[sign] if name == present else "none",
        }
        for name in ("number", "date", "client", "total")
    }
