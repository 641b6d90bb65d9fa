"""Settings: choose the Web Connector's road, set it up, and see what its updates did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import change_of_way, moments, qbwc_account, standstill
from tieout.service.access import Access
from tieout.store.queries import connections
from tieout.store.queries import web_connector as queries
from tieout.store.queries.web_connector import Connection, Session
from tieout.web.access import company_page
from tieout.web.pages.web_connector.forms import AccountForm, initial

PAGE = "web_connector/web_connector.html"
UPDATES_SHOWN = 20
ANEW = " Download the .qwc file again and add it in the Web Connector anew."
# phase -> the badge's state and word
PHASES = {
    "open": ("running", "Under way"),
    "outstanding": ("running", "Under way"),
    "waiting": ("running", "Under way"),
    "ending": ("done", "Ended"),
    "closed": ("done", "Done"),
    "expired": ("attention", "Fell silent"),
    "refused": ("inactive", "Not let in"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update as the table shows it."""

    began: datetime
    last_call: datetime
    badge: str
    word: str
    answered: int
    said: str


@require_GET
@never_cache
@company_page("read")
def page(request: HttpRequest, access: Access) -> HttpResponse:
    """Road, account, the clicks to make, and the latest updates."""
    return render(request, PAGE, _state(request, access))


@require_POST
@company_page("configure")
def save(request: HttpRequest, access: Access) -> HttpResponse:
    """Save the account."""
    form = AccountForm(request.POST)
    if form.is_valid():
        try:
            changed = qbwc_account.save(access=access, wishes=form.wishes(), now=moments.now())
        except qbwc_account.Refused as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, f"Saved.{ANEW}" if changed else "Nothing was changed.")
            return redirect("web_connector", access.company.pk)
    context = {**_state(request, access), "form": form, "refused": True}
    return render(request, PAGE, context, status=422)


@require_POST
@company_page("configure")
def road(request: HttpRequest, access: Access) -> HttpResponse:
    """Work over this road from now on."""
    wanted = request.POST.get("road", "")
    try:
        if wanted == Connection.Road.WEB_CONNECTOR:
            qbwc_account.ensure(access=access, now=moments.now())
        changed = qbwc_account.switch(
            access=access, road=wanted, now=moments.now(), reason=request.POST.get("reason", "")
        )
    except (qbwc_account.Refused, change_of_way.WayRefused) as error:
        messages.error(request, str(error))
    else:
        label = Connection.Road(wanted).label
        words = f"Exports and lists go over the {label} now."
        messages.success(request, words if changed else "Nothing was changed.")
    return redirect("web_connector", access.company.pk)


@require_POST
@never_cache
@company_page("configure")
def password(request: HttpRequest, access: Access) -> HttpResponse:
    """Make a new password and show it, this once."""
    made = qbwc_account.make_password(access=access, now=moments.now())
    return render(request, PAGE, {**_state(request, access), "password": made})


@require_POST
@company_page("configure")
def verify(request: HttpRequest, access: Access) -> HttpResponse:
    """Have the company file looked at when the Web Connector calls next."""
    qbwc_account.ask_verify(access=access, now=moments.now())
    messages.success(request, "The next update looks at the company file first.")
    return redirect("web_connector", access.company.pk)


@require_POST
@company_page("configure")
def confirm_file(request: HttpRequest, access: Access) -> HttpResponse:
    """Accept, on purpose, the other company file that was open as this company's."""
    shown = {name: request.POST.get(name, "") for name in ("company_file", "company_name")}
    account = queries.account(company_id=access.company.pk)
    seen = dict(account.seen_file) if account is not None else {}
    if not seen or any(seen.get(name) != value for name, value in shown.items()):
        messages.error(request, "Another file was open since. Look at the page again.")
        return redirect("web_connector", access.company.pk)
    reason = request.POST.get("reason", "")
    try:
        qbwc_account.ask_verify(access=access, now=moments.now(), accept=seen, reason=reason)
    except change_of_way.WayRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The next update takes this file as the company's.")
    return redirect("web_connector", access.company.pk)


@require_POST
@company_page("configure")
def new_ids(request: HttpRequest, access: Access) -> HttpResponse:
    """New OwnerID and FileID, when the company file carries another stamp."""
    qbwc_account.new_ids(access=access, now=moments.now())
    messages.success(request, f"New ids were made.{ANEW}")
    return redirect("web_connector", access.company.pk)


@require_GET
@never_cache
@company_page("configure")
def qwc(request: HttpRequest, access: Access) -> HttpResponse:
    """The .qwc file."""
    account = queries.account(company_id=access.company.pk)
    if account is None:
        message = "Make a password first: it makes the account, too."
        raise Http404(message)
    connection = connections.shown(company_id=access.company.pk)
    made = qbwc_account.try_qwc_file(
        account=account, app_name=connection.app_name, base_url=_base_url(request)
    )
    if made.problem:
        messages.error(request, made.problem)
        return redirect("web_connector", access.company.pk)
    response = HttpResponse(made.data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{account.user_name}.qwc"'
    return response


def _base_url(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


def _state(request: HttpRequest, access: Access) -> dict[str, Any]:
    company_id = access.company.pk
    account = queries.account(company_id=company_id)
    connection = connections.shown(company_id=company_id)
    problem = ""
    if account is not None:
        problem = qbwc_account.try_qwc_file(
            account=account, app_name=connection.app_name, base_url=_base_url(request)
        ).problem
    log_line = request.GET.get("log", "")[:4000]
    return {
        "account": account,
        "connection": connection,
        "unsettled": change_of_way.unsettled(company_id=company_id),
        "here": connection.road == Connection.Road.WEB_CONNECTOR,
        "roads": Connection.Road.choices,
        "book": connections.book_of(company_id=company_id),
        "standstill": standstill.reason(company_id=company_id, now=moments.now()),
        "endpoint": qbwc_account.service_url(_base_url(request)),
        "qwc_problem": problem,
        "form": AccountForm(initial=initial(account, connection)) if account else None,
        "updates": list(_updates(company_id)),
        "log": log_line,
        "log_file": qbwc_account.LOG_FILE,
        "codes": qbwc_account.explain(log_line),
    }


def _updates(company_id: int) -> Iterator[Update]:
    for row in queries.sessions(company_id=company_id, limit=UPDATES_SHOWN):
        badge, word = PHASES.get(row.phase, ("inactive", row.phase))
        if badge == "done" and qbwc_account.ended_early(row.last_error):
            badge, word = "attention", "Ended early"
        yield Update(
            began=row.opened_at,
            last_call=row.last_call_at,
            badge=badge,
            word=word,
            answered=row.answered,
            said=_said(row),
        )


def _said(row: Session) -> str:
    """What getLastError told the Web Connector, or would."""
    if row.last_error:
        return row.last_error
    return f"{row.answered} messages answered." if row.answered else ""
