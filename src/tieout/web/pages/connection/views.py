"""Settings: the integrations, and the connection to QuickBooks Desktop."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from tieout.service import change_of_way, moments, save_connection, standstill, verify_connection
from tieout.service import take_over as take_over_service
from tieout.service.access import Access
from tieout.service.save_connection import Saved, SettingRefused
from tieout.store.queries import connections, qb_writes, tasks
from tieout.store.queries.tasks import Task
from tieout.web.access import company_page
from tieout.web.pages.connection.forms import ConnectionForm, initial

PAGE = "connection/connection.html"


@require_GET
@company_page("read")
def integrations(request: HttpRequest, access: Access) -> HttpResponse:
    """Settings → Integrations: every page that configures one."""
    row = connections.shown(company_id=access.company.pk)
    context = {
        "connection": row,
        "changes_for_people": qb_writes.needing_people(company_id=access.company.pk),
    }
    return render(request, "connection/integrations.html", context)


@require_GET
@never_cache
@company_page("read")
def connection(request: HttpRequest, access: Access) -> HttpResponse:
    """The settings, the ladder of the last Verify and the connection's status."""
    state = _state(access)
    form = ConnectionForm(
        initial=initial(state["connection"], access.company), has_password=state["has_password"]
    )
    return render(request, PAGE, {**state, "form": form})


@require_GET
@never_cache
@company_page("read")
def status(request: HttpRequest, access: Access) -> HttpResponse:
    """Status and ladder as a fragment; it fetches itself anew while a Verify is open."""
    return render(request, "connection/_status.html", _state(access))


@sensitive_post_parameters("password")
@require_POST
@company_page("configure")
def save(request: HttpRequest, access: Access) -> HttpResponse:
    """Save changes; with the button Verify, verify what was just saved."""
    state = _state(access)
    form = ConnectionForm(request.POST, has_password=state["has_password"])
    if form.is_valid():
        try:
            saved = save_connection.save(
                access=access,
                settings=form.settings(),
                rules=form.rules(),
                switches=form.switches(),
                now=moments.now(),
            )
        except SettingRefused as error:
            form.add_error(error.field, str(error))
        else:
            return _saved(request, access, saved)
    wrong = [form.fields[name].label for name in form.errors if name in form.fields]
    context = {**state, "form": form, "refused": True, "wrong": wrong}
    return render(request, PAGE, context, status=422)


def _saved(request: HttpRequest, access: Access, saved: Saved) -> HttpResponse:
    wants_verify = request.POST.get("then") == "verify"
    if saved.changed or not wants_verify:
        messages.success(request, _words(saved))
    if not wants_verify:
        return redirect("connection", access.company.pk)
    verify_connection.start(access=access, now=moments.now())
    return _back(access)


def _back(access: Access) -> HttpResponse:
    """To the page, at the ladder: on a phone it stands below the settings."""
    return redirect(f"{reverse('connection', args=[access.company.pk])}#connection-status")


def _words(saved: Saved) -> str:
    if not saved.changed:
        return "Nothing was changed."
    count = saved.planned_again
    if not count:
        return "Saved."
    what = "1 planned invoice is" if count == 1 else f"{count:,} planned invoices are"
    return f"Saved. {what} planned again by the new rules; exported ones stay as they are."


@require_POST
@company_page("work")
def verify(request: HttpRequest, access: Access) -> HttpResponse:
    """Verify the saved settings: a Biller may, when the dialog in QuickBooks was closed."""
    verify_connection.start(access=access, now=moments.now())
    return _back(access)


@require_POST
@company_page("configure")
def confirm_certificate(request: HttpRequest, access: Access) -> HttpResponse:
    """Pin the certificate whose fingerprint the person has compared, and verify again."""
    fingerprint = request.POST.get("fingerprint", "")
    try:
        save_connection.confirm_certificate(
            access=access, fingerprint=fingerprint, now=moments.now()
        )
    except SettingRefused as error:
        messages.error(request, str(error))
    else:
        verify_connection.start(access=access, now=moments.now())
    return _back(access)


@require_POST
@company_page("configure")
def confirm_file(request: HttpRequest, access: Access) -> HttpResponse:
    """Accept, on purpose, the company file that is open now as this company's, and verify."""
    offered = {
        name: request.POST.get(name, "") for name in ("company_file", "company_name", "stamp")
    }
    reason = request.POST.get("reason", "")
    try:
        verify_connection.start(access=access, now=moments.now(), accept=offered, reason=reason)
    except change_of_way.WayRefused as error:
        messages.error(request, str(error))
    return _back(access)


@require_POST
@company_page("configure")
def take_over(request: HttpRequest, access: Access) -> HttpResponse:
    """Let this installation write again after the connector's fence refused it."""
    try:
        take_over_service.take_over(access=access, now=moments.now())
    except take_over_service.CannotTakeOver as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "This Tieout writes again; what is queued goes on.")
    return _back(access)


def _state(access: Access) -> dict[str, Any]:
    company_id = access.company.pk
    book = connections.book_of(company_id=company_id)
    row = connections.shown(company_id=company_id)
    held = all(rung.get("state") != "broken" for rung in row.ladder)
    return {
        "connection": row,
        # every rung held at the last Verify: what is wrong now came later
        "broke_since": row.status == "broken" and held and row.problem != "",
        "book": book,
        "held": connections.held(company_id=company_id),
        "stuck": standstill.stuck(company_id=company_id, now=moments.now()),
        "unsettled": partial(change_of_way.unsettled, company_id=company_id),  # if it is asked for
        "task": tasks.latest_task(company_id=company_id, kind=Task.Kind.VERIFY),
        "has_password": connections.has_password(company_id=company_id),
        "stamping": bool(book.read_at and not book.stamp)
        and qb_writes.is_stamping(company_id=company_id),
        "planned": connections.count_planned(company_id=company_id),
    }
