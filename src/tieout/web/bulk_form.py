"""What accepting suggestions in bulk asks and answers alike, for contractor jobs and the others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from tieout.service.access import Access
from tieout.service.mapping_state import Refused

SCORES = (100, 95, 90, 85, 80)  # the thresholds that are offered, in hundredths
TICK_SOME = Refused(
    text="Nothing is ticked.", remedy="Tick what is to be saved, or choose Cancel."
)


def score_asked(given: QueryDict) -> int:
    """From which score, in hundredths; 0 for any."""
    return next((score for score in SCORES if str(score) == given.get("from")), 0)


def score_choices() -> list[tuple[int, str]]:
    """The thresholds as they are sent and as they are read."""
    return [(score, f"{score / 100:.2f}{' or more' if score < 100 else ''}") for score in SCORES]


def which(*, only_safe: bool) -> str:
    """The first word of what the history says was accepted."""
    return "Safe suggestions" if only_safe else "Suggestions"


def from_score(hundredths: int) -> str:
    """The threshold among the words for the history."""
    return f" from {hundredths / 100:.2f}" if hundredths else ""


def matching(search: str) -> str:
    """The search among the words for the history."""
    return f" matching “{search}”" if search else ""


def to_changes(access: Access, proposal_id: int) -> HttpResponse:
    """Go to the page on which all of them are looked through."""
    response = HttpResponse()
    response["HX-Redirect"] = reverse("mapping_changes", args=[access.company.pk, proposal_id])
    return response


def done(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """What came of it; the table behind the dialog is drawn anew."""
    response = render(request, template, context)
    response["HX-Trigger-After-Settle"] = "mappings-changed"
    return response
