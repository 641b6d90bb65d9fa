"""Keep job-level data in step: read it from QuickBooks, propose changed fields, send the chosen.

A task on the lane reads the QuickBooks job of every mapped contractor job; a job that serves
several is left out, for their data cannot both stand there. Nothing is sent unasked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.core import job_data
from tieout.core.job_data import FieldChange
from tieout.quickbooks import qbxml, translate_job_data
from tieout.service import moments
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.service.turns import Lease, Place, Question, Trouble
from tieout.store.commits import job_data as commits
from tieout.store.commits import lanes, tasks
from tieout.store.commits import qb_writes as write_commits
from tieout.store.commits.qb_writes import Wish
from tieout.store.queries import connections
from tieout.store.queries import job_data as queries
from tieout.store.queries import qb_writes as write_queries
from tieout.store.queries import tasks as task_queries
from tieout.store.queries.exports import QbWrite, Task
from tieout.store.queries.job_data import JobDataSeen, SourceJob
from tieout.store.queries.people import User

ROWS = 100  # jobs asked for in one message
SWITCHED_OFF = (
    "Keeping job-level data in step is switched off. A Super User switches it on under QuickBooks "
    "Desktop Accounting Configuration, Jobs in QuickBooks."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One job and the fields of it that are to change in QuickBooks."""

    job: SourceJob
    list_id: str
    full_name: str
    changes: tuple[FieldChange, ...]
    under_way: bool


# ------------------------------------------------------------------ wishes of people


def start(*, access: Access, now: datetime) -> Task:
    """Read job-level data from QuickBooks; a task that is open already is answered instead."""
    _allowed(access)
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)  # two clicks at once make one task
        open_ = tasks.open_task(company_id=company_id, kind=Task.Kind.JOB_DATA)
        if open_ is not None:
            return open_
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.JOB_DATA,
            now=now,
            user=access.user,
            total=queries.count_mapped(company_id=company_id),
        )


def want(*, company_id: int, now: datetime, user: User | None) -> None:
    """Have it read by itself, once the lists were read whole: every night, that is.

    Reading only; what differs is said on the first screen, and sent when somebody chose it.
    """
    if not connections.company(company_id=company_id).keep_job_data:
        return
    mapped = queries.count_mapped(company_id=company_id)
    if mapped and tasks.open_task(company_id=company_id, kind=Task.Kind.JOB_DATA) is None:
        tasks.request(
            company_id=company_id, kind=Task.Kind.JOB_DATA, now=now, user=user, total=mapped
        )


def differing(*, company_id: int) -> tuple[int, bool]:
    """How many jobs wait for somebody to choose, and whether these are not all of them."""
    ids = proposed_ids(task=latest(company_id=company_id), limit=ROWS + 1)
    found = proposals(company_id=company_id, job_ids=ids[:ROWS])
    return sum(1 for each in found if not each.under_way), len(ids) > ROWS


def latest(*, company_id: int) -> Task | None:
    """The latest reading, open or over."""
    return task_queries.latest_task(company_id=company_id, kind=Task.Kind.JOB_DATA)


def proposed_ids(*, task: Task | None, limit: int | None = None) -> list[int]:
    """The jobs of which the reading found something to change; the first so many of them."""
    return queries.proposed_by(task_id=task.pk, limit=limit) if task else []


def proposals(*, company_id: int, job_ids: Sequence[int]) -> list[Proposal]:
    """What is proposed for these jobs now; one that is in step since is left out."""
    found = []
    busy = write_queries.open_of_jobs(job_ids=job_ids, kind=QbWrite.Kind.CUSTOMER_MOD)
    for row, target in queries.proposed(company_id=company_id, job_ids=job_ids):
        changes = _changes(row)
        if changes:
            found.append(
                Proposal(
                    job=row.job,
                    list_id=target.list_id,
                    full_name=target.full_name,
                    changes=changes,
                    under_way=row.job_id in busy,
                )
            )
    return found


def send(
    *, access: Access, chosen: Mapping[int, Mapping[str, str]], seen_task: int, now: datetime
) -> list[QbWrite]:
    """Queue the chosen fields (job id -> field -> what is to stand there), one change for each job.

    What was shown is what is sent: `seen_task` is the reading on the screen, and after a later one,
    or when the back office says something else now, nothing is. Before each write QuickBooks is
    asked whether the job still says what was shown.
    """
    _allowed(access)
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        task = latest(company_id=company_id)
        if task is None or task.pk != seen_task or task.state != Task.State.DONE:
            message = "QuickBooks was read again meanwhile. Look at the proposed changes anew."
            raise CannotWrite(message)
        wishes = []
        made = write_queries.count_stems(
            company_id=company_id, kind=QbWrite.Kind.CUSTOMER_MOD, of=chosen
        )
        for proposal in proposals(company_id=company_id, job_ids=list(chosen)):
            wanted = chosen[proposal.job.pk]
            fields = [each for each in proposal.changes if each.name in wanted]
            if any(each.want != wanted[each.name] for each in fields):
                raise CannotWrite(_changed_here(proposal.job))
            if fields and not proposal.under_way:
                wishes.append(_wish(proposal, fields, made))
        if not wishes:
            message = "None of these changes is open any more. Nothing was sent."
            raise CannotWrite(message)
        return write_commits.queue(company_id=company_id, wishes=wishes, user=access.user, now=now)


def _wish(proposal: Proposal, fields: Sequence[FieldChange], made: Mapping[str, int]) -> Wish:
    """`made`: how many updates each job had before, by the stem of their keys."""
    job = proposal.job
    stem = f"data-{job.pk}"
    return Wish(
        kind=QbWrite.Kind.CUSTOMER_MOD,
        key=f"{stem}-{made.get(stem, 0) + 1}",
        title=f"Update job {proposal.full_name}",
        content={
            "list_id": proposal.list_id,
            "was": {each.name: each.was for each in fields},
            "want": {each.name: each.want for each in fields},
        },
        job=job,
        after={"job": job.key, "fields": [each.label for each in fields]},
    )


def _changed_here(job: SourceJob) -> str:
    return (
        f"The back office says something else of {job.contractor} ({job.key}) now. Nothing was "
        "sent. Look at the proposed changes anew."
    )


def _allowed(access: Access) -> None:
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotWrite(message)
    if not connections.company(company_id=access.company.pk).keep_job_data:
        raise CannotWrite(SWITCHED_OFF)


def _changes(row: JobDataSeen) -> tuple[FieldChange, ...]:
    job = row.job
    want = job_data.wanted(
        active=job.active,
        title=job.title,
        start=job.start_date,
        projected_end=job.projected_end_date,
        end=job.end_date,
    )
    return job_data.changes(want=want, there=row.there, sent=row.sent)


# ------------------------------------------------------------------ the task on the lane


def ask(task: Task) -> Question | None:
    """The next hundred jobs; None when all were read."""
    rows = queries.mapped_after(
        company_id=task.company_id, job_id=task.params.get("after", 0), limit=ROWS
    )
    if not rows:
        return None
    return Question(
        request=translate_job_data.render_read([list_id for _, list_id in rows]),
        place={"first": rows[0][0].pk, "last": rows[-1][0].pk},
    )


def take(
    *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    """Note what QuickBooks holds; an answer of another company file counts for nothing."""
    if answer.outcome is not Outcome.RESPONSE:
        return Trouble(problem=answer.message, remedy=answer.remedy)
    try:
        company_name, jobs, broken = translate_job_data.read_jobs(answer.qbxml)
    except qbxml.MalformedResponse as error:
        return Trouble(problem=str(error), remedy="Tieout tries again by itself.")
    if broken is not None:
        return Trouble(problem=broken.message, remedy=broken.remedy)
    book = connections.book_of(company_id=task.company_id)
    if company_name != book.company_name:
        return Trouble(
            problem=f"QuickBooks has {company_name or 'another company'} open, not "
            f"{book.company_name}; nothing was concluded.",
            remedy=f"Open {book.company_name} in QuickBooks, then read again.",
            needs_person=True,
        )
    first, last = int(place["first"]), int(place["last"])
    if first <= task.params.get("after", 0):
        return None  # these were taken already: the answer came twice, or late
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        rows = queries.mapped_between(company_id=task.company_id, first=first, last=last)
        read = [
            commits.Read(
                job=job,
                list_id=list_id,
                edit_sequence=jobs[list_id].edit_sequence,
                there=asdict(jobs[list_id].data),
            )
            for job, list_id in rows
            if list_id in jobs  # else it is gone: the drift inbox says so after the next refresh
        ]
        seen = commits.seen(read=read, now=moments.now())
        commits.propose(task=task, job_ids=[row.job_id for row in seen if _changes(row)])
        done = task.params.get("read", 0) + len(rows)
        tasks.note_params(task_id=task.pk, params={"after": last, "read": done})
        tasks.progress(task_id=task.pk, done=done)
    return None


def finish(task: Task, lease: Lease) -> bool:
    """Everything was read."""
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        read, count = task.params.get("read", 0), queries.count_proposed(task_id=task.pk)
        tasks.finish(
            task_id=task.pk,
            now=moments.now(),
            message=f"{read:,} read, {count:,} with proposed changes",
            result={"read": read, "proposed": count},
        )
    return True
