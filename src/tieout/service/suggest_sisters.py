"""Suggestions for clients, pay/bill items and class values, kept up to date.

They are made anew when QuickBooks' lists were read or something was imported: by the worker after
that, or, where few names are to be compared, when a page is opened. `bulk_sisters` saves many.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.core.matching_sisters import NameCandidate, NameToMatch, suggest_names
from tieout.service.suggest_wish import want_suggestions
from tieout.store.commits import sister_suggestions as writes
from tieout.store.commits.sister_suggestions import SisterSuggestion
from tieout.store.queries import sister_suggestions as queries
from tieout.store.queries.mappings import SisterKind

KINDS: tuple[SisterKind, ...] = ("client", "item", "class")
AT_ONCE = 3_000  # names that are compared while a page waits: some tenths of a second


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
