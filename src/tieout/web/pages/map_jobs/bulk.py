"""Accept suggestions in bulk: the preview, the result, and its undo. All in the dialog."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.html import format_html_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import bulk_mapping as service
from tieout.service import moments, propose_suggestions
from tieout.service.access import Access
from tieout.service.bulk_mapping import Pick
from tieout.service.mapping_state import Refused
from tieout.store.queries import jobs, mapping_batches
from tieout.store.queries.suggestions import SCORE_ONE, BulkFilter
from tieout.web import bulk_form, numbers
from tieout.web.access import company_page
from tieout.web.pages.map_jobs import filters, views
from tieout.web.templatetags.tieout import qb_path

ASIDE_SHOWN = 200
# A line of the preview: job, pick, contractor, title, path, why. In Python, because there are two
# hundred: a template needs some ten milliseconds of a processor more for them.
LINE = (
    '<tr><td><input type="checkbox" id="pick-{0}" name="pick" value="{1}" checked></td>'
    '<td><label for="pick-{0}">{2}</label><span class="sub">{3}</span></td>'
    '<td>{4}<span class="sub">{5}</span></td></tr>'
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for, and the same in words."""

    wanted: BulkFilter
    score: int  # in hundredths, 0 for any
    client: jobs.SourceClient | None

    @property
    def words(self) -> str:
        """A few words for the history."""
        which = bulk_form.which(only_safe=self.wanted.only == "safe")
        score = bulk_form.from_score(self.score)
        client = f" of {self.client.name}" if self.client else ""
        search = bulk_form.matching(self.wanted.search)
        return f"{which}{score}{client}{search}, accepted in bulk"


@require_GET
@never_cache
@company_page("work")
def preview(request: HttpRequest, access: Access) -> HttpResponse:
    """Exactly what would be saved, by client; nothing is saved yet."""
    asked = _asked(access, request.GET)
    return render(request, "map_jobs/_bulk.html", _context(access, asked))


@require_POST
@company_page("work")
def accept(request: HttpRequest, access: Access) -> HttpResponse:
    """Save the ticked lines, and say what came of them."""
    picks = [pick for text in request.POST.getlist("pick") if (pick := _pick(text))]
    asked = _asked(access, request.POST)
    if not picks:
        context = _context(access, asked)
        context["refused"] = bulk_form.TICK_SOME
        return render(request, "map_jobs/_bulk.html", context, status=422)
    outcome = service.accept(access=access, picks=picks, what=asked.words, now=moments.now())
    return _done(request, access, outcome)


@require_POST
@company_page("work")
def everything(request: HttpRequest, access: Access) -> HttpResponse:
    """Look through all that the filter finds, however many, on a page of their own."""
    asked = _asked(access, request.POST)
    proposal = propose_suggestions.propose(
        access=access, wanted=asked.wanted, what=asked.words, now=moments.now()
    )
    return bulk_form.to_changes(access, proposal.pk)


@require_POST
@company_page("work")
def undo(request: HttpRequest, access: Access, batch_id: int) -> HttpResponse:
    """Take a whole bulk change back, and say what was left alone."""
    reason = request.POST.get("reason", "")
    answer = service.undo(access=access, batch_id=batch_id, reason=reason, now=moments.now())
    if isinstance(answer, Refused):
        if answer.reason != "undone":
            message = "There is no such bulk change."
            raise Http404(message)
        context = _context(access, _asked(access, QueryDict()))
        return render(request, "map_jobs/_bulk.html", context | {"refused": answer}, status=422)
    return _done(request, access, answer)


def _done(request: HttpRequest, access: Access, outcome: service.Outcome) -> HttpResponse:
    wanted = filters.filter_on_screen(request)
    context = views.counters(access, wanted) | {
        "outcome": outcome,
        "shown": outcome.aside[:ASIDE_SHOWN],
    }
    return bulk_form.done(request, "map_jobs/_bulk_done.html", context)


def _context(access: Access, asked: Asked) -> dict[str, Any]:
    found = service.preview(access=access, wanted=asked.wanted)
    groups = [
        _group(client, list(lines))
        for client, lines in groupby(found.lines, lambda line: line.job.client.name)
    ]
    said = {
        "tab": "" if asked.wanted.active else "inactive",
        "q": asked.wanted.search,
        "from": asked.score or "",
        "all": "1" if asked.wanted.only == "all" else "",
    }
    return {
        "asked": asked,
        "groups": groups,
        "count": len(found.lines),
        "aside": found.aside[:ASIDE_SHOWN],
        "aside_count": len(found.aside),
        "more": found.more,
        "rows_max": service.ROWS_MAX,
        "scores": bulk_form.score_choices(),
        "every_client": "?" + urlencode({name: value for name, value in said.items() if value}),
        "batches": mapping_batches.latest(company_id=access.company.pk),
    }


def _group(client: str, lines: list[service.Line]) -> dict[str, Any]:
    return {
        "client": client,
        "count": len(lines),
        "lines": format_html_join("", LINE, map(_line, lines)),
    }


def _line(line: service.Line) -> tuple[object, ...]:
    """What LINE shows of a line of the preview."""
    job, pick = line.job, line.pick
    return (
        job.pk,
        f"{pick.job_id}.{pick.version}.{pick.target_id}.{pick.seen}",
        job.contractor,
        job.title,
        qb_path(line.target.full_name),
        f"{job.suggestion.bucket} · {', '.join(job.suggestion.reasons)}",
    )


def _asked(access: Access, given: QueryDict) -> Asked:
    number = numbers.whole(given.get("client", ""))
    client = None
    if number is not None:
        client = jobs.get_client(company_id=access.company.pk, client_id=number)
    hundredths = bulk_form.score_asked(given)
    return Asked(
        wanted=BulkFilter(
            active=given.get("tab") != "inactive",
            search=given.get("q", "")[:120],
            client_id=client.pk if client else None,
            only="all" if given.get("all") == "1" else "safe",
            score_from=hundredths * SCORE_ONE // 100,
        ),
        score=hundredths,
        client=client,
    )


def _pick(text: str) -> Pick | None:
    """A line as the form sends it: job, version, QuickBooks job, and the name of that."""
    *parts, seen = (*text.split(".", 3), "")[:4]
    read = numbers.wholes(parts)
    if len(read) != 3 or not seen:
        return None
    job_id, version, target_id = read
    return Pick(job_id=job_id, version=version, target_id=target_id, seen=seen)
