"""The first screen of a company: what waits, and the one next action."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.service.access import Access
from tieout.web.access import company_page


@require_GET
@company_page("read")
def home(request: HttpRequest, access: Access) -> HttpResponse:
    """What waits in this company."""
    return render(request, "home/home.html", {})
