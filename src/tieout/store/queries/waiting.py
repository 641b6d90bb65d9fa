"""What waits for a company's QuickBooks, in one question each: they are asked at every step.

Written as SQL, because building the same ten questions from the tables' names anew took longer
than answering them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from tieout.core.exporting import HOLDING, State
from tieout.store.models import (
    Book,
    Exchange,
    KeptAnswer,
    Posting,
    QbWrite,
    Task,
    WebConnectorAccount,
)

VERIFY = "verify-"  # begins the id of a question that the edge itself asks and acts on
_LEFT = (State.CLAIMED, State.PROBED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`tasks`: a refresh or tie-out is due. `unsettled`: something that went out is not settled,
    or an answer waits to be acted on. `queued`: writes that wait for their turn."""

    tasks: bool
    unsettled: bool
    queued: int


def of_company(*, company_id: int, now: datetime) -> Waiting:
    """What waits, and may be done now."""
    at = connection.ops.adapt_datetimefield_value(now)
    tasks, unsettled, queued = _ask(_all(), [company_id, at, *[company_id] * 5])
    return Waiting(tasks=bool(tasks), unsettled=bool(unsettled), queued=int(queued))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnLane:
    """`answers`: some were kept and wait to be acted on. `unsettled`: something holds the queue.
    `others`: a write that is no invoice is under way or queued. `postings`: an invoice is.
    `exports`: an export is still to be finished."""

    answers: bool
    unsettled: bool
    others: bool
    postings: bool
    exports: bool

    @property
    def anything(self) -> bool:
        """Whether there is something to write, or to find out about."""
        return self.unsettled or self.others or self.postings or self.exports


def on_lane(*, company_id: int) -> OnLane:
    """What there is to act on, to write, or to find out about."""
    found = _ask(_on_lane(), [company_id] * 8)
    answers, unsettled, others, postings, exports = (bool(each) for each in found)
    return OnLane(
        answers=answers, unsettled=unsettled, others=others, postings=postings, exports=exports
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What decides what the Web Connector gets next. `verify`: which company file is open comes
    first. `with_worker`: a worker acts on a big answer of this update."""

    read_only: bool
    verify: bool
    with_worker: bool


def errand(*, company_id: int, session_id: int) -> Errand:
    """What is to be known before the company's next message is built."""
    found = _ask(_errand(), [session_id, company_id])
    read_only, verify, with_worker = (bool(each) for each in found)
    return Errand(read_only=read_only, verify=verify, with_worker=with_worker)


def _ask(sql: str, values: list[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _states(states: tuple[State, ...] | frozenset[State]) -> str:
    return ", ".join(f"'{state.value}'" for state in sorted(states))


def _holding(model: type[models.Model]) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_table(model)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND state IN ({_states(HOLDING)}))"
    )


def _decided_first(model: type[models.Model]) -> str:
    """A person has to decide, and until then it holds the queue."""
    return (
        f"EXISTS (SELECT 1 FROM {_table(model)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND state = '{State.NEEDS_PERSON.value}' AND holds_queue)"
    )


def _queued(model: type[models.Model], what: str) -> str:
    return (
        f"(SELECT {what} FROM {_table(model)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND (state IN ({_states(_LEFT)})"
        f" OR (state = '{State.READY.value}' AND queued_at IS NOT NULL)))"
    )


def _unapplied() -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_table(Exchange)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND applied_at IS NULL AND answered_at IS NOT NULL)"
    )


@cache
def _all() -> str:
    return (
        f"SELECT EXISTS (SELECT 1 FROM {_table(Task)} WHERE company_id = %s"  # noqa: S608
        f" AND on_lane AND due_at <= %s AND state IN ('waiting', 'running')"
        f" AND kind <> 'export'),"
        f" {_holding(Posting)} OR {_holding(QbWrite)}"
        f" OR {_unapplied()},"
        f" {_queued(Posting, 'count(*)')} + {_queued(QbWrite, 'count(*)')}"
    )


@cache
def _on_lane() -> str:
    return (
        f"SELECT {_unapplied()}, {_holding(Posting)} OR {_holding(QbWrite)}"  # noqa: S608 # own names
        f" OR {_decided_first(Posting)} OR {_decided_first(QbWrite)},"
        f" EXISTS {_queued(QbWrite, '1')}, EXISTS {_queued(Posting, '1')},"
        f" EXISTS (SELECT 1 FROM {_table(Task)} WHERE company_id = %s"
        f" AND kind = 'export' AND state IN ('waiting', 'running'))"
    )


@cache
def _errand() -> str:
    return (
        "SELECT a.read_only, a.verify_wanted_at IS NOT NULL OR b.read_at IS NULL,"  # noqa: S608
        f" EXISTS (SELECT 1 FROM {_table(KeptAnswer)} k WHERE k.session_id = %s"
        f" AND k.applied_at IS NULL AND k.call_id > '' AND k.call_id NOT LIKE '{VERIFY}%%')"
        f" FROM {_table(WebConnectorAccount)} a JOIN {_table(Book)} b"
        " ON b.company_id = a.company_id WHERE a.company_id = %s"
    )
