"""Find out whether an exported invoice was voided or deleted in QuickBooks, and note it.

A person asks, QuickBooks answers: nobody's word makes an invoice count as gone. A file that was
restored from a backup answers for another time; its answer is not taken.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.core.exporting import Event, State, step
from tieout.service import moments, presence
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.service.turns import Lease, Place, Question, Trouble
from tieout.store.commits import exports as export_commits
from tieout.store.commits import lanes, tasks
from tieout.store.queries import connections, restored
from tieout.store.queries import exports as queries
from tieout.store.queries import qb_writes as write_queries
from tieout.store.queries.exports import Posting, Task

WORDS = {
    Event.VOIDED: "It is voided in QuickBooks.",
    Event.DELETED: "QuickBooks does not hold it any more: it was deleted there.",
}
STANDS = "It stands in QuickBooks as it is. Nothing was changed."


def start(*, access: Access, posting_id: int, now: datetime) -> Task:
    """Ask QuickBooks whether it still holds this exported invoice. It only reads."""
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotWrite(message)
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        posting = queries.posting(company_id=company_id, posting_id=posting_id)
        if posting is None:
            message = "There is no such invoice in this company."
            raise CannotWrite(message)
        open_ = tasks.open_task(company_id=company_id, kind=Task.Kind.GONE)
        if open_ is not None and open_.params.get("posting") == posting_id:
            return open_
        if posting.state != State.EXPORTED or not posting.txn_id:
            message = f"Invoice {posting.number} is {posting.state}; there is nothing to look for."
            raise CannotWrite(message)
        if write_queries.open_of_postings(posting_ids=[posting.pk]):
            message = "A change of it is under way. See Changes sent to QuickBooks."
            raise CannotWrite(message)
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.GONE,
            now=now,
            user=access.user,
            params={"posting": posting.pk},
        )


def latest(*, company_id: int, posting_ids: list[int]) -> Task | None:
    """The latest look for one of these, open or over."""
    return restored.latest_look(company_id=company_id, posting_ids=posting_ids)


# ------------------------------------------------------------------ the task on the lane


def ask(task: Task) -> Question | None:
    """The one question; None when it was answered, or there is nothing to ask any more."""
    posting = _posting(task)
    if "said" in task.params or posting is None or posting.state != State.EXPORTED:
        return None
    lane = connections.held(company_id=task.company_id)
    place: Place = {"epoch": lane.epoch if lane else 0}
    return Question(request=presence.request([posting]), place=place)


def take(
    *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    """Note what became of it; an answer of another holding of the lane is asked for anew."""
    if answer.outcome is not Outcome.RESPONSE:
        return Trouble(problem=answer.message, remedy=answer.remedy)
    if int(place["epoch"]) != lease.epoch:
        return None
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        posting_id = int(task.params["posting"])
        queries.lock_invoice_of(company_id=task.company_id, posting_id=posting_id)
        row = queries.posting_for_change(company_id=task.company_id, posting_id=posting_id)
        if row is None or row.state != State.EXPORTED:
            return None
        found = presence.read(company_id=task.company_id, answer=answer, rows=[row])
        if isinstance(found, Trouble):
            return found
        book = connections.book_of(company_id=task.company_id)
        if found.last_restore_time != book.last_restore_time:
            return Trouble(
                problem="A backup was restored in QuickBooks since the last Verify; nothing was "
                "concluded.",
                remedy="Super User: look under Restored backup which invoices are gone.",
                needs_person=True,
            )
        said = STANDS
        if row.txn_id not in found.txn_ids or row.txn_id in found.voided:
            event = Event.VOIDED if row.txn_id in found.voided else Event.DELETED
            said = WORDS[event]
            _note(row, event, task)
        tasks.note_params(task_id=task.pk, params={**task.params, "said": said})
    return None


def finish(task: Task, lease: Lease) -> bool:
    """It was answered."""
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        said = task.params.get("said", "It was settled meanwhile.")
        tasks.finish(task_id=task.pk, now=moments.now(), message=said, result={})
    return True


def _note(row: Posting, event: Event, task: Task) -> None:
    before = State(row.state)
    row.state = step(before, event).state.value
    row.problem = WORDS[event]
    row.remedy = "If it is still to be billed, send it anew; else there is nothing to do."
    export_commits.save_row(
        row=row,
        before=before,
        now=moments.now(),
        actor=task.requested_by,
        reason="QuickBooks was asked",
        details={"txn_id": row.txn_id},
    )


def _posting(task: Task) -> Posting | None:
    return queries.posting(company_id=task.company_id, posting_id=int(task.params["posting"]))
