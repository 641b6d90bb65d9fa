"""Answer one change, or take its answer back; the row is swapped in place."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.service import drift_inbox as service
from tieout.service import moments
from tieout.service.access import Access
from tieout.service.drift_inbox import Answer, Outcome
from tieout.store.queries import drifts as queries
from tieout.web.access import company_page
from tieout.web.pages.drift import filters, views


@require_POST
@company_page("work")
def answer(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Keep, map to the survivor, or ignore until it changes again."""
    _find(access, pk)
    try:
        given = Answer(request.POST.get("answer", ""))
    except ValueError:
        return _swapped(request, access, pk, Outcome(text="Choose one of the answers."))
    outcome = service.answer_drifts(
        access=access,
        answer=given,
        seen={pk: request.POST.get("seen", "") or "nothing"},
        reason=request.POST.get("reason", ""),
        confirmed=request.POST.getlist("confirmed"),
        now=moments.now(),
    )
    return _swapped(request, access, pk, outcome)


@require_POST
@company_page("work")
def undo(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Take the answer back."""
    _find(access, pk)
    outcome = service.undo_answers(
        access=access,
        ids=[pk],
        now=moments.now(),
        confirmed=request.POST.getlist("confirmed"),
    )
    return _swapped(request, access, pk, outcome, undoing=True)


def _find(access: Access, pk: int) -> queries.DriftRow:
    row = queries.get_drift(company_id=access.company.pk, pk=pk)
    if row is None:
        message = "There is no such change."
        raise Http404(message)
    return row


def _swapped(
    request: HttpRequest, access: Access, pk: int, outcome: Outcome, *, undoing: bool = False
) -> HttpResponse:
    """The row as it is now with the sentence; without htmx, the page again."""
    why = " ".join(each.why for each in outcome.aside)
    text = f"{outcome.text} {why}".strip()
    if not request.headers.get("HX-Request"):
        (messages.success if outcome.done else messages.error)(request, text)
        return redirect("drift_inbox", access.company.pk)
    access.company.refresh_from_db(fields=["open_drifts"])
    context = views.table(access, filters.filter_on_screen(request))
    context |= {
        "shown": views.shown(_find(access, pk), outcome.to_confirm, undoing=undoing),
        "said": text,
        "good": bool(outcome.done),
        "swapped": True,
    }
    return render(request, "drift/_answered.html", context)
