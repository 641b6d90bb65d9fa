"""One answer to all changes of a kind: a preview of exactly what will be saved, and one undo."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tieout.service import drift_inbox as service
from tieout.service import moments
from tieout.service.access import Access
from tieout.service.drift_inbox import Answer, Outcome
from tieout.store.queries import drifts as queries
from tieout.store.queries.drifts import DriftRow
from tieout.web.access import company_page
from tieout.web.pages.drift import filters, words

PREVIEW_ROWS = 100
ASIDE_SHOWN = 20


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("work")
def bulk(request: HttpRequest, access: Access) -> HttpResponse:
    """The preview; posted, the answer, if what it shows is still so."""
    asked = request.POST if request.method == "POST" else request.GET
    wanted = filters.read_filter(asked)
    try:
        answer = Answer(asked.get("answer", ""))
    except ValueError:
        raise Http404 from None
    rows = _rows(access, wanted)
    ticked = asked.getlist("confirmed")
    found = service.look(access=access, answer=answer, rows=rows, confirmed=ticked)
    digest = _digest(found, ticked)
    if request.method == "GET" or request.POST.get("digest") != digest:
        context = _preview(access, found, answer, wanted) | {
            "digest": digest,
            "stale": request.method == "POST",
            "reason": asked.get("reason", ""),
            "confirm": [
                {"kind": kind, "count": count, "what": words.CONFIRMS_ALL[kind],
                 "ticked": kind in ticked}
                for kind, count in found.to_confirm.items()
            ],
        }  # fmt: skip
        status = 422 if context["stale"] else 200
        return render(request, "drift/_bulk.html", context, status=status)
    outcome = service.answer_drifts(
        access=access,
        answer=answer,
        seen={row.drift.pk: service.stamp(row.drift) for row in rows},
        reason=request.POST.get("reason", ""),
        confirmed=ticked,
        now=moments.now(),
    )
    return _done(request, access, outcome)


@require_POST
@company_page("work")
def undo(request: HttpRequest, access: Access, batch: str) -> HttpResponse:
    """Take back everything that was answered together."""
    outcome = service.undo_batch(access=access, batch=batch, now=moments.now())
    return _done(request, access, outcome)


def _rows(access: Access, wanted: queries.DriftFilter) -> list[DriftRow]:
    company_id = access.company.pk
    ids = queries.matching_ids(company_id=company_id, wanted=wanted, limit=service.BULK_MAX)
    return queries.rows_of(company_id=company_id, ids=ids)


def _digest(found: service.Look, ticked: list[str]) -> str:
    """What is on the screen: an answer counts for exactly that."""
    said = [*sorted(ticked), *(service.stamp(row.drift) for row in found.good)]
    said += [f"{service.stamp(row.drift)} {why}" for row, why in found.aside]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _preview(
    access: Access, found: service.Look, answer: Answer, wanted: queries.DriftFilter
) -> dict[str, Any]:
    good, aside = found.good, found.aside
    return {
        "answer": answer.value,
        "title": words.BULK[answer.value][0],
        "verb": words.BULK[answer.value][1],
        "kind": words.KINDS.get(wanted.kind),
        "good": good[:PREVIEW_ROWS],
        "good_count": len(good),
        "more": max(len(good) - PREVIEW_ROWS, 0),
        "aside": aside[:ASIDE_SHOWN],
        "aside_count": len(aside),
        "blocks": any(row.blocks for row in good),
        "invoices": sum(row.open_invoices for row in good),
        "wanted": wanted,
        "access": access,
    }


def _done(request: HttpRequest, access: Access, outcome: Outcome) -> HttpResponse:
    """Back to the page, which says what was done, what was not, and offers the undo."""
    (messages.success if outcome.done else messages.error)(request, outcome.text)
    if outcome.aside:
        names = "; ".join(f"{each.name}: {each.why}" for each in outcome.aside[:ASIDE_SHOWN])
        messages.warning(request, f"{len(outcome.aside):,} set aside. {names}")
    address = reverse("drift_inbox", args=[access.company.pk])
    if outcome.batch and outcome.done:
        address += f"?batch={outcome.batch}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)
