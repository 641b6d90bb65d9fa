"""After sign-in: the one company's home, or a choice among several."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tieout.store.queries.people import User, companies_of


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The front door: straight into the company for whoever has only one."""
    assert isinstance(request.user, User)  # noqa: S101 # login_required and the user model
    memberships = companies_of(user=request.user)
    if len(memberships) == 1:
        return redirect("company_home", memberships[0].company_id)
    return redirect("choose_company")


@require_GET
@login_required
def choose_company(request: HttpRequest) -> HttpResponse:
    """The person's companies with their role in each."""
    assert isinstance(request.user, User)  # noqa: S101 # login_required and the user model
    memberships = companies_of(user=request.user)
    return render(request, "company_choice/choose.html", {"memberships": memberships})
