"""Suggestions for clients, pay/bill items and class values, and many of them saved at once.

They are made anew when QuickBooks' lists were read or something was imported: by the worker after
that, or, where few names are to be compared, when a page is opened. Saved in bulk they go the way
of a mapping file: a preview of exactly what will be saved, and one undo.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.core.matching_facts import Bucket
from tieout.core.matching_sisters import NameCandidate, NameToMatch, suggest_names
from tieout.service.access import Access
from tieout.service.suggest_wish import want_suggestions
from tieout.store.commits import proposals as commits
from tieout.store.commits import sister_suggestions as writes
from tieout.store.commits.proposals import Proposal, ProposedChange
from tieout.store.commits.sister_suggestions import SisterSuggestion
from tieout.store.queries import proposals as proposed
from tieout.store.queries import sister_suggestions as queries
from tieout.store.queries.mappings import SisterKind

KINDS: tuple[SisterKind, ...] = ("client", "item", "class")
AT_ONCE = 3_000  # names that are compared while a page waits: some tenths of a second
NAMES = {
    "client": "Suggested customers",
    "item": "Suggested items",
    "class": "Suggested classes",
}
TABS = {"active": "active", "inactive": "inactive", "contractor": "contractor"}
TABS["direct_hire"] = "direct hire"


def catch_up(*, company_id: int, now: datetime) -> int:
    """Make the suggestions anew where they are stale; returns how many kinds that were."""
    stale = [kind for kind in KINDS if not up_to_date(company_id=company_id, kind=kind)]
    for kind in stale:
        _make(company_id, kind, now)
    return len(stale)


def ensure(*, company_id: int, kind: SisterKind, now: datetime) -> bool:
    """Make stale suggestions anew if that is quick, else have it done by the worker.

    Returns whether they are up to date.
    """
    if up_to_date(company_id=company_id, kind=kind):
        return True
    if queries.size(company_id=company_id, kind=kind) > AT_ONCE:
        with transaction.atomic():
            want_suggestions(company_id, now)
        return False
    _make(company_id, kind, now)
    return True


def up_to_date(*, company_id: int, kind: SisterKind) -> bool:
    """Whether the stored suggestions were made from the lists and imports of now."""
    made_from = queries.made_from(company_id=company_id)
    return queries.computed_from(company_id=company_id, kind=kind) == made_from


def propose(*, access: Access, kind: SisterKind, tab: str, now: datetime) -> Proposal:
    """A preview of all safe suggestions, and of the likely ones to be confirmed one by one."""
    company_id = access.company.pk
    with transaction.atomic():
        found = queries.to_accept(
            company_id=company_id, kind=kind, tab=tab, buckets=[Bucket.EXACT, Bucket.LIKELY]
        )
        ids = [each.suggestion.list_id for each in found]
        doubts = queries.doubts(company_id=company_id, kind=kind, list_ids=ids)
        proposal = commits.add(
            company_id=company_id,
            kind=kind,
            origin=Proposal.Origin.SUGGESTIONS,
            name=f"{NAMES[kind]} ({TABS[tab]})",
            user=access.user,
            now=now,
        )
        rows = [
            _row(proposal, line, each, doubts.get(each.suggestion.list_id, ""))
            for line, each in enumerate(found, start=1)
        ]
        commits.add_rows(rows)
        commits.read(proposal=proposal, rows_read=len(rows), unchanged=0)
    return proposal


def _row(proposal: Proposal, line: int, each: queries.Suggested, doubt: str) -> ProposedChange:
    suggestion = each.suggestion
    asked = []
    if doubt == queries.TAKEN:
        asked.append(["shared", f"{suggestion.full_name} serves another client already."])
    elif doubt:
        asked.append(["inactive", f"{suggestion.full_name} is {doubt}."])
    if not suggestion.safe:
        asked.append(["likely", f"Not sure: {', '.join(suggestion.reasons)}."])
    states = proposed.RowState
    return ProposedChange(
        proposal=proposal,
        line=line,
        state=states.CONFIRM if asked else states.READY,
        record_id=suggestion.record_id,
        key=each.key,
        label=each.label,
        version=each.version,
        to_list_id=suggestion.list_id,
        to_name=suggestion.full_name,
        notes=list(suggestion.reasons) if suggestion.safe else [],
        warnings=asked,
    )


def _make(company_id: int, kind: SisterKind, now: datetime) -> None:
    made_from = queries.made_from(company_id=company_id)
    entries = [
        NameCandidate(list_id=list_id, full_name=name, active=active)
        for list_id, name, active in queries.theirs(company_id=company_id, kind=kind)
    ]
    ours = [
        NameToMatch(key=str(pk), name=name, code=code)
        for pk, name, code in queries.ours(company_id=company_id, kind=kind)
    ]
    # without a list nothing can be said to be missing in it
    suggested = suggest_names(kind, ours, entries) if entries else []
    rows = [
        SisterSuggestion(
            company_id=company_id,
            kind=kind,
            record_id=int(found.key),
            list_id=found.list_id,
            full_name=found.full_name,
            score=round(found.score * 100),
            bucket=found.bucket.value,
            safe=found.safe,
            reasons=list(found.reasons),
        )
        for found in suggested
    ]
    with transaction.atomic():
        writes.replace(
            company_id=company_id, kind=kind, rows=rows, computed_from=made_from, now=now
        )
