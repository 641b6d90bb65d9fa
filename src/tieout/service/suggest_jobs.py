"""Looks in the background for the QuickBooks jobs of contractor jobs without a mapping.

A look costs what changed: the desk of a company (its names read and compared) stays in the
worker's memory, as far as there is room, and is told of new, changed and mapped jobs. Memory only
makes it quicker: without it the stored rows that still hold are taken over, and a desk that
another worker has overtaken is thrown away. Rows are stored with what they were computed from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar

from django.db import transaction

from tieout.core.matching import Bucket, Desk, Flag, JobToMatch, QbCandidate, Suggestion
from tieout.service import moments
from tieout.service.suggest_wish import want_suggestions
from tieout.store.commits import locks, tasks
from tieout.store.commits import suggestions as commits
from tieout.store.queries import suggestions as queries
from tieout.store.queries.suggestions import CandidateRow, JobRow, SuggestionState
from tieout.store.queries.tasks import Task

STORED_AT_ONCE = 500  # jobs in one transaction
KEPT_ROWS_MAX = 250_000  # jobs and QuickBooks jobs of all the desks that stay in memory
ANEW_FROM = 0.2  # of its rows changed: reading all names again is quicker
LEASE_S = 600
STORED = [each.name for each in fields(Suggestion) if each.name not in {"job_id", "rank"}]

Told = TypeVar("Told")
Answers = Mapping[str, tuple[Suggestion, ...]]  # by the key of the contractor job, best first


@dataclass(slots=True)
class _Inputs:
    """What a desk was told. QuickBooks jobs that a mapping uses are not among them."""

    books_mark: str
    jobs: dict[str, JobRow]
    candidates: dict[str, CandidateRow]
    links: dict[str, str]
    earlier: dict[str, dict[str, int]]

    @property
    def rows(self) -> int:
        return len(self.jobs) + len(self.candidates)


@dataclass(slots=True)
class _Kept:
    """A desk in memory; `serial` is that of the stored rows that it agrees with."""

    desk: Desk
    told: _Inputs
    serial: int


_desks: OrderedDict[int, _Kept] = OrderedDict()  # the one used last at the end


def run(task_id: int) -> None:
    """Do the look that a worker has claimed, and finish the task.

    Its params may name "jobs" (ids) and "targets" (ids of QuickBooks jobs that a mapping took or
    gave back); without "jobs" everything is compared, and "anew" trusts no stored row.
    """
    task = queries.task_by_id(task_id=task_id)
    look = _Look(task)
    try:
        count = look.do()
    except commits.OvertakenError:
        # the other one may not have seen what this one was asked for
        want_suggestions(task.company_id, moments.now(), task.requested_by)
        count = 0
    noun = "contractor job" if count == 1 else "contractor jobs"
    tasks.finish(
        task_id=task.pk,
        now=moments.now(),
        message=f"Looked at {count:,} {noun}.",
        result={"jobs": count},
    )


def forget_desks() -> None:
    """Free the memory of every desk; the next look reads the names again."""
    _desks.clear()


class _Look:
    """One look: what it reads, what it asks the desk, what it stores."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.company_id = task.company_id
        self.state: SuggestionState = queries.find_state(company_id=task.company_id)
        self.serial = self.state.serial
        self.targets: list[int] = task.params.get("targets", [])
        self.read_everything = False
        self.books_at: datetime | None = None

    def do(self) -> int:
        """Returns how many jobs were looked at."""
        if queries.lists_refreshed_at(company_id=self.company_id) is None:
            return 0  # without a list nothing can be said to be missing in it
        kept = _desks.pop(self.company_id, None)
        if kept is not None and kept.serial != self.serial:
            kept = None
        if kept is not None and "jobs" in self.task.params:
            count = self._tell_some(kept, self.task.params["jobs"])
        else:
            count, kept = self._compare_everything(kept)
        kept.serial = self.serial
        _keep(self.company_id, kept)
        return count

    # -------------------------------------------------------------- what changed

    def _tell_some(self, kept: _Kept, job_ids: Collection[int]) -> int:
        """A few jobs were mapped or changed: read these alone."""
        told = kept.told
        keys = queries.keys_of(company_id=self.company_id, ids=job_ids)
        rows = {row.key: row for row in queries.unmapped(company_id=self.company_id, ids=job_ids)}
        links = {row.client_key: row.customer for row in rows.values()}
        earlier = queries.earlier(company_id=self.company_id, keys=list(rows))
        there = _candidates(queries.free(company_id=self.company_id, ids=self.targets))
        asked = queries.list_ids_of(company_id=self.company_id, ids=self.targets)
        # nothing here walks through all that was told, or one change would cost what all cost
        old = _Inputs(
            books_mark=told.books_mark,
            jobs=_some(told.jobs, keys),
            candidates=_some(told.candidates, asked),
            links=_some(told.links, links),
            earlier=_some(told.earlier, keys),
        )
        now = _Inputs(
            books_mark=told.books_mark, jobs=rows, candidates=there, links=links, earlier=earlier
        )
        answers = _change(kept.desk, old, now)
        _replace(told.jobs, old.jobs, rows)
        _replace(told.candidates, old.candidates, there)
        told.links.update(links)
        _replace(told.earlier, old.earlier, earlier)
        self._store(answers, told)
        return len(answers)

    def _compare_everything(self, kept: _Kept | None) -> tuple[int, _Kept]:
        self._say("Reading both lists")
        now = self._read()
        if kept is not None and "anew" not in self.task.params:
            changed = len(_differing(kept.told.candidates, now.candidates))
            changed += len(_differing(kept.told.jobs, now.jobs))
            if changed <= ANEW_FROM * now.rows:
                return self._tell(kept, now), kept
        return self._build(now)

    def _read(self) -> _Inputs:
        company_id = self.company_id
        self.read_everything = True
        # before the lists: read while they change, they will be looked at again
        self.books_at = queries.lists_refreshed_at(company_id=company_id)
        jobs = {row.key: row for row in queries.unmapped(company_id=company_id)}
        books = list(queries.candidates(company_id=company_id))
        used = queries.used_targets(company_id=company_id)
        books_mark = queries.mark([tuple(row) for row in books])
        return _Inputs(
            books_mark=books_mark,
            jobs=jobs,
            candidates=_candidates(row for row in books if row.pk not in used),
            links={row.client_key: row.customer for row in jobs.values() if row.customer},
            earlier=queries.earlier(company_id=company_id, keys=None),
        )

    # -------------------------------------------------------------- the desk

    def _tell(self, kept: _Kept, now: _Inputs) -> int:
        """Tell a desk in memory what is different, and store whom it concerns."""
        answers = _change(kept.desk, kept.told, now)
        kept.told = now
        self._store(answers, now)
        return len(answers)

    def _build(self, now: _Inputs) -> tuple[int, _Kept]:
        """Read all names anew; stored rows that still hold are taken over."""
        same_books = self.state.books_mark == now.books_mark and "anew" not in self.task.params
        known = self._known(now) if same_books else {}
        # what a mapping gave back since is new to those rows
        freed = queries.list_ids_of(company_id=self.company_id, ids=self.targets if known else [])
        self._say("Comparing names", done=0, total=len(now.jobs))
        desk = Desk(
            [_job(row) for row in now.jobs.values()],
            [_candidate(row) for key, row in now.candidates.items() if key not in freed],
            client_links=now.links,
            earlier=now.earlier,
            known=[each for rows in known.values() for each in rows],
        )
        answers = {
            key: tuple(rows) for key, rows in groupby(desk.suggestions(), lambda each: each.job_id)
        }
        if back := [_candidate(now.candidates[key]) for key in freed & now.candidates.keys()]:
            answers |= desk.change(candidates=back)
        new = {key: rows for key, rows in answers.items() if known.get(key) != rows}
        self._store(new, now)
        return len(new), _Kept(desk=desk, told=now, serial=self.serial)

    def _known(self, now: _Inputs) -> dict[str, tuple[Suggestion, ...]]:
        """The stored answers whose job and candidates are as they were."""
        known = {}
        for key, mark, rows in queries.stored(company_id=self.company_id):
            if key not in now.jobs or mark != now.jobs[key].mark:
                continue
            if all(not row["list_id"] or row["list_id"] in now.candidates for row in rows):
                known[key] = tuple(
                    _suggestion(key, rank, row) for rank, row in enumerate(rows, start=1)
                )
        return known

    # -------------------------------------------------------------- the rows

    def _store(self, answers: Answers, now: _Inputs) -> None:
        """Write what was found, some jobs in each transaction, each with the next serial."""
        said = moments.now()
        keys = [key for key in answers if key in now.jobs]
        done = 0
        for start in range(0, len(keys), STORED_AT_ONCE):
            some = keys[start : start + STORED_AT_ONCE]
            found = [_found(now.jobs[key], answers[key], now.candidates) for key in some]
            with transaction.atomic():
                locks.desk(company_id=self.company_id)
                self.serial = commits.next_serial(company_id=self.company_id, after=self.serial)
                commits.store(
                    company_id=self.company_id,
                    found=found,
                    books_mark=now.books_mark,
                    now=said,
                )
            done += len(some)
            self._say(f"Stored {done:,} of {len(keys):,}", done=done, total=len(keys))
        if not self.read_everything:
            return
        marked = commits.MARKED
        while marked == commits.MARKED:
            with transaction.atomic():
                locks.desk(company_id=self.company_id)
                self.serial = commits.next_serial(company_id=self.company_id, after=self.serial)
                marked = commits.mark_some(company_id=self.company_id, books_mark=now.books_mark)
        with transaction.atomic():
            locks.desk(company_id=self.company_id)
            self.serial = commits.next_serial(company_id=self.company_id, after=self.serial)
            commits.all_looked_at(
                company_id=self.company_id,
                books_mark=now.books_mark,
                books_at=self.books_at,
                now=said,
            )

    def _say(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        now = moments.now()
        tasks.progress(
            task_id=self.task.pk,
            done=done,
            total=total,
            message=message,
            lease_until=now + timedelta(seconds=LEASE_S),
        )


# ------------------------------------------------------------------ rows and facts


def _keep(company_id: int, kept: _Kept) -> None:
    _desks[company_id] = kept
    while _desks and sum(each.told.rows for each in _desks.values()) > KEPT_ROWS_MAX:
        _desks.popitem(last=False)


def _change(desk: Desk, old: _Inputs, now: _Inputs) -> Answers:
    """Tell the desk in what both differ; what it answers for those whom it concerns."""
    links = _differing(old.links, now.links)
    earlier = _differing(old.earlier, now.earlier)
    return desk.change(
        jobs=[_job(now.jobs[key]) for key in _differing(old.jobs, now.jobs)],
        candidates=[
            _candidate(now.candidates[key]) for key in _differing(old.candidates, now.candidates)
        ],
        without_jobs=sorted(old.jobs.keys() - now.jobs.keys()),
        without_candidates=sorted(old.candidates.keys() - now.candidates.keys()),
        client_links={key: now.links[key] for key in links}
        | dict.fromkeys(old.links.keys() - now.links.keys(), ""),
        earlier={key: now.earlier[key] for key in earlier if key in now.jobs}
        # an invoice that was sent and then refused is on no job
        | {key: {} for key in old.earlier.keys() - now.earlier.keys() if key in now.jobs},
    )


def _some(told: Mapping[str, Told], keys: Iterable[str]) -> dict[str, Told]:
    return {key: told[key] for key in keys if key in told}


def _replace(told: dict[str, Told], old: Iterable[str], new: Mapping[str, Told]) -> None:
    for key in old:
        del told[key]
    told.update(new)


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """The keys of what is new or different."""
    return [key for key, value in new.items() if old.get(key) != value]


def _candidates(rows: Iterable[CandidateRow]) -> dict[str, CandidateRow]:
    return {row.list_id: row for row in rows}


def _job(row: JobRow) -> JobToMatch:
    return JobToMatch(
        job_id=row.key,
        contractor=row.contractor,
        client=row.client,
        title=row.title,
        start=row.start,
        end=row.end,
        client_key=row.client_key,
    )


def _candidate(row: CandidateRow) -> QbCandidate:
    return QbCandidate(
        list_id=row.list_id,
        full_name=row.full_name,
        active=row.active,
        parent=row.parent,
        gone=row.gone_at is not None,
    )


def _suggestion(key: str, rank: int, row: Mapping[str, Any]) -> Suggestion:
    """A stored rank as the desk gave it."""
    said = {
        "bucket": Bucket(row["bucket"]),
        "reasons": tuple(row["reasons"]),
        "flags": tuple(Flag(flag) for flag in row["flags"]),
    }
    return Suggestion(job_id=key, rank=rank, **{**row, **said})


def _found(
    job: JobRow, rows: Sequence[Suggestion], candidates: Mapping[str, CandidateRow]
) -> commits.Found:
    # the nearest to a job that is probably not there is no suggestion; the dropdown offers it
    absent = Flag.ABSENT in rows[0].flags
    target = None if absent else candidates.get(rows[0].list_id)
    return commits.Found(
        job_id=job.pk,
        target_id=target.pk if target else None,
        target_name=target.full_name if target else "",
        job_mark=job.mark,
        ranks=[{name: getattr(each, name) for name in STORED} for each in rows],
    )
