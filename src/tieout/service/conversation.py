"""The four parts of every step with QuickBooks: build, deliver, keep, apply. Both roads use them.

`build` answers what is to be asked next, from rows alone, and commits the intent of a write
before it returns. Delivering is the road's business. `keep` stores a raw answer, whoever holds
the lane. `apply` acts on a kept answer in one transaction that first checks the lane's epoch.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import DatabaseError

from tieout.channels.base import Answer, Outcome
from tieout.service import lane_tasks, moments, session_check, write_steps
from tieout.service.holding import held
from tieout.service.turns import Message, Question, Trouble, Turn, Until
from tieout.store.commits import exchanges
from tieout.store.commits import web_connector as web_connector_commits
from tieout.store.commits.exchanges import About, Kept, Outgoing
from tieout.store.commits.exports import PostingMoved
from tieout.store.commits.lanes import LaneLost
from tieout.store.queries import exports as queries
from tieout.store.queries import waiting, web_connector
from tieout.store.queries.exports import Exchange

log = logging.getLogger("tieout.service")

# questions that cost nothing to ask again: on the remote road their answers are not kept
_REPEATABLE = frozenset({Exchange.Purpose.SESSION, Exchange.Purpose.PAGE})
# what QuickBooks said then need not be true any more; the row asks anew
_OF_ITS_TURN = frozenset(
    {
        Exchange.Purpose.SESSION,
        Exchange.Purpose.PROBE,
        Exchange.Purpose.STATUS_CHECK,
        Exchange.Purpose.SEARCH,
    }
)
_OF_A_CALL = frozenset({"response", "hresult", "not sent", "abandoned"})


# ------------------------------------------------------------------ build


def build(turn: Turn) -> Message | Until:
    """What is to be asked next, or until when there is nothing to ask.

    What needs no question is done on the way: kept answers are applied, tasks are finished.
    Raises LaneLost when somebody else holds the lane, PostingMoved when a person was faster.
    """
    while True:
        there = waiting.on_lane(company_id=turn.company_id)
        if there.answers:
            _apply_all(turn)
            continue
        now = moments.now()
        found = write_steps.build(turn, now, there)
        if isinstance(found, Until):
            found = _from_tasks(turn, now, found.at)
        if found is not None:
            return found


def _apply_all(turn: Turn) -> None:
    """Act on every kept answer, also on those behind one that breaks off; then that fault is
    raised, and nothing is asked or sent before the answer was acted on."""
    first: Exception | None = None
    for call_id in queries.unapplied(company_id=turn.company_id):
        try:
            apply_kept(turn, call_id, apart=True)
        except (LaneLost, PostingMoved, DatabaseError):
            raise
        except Exception as fault:
            log.exception(
                "company %s: the kept answer to call %s cannot be acted on; nothing more is sent "
                "until it can", turn.company_id, call_id,
            )  # fmt: skip
            first = first or fault
    if first is not None:
        raise first


def _from_tasks(turn: Turn, now: datetime, otherwise: datetime | None) -> Message | Until | None:
    """Refreshes and tie-outs only read: they go on while invoices wait. None: look again."""
    task = queries.next_lane_task(company_id=turn.company_id, now=now)
    if task is None:
        due = queries.next_task_due(company_id=turn.company_id)
        moments_due = [m for m in (otherwise, due) if m is not None and m > now]
        return Until(at=min(moments_due) if moments_due else None)
    question = lane_tasks.ask(task=task, lease=turn.lease)
    if question is None or isinstance(question, Until):
        return question
    return _page(task.pk, question)


def _page(task_id: int, question: Question) -> Message:
    return Message(
        call_id=moments.call_id(),
        purpose=Exchange.Purpose.PAGE,
        request=question.request,
        task_id=task_id,
        place=question.place,
    )


def hand_out(turn: Turn, message: Message) -> None:
    """Note a query that the Web Connector carries, before it leaves; a write is noted already."""
    if message.stored:
        return
    with held(turn.lease):
        _note(turn, message)


def _note(turn: Turn, message: Message, kept: Kept | None = None) -> None:
    exchanges.note(
        company_id=turn.company_id,
        about=About(
            posting_id=message.posting_id,
            qb_write_id=message.qb_write_id,
            task_id=message.task_id,
            key=message.subject_key,
        ),
        out=Outgoing(
            purpose=message.purpose,
            call_id=message.call_id,
            request=message.request,
            epoch=turn.lease.epoch,
            road=turn.road.kind,
            app_name=turn.road.app_name,
            ticket=turn.road.session_id,
            set_id=message.set_id,
            place=message.place,
        ),
        kept=kept,
        now=moments.now(),
    )


# ------------------------------------------------------------------ keep


def keep(turn: Turn, message: Message, answer: Answer) -> None:
    """Keep the answer to a message of this turn. Never fenced, in a transaction of its own."""
    if message.purpose == Exchange.Purpose.RECALL:
        if answer.outcome.value in _OF_A_CALL:
            keep_by_call(message.recall, answer, acted_on=True)
    elif message.stored:
        keep_by_call(message.call_id, answer)
    elif message.purpose not in _REPEATABLE:
        _note(turn, message, _kept(answer))


def keep_by_call(call_id: str, answer: Answer, *, acted_on: bool = False) -> bool:
    """Keep an answer against its call, whenever it comes; False when no such call is known.

    `acted_on`: whoever keeps it acts on it in the same turn; it does not wait to be found.
    """
    return exchanges.keep_answer(
        call_id=call_id, kept=_kept(answer), now=moments.now(), acted_on=acted_on
    )


def lose(turn: Turn, call_id: str, why: str) -> Trouble | None:
    """The answer will not come: a query is asked anew, a write becomes unconfirmed.

    An answer that has come meanwhile is acted on instead.
    """
    keep_by_call(call_id, Answer(outcome=Outcome.UNKNOWN, message=why))
    return apply_kept(turn, call_id)


def keep_in_parts(call_id: str, answer: Answer, *, kept_answer: int) -> bool:
    """Keep an answer whose bytes stay where they are, in the parts of that kept answer."""
    kept = _kept(answer)
    kept = replace(kept, details={**kept.details, "kept_answer": kept_answer})
    return exchanges.keep_answer(call_id=call_id, kept=kept, now=moments.now())


def _kept(answer: Answer) -> Kept:
    return Kept(
        outcome=answer.outcome.value,
        answer=answer.qbxml,
        hresult=answer.hresult,
        stage=answer.stage,
        message=answer.message,
        session_id=answer.session_id,
        details={
            "remedy": answer.remedy,
            "code": answer.code,
            "company_file": answer.company_file,
            "versions": list(answer.versions),
            "money_affected": answer.money_affected,
        },
    )


# ------------------------------------------------------------------ apply


def apply(turn: Turn, message: Message, answer: Answer, *, took_s: float = 0.0) -> Trouble | None:
    """Act on an answer of this turn once it is kept. A Trouble says why the work must wait."""
    given = replace(answer, kept=True)
    if not message.stored and message.purpose in _REPEATABLE:
        return _act(turn, message, given, took_s=took_s)
    with held(turn.lease):
        is_kept = message.purpose != Exchange.Purpose.RECALL
        if is_kept and not _mark_applied(turn, message.call_id):
            return None
        return _act(turn, message, given, took_s=took_s)


def apply_kept(turn: Turn, call_id: str, *, apart: bool = False) -> Trouble | None:
    """Act on the kept answer to a call, once; one that was acted on changes nothing.

    `apart`: when it breaks off, it is not acted on, even if the caller's transaction goes on.

    Neither does the answer to a question about a write that was asked in another holding of the
    lane: an old "not there" must not let anything be sent now.
    """
    with held(turn.lease, apart=apart):
        exchange = queries.to_apply(company_id=turn.company_id, call_id=call_id)
        if exchange is None:
            return None
        if exchange.purpose == Exchange.Purpose.PAGE:
            exchanges.forget_page(exchange_id=exchange.pk)
        else:
            _mark_applied(turn, call_id)
        if exchange.purpose in _OF_ITS_TURN and exchange.epoch != turn.lease.epoch:
            return None
        given = replace(answer_of(exchange), kept=True)
        trouble = _act(turn, _message_of(exchange), given, took_s=_took_s(exchange))
        parts = exchange.details.get("kept_answer")
        if parts is not None:
            web_connector_commits.answer_applied(answer_id=parts, now=moments.now())
        return trouble


def _mark_applied(turn: Turn, call_id: str) -> bool:
    return exchanges.applied(company_id=turn.company_id, call_id=call_id, now=moments.now())


def _act(turn: Turn, message: Message, answer: Answer, *, took_s: float) -> Trouble | None:
    match message.purpose:
        case Exchange.Purpose.SESSION:
            return session_check.take(turn=turn, answer=answer)
        case Exchange.Purpose.PAGE:
            task = queries.open_task(company_id=turn.company_id, task_id=message.task_id or 0)
            if task is None:
                return None
            return lane_tasks.take(
                task=task, place=message.place, lease=turn.lease, answer=answer, took_s=took_s
            )
        case _:
            return write_steps.take(turn, message, answer)


def answer_of(exchange: Exchange) -> Answer:
    """The kept answer as it came, as far as its row holds it."""
    details: dict[str, Any] = exchange.details
    kept = details.get("kept_answer")
    return Answer(
        parts=None if kept is None else partial(web_connector.parts, answer_id=kept),
        outcome=Outcome(exchange.outcome),
        qbxml=bytes(exchange.answer),
        hresult=exchange.hresult,
        stage=exchange.stage,
        message=exchange.message,
        remedy=details.get("remedy", ""),
        session_id=exchange.session_id,
        company_file=details.get("company_file", ""),
        versions=tuple(details.get("versions", ())),
        money_affected=details.get("money_affected"),
    )


def _message_of(exchange: Exchange) -> Message:
    return Message(
        call_id=exchange.call_id,
        purpose=Exchange.Purpose(exchange.purpose),
        request=b"",
        writes=exchange.purpose == Exchange.Purpose.WRITE,
        stored=True,
        posting_id=exchange.posting_id,
        qb_write_id=exchange.qb_write_id,
        task_id=exchange.task_id,
        place=exchange.place,
        set_id=exchange.set_id,
    )


def _took_s(exchange: Exchange) -> float:
    if exchange.answered_at is None:
        return 0.0
    return (exchange.answered_at - exchange.created_at).total_seconds()
