"""Accept many suggestions at once: a preview of exactly what is saved, one transaction, one undo.

A preview promises nothing: when it is accepted every line is checked again, and what somebody
saved meanwhile is left alone and named, as is whatever a person has to confirm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from tieout.core import mapping as rules
from tieout.service import mapping_state as words
from tieout.service.access import Access
from tieout.service.mapping_bundle import Bundle
from tieout.service.mapping_state import REASON_MAX, SUBJECT, How, Refused, Saved
from tieout.store.commits import mapping_batches as commits
from tieout.store.queries import jobs, mapping_batches, qb_lists, suggestions
from tieout.store.queries.mapping_batches import MappingBatch
from tieout.store.queries.qb_lists import QbCustomer
from tieout.store.queries.suggestions import BulkFilter

ROWS_MAX = 200  # of one dialog: no more than somebody looks through; all of them have a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One mapping that would be saved, and the version of the job's mapping on the screen."""

    job: jobs.SourceJob
    target: QbCustomer
    version: int

    @property
    def pick(self) -> Pick:
        return Pick(
            job_id=self.job.pk,
            version=self.version,
            target_id=self.target.pk,
            seen=self.target.full_name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A line as the screen sends it back; `seen` is the name of the QuickBooks job there."""

    job_id: int
    version: int
    target_id: int
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """One that is set aside, and why."""

    job: jobs.SourceJob
    target: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be saved, by client, and what would not; and whether ROWS_MAX left some off."""

    lines: Sequence[Line]
    aside: Sequence[Aside]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a bulk change or its undo did. `batch` is None when nothing of it can be undone.

    `reason_needed`: so many of the rest go back once somebody says why.
    """

    text: str
    saved: int
    aside: Sequence[Aside]
    batch: MappingBatch | None = None
    planned_again: int = 0
    reason_needed: int = 0


def preview(*, access: Access, wanted: BulkFilter) -> Preview:
    """Exactly what `accept` would save now; five queries, whatever the number of jobs."""
    company_id = access.company.pk
    ids = suggestions.bulk_by_client(company_id=company_id, wanted=wanted, limit=ROWS_MAX + 1)
    rows = jobs.rows_of(company_id=company_id, ids=ids[:ROWS_MAX])
    mark = suggestions.find_state(company_id=company_id).books_mark
    # what was mapped, or is suggested no more, since their ids were read is left out
    targets = {
        job.pk: job.suggestion.target
        for job in rows
        if job.suggested and getattr(job, "suggestion", None) and job.suggestion.target
    }
    found = [job for job in rows if job.pk in targets]
    served = qb_lists.served_by(
        company_id=company_id, target_ids={target.pk for target in targets.values()}
    )
    often = Counter(target.pk for target in targets.values())
    lines, aside = [], []
    for job in found:
        target = targets[job.pk]
        why = _stands_against(job, target, served.get(target.pk, []), mark)
        if not why and often[target.pk] > 1:
            why = (
                f"{often[target.pk]} contractor jobs want this QuickBooks job; decide one by one."
            )
        if why:
            aside.append(Aside(job=job, target=target.full_name, why=why))
            continue
        mapping, _ = words.present(job)
        version = mapping.version if mapping else 0
        lines.append(Line(job=job, target=target, version=version))
    return Preview(lines=lines, aside=aside, more=len(ids) > ROWS_MAX)


def _stands_against(
    job: jobs.SourceJob, target: QbCustomer, served: Sequence[jobs.SourceJob], mark: str
) -> str:
    if suggestions.is_stale(job=job, suggestion=job.suggestion, books_mark=mark):
        return "Something changed since it was suggested; it is being looked at again."
    odd = words.warnings_among(job=job, target=target, served=served)
    return " ".join(each.text for each in odd if each.refuses or each.needs_confirmation)


def accept(*, access: Access, picks: Sequence[Pick], what: str, now: datetime) -> Outcome:
    """Save these mappings of jobs that have none, all in one transaction and as one batch.

    `what` says in a few words which suggestions these are. What cannot be saved is set aside.
    """
    company_id = access.company.pk
    wanted = {pick.job_id: pick for pick in picks[:ROWS_MAX]}
    with transaction.atomic():
        bundle = Bundle(access, list(wanted))
        targets = qb_lists.customers(
            company_id=company_id, ids={pick.target_id for pick in wanted.values()}
        )
        bundle.look_up(target.list_id for target in targets.values())
        aside: list[Aside] = []
        for job in bundle.jobs.values():
            pick = wanted[job.pk]
            target = targets.get(pick.target_id)
            answer = _save(bundle, job, pick, target, what)
            if isinstance(answer, Refused):
                name = target.full_name if target else ""
                aside.append(Aside(job=job, target=name, why=_why(answer)))
        written = bundle.write(now=now, how=How.BULK)
        if not written.events:
            return Outcome(text="Nothing was saved.", saved=0, aside=aside)
        batch = commits.add_batch(
            company_id=company_id,
            user=access.user,
            now=now,
            what=what[:300],
            made=written.events,
        )
    saved = len(written.events)
    return Outcome(
        text=_counted(saved, "is mapped.", "are mapped."),
        saved=saved,
        aside=aside,
        batch=batch,
        planned_again=written.planned_again,
    )


def _save(
    bundle: Bundle, job: jobs.SourceJob, pick: Pick, target: QbCustomer | None, what: str
) -> Saved | Refused:
    if target is None:
        return words.TARGET_UNKNOWN
    command = rules.SaveCommand(
        expected_version=pick.version, target_list_id=target.list_id, why=what[:REASON_MAX]
    )
    return bundle.save(job.pk, command, seen=pick.seen, suggested=True)


def undo(*, access: Access, batch_id: int, reason: str, now: datetime) -> Outcome | Refused:
    """Take a whole bulk change back, each mapping by a new event.

    What was changed since is left alone, and so is a job whose invoices are there already unless
    a `reason` is given; both are said. For want of a reason the batch stays open: it is asked for.
    """
    company_id = access.company.pk
    with transaction.atomic():
        batch = commits.lock_batch(company_id=company_id, batch_id=batch_id)
        if batch is None:
            return words.NOTHING_TO_UNDO
        if batch.undone_at is not None:
            who = batch.undone_by.shown_name if batch.undone_by else "Somebody"
            return Refused(
                text=f"{who} has undone this bulk change already.",
                remedy="A single mapping is undone in its history, in Record Mapping.",
                reason="undone",
            )
        made = mapping_batches.changes_of(batch=batch, subject=SUBJECT)
        changes = {event.subject_key: words.change_of(event) for event in made}
        bundle = Bundle(access, jobs.ids_of(company_id=company_id, keys=list(changes)))
        bundle.look_up([])
        aside: list[Aside] = []
        reason_needed = 0
        for job in bundle.jobs.values():
            _, before = words.present(job)
            # a bulk change maps what was not mapped, so its way back is a removal
            back = replace(rules.undo(changes[job.key]), why=reason.strip()[:REASON_MAX])
            answer = bundle.save(job.pk, back)
            if isinstance(answer, Refused):
                name = before.full_name if before else ""
                aside.append(Aside(job=job, target=name, why=_why(answer)))
                reason_needed += answer.reason == rules.RefusalReason.REASON_NEEDED
        written = bundle.write(now=now, how=How.BULK_UNDO)
        if not reason_needed:
            commits.mark_undone(batch=batch, user=access.user, now=now)
    undone = len(written.events)
    return Outcome(
        text="Undone. " + _counted(undone, "is not mapped again.", "are not mapped again."),
        saved=undone,
        aside=aside,
        planned_again=written.planned_again,
        batch=batch if reason_needed else None,
        reason_needed=reason_needed,
    )


def _why(answer: Refused) -> str:
    return f"{answer.text} {answer.remedy}"


def _counted(count: int, one: str, many: str) -> str:
    return f"1 contractor job {one}" if count == 1 else f"{count:,} contractor jobs {many}"
