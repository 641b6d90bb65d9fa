"""Find out what became of exported invoices in QuickBooks: voided, deleted, changed; and note it.

A person asks for one, a tie-out for all that it found differing. QuickBooks answers: nobody's word
makes an invoice count as gone. Another company file says nothing, nor does one that was restored
from a backup: what is missing there may have vanished with the backup.

What is still to be asked for are rows, which go with the answers. So tens of thousands cost what
they are, and whoever takes the next step after a kill goes on where the last answer was noted.

What a tie-out noticed stays open (`noticed_at`), and in every later tie-out, until a person answers
or the invoice stands in QuickBooks again as it was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.core.exporting import Event, State, step
from tieout.quickbooks.readings import Found
from tieout.quickbooks.translate_presence import Left, Presence, became
from tieout.service import moments, posting_words, presence
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.service.turns import Lease, Place, Question, Trouble
from tieout.store.commits import events, lanes, looks, tasks
from tieout.store.commits import exports as export_commits
from tieout.store.queries import connections, restored, tie_outs
from tieout.store.queries import exports as queries
from tieout.store.queries import qb_writes as write_queries
from tieout.store.queries.exports import Posting, Task

STANDS = "It stands in QuickBooks as it is. Nothing was changed."
_NO_NEWS = {(State.VOIDED, Event.VOIDED), (State.DELETED, Event.DELETED)}
RESTORED = Trouble(
    problem="A backup was restored in QuickBooks since the last Verify; nothing was concluded.",
    remedy="Super User: look under Restored backup which invoices are gone.",
    needs_person=True,
)
VANISHED = "It is not in QuickBooks; a backup was restored there since. See Restored backup."


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
        if State(posting.state) not in restored.LOOKED_FOR or not posting.txn_id:
            message = f"Invoice {posting.number} is {posting.state}; there is nothing to look for."
            raise CannotWrite(message)
        if write_queries.open_of_postings(posting_ids=[posting.pk]):
            message = "A change of it is under way. See Changes sent to QuickBooks."
            raise CannotWrite(message)
        task = tasks.request(
            company_id=company_id,
            kind=Task.Kind.GONE,
            now=now,
            user=access.user,
            params={"posting": posting.pk},
            total=1,
        )
        txn_id = posting.earlier.get("txn_id") or posting.txn_id
        looks.want(task=task, txn_ids={posting.pk: txn_id})
    return task


def want(*, company_id: int, txn_ids: Mapping[int, str], now: datetime) -> None:
    """Let these be asked for after a tie-out: id of a posting -> TxnID under which it was found.

    Part of the caller's transaction, which holds the lane.
    """
    if txn_ids:
        task = tasks.request(
            company_id=company_id, kind=Task.Kind.GONE, now=now, total=len(txn_ids)
        )
        looks.want(task=task, txn_ids=txn_ids)


def under_way(*, company_id: int) -> Task | None:
    """The look at what a tie-out found differing, while it is not over."""
    task = tasks.open_task(company_id=company_id, kind=Task.Kind.GONE)
    return task if task is not None and "posting" not in task.params else None


def latest(*, company_id: int, posting_ids: list[int]) -> Task | None:
    """The latest look that a person wished for one of these, open or over."""
    return restored.latest_look(company_id=company_id, posting_ids=posting_ids)


# ------------------------------------------------------------------ the task on the lane


def ask(task: Task) -> Question | None:
    """The next hundred ids; None when all were asked for."""
    return presence.ask_listed(task)


def take(
    *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    """Note what became of them; an answer of another holding of the lane is asked for anew."""
    if answer.outcome is not Outcome.RESPONSE:
        return Trouble(problem=answer.message, remedy=answer.remedy)
    if int(place["epoch"]) != lease.epoch:
        return None
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        ids = restored.still_to_ask(task_id=task.pk, limit=presence.ROWS)
        if int(place["last"]) != max(ids, default=0):
            return None  # noted already: its answer came twice
        asked = restored.postings(company_id=task.company_id, ids=list(ids))
        found = presence.read(company_id=task.company_id, answer=answer, rows=asked)
        if isinstance(found, Trouble):
            return found
        book = connections.book_of(company_id=task.company_id)
        if found.last_restore_time != book.last_restore_time:
            return RESTORED
        rows = restored.lock_noticeable(company_id=task.company_id, ids=list(ids))
        open_ = write_queries.open_of_postings(posting_ids=[row.pk for row in rows])
        heirs = tie_outs.heirs(company_id=task.company_id)
        with events.at_the_end():
            said = [
                _judge(row, ids[row.pk], found, task, heirs.get(row.customer.list_id, ()))
                for row in rows
                if row.pk not in open_
            ]
            _note(task, said)
        looks.asked(task_id=task.pk, last=int(place["last"]))
        tasks.progress(task_id=task.pk, done=task.done + len(ids))
    return None


class _Said(NamedTuple):
    """What became of one, in words, and under which words it is counted; "" for no news."""

    words: str
    counted: str


_NOTHING = _Said("", "")


def _note(task: Task, said: list[_Said]) -> None:
    params = dict(task.params)
    if "posting" in params:
        params["said"] = (said or [_NOTHING])[0].words
    counts = Counter(params.get("counts", {})) + Counter(x.counted for x in said if x.counted)
    params["counts"] = dict(counts)
    tasks.note_params(task_id=task.pk, params=params)


def _judge(
    row: Posting, txn_id: str, found: Presence, task: Task, heirs: Collection[str]
) -> _Said:
    """What became of one, noted on it. `heirs`: the jobs that took over from its job."""
    sale = found.sales.get(txn_id)
    if txn_id == row.earlier.get("txn_id") and txn_id != row.txn_id:
        return _judge_second(row, is_there=sale is not None and txn_id not in found.voided)
    event = became(_left(row, sale, heirs), sale, voided=txn_id in found.voided)
    if event is Event.DELETED and _maybe_vanished(row, found):
        return _Said(VANISHED, VANISHED)
    before = State(row.state)
    if event is Event.STANDS_AGAIN and before is State.EXPORTED:
        return _Said(STANDS, STANDS)
    if (before, event) in _NO_NEWS:
        return _NOTHING
    row.state = step(before, event).state.value
    row.problem, row.remedy = posting_words.became(row, event, sale)
    by_person = "posting" in task.params
    # who asks about one that is gone knows it; a change stays open until it is put back
    over = event is Event.STANDS_AGAIN or (by_person and event is not Event.CHANGED_THERE)
    row.noticed_at = None if over else row.noticed_at or moments.now()
    row.found = {}
    if event is Event.STANDS_AGAIN and row.txn_id != txn_id:
        # typed again by hand: its lines are not ours, so nothing is written over them
        row.txn_id, row.edit_sequence = txn_id, ""
    elif event is Event.CHANGED_THERE and sale is not None:
        row.found = {name: str(value) for name, value in asdict(sale).items() if value is not None}
    export_commits.save_row(
        row=row,
        before=before,
        now=moments.now(),
        actor=task.requested_by,
        reason="QuickBooks was asked" if by_person else "a tie-out found it differing",
        details={"txn_id": row.txn_id},
    )
    words = row.problem or posting_words.STANDS_AGAIN
    return _Said(words, posting_words.CHANGED if event is Event.CHANGED_THERE else words)


def _judge_second(row: Posting, *, is_there: bool) -> _Said:
    """Whether the second one of an invoice that stood there twice is over."""
    if is_there:
        return _Said(row.problem, posting_words.STANDS_TWICE)
    row.earlier, row.noticed_at = {}, None
    row.problem = row.remedy = ""
    state = State(row.state)
    export_commits.save_row(row=row, before=state, now=moments.now())
    return _Said(posting_words.STANDS_ONCE, posting_words.STANDS_ONCE)


def _maybe_vanished(row: Posting, found: Presence) -> bool:
    return row.exported_at is not None and found.restored_since(row.exported_at)


def _left(row: Posting, sale: Found | None, heirs: Collection[str]) -> Left:
    follows = sale is not None and sale.customer_list_id in heirs
    return Left(
        number=row.qb_number or row.number,
        customer_list_id=sale.customer_list_id if sale and follows else row.customer.list_id,
        txn_date=row.txn_date,
        total=row.total if row.qb_total is None else row.qb_total,
        edit_sequence=row.edit_sequence,
    )


def finish(task: Task, lease: Lease) -> bool:
    """All were asked for."""
    params = task.params
    said = params.get("said") or "It was settled meanwhile."
    counts: dict[str, int] = params.get("counts", {})
    if "posting" not in params:
        said = " ".join(f"{count:,}: {words}" for words, count in sorted(counts.items()))
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        tasks.finish(task_id=task.pk, now=moments.now(), message=said[:500], result={})
    return True
