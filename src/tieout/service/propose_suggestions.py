"""All suggestions of a filter as one proposal: looked through in bundles, saved and undone as one.

The dialog of Map Jobs shows no more than somebody can look through at once. Whoever wants all of
them, a hundred thousand perhaps, gets them as a mapping file does: a preview by pages, Save all
ready, and one undo. What asks for a look of its own is to be confirmed, never saved along.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from tieout.service import mapping_state as words
from tieout.service.access import Access
from tieout.store.commits import proposals as commits
from tieout.store.commits import tasks
from tieout.store.queries import jobs, qb_lists, suggestions
from tieout.store.queries.proposals import Proposal, ProposedChange, RowState
from tieout.store.queries.suggestions import BulkFilter
from tieout.store.queries.tasks import Task

BATCH = 500
LABEL_MAX = 420
TWICE = "wanted_twice"  # a kind of warning beside those of core.mapping
Beat = Callable[[int], None]


def propose(*, access: Access, wanted: BulkFilter, what: str, now: datetime) -> Proposal:
    """Have the worker look through them; `what` says in a few words which they are."""
    with transaction.atomic():
        proposal = commits.add(
            company_id=access.company.pk,
            kind="job",
            origin=Proposal.Origin.SUGGESTIONS,
            name=what,
            user=access.user,
            now=now,
        )
        task = tasks.request(
            company_id=access.company.pk,
            kind=Task.Kind.MAPPINGS,
            now=now,
            user=access.user,
            params={"proposal": proposal.pk, "do": "look", "wanted": asdict(wanted)},
            on_lane=False,
            total=suggestions.count_bulk(company_id=access.company.pk, wanted=wanted),
        )
        commits.move(proposal=proposal, state=Proposal.State.READING, task=task)
    return proposal


def look(proposal: Proposal, wanted: BulkFilter, *, beat: Beat) -> int:
    """Write a row for each; one that was broken off begins again. Returns how many there are."""
    company_id = proposal.company_id
    commits.begin_reading(proposal=proposal)
    twice = suggestions.wanted_twice(company_id=company_id, wanted=wanted)
    mark = suggestions.find_state(company_id=company_id).books_mark
    ids = suggestions.bulk_ids(company_id=company_id, wanted=wanted)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        rows = _rows(proposal, start, some, twice, mark)
        with transaction.atomic():
            commits.add_rows(rows)
        beat(start + len(some))
    commits.read(proposal=proposal, rows_read=len(ids), unchanged=0)
    return len(ids)


def _rows(
    proposal: Proposal, before: int, ids: Sequence[int], twice: Collection[int], mark: str
) -> list[ProposedChange]:
    found = jobs.rows_of(company_id=proposal.company_id, ids=list(ids))
    # one that is not suggested any more is left out
    there = [
        (job, job.suggestion.target)
        for job in found
        if getattr(job, "suggestion", None) is not None and job.suggestion.target is not None
    ]
    served = qb_lists.served_by(
        company_id=proposal.company_id, target_ids={target.pk for _, target in there}
    )
    return [
        _row(proposal, line, job, target, served, twice, mark)
        for line, (job, target) in enumerate(there, start=before + 1)
    ]


def _row(
    proposal: Proposal,
    line: int,
    job: jobs.SourceJob,
    target: qb_lists.QbCustomer,
    served: Mapping[int, Sequence[jobs.SourceJob]],
    twice: Collection[int],
    mark: str,
) -> ProposedChange:
    suggestion = job.suggestion
    mapping, _ = words.present(job)
    row = ProposedChange(
        proposal=proposal,
        line=line,
        state=RowState.READY,
        record_id=job.pk,
        key=job.key,
        label=words.label_of(job)[:LABEL_MAX],
        version=mapping.version if mapping else 0,
        to_list_id=target.list_id,
        to_name=target.full_name,
        notes=[suggestion.bucket, *suggestion.reasons],
    )
    odd = words.warnings_among(job=job, target=target, served=served.get(target.pk, []))
    refused = next((each.text for each in odd if each.refuses), "")
    if refused:
        row.state, row.message = RowState.ERROR, refused[:500]
        row.remedy = "Choose another job in Record Mapping."
    elif suggestions.is_stale(job=job, suggestion=suggestion, books_mark=mark):
        row.state = RowState.ASIDE
        row.message = "Something changed since it was suggested; it is being looked at again."
    else:
        row.warnings = [[each.kind.value, each.text] for each in odd if each.needs_confirmation]
        if target.pk in twice:
            row.warnings.append([TWICE, f"Another contractor job wants {target.full_name} too."])
        row.state = RowState.CONFIRM if row.warnings else RowState.READY
    return row
