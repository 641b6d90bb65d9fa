"""The first screen of a company: what waits, and the one next action."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.service import keep_job_data, moments, nightly, standstill
from tieout.service.access import Access
from tieout.store.queries.home import Figures, Tally, figures
from tieout.web.access import company_page
from tieout.web.pages.home.next_step import checklist, next_step
from tieout.web.wording import REASONS

# kind of mapping -> its page, and what one of them and several are called
_STALE = {
    "client": ("client_mapping", "client", "clients"),
    "item": ("item_mapping", "pay/bill item", "pay/bill items"),
    "class": ("class_mapping", "class value", "class values"),
}


@require_GET
@company_page("read")
def home(request: HttpRequest, access: Access) -> HttpResponse:
    """What waits in this company."""
    found = figures(company_id=access.company.pk)
    if not found.held_reason:
        stuck = standstill.stuck(company_id=access.company.pk, now=moments.now())
        found = replace(found, held_reason=stuck)
    steps = checklist(found, access)
    return render(
        request,
        "home/home.html",
        {
            "figures": found,
            "job_data": _job_data(access),
            "blocks": _blocks(found),
            "nightly_at": nightly.next_nightly(
                whole_at=found.book.lists_full_at, now=moments.now()
            ),
            "stale": [(*_STALE[each.kind], each) for each in found.stale],
            "steps": steps,
            "set_up": all(step.holds for step in steps if step.required),
            "first_open": next((s for s in steps if s.required and not s.holds), None),
            "next": next_step(found, steps, access),
        },
    )


def _blocks(found: Figures) -> list[tuple[str, str, Tally]]:
    """Each reason by its name and in words, what blocks most invoices first."""
    reasons = sorted(found.reasons.items(), key=lambda each: (-each[1].count, each[0]))
    return [(name, REASONS.get(name, name), each) for name, each in reasons if name]


def _job_data(access: Access) -> str:
    """How many mapped jobs differ in QuickBooks; "" where none does, or nobody keeps them alike."""
    if not access.company.keep_job_data:
        return ""
    count, more = keep_job_data.differing(company_id=access.company.pk)
    if more:
        return f"{count:,} jobs or more differ"
    return {0: "", 1: "1 job differs"}.get(count, f"{count:,} jobs differ")
