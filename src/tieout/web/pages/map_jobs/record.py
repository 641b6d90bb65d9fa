"""Record Mapping: the dialog of one contractor job."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.service import mapping_state, moments
from tieout.service import save_mapping as service
from tieout.service.access import Access
from tieout.service.new_job import propose
from tieout.store.queries import jobs, mappings, qb_lists, suggestions
from tieout.store.queries.qb_lists import QbCustomer
from tieout.web import numbers
from tieout.web.access import company_page
from tieout.web.mapping_history import past
from tieout.web.pages.map_jobs import filters, views
from tieout.web.pages.map_jobs.offers import chips, shown_rows
from tieout.web.records import job_or_404
from tieout.web.wording import CONFIRMS

DIALOG = "map_jobs/_record.html"


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("read")
def record_mapping(request: HttpRequest, access: Access, job_id: int) -> HttpResponseBase:
    """The dialog; posted, it saves."""
    if request.method == "POST":
        return _save(request, access.company.pk, job_id=job_id)
    job = job_or_404(access, job_id)
    if not request.headers.get("HX-Request"):
        page = reverse("map_jobs", args=[access.company.pk])
        return redirect(f"{page}?open={job_id}")
    remove = access.can_work and request.GET.get("remove") == "1"
    context = dialog(access, job, remove=remove)
    if access.can_work and request.GET.get("new") == "1" and not context["locked"]:
        context["proposal"] = propose(company_id=access.company.pk, job=job)
    return render(request, DIALOG, context)


@company_page("work")
def _save(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    job = job_or_404(access, job_id)
    remove = request.POST.get("remove") == "1"
    chosen = request.POST.get("target", "")
    answer = service.save_job_mapping(
        access=access,
        job_key=job.key,
        expected_version=numbers.version(request.POST.get("version", "")),
        target_list_id=chosen or None,
        remove=remove,
        confirmed=request.POST.getlist("confirmed"),
        reason=request.POST.get("reason", ""),
        now=moments.now(),
        seen=request.POST.get("q", ""),  # the dropdown writes the chosen name there
    )
    return _answered(request, access, job, answer, remove=remove, chosen=chosen)


@require_POST
@company_page("work")
def accept(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """One OK: save the suggestion that stands on the right of the row."""
    job = job_or_404(access, job_id)
    chosen = request.POST.get("target", "")
    answer = service.accept_suggestion(
        access=access,
        job_key=job.key,
        expected_version=numbers.version(request.POST.get("version", "")),
        target_list_id=chosen,
        seen=request.POST.get("seen", ""),
        now=moments.now(),
    )
    return _answered(request, access, job, answer, chosen=chosen)


@require_POST
@company_page("work")
def undo(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """Take a change back: the last one, or the one that the history names by its version."""
    job = job_or_404(access, job_id)
    change = request.POST.get("change", "")
    answer = service.undo_job_mapping(
        access=access,
        job_key=job.key,
        expected_version=numbers.version(request.POST.get("version", "")),
        reason=request.POST.get("reason", ""),
        now=moments.now(),
        change=numbers.whole(change),
        also_confirmed=request.POST.getlist("confirmed"),
    )
    return _answered(request, access, job, answer, undoing=change or "last")


@require_POST
@company_page("work")
def keep(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """Answer a change in QuickBooks: it is still the right job."""
    job = job_or_404(access, job_id)
    answer = service.keep_job_mapping(
        access=access,
        job_key=job.key,
        expected_version=numbers.version(request.POST.get("version", "")),
        reason=request.POST.get("reason", ""),
        now=moments.now(),
        confirmed=request.POST.getlist("confirmed"),
        seen=request.POST.getlist("said"),
    )
    return _answered(request, access, job, answer)


@require_GET
@never_cache
@company_page("work")
def next_unmapped(request: HttpRequest, access: Access) -> HttpResponse:
    """The dialog of the next job on screen that is not mapped, or that there is none."""
    after = numbers.whole(request.GET.get("after", ""))
    company_id = access.company.pk
    present = jobs.get_job(company_id=company_id, job_id=after) if after else None
    return _next(request, access, present, {})


@require_GET
@never_cache
@company_page("work")
def choices(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """What the dropdown offers for what was typed: at most twenty jobs, the client's first."""
    job = job_or_404(access, job_id)
    client = getattr(job.client, "mapping", None)
    company_id = access.company.pk
    found = qb_lists.choose_jobs(
        company_id=company_id,
        search=request.GET.get("q", ""),
        customer_list_id=client.target.list_id if client and client.target else "",
    )
    served = qb_lists.served_by(company_id=company_id, target_ids=[row.pk for row in found.rows])
    options = [
        {"row": row, "served": [other for other in served.get(row.pk, []) if other.pk != job.pk]}
        for row in found.rows
    ]
    context: dict[str, Any] = {"options": options, "more": found.more}
    if not request.GET.get("q", "").strip():
        _offer_first(context, company_id, job)
    return render(request, "map_jobs/_choices.html", context)


def _offer_first(context: dict[str, Any], company_id: int, job: jobs.SourceJob) -> None:
    """Before anything is typed, the suggested jobs stand first, with their reasons."""
    offered = suggestions.offers(
        company_id=company_id, suggestion=getattr(job, "suggestion", None)
    )
    targets = [offer.target for offer in offered]
    served = qb_lists.served_by(company_id=company_id, target_ids=[row.pk for row in targets])
    first = [
        {
            "row": offer.target,
            "bucket": offer.bucket,
            "chips": chips(offer.reasons),
            "served": [other for other in served.get(offer.target.pk, []) if other.pk != job.pk],
        }
        for offer in offered
    ]
    rest = [option for option in context["options"] if option["row"] not in targets]
    context["options"] = first + rest


@require_GET
@never_cache
@company_page("work")
def warnings(request: HttpRequest, access: Access, job_id: int) -> HttpResponse:
    """What is odd about the chosen QuickBooks job, each to be confirmed."""
    job = job_or_404(access, job_id)
    chosen = request.GET.get("target", "")
    context = {"warnings": _warnings(access, job, chosen), "rather": _rather(job, chosen)}
    return render(request, "map_jobs/_warnings.html", context)


def _rather(job: jobs.SourceJob, chosen: str) -> QbCustomer | None:
    """What is suggested beyond doubt, when another one was chosen: a click one row too low."""
    suggestion = getattr(job, "suggestion", None)
    sure = chosen and suggestion is not None and suggestion.safe and suggestion.target
    return sure if sure and sure.list_id != chosen else None


def dialog(access: Access, job: jobs.SourceJob, *, remove: bool = False) -> dict[str, Any]:
    """What the dialog of a job shows."""
    company_id = access.company.pk
    mapping = getattr(job, "mapping", None)
    target = mapping.target if mapping else None
    history = mappings.history(
        company_id=company_id, subject=mapping_state.SUBJECT, subject_key=job.key
    )
    client = getattr(job.client, "mapping", None)
    return {
        "job": job,
        "mapping": mapping,
        "target": target,
        "version": mapping.version if mapping else 0,
        "customer": client.target if client else None,
        "remove": remove and target is not None,
        "locked": target is not None and not remove,
        "drifts": mapping_state.changes_since(job=job),
        "asked": mapping_state.to_confirm_when_kept(job=job),
        "staying": mappings.staying(
            company_id=company_id, job_key=job.key, target_id=target.pk if target else None
        ),
        "history": [past(event) for event in history],
    }


def _warnings(access: Access, job: jobs.SourceJob, list_id: str) -> list[dict[str, Any]]:
    company_id = access.company.pk
    target = qb_lists.get_customer(company_id=company_id, list_id=list_id) if list_id else None
    if target is None:
        return []
    odd = mapping_state.warnings_for(company_id=company_id, job=job, target=target)
    return [{"it": warning, "confirmed": False} for warning in odd]


def _answered(
    request: HttpRequest,
    access: Access,
    job: jobs.SourceJob,
    answer: mapping_state.Saved | mapping_state.Refused,
    *,
    remove: bool = False,
    chosen: str = "",
    undoing: str = "",
) -> HttpResponse:
    """`undoing`: the change that was to be taken back, for which something is to be confirmed."""
    job = job_or_404(access, job.pk)
    if isinstance(answer, mapping_state.Refused):
        stale = answer.reason == "changed_meanwhile"
        context = dialog(access, job, remove=remove and not stale)
        context["refused"] = answer
        # its row may have been overtaken as well
        context["refused_rows"] = shown_rows(company_id=access.company.pk, rows=[job])
        if undoing and answer.to_confirm:
            context["undo_confirm"] = [(kind, CONFIRMS[kind]) for kind in answer.to_confirm]
            context["undo_change"] = "" if undoing == "last" else undoing
        elif not stale:
            company_id = access.company.pk
            context["chosen"] = qb_lists.get_customer(company_id=company_id, list_id=chosen)
            ticked = request.POST.getlist("confirmed")
            odd = _warnings(access, job, chosen)
            context["warnings"] = [one | {"confirmed": one["it"].kind in ticked} for one in odd]
        return render(request, DIALOG, context, status=422)
    wanted = filters.filter_on_screen(request)
    swapped = views.counters(access, wanted) | {"saved": answer}
    swapped["saved_rows"] = shown_rows(company_id=access.company.pk, rows=[job])
    if request.POST.get("then") == "next":
        return _next(request, access, job, swapped)
    response = render(request, "map_jobs/_saved.html", swapped)
    response["HX-Trigger-After-Settle"] = "dialog-close"
    return response


def _next(
    request: HttpRequest, access: Access, after: jobs.SourceJob | None, swapped: dict[str, Any]
) -> HttpResponse:
    wanted = filters.filter_on_screen(request)
    found = jobs.next_unmapped(company_id=access.company.pk, after=after, wanted=wanted)
    if found is not None:
        context = dialog(access, job_or_404(access, found.pk)) | swapped
        return render(request, "map_jobs/_next.html", context)
    which = "active" if wanted.active else "inactive"
    matching = f" that matches “{wanted.search}”" if wanted.search else ""
    swapped.setdefault("done", f"Every {which} contractor job{matching} is mapped.")
    return render(request, "map_jobs/_next.html", swapped)
