"""After a backup was restored in QuickBooks: find what vanished, and put it back to be sent.

Looking only reads, so it goes on while the lane is held. Every invoice that was exported is asked
for by its TxnID, the latest first. What is gone a Super User may put back: QuickBooks is asked for
it once more, and what that answer does not hold becomes ready. When it is exported again QuickBooks
is asked first, as always, by its number and by the id it had. What is there as it was before an
update or a void is updated or voided again (`restored_changes`).

What was found, and what is still to be asked for, are rows: an answer costs the same whether ten or
ten thousand are gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.core import exporting
from tieout.core.exporting import Event, State
from tieout.quickbooks.translate_presence import Presence
from tieout.service import moments, presence, restored_changes
from tieout.service.access import Access, find_access
from tieout.service.exporter import next_set_id
from tieout.service.turns import Lease, Place, Question, Trouble
from tieout.store.commits import events, lanes, looks, tasks
from tieout.store.commits import exports as export_commits
from tieout.store.commits import qb_writes as write_commits
from tieout.store.queries import restored
from tieout.store.queries import tasks as task_queries
from tieout.store.queries.exports import Posting, Task


class CannotPutBack(Exception):
    """The wish cannot be fulfilled now; the text says why and what to do. Nothing changed."""


# ------------------------------------------------------------------ wishes of people


def start(*, access: Access, now: datetime) -> Task:
    """Ask which exported invoices are gone; one that is open already is answered instead."""
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotPutBack(message)
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)  # two clicks at once make one task
        open_ = tasks.open_task(company_id=company_id, kind=Task.Kind.RESTORED)
        if open_ is not None:
            return open_
        looks.forget_all(company_id=company_id)
        entry = events.Entry(verb="asked", subject="restored_backup")
        events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.RESTORED,
            now=now,
            user=access.user,
            total=restored.count_exported(company_id=company_id),
        )


def latest(*, company_id: int) -> Task | None:
    """The latest look, open or over."""
    return task_queries.latest_task(company_id=company_id, kind=Task.Kind.RESTORED)


def gone(*, task: Task | None) -> list[Posting]:
    """What the look did not find, as it stands now; part of it may have been put back since."""
    return [] if task is None else restored.gone(task=task)


def undone(*, task: Task | None) -> list[tuple[Posting, str]]:
    """What the look found as it was before a change of Tieout's, and which change that was."""
    return [] if task is None else restored.undone(task=task)


def put_back(*, access: Access, posting_ids: Sequence[int], now: datetime) -> Task:
    """Ask that these be sent again, among those that the latest look found gone or undone.

    That look may be old, and another file or backup may be open since. So QuickBooks is asked for
    them once more, and that very answer decides. What it does not hold is put back, and nothing is
    queued by that; what it holds as it was before an update or a void is queued to be changed again.
    """
    if not access.can_configure:
        message = f"Putting vanished invoices back is for a Super User of {access.company}."
        raise CannotPutBack(message)
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        task = latest(company_id=company_id)
        if task is None or task.state != Task.State.DONE:
            message = "Look first which invoices are gone; nothing was changed."
            raise CannotPutBack(message)
        chosen = set(posting_ids)
        left = {row.pk: row.txn_id for row in restored.exported_of(task=task) if row.pk in chosen}
        if not left:
            message = "None of these is gone and still counted as exported. Look again."
            raise CannotPutBack(message)
        back = tasks.request(
            company_id=company_id,
            kind=Task.Kind.RESTORED,
            now=now,
            user=access.user,
            params={**task.params, "back": 0, "again": 0, "there": 0},
            total=len(left),
        )
        looks.hand_on(before=task, task=back)
        looks.want(task=back, txn_ids=left)
    return back


def _back(row: Posting, access: Access, now: datetime) -> events.Entry:
    before = State(row.state)
    was = {"state": row.state, "txn_id": row.txn_id, "number": row.qb_number}
    row.state = exporting.step(before, Event.PUT_BACK).state.value
    row.writes, row.tries = 0, 0
    row.noticed_at = None
    row.set_id = next_set_id(row)
    row.former_txn_id = row.txn_id
    row.txn_id = row.edit_sequence = row.qb_number = ""
    row.qb_total = row.exported_at = row.queued_at = row.due_at = None
    row.problem = row.remedy = ""
    export_commits.save_row(row=row, before=before, now=now, actor=access.user)
    write_commits.let_go(posting_id=row.pk)
    export_commits.plan_anew(posting=row, now=now)
    return events.Entry(
        verb="put back",
        subject="posting",
        subject_key=row.key,
        before=was,
        after={"state": row.state, "number": row.number},
        reason="gone after a backup was restored in QuickBooks",
    )


# ------------------------------------------------------------------ the task on the lane


def ask(task: Task) -> Question | None:
    """The next hundred ids, the latest first; None when all were asked for."""
    if "back" in task.params:
        return presence.ask_listed(task)
    rows = restored.exported_before(
        company_id=task.company_id, before=task.params.get("before"), limit=presence.ROWS
    )
    if not rows:
        return None
    place: Place = {"first": rows[0].pk, "last": rows[-1].pk}
    return Question(request=presence.request(rows), place=place)


def take(
    *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    """Note which of them are gone; an answer of another company file counts for nothing."""
    if answer.outcome is not Outcome.RESPONSE:
        return Trouble(problem=answer.message, remedy=answer.remedy)
    if "back" in task.params:
        return _take_back(task, place, lease, answer)
    first, last = int(place["first"]), int(place["last"])
    if first >= task.params.get("before", first + 1):
        return None  # this part was taken already: its answer came twice, or late
    rows = restored.exported_between(company_id=task.company_id, first=first, last=last)
    found = presence.read(company_id=task.company_id, answer=answer, rows=rows)
    if isinstance(found, Trouble):
        return found
    restored_then = task.params.get("last_restore_time", found.last_restore_time)
    params = {
        "before": last,
        "asked": task.params.get("asked", 0) + len(rows),
        "last_restore_time": found.last_restore_time,
    }
    what = {row.pk: restored.GONE.value for row in rows if _is_gone(row, found)}
    what |= restored_changes.undone(rows, found)
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        if found.last_restore_time == restored_then:
            looks.found(task=task, what=what)
        else:  # restored once more meanwhile: what was seen before says nothing now
            params = {}
            looks.forget(task_id=task.pk)
        tasks.note_params(task_id=task.pk, params=params)
        tasks.progress(task_id=task.pk, done=params.get("asked", 0))
    return None


def _take_back(task: Task, place: Place, lease: Lease, answer: Answer) -> Trouble | None:
    """Put back what this very answer does not hold; what is there stays as it is."""
    if int(place["epoch"]) != lease.epoch:
        return None  # asked in another holding of the lane: it is asked anew
    user = task.requested_by
    access = find_access(user=user, company_id=task.company_id) if user else None
    if access is None or not access.can_configure:
        return Trouble(
            problem="Whoever asked for it is no Super User any more. Nothing was put back.",
            remedy="Super User: put them back under Restored backup.",
            needs_person=True,
        )
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        ids = restored.still_to_ask(task_id=task.pk, limit=presence.ROWS)
        if int(place["last"]) != max(ids, default=0):
            return None  # taken already: its answer came twice
        asked = restored.postings(company_id=task.company_id, ids=list(ids))
        found = presence.read(company_id=task.company_id, answer=answer, rows=asked)
        if isinstance(found, Trouble):
            return found
        rows = restored.lock(company_id=task.company_id, ids=list(ids))
        rows = [row for row in rows if row.txn_id == ids[row.pk]]
        with events.at_the_end():
            _do_back(task, rows, found, access)
        looks.asked(task_id=task.pk, last=int(place["last"]))
    return None


def _do_back(task: Task, rows: Sequence[Posting], found: Presence, access: Access) -> None:
    now = moments.now()
    changes = restored_changes.undone(rows, found)
    gone = [row for row in rows if _is_gone(row, found)]
    again = [row for row in rows if row.pk in changes]
    settled = {row.pk for row in (*gone, *again)}
    there = {row.pk for row in rows} - settled
    entries = [_back(row, access, now) for row in gone]
    if again:
        restored_changes.do_again(rows=again, what=changes, found=found, access=access, now=now)
    params = {
        **task.params,
        "back": task.params["back"] + len(gone),
        "again": task.params["again"] + len(again),
        "there": task.params["there"] + len(there),
        "last_restore_time": found.last_restore_time,
    }
    looks.settle(task_id=task.pk, posting_ids=there, what=[restored.GONE])
    looks.settle(task_id=task.pk, posting_ids=[row.pk for row in rows], what=restored.UNDONE)
    tasks.note_params(task_id=task.pk, params=params)
    tasks.progress(task_id=task.pk, done=params["back"] + params["again"] + params["there"])
    events.append(company_id=task.company_id, at=now, actor=access.user, entries=entries)


def _is_gone(row: Posting, found: Presence) -> bool:
    """Whether it is not there and ought to be; of what is worth nothing nothing is missed."""
    return row.txn_id not in found.txn_ids and State(row.state) in restored.LOOKED_FOR


def finish(task: Task, lease: Lease) -> bool:
    """Everything was asked for."""
    params = task.params
    asked = params.get("asked", 0)
    missing, old = restored.count_found(task_id=task.pk)
    message = f"all {asked:,} exported are there"
    if missing:
        message = f"{missing:,} of {asked:,} exported are gone"
    if old:
        message += f", {old:,} as they were before a change"
    if "back" in params:
        message = f"{params['back']:,} put back"
        if params["again"]:
            message += f", {params['again']:,} queued to be changed again"
        if params["there"]:
            message += f", {params['there']:,} stand in QuickBooks after all"
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        tasks.finish(
            task_id=task.pk,
            now=moments.now(),
            message=message,
            result={"asked": asked, "gone": missing, "undone": old},
        )
    return True
