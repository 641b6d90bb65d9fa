"""Many contractor jobs saved in one transaction: read together, decided one by one, written together.

What is allowed is decided for each job by `core.mapping`, with the version on which its change was
built, and a later job sees what was decided about an earlier one. What that takes is read, and what
comes of it is written, in a fixed number of statements, whether it is one job or five hundred: a
save on Map Jobs, a bulk change and a mapping file all go this way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from tieout.core import mapping as rules
from tieout.service import mapping_state as words
from tieout.service.access import Access
from tieout.service.mapping_state import (
    JOB_UNKNOWN,
    SUBJECT,
    TARGET_UNKNOWN,
    How,
    Refused,
    Saved,
    present,
)
from tieout.service.plan_wish import want_planning
from tieout.service.suggest_wish import want_suggestions
from tieout.store.commits import events, job_mappings, locks, mappings
from tieout.store.queries import jobs, proposals, qb_lists, suggestions
from tieout.store.queries.mappings import Event, latest_events
from tieout.store.queries.qb_lists import QbCustomer


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a bundle wrote: the events in their order, and how many invoices are planned again."""

    events: list[Event]
    planned_again: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    job: jobs.SourceJob
    change: rules.Change
    before: QbCustomer | None
    after: QbCustomer | None


class Bundle:
    """These contractor jobs, locked until the caller's transaction ends.

    `look_up` what they shall be linked to, `save` each of them, then `write` what was decided.
    """

    def __init__(self, access: Access, ids: Collection[int]) -> None:
        self.access = access
        self.company_id = access.company.pk
        locks.desk(company_id=self.company_id)
        locked = job_mappings.lock_jobs(company_id=self.company_id, ids=ids)
        self.jobs = {job.pk: job for job in locked}
        keys = [job.key for job in locked if present(job)[0] is not None]
        latest = latest_events(company_id=self.company_id, subject=SUBJECT, keys=keys)
        self._last = {key: words.change_of(event) for key, event in latest.items()}
        self._targets: dict[str, QbCustomer] = {}
        self._served: dict[int, list[jobs.SourceJob]] = {}
        self._staying: dict[tuple[str, str], int] = {}
        self._decided: dict[int, _Decided] = {}

    def last_change(self, job: jobs.SourceJob) -> rules.Change | None:
        """The latest change of the job's mapping; no query."""
        return self._last.get(job.key)

    def look_up(self, list_ids: Iterable[str]) -> None:
        """Read what the jobs shall be linked to, whom that serves, and what stays where it is."""
        self._targets = qb_lists.customers_by_list_id(
            company_id=self.company_id, list_ids={each for each in list_ids if each}
        )
        targets = [target.pk for target in self._targets.values()]
        self._served = qb_lists.served_by(company_id=self.company_id, target_ids=targets)
        mapped = [(job.key, at.pk) for job in self.jobs.values() if (at := present(job)[1])]
        self._staying = proposals.staying(
            company_id=self.company_id,
            job_keys=[key for key, _ in mapped],
            target_ids=sorted({pk for _, pk in mapped}),
        )

    def target(self, list_id: str) -> QbCustomer | None:
        """What was looked up."""
        return self._targets.get(list_id)

    def staying(self, job: jobs.SourceJob) -> int:
        """How many invoices of the job are for good on what it is mapped to."""
        before = present(job)[1]
        return self._staying.get((job.key, before.list_id), 0) if before else 0

    def save(
        self,
        job_id: int | None,
        command: rules.SaveCommand,
        *,
        seen: str = "",
        suggested: bool = False,
    ) -> Saved | Refused:
        """What the command makes of one job, or why it changes nothing; no query.

        `seen` is the full name under which the target was shown, "" when nobody looked at one.
        With `suggested` it is refused where the target is not suggested any more, or for a job
        that changed since.
        Nothing is written before `write`; a job that was decided about is not changed twice.
        """
        job = self.jobs.get(job_id or 0)
        if job is None:
            return JOB_UNKNOWN
        if job.pk in self._decided:
            return words.refused(job, rules.CHANGED_MEANWHILE)
        target = None
        if command.target_list_id:
            target = self._targets.get(command.target_list_id)
            if target is None:
                return TARGET_UNKNOWN
            if seen and seen.strip() != target.full_name.strip():
                return words.renamed_meanwhile(seen=seen, now=target.full_name)
        answer = rules.save(
            words.state_after(job=job, last=self.last_change(job)),
            command,
            warnings=self._odd(job, target),
            exported=self.staying(job),
        )
        if isinstance(answer, rules.Refusal):
            return words.refused(job, answer)
        if suggested and not suggestions.is_suggested(job=job, target=target):
            return words.NOT_SUGGESTED
        return self._decide(job, answer, target)

    def _odd(
        self, job: jobs.SourceJob, target: QbCustomer | None
    ) -> tuple[rules.MappingWarning, ...]:
        if target is None:
            return ()
        served = self._served.get(target.pk, [])
        return words.warnings_among(job=job, target=target, served=served)

    def _decide(
        self, job: jobs.SourceJob, change: rules.Change, target: QbCustomer | None
    ) -> Saved:
        before = present(job)[1]
        self._decided[job.pk] = _Decided(job=job, change=change, before=before, after=target)
        if before is not None and before.pk in self._served:
            others = self._served[before.pk]
            self._served[before.pk] = [each for each in others if each.pk != job.pk]
        if target is not None:
            self._served.setdefault(target.pk, []).append(job)
        moved = self.staying(job) if before != target else 0
        return Saved(
            text=words.sentence(job, change, before, target, moved),
            version=change.version,
            list_id=change.to_list_id,
            staying=moved,
        )

    def keep(
        self, job: jobs.SourceJob, target: QbCustomer, *, ticked: Collection[str], reason: str
    ) -> Saved | Refused:
        """Confirm what the job is mapped to, after something changed there: nothing is moved."""
        state = words.state_after(job=job, last=self.last_change(job))
        confirmed = words.kept(job=job, target=target, state=state, ticked=ticked)
        if isinstance(confirmed, rules.Refusal):
            return words.refused(job, confirmed)
        why = " ".join([*words.changes_since(job=job), reason.strip()])
        change = rules.Change(
            kind=rules.ChangeKind.CONFIRMED,
            version=state.version + 1,
            from_list_id=target.list_id,
            to_list_id=target.list_id,
            from_confirmed=state.confirmed,
            confirmed=confirmed,
            why=why[: words.REASON_MAX],
        )
        return self._decide(job, change, target)

    def write(self, *, now: datetime, how: How, suggest: bool = True) -> Written:
        """Write what was decided, in its order, with one event each.

        Without `suggest` the caller asks for suggestions himself, once his last bundle is written.
        Invoices are locked before the log, as the worker that plans them does.
        """
        decided = list(self._decided.values())
        if not decided:
            return Written(events=[], planned_again=0)
        user = self.access.user
        job_mappings.write_job_mappings(
            company_id=self.company_id,
            links=[
                job_mappings.Link(
                    job=each.job,
                    target=each.after,
                    version=each.change.version,
                    confirmed=each.change.confirmed,
                    undoes=each.change.undoes,
                )
                for each in decided
            ],
            user=user,
            now=now,
        )
        again = self._plan_again([each.job.key for each in decided], now)
        made = events.append(
            company_id=self.company_id,
            at=now,
            actor=user,
            entries=[
                words.entry_of(each.job, each.change, each.before, each.after, how)
                for each in decided
            ],
        )
        if suggest:
            self._want_suggestions(decided, now)
        return Written(events=made, planned_again=again)

    def _plan_again(self, keys: list[str], now: datetime) -> int:
        again = mappings.plan_again_jobs(company_id=self.company_id, job_keys=keys)
        if again:
            want_planning(self.company_id, now, self.access.user)
        return again

    def _want_suggestions(self, decided: list[_Decided], now: datetime) -> None:
        moved = [each for each in decided if each.before != each.after]
        if not moved:
            return
        targets = {
            side.pk for each in moved for side in (each.before, each.after) if side is not None
        }
        want_suggestions(
            self.company_id,
            now,
            self.access.user,
            job_ids=[each.job.pk for each in moved],
            target_ids=targets,
        )
