"""Contractor Job Mapping: the table, its search, and Refresh QuickBooks list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import moments
from tieout.service.access import Access
from tieout.service.ask_refresh import ask_refresh, misses
from tieout.service.preferences import set_single_keys
from tieout.store.queries import jobs, qb_lists, suggestions
from tieout.web.access import company_page
from tieout.web.pages.map_jobs import filters
from tieout.web.pages.map_jobs.offers import shown_rows


@require_GET
@never_cache
@company_page("read")
def map_jobs(request: HttpRequest, access: Access) -> HttpResponse:
    """The page; while somebody types in Search its table, after a refresh its age and counters."""
    wanted = filters.read_filter(request.GET)
    if request.headers.get("HX-Target") == "list-age":
        context = counters(access, wanted)
        context["lists"] = qb_lists.list_state(company_id=access.company.pk)
        return render(request, "map_jobs/_age.html", context)
    if request.headers.get("HX-Target") == "suggestion-age":
        return _suggestion_age(request, access, wanted)
    context = table(access, wanted)
    if request.headers.get("HX-Target") == "results":
        return render(request, "map_jobs/_results.html", context)
    context |= counters(access, wanted)
    context["lists"] = qb_lists.list_state(company_id=access.company.pk)
    context |= _age(access, context["lists"].refreshed_at)
    context["open"] = request.GET.get("open", "")
    return render(request, "map_jobs/map_jobs.html", context)


@require_POST
@company_page("work")
def refresh(request: HttpRequest, access: Access) -> HttpResponse:
    """Ask for what changed in the lists, or for everything, and show how far it is."""
    full = request.POST.get("full") == "1"
    now = moments.now()
    task = ask_refresh(access=access, now=now, full=full)
    if request.headers.get("HX-Request"):
        missed = misses(task, now=now, full=full)
        return render(request, "_refresh_asked.html", {"task": task, "missed": missed})
    return redirect("map_jobs", access.company.pk)


@require_POST
@company_page("read")
def single_keys(request: HttpRequest, access: Access) -> HttpResponse:
    """Switch the shortcuts that are single letters on or off, for this person everywhere."""
    set_single_keys(user=access.user, on=request.POST.get("on") == "1")
    if request.headers.get("HX-Request"):
        return render(request, "_keys.html", {"user": access.user})
    return redirect("map_jobs", access.company.pk)


def _suggestion_age(request: HttpRequest, access: Access, wanted: jobs.JobFilter) -> HttpResponse:
    """How old the suggestions are; asked again while they are looked for."""
    refreshed_at = suggestions.lists_refreshed_at(company_id=access.company.pk)
    context = _age(access, refreshed_at) | counters(access, wanted)
    context["same"] = filters.address(wanted, page=wanted.page)
    context["came"] = request.GET.get("was") == "looking" and not context["age"].looking
    response = render(request, "map_jobs/_suggestion_age.html", context)
    if context["came"]:
        response["HX-Trigger-After-Settle"] = "suggestions-came"
    return response


def _age(access: Access, refreshed_at: datetime | None) -> dict[str, Any]:
    return {"age": suggestions.age(company_id=access.company.pk, refreshed_at=refreshed_at)}


def table(access: Access, wanted: jobs.JobFilter) -> dict[str, Any]:
    """What the table needs."""
    page = jobs.list_jobs(company_id=access.company.pk, wanted=wanted)
    first = (wanted.page - 1) * wanted.rows + 1
    return {
        "wanted": wanted,
        "page": page,
        "rows": shown_rows(company_id=access.company.pk, rows=page.rows),
        "grouped": wanted.sort == "client" and access.can_work,
        "offering": {job.client_id for job in page.rows if job.suggested},
        "first": first,
        "last": first + len(page.rows) - 1,
        "narrow": jobs.NARROW,
        "sorts": filters.sorts(wanted),
        "previous": filters.address(wanted, page=wanted.page - 1) if wanted.page > 1 else "",
        "next": filters.address(wanted, page=wanted.page + 1) if page.has_next else "",
        "same": filters.address(wanted, page=wanted.page),
        "without_state": filters.address(wanted, state=""),
        "without_search": filters.address(wanted, q=""),
    }


def counters(access: Access, wanted: jobs.JobFilter) -> dict[str, Any]:
    """What the first line, the tabs and the counters need."""
    counted = jobs.count_jobs(company_id=access.company.pk)
    return {
        "wanted": wanted,
        "waiting": counted.active["not_mapped"],
        "suggested": counted.active["suggested"],
        "attention": counted.active["attention"],
        "all_jobs": counted.active[""] + counted.inactive[""],
        "tabs": filters.tabs(wanted, counted),
        "states": filters.states(wanted, counted),
        "total": counted.of(wanted),
        "row_choices": filters.ROWS,
    }
