"""What was sent to QuickBooks besides new invoices, where each stands, and what is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tieout.core import exporting
from tieout.core.exporting import Event, State
from tieout.service import moments, standstill
from tieout.service.access import Access
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import QbWrite
from tieout.web.access import company_page

STUCK = frozenset({State.NEEDS_PERSON, State.REFUSED})  # until a person does something


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteView:
    """A write with what a person of this role may do about it now."""

    write: QbWrite
    can_link: bool = False
    can_try_again: bool = False
    can_set_aside: bool = False

    @property
    def state(self) -> str:
        """The word for it: a ready one that somebody asked for is queued; a done one is done."""
        if self.write.state == State.READY:
            return "queued" if self.write.queued_at else "not_sent"
        return "done" if self.write.state == State.EXPORTED else str(self.write.state)


def view_of(access: Access, write: QbWrite) -> WriteView:
    """The write as this person may act on it."""
    state, works = State(write.state), access.can_work
    waits = state is State.READY and not write.queued_at
    stuck = waits or state in STUCK
    linkable = write.kind == QbWrite.Kind.CUSTOMER_ADD and bool(write.found.get("txn_id"))
    return WriteView(
        write=write,
        can_link=works and state is State.NEEDS_PERSON and linkable,
        can_try_again=works and stuck and not write.holds_queue,
        can_set_aside=works
        and Event.PERSON_SETS_ASIDE in exporting.TABLE[state]
        and (not write.writes or access.can_configure),
    )


@require_GET
@never_cache
@company_page("read")
def changes(request: HttpRequest, access: Access) -> HttpResponse:
    """The latest ones, the newest first."""
    return render(request, "qb_writes/changes.html", _listed(access))


@require_GET
@never_cache
@company_page("read")
def listing(request: HttpRequest, access: Access) -> HttpResponse:
    """The part of the page that moves while something is under way."""
    return render(request, "qb_writes/_list.html", _listed(access))


def _listed(access: Access) -> dict[str, Any]:
    company_id = access.company.pk
    rows = queries.of_company(company_id=company_id)
    return {
        "views": [view_of(access, row) for row in rows],
        "going_on": queries.going_on(company_id=company_id),
        "for_people": queries.needing_people(company_id=company_id),
        "held_reason": standstill.reason(company_id=company_id, now=moments.now()),
    }


@require_GET
@never_cache
@company_page("read")
def change(request: HttpRequest, access: Access, write_id: int) -> HttpResponse:
    """One of them: what it says, what was said to QuickBooks about it, what may be done."""
    row = queries.get(company_id=access.company.pk, write_id=write_id)
    if row is None:
        message = "There is no such change."
        raise Http404(message)
    context = {"view": view_of(access, row), "exchanges": queries.exchanges_of(write_id=row.pk)}
    return render(request, "qb_writes/change.html", context)
