"""The first screen of a company: what waits, and the one next action."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.service.access import Access
from tieout.store.queries.home import figures
from tieout.web.access import company_page
from tieout.web.pages.home.next_step import checklist, next_step


@require_GET
@company_page("read")
def home(request: HttpRequest, access: Access) -> HttpResponse:
    """What waits in this company."""
    found = figures(company_id=access.company.pk)
    steps = checklist(found, access)
    return render(
        request,
        "home/home.html",
        {
            "figures": found,
            "steps": steps,
            "set_up": all(step.holds for step in steps if step.required),
            "first_open": next((s for s in steps if s.required and not s.holds), None),
            "next": next_step(found, steps, access),
        },
    )
