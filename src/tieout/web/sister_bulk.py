"""Accept suggestions on Client, Invoice and Class Mapping: preview, result, undo; in the dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tieout.service import bulk_sisters as service
from tieout.service import moments
from tieout.service.access import Access
from tieout.service.bulk_sisters import Pick, SisterBulk
from tieout.service.mapping_state import Refused
from tieout.store.queries import proposals
from tieout.web import bulk_form, numbers, sisters
from tieout.web.access import company_page
from tieout.web.sisters import Sister


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for, and the same in words."""

    sister: Sister
    wanted: SisterBulk

    @property
    def words(self) -> str:
        """A few words for the history."""
        screen = self.wanted.on_screen
        which = bulk_form.which(only_safe=self.wanted.safe_only)
        score = bulk_form.from_score(self.wanted.score_from)
        tab = "" if screen.tab == self.sister.usual else f", {self.sister.tabs[screen.tab]}"
        search = bulk_form.matching(screen.search)
        return f"{which} for {self.sister.many}{tab}{score}{search}"


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("work")
def suggestions(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """Exactly what would be saved; posted, the ticked lines are."""
    if request.method != "POST":
        return _preview(request, access, _asked(sister, request.GET))
    asked = _asked(sister, request.POST)
    picks = [pick for text in request.POST.getlist("pick") if (pick := _pick(text))]
    if not picks:
        return _preview(request, access, asked, bulk_form.TICK_SOME)
    outcome = service.accept(
        access=access, kind=sister.kind, picks=picks, what=asked.words, now=moments.now()
    )
    return _done(request, access, sister, outcome, undone=False)


@require_POST
@company_page("work")
def everything(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """Look through all of them, however many, on a page of their own."""
    asked = _asked(sister, request.POST)
    proposal = service.propose(
        access=access, wanted=asked.wanted, what=asked.words, now=moments.now()
    )
    return bulk_form.to_changes(access, proposal.pk)


@require_POST
@company_page("work")
def undo(request: HttpRequest, access: Access, sister: Sister, proposal_id: int) -> HttpResponse:
    """Take a whole bulk change back, and say what was left alone."""
    proposal = proposals.find(company_id=access.company.pk, proposal_id=proposal_id)
    if proposal is None or proposal.kind != sister.kind:
        message = "There is no such bulk change."
        raise Http404(message)
    answer = service.undo(access=access, proposal_id=proposal_id, now=moments.now())
    if isinstance(answer, Refused):
        return _preview(request, access, _asked(sister, QueryDict()), answer)
    return _done(request, access, sister, answer, undone=True)


def _preview(
    request: HttpRequest, access: Access, asked: Asked, refused: Refused | None = None
) -> HttpResponse:
    found = service.preview(access=access, wanted=asked.wanted)
    name = asked.sister.page
    context: dict[str, Any] = {
        "asked": asked,
        "screen": asked.wanted.on_screen,
        "sister": asked.sister,
        "lines": found.lines,
        "aside": found.aside[: service.ROWS_MAX],
        "aside_count": len(found.aside),
        "more": found.more,
        "rows_max": service.ROWS_MAX,
        "scores": bulk_form.score_choices(),
        "here": reverse(f"{name}_suggestions", args=[access.company.pk]),
        "everything": reverse(f"{name}_everything", args=[access.company.pk]),
        "refused": refused,
    }
    return render(request, "sisters/_bulk.html", context, status=422 if refused else 200)


def _done(
    request: HttpRequest, access: Access, sister: Sister, outcome: service.Outcome, *, undone: bool
) -> HttpResponse:
    context = sisters.table(access, sister, sisters.filter_on_screen(request, sister))
    context |= {"outcome": outcome, "undone": undone}
    if outcome.proposal is not None:
        ids = [access.company.pk, outcome.proposal.pk]
        context["undo_address"] = reverse(f"{sister.page}_undo_bulk", args=ids)
    return bulk_form.done(request, "sisters/_bulk_done.html", context)


def _asked(sister: Sister, given: QueryDict) -> Asked:
    return Asked(
        sister=sister,
        wanted=SisterBulk(
            on_screen=sisters.read_filter(sister, given),
            safe_only=given.get("all") != "1",
            score_from=bulk_form.score_asked(given),
        ),
    )


def _pick(text: str) -> Pick | None:
    """A line as the form sends it: record, version, ListID, and the name of that."""
    pk, version, list_id, seen = (*text.split(".", 3), "", "", "")[:4]
    record, number = numbers.whole(pk), numbers.whole(version)
    if record is None or number is None:
        return None
    return Pick(pk=record, version=number, list_id=list_id, seen=seen)
