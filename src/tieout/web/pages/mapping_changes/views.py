"""The preview of proposed changes: from, to, what to confirm, what cannot be; save and undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import moments, save_proposal
from tieout.service.access import Access
from tieout.service.mapping_columns import REASON
from tieout.service.mapping_state import Refused
from tieout.store.queries import proposals
from tieout.store.queries.proposals import Proposal, RowState
from tieout.web import numbers
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response

ROWS = 100
# kind -> the page to which it belongs, its label, our side, QuickBooks' side
PAGES = {
    "job": ("map_jobs", "Map Jobs", "Bilflo Contractor Job", "QuickBooks Contractor Job"),
    "client": ("client_mapping", "Client Mapping", "Bilflo Client", "QuickBooks Customer"),
    "item": ("item_mapping", "Invoice Mapping", "Pay/Bill Item", "QuickBooks Item"),
    "class": ("class_mapping", "Class Mapping", "Custom Field Value", "QuickBooks Class"),
}
SAID = ("What is said about it", "Field", "Value", "Why not, and what to do", "Reason")
LABELS = {
    "": "All",
    RowState.READY: "Ready",
    RowState.CONFIRM: "To confirm",
    RowState.ASIDE: "Set aside",
    RowState.ERROR: "Refused",
    RowState.SAVED: "Saved",
    RowState.UNDONE: "Undone",
    RowState.KEPT: "Kept",
}


@require_GET
@never_cache
@company_page("read")
def saved_before(request: HttpRequest, access: Access) -> HttpResponse:
    """What was saved together lately, each with the way to its undo."""
    found = proposals.recent(company_id=access.company.pk)
    rows = [(proposal, PAGES[proposal.kind][1]) for proposal in found]
    return render(request, "mapping_changes/saved_before.html", {"rows": rows})


@require_GET
@never_cache
@company_page("read")
def changes(request: HttpRequest, access: Access, proposal_id: int) -> HttpResponse:
    """The rows of one proposal, by state, a page at a time."""
    proposal = _proposal(access, proposal_id)
    page, label, ours, theirs = PAGES[proposal.kind]
    counts = proposals.counts(proposal_id=proposal_id)
    state, number = _asked(request.GET)
    shown = proposals.page(
        proposal_id=proposal_id, states=[state] if state else [], page=number, rows=ROWS
    )
    busy = proposal.state in {
        Proposal.State.READING,
        Proposal.State.SAVING,
        Proposal.State.UNDOING,
    }
    wait = counts[RowState.KEPT] and proposals.count_rows(
        proposal_id=proposal_id, states=[RowState.KEPT], field=REASON
    )
    context: dict[str, Any] = {
        "proposal": proposal,
        "reason_needed": wait,
        "from_file": proposal.origin == Proposal.Origin.FILE,
        "busy": busy,
        "open": proposal.state == Proposal.State.OPEN,
        "counts": counts,
        "waiting": counts[RowState.READY] + counts[RowState.CONFIRM],
        "total": sum(counts.values()),
        "back": page,
        "label": label,
        "ours": ours,
        "theirs": theirs,
        "rows": shown.rows,
        "state": state,
        "found": counts[state] if state else sum(counts.values()),
        "states": [
            (text, value, counts[value] if value else sum(counts.values()), value == state)
            for value, text in LABELS.items()
            if not value or counts[value] or value == state
        ],
        "first": (number - 1) * ROWS + 1,
        "last": (number - 1) * ROWS + len(shown.rows),
        "previous": number - 1 if number > 1 else 0,
        "next": number + 1 if shown.has_next else 0,
    }
    return render(request, "mapping_changes/changes.html", context)


@require_GET
@never_cache
@company_page("read")
def download(request: HttpRequest, access: Access, proposal_id: int) -> StreamingHttpResponse:
    """The rows of the state on screen as CSV, whatever the page."""
    proposal = _proposal(access, proposal_id)
    *_, ours, theirs = PAGES[proposal.kind]
    state, _ = _asked(request.GET)
    rows = proposals.each_row(proposal_id=proposal_id, states=[state] if state else [])
    header = ("Line", "Key", ours, f"From: {theirs}", f"To: {theirs}", "State", *SAID)
    return csv_response("mapping-changes.csv", header, (_cells(row) for row in rows))


def _cells(row: proposals.ProposedChange) -> list[object]:
    odd = [text for _, text in row.warnings]
    return [
        row.line,
        row.key,
        row.label,
        row.from_name,
        row.to_name,
        row.get_state_display(),
        "; ".join([*row.notes, *odd]),
        row.field,
        row.value,
        " ".join(part for part in (row.message, row.remedy) if part),
        row.reason,
    ]


@require_POST
@company_page("work")
def save(request: HttpRequest, access: Access, proposal_id: int) -> HttpResponse:
    """Save all that is ready, also what is confirmed, or only the chosen rows."""
    _proposal(access, proposal_id)
    chosen = request.POST.get("what") == "chosen"
    ids = numbers.wholes(request.POST.getlist("row"))[:ROWS]
    answer = save_proposal.save(
        access=access,
        proposal_id=proposal_id,
        now=moments.now(),
        ids=ids if chosen else None,
        confirm=request.POST.get("confirm") == "1",
    )
    return _back(request, access, proposal_id, answer)


@require_POST
@company_page("work")
def undo(request: HttpRequest, access: Access, proposal_id: int) -> HttpResponse:
    """Lead everything that was saved of it back."""
    _proposal(access, proposal_id)
    reason = request.POST.get("reason", "")
    answer = save_proposal.undo(
        access=access, proposal_id=proposal_id, now=moments.now(), reason=reason
    )
    return _back(request, access, proposal_id, answer)


def _back(
    request: HttpRequest, access: Access, proposal_id: int, answer: save_proposal.Done | Refused
) -> HttpResponse:
    if isinstance(answer, Refused):
        messages.error(request, f"{answer.text} {answer.remedy}")
    return redirect("mapping_changes", access.company.pk, proposal_id)


def _proposal(access: Access, proposal_id: int) -> Proposal:
    found = proposals.find(company_id=access.company.pk, proposal_id=proposal_id)
    if found is None:
        message = "There are no such changes; a newer upload may have taken their place."
        raise Http404(message)
    return found


def _asked(asked: QueryDict) -> tuple[str, int]:
    state = asked.get("state", "")
    return (state if state in LABELS else ""), numbers.page(asked.get("page", ""))
