"""Accept many suggestions for clients, items or class values: a preview of exactly what is saved.

What is on screen counts: its tab, its state and its search. What is saved goes the way of a mapping
file, as one proposal: it stands among the mapping changes and is undone as one. Nothing is promised
by a preview: what somebody saved meanwhile is left alone and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from tieout.core.matching_facts import Bucket
from tieout.service import save_proposal
from tieout.service.access import Access
from tieout.service.mapping_state import Refused
from tieout.service.proposal_bundles import save_rows
from tieout.store.commits import proposals as commits
from tieout.store.commits.proposals import Proposal, ProposedChange
from tieout.store.queries import mappings, proposals
from tieout.store.queries import sister_suggestions as queries
from tieout.store.queries.mappings import SisterFilter, SisterKind, SisterRow
from tieout.store.queries.proposals import RowState
from tieout.store.queries.sister_suggestions import SisterSuggestion

ROWS_MAX = 200  # of one dialog: no more than somebody looks through; all of them have a page
WITHOUT_MAPPING = frozenset({"", "not_mapped", "suggested"})  # states in which something waits
NOT_ANY_MORE = "This is not suggested any more. Look at the row again."


@dataclass(frozen=True, slots=True, kw_only=True)
class SisterBulk:
    """Which suggestions: of what is on screen, the safe ones or all, from a score (0 to 100)."""

    on_screen: SisterFilter
    safe_only: bool = True
    score_from: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A suggestion for a record that is not mapped. `why`: why it is not saved in bulk."""

    row: SisterRow
    suggestion: SisterSuggestion
    why: str = ""

    @property
    def pick(self) -> Pick:
        suggestion = self.suggestion
        return Pick(
            pk=self.row.pk,
            version=self.row.version,
            list_id=suggestion.list_id,
            seen=suggestion.full_name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A line as the screen sends it back; `seen` is the name of the QuickBooks entry there."""

    pk: int
    version: int
    list_id: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be saved, and what would not; `more` when ROWS_MAX left some off."""

    lines: Sequence[Line]
    aside: Sequence[Line]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """One that was left alone, and why."""

    name: str
    target: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a bulk change or its undo did. `proposal` is None when nothing can be undone."""

    count: int
    aside: Sequence[Aside]
    proposal: Proposal | None = None


def preview(*, access: Access, wanted: SisterBulk) -> Preview:
    """Exactly what `accept` would save now; four queries, whatever the number of records."""
    found = _found(access.company.pk, wanted)
    lines = [each for each in found if not each.why]
    return Preview(
        lines=lines[:ROWS_MAX],
        aside=[each for each in found if each.why],
        more=len(lines) > ROWS_MAX,
    )


def accept(
    *, access: Access, kind: SisterKind, picks: Sequence[Pick], what: str, now: datetime
) -> Outcome:
    """Save these suggestions, all in one transaction and as one proposal.

    `what` says in a few words which they are. What cannot be saved is set aside.
    """
    company_id = access.company.pk
    wanted = {pick.pk: pick for pick in picks[:ROWS_MAX]}
    with transaction.atomic():
        present = mappings.get_sisters(company_id=company_id, kind=kind, ids=wanted)
        stored = queries.of_rows(company_id=company_id, kind=kind, record_ids=wanted)
        lines = [
            Line(row=present[pick.pk], suggestion=stored[pick.pk])
            for pick in wanted.values()
            if pick.pk in present and pick.pk in stored and _is_as_shown(stored[pick.pk], pick)
        ]
        there = {line.row.pk for line in lines}
        aside = [
            Aside(name=row.name, target="", why=NOT_ANY_MORE)
            for pk, row in present.items()
            if pk not in there
        ]
        doubts = _doubts(company_id, kind, lines)
        aside += [
            Aside(name=each.row.name, target=each.suggestion.full_name, why=why)
            for each in lines
            if (why := doubts.get(each.row.pk, ""))
        ]
        rows = [
            replace(each, row=replace(each.row, version=wanted[each.row.pk].version))
            for each in lines
            if each.row.pk not in doubts
        ]
        if not rows:
            return Outcome(count=0, aside=aside)
        return _save(access, kind, rows, aside, what, now)


def _is_as_shown(suggestion: SisterSuggestion, pick: Pick) -> bool:
    return (suggestion.list_id, suggestion.full_name) == (pick.list_id, pick.seen)


def _save(
    access: Access,
    kind: SisterKind,
    lines: Sequence[Line],
    aside: Sequence[Aside],
    what: str,
    now: datetime,
) -> Outcome:
    proposal, rows = _add(access, kind, lines, what, now)
    save_rows(access, proposal, rows, now)
    left = [
        Aside(name=row.label, target=row.to_name, why=f"{row.message} {row.remedy}")
        for row in rows
        if row.state != RowState.SAVED
    ]
    saved = len(rows) - len(left)
    if saved:
        commits.note(proposal=proposal, saved_at=now)
    return Outcome(count=saved, aside=[*aside, *left], proposal=proposal if saved else None)


def undo(*, access: Access, proposal_id: int, now: datetime) -> Outcome | Refused:
    """Take a bulk change back, each mapping by a new event; what was changed since is left alone."""
    answer = save_proposal.undo(access=access, proposal_id=proposal_id, now=now)
    if isinstance(answer, Refused):
        return answer
    kept = proposals.rows_of(proposal_id=proposal_id, states=[RowState.KEPT])
    return Outcome(
        count=proposals.count_rows(proposal_id=proposal_id, states=[RowState.UNDONE]),
        aside=[
            Aside(name=row.label, target=row.to_name, why=f"{row.message} {row.remedy}")
            for row in kept
        ],
    )


def propose(*, access: Access, wanted: SisterBulk, what: str, now: datetime) -> Proposal:
    """All of them on a page of their own, however many: what is not safe is to be confirmed."""
    with transaction.atomic():
        lines = [
            each
            if each.suggestion.safe or each.why
            else replace(each, why=f"Not sure: {', '.join(each.suggestion.reasons)}.")
            for each in _found(access.company.pk, wanted)
        ]
        return _add(access, wanted.on_screen.kind, lines, what, now)[0]


# ------------------------------------------------------------------ which they are


def _found(company_id: int, wanted: SisterBulk) -> list[Line]:
    """What is suggested for what is on screen, in its order, each with what stands against it."""
    screen = wanted.on_screen
    if screen.state not in WITHOUT_MAPPING:
        return []
    stored = queries.above(company_id=company_id, kind=screen.kind, score_from=wanted.score_from)
    rows = mappings.each_sister(company_id=company_id, wanted=replace(screen, state="suggested"))
    lines = [
        Line(row=row, suggestion=suggestion)
        for row in rows
        if (suggestion := stored.get(row.pk)) and (suggestion.safe or not wanted.safe_only)
    ]
    doubts = _doubts(company_id, screen.kind, lines)
    return [replace(each, why=doubts.get(each.row.pk, "")) for each in lines]


def _doubts(company_id: int, kind: SisterKind, lines: Sequence[Line]) -> Mapping[int, str]:
    """Record -> why it is a matter of its own; one query.

    Several items or class values on one target are usual, two clients on one customer are not.
    """
    ids = {each.suggestion.list_id for each in lines}
    odd = queries.doubts(company_id=company_id, kind=kind, list_ids=ids) if ids else {}
    often = Counter(each.suggestion.list_id for each in lines)
    said: dict[int, str] = {}
    for each in lines:
        suggestion = each.suggestion
        if suggestion.list_id in odd:
            odd_now = odd[suggestion.list_id]
            verb = "" if odd_now == queries.TAKEN else "is "
            said[each.row.pk] = f"{suggestion.full_name} {verb}{odd_now}."
        elif kind == "client" and often[suggestion.list_id] > 1:
            said[each.row.pk] = f"{often[suggestion.list_id]} clients want this customer."
        elif suggestion.bucket == Bucket.WEAK:
            said[each.row.pk] = f"Only weak: {', '.join(suggestion.reasons)}."
    return said


def _add(
    access: Access, kind: SisterKind, lines: Sequence[Line], what: str, now: datetime
) -> tuple[Proposal, list[ProposedChange]]:
    proposal = commits.add(
        company_id=access.company.pk,
        kind=kind,
        origin=Proposal.Origin.SUGGESTIONS,
        name=what,
        user=access.user,
        now=now,
    )
    rows = [_row(proposal, number, each) for number, each in enumerate(lines, start=1)]
    commits.add_rows(rows)
    commits.read(proposal=proposal, rows_read=len(rows), unchanged=0)
    return proposal, rows


def _row(proposal: Proposal, line: int, each: Line) -> ProposedChange:
    suggestion = each.suggestion
    return ProposedChange(
        proposal=proposal,
        line=line,
        state=RowState.CONFIRM if each.why else RowState.READY,
        record_id=each.row.pk,
        key=each.row.key,
        label=each.row.name,
        version=each.row.version,
        to_list_id=suggestion.list_id,
        to_name=suggestion.full_name,
        notes=[suggestion.bucket, *suggestion.reasons],
        warnings=[["doubt", each.why]] if each.why else [],
    )
