"""People: who may sign in to this company, with which role; a password is shown once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import moments
from tieout.service import people as service
from tieout.service.access import Access
from tieout.service.set_up import SetUpRefused
from tieout.store.queries.members import members_of
from tieout.store.queries.people import Role
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response
from tieout.web.templatetags.tieout import moment

CSV_COLUMNS = ("Username", "Name", "Last sign-in", "Role")
# role -> what it may do, in the words of `service.access`
MAY = {
    Role.SUPER_USER: "everything, with settings and people",
    Role.BILLER: "map, import, export, tie out",
    Role.APPROVER: "read, tie out",
    Role.VIEWER: "read",
}


class PersonForm(forms.Form):
    """Somebody who is to sign in."""

    username = forms.CharField(
        max_length=150,
        label="Username",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(
        max_length=150,
        label="Full name",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Role",
        initial=Role.BILLER,
        choices=[(role.value, f"{role.label}: {may}") for role, may in MAY.items()],
    )


@require_GET
@company_page("configure")
def people(request: HttpRequest, access: Access) -> HttpResponse:
    """Everybody of this company."""
    return _page(request, access, PersonForm())


@require_GET
@never_cache
@company_page("configure")
def as_csv(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """Who may sign in, with which role."""
    rows = (
        (
            member.user.get_username(),
            member.user.get_full_name(),
            moment(member.user.last_login) or "never",
            member.get_role_display(),
        )
        for member in members_of(company_id=access.company.pk)
    )
    return csv_response("people.csv", CSV_COLUMNS, rows)


@require_POST
@never_cache
@company_page("configure")
def add(request: HttpRequest, access: Access) -> HttpResponse:
    """Add a person; the password stands on the page that answers, and nowhere else."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, access, form, status=422)
    try:
        made = service.add(access=access, now=moments.now(), **form.cleaned_data)
    except SetUpRefused as error:
        form.add_error("username", str(error))
        return _page(request, access, form, status=422)
    return _page(
        request, access, PersonForm(), shown={"who": form.cleaned_data["username"], "is": made}
    )


@require_POST
@company_page("configure")
def role(request: HttpRequest, access: Access, user_id: int) -> HttpResponse:
    """Another role, or out of this company."""
    wanted = request.POST.get("role", "")
    try:
        user = service.change_role(access=access, user_id=user_id, role=wanted, now=moments.now())
    except SetUpRefused as error:
        messages.error(request, str(error))
    else:
        name = user.get_username()
        gone = f"{name} does not belong to this company any more."
        given = f"{name} is {Role(wanted).label} now." if wanted != "none" else gone
        messages.success(request, given)
        if user == access.user and wanted != Role.SUPER_USER:
            return redirect("home")
    return redirect("people", access.company.pk)


@require_POST
@never_cache
@company_page("configure")
def new_password(request: HttpRequest, access: Access, user_id: int) -> HttpResponse:
    """A new password, shown once."""
    if user_id == access.user.pk:
        return redirect("password")
    try:
        user, made = service.give_password(access=access, user_id=user_id, now=moments.now())
    except SetUpRefused as error:
        messages.error(request, str(error))
        return redirect("people", access.company.pk)
    shown = {"who": user.get_username(), "is": made}
    return _page(request, access, PersonForm(), shown=shown)


def _page(
    request: HttpRequest,
    access: Access,
    form: PersonForm,
    *,
    shown: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "members": members_of(company_id=access.company.pk),
        "roles": Role.choices,
        "form": form,
        "shown": shown,
    }
    return render(request, "people/people.html", context, status=status)
