"""What waits for a company's QuickBooks, in one question each: they are asked at every step.

Written as SQL, because building the same ten questions from the tables' names anew took longer
than answering them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from tieout.core.exporting import HOLDING, State
from tieout.store import compiled
from tieout.store.models import (
    Book,
    Exchange,
    KeptAnswer,
    Lane,
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
    """What there is to do on the lane, and what the lane says about writing now.

    `answers`: some were kept and wait to be acted on. `unsettled`: something holds the queue. Then
    what was begun and what is queued: `others` are writes that are no invoices. `exports`: an
    export is still to be finished. `held_reason`: why nothing may be written ("" = nothing holds
    it). `checked_…`: where the company file was last found to be the right one.
    """

    answers: bool
    unsettled: bool
    others_begun: bool
    postings_begun: bool
    others_queued: bool
    postings_queued: bool
    exports: bool
    held_reason: str
    checked_epoch: int
    checked_session: str

    @property
    def queued(self) -> bool:
        """Whether a write is under way or queued."""
        others = self.others_begun or self.others_queued
        return others or self.postings_begun or self.postings_queued

    def checked(self, epoch: int) -> bool:
        """Whether the company file was found to be the right one in this holding of the lane."""
        return self.checked_epoch == epoch and bool(self.checked_session)

    @property
    def anything(self) -> bool:
        """Whether there is something to write, or to find out about."""
        return self.unsettled or self.queued or self.exports


def on_lane(*, company_id: int) -> OnLane:
    """What there is to act on, to write, or to find out about."""
    *there, held_reason, checked_epoch, checked_session = _ask(_on_lane(), [company_id] * 13)
    answers, unsettled, begun, begun_postings, queued, queued_postings, exports = map(bool, there)
    return OnLane(
        answers=answers,
        unsettled=unsettled,
        others_begun=begun,
        postings_begun=begun_postings,
        others_queued=queued,
        postings_queued=queued_postings,
        exports=exports,
        held_reason=held_reason or "",
        checked_epoch=checked_epoch or 0,
        checked_session=checked_session or "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What decides what the Web Connector gets next. `verify`: which company file is open comes
    first. `with_worker`: a worker acts on a big answer, of this update or of one before it."""

    read_only: bool
    verify: bool
    with_worker: bool


def errand(*, company_id: int) -> Errand:
    """What is to be known before the company's next message is built."""
    found = _ask(_errand(), [company_id])
    read_only, verify, with_worker = (bool(each) for each in found)
    return Errand(read_only=read_only, verify=verify, with_worker=with_worker)


def _ask(sql: str, values: list[Any]) -> tuple[Any, ...]:
    row: tuple[Any, ...]
    (row,) = compiled.rows_of(connections[DEFAULT_DB_ALIAS], sql, values)
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


def _left(model: type[models.Model]) -> str:
    return (
        f"(SELECT count(*) FROM {_table(model)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND (state IN ({_states(_LEFT)}) OR {_QUEUED}))"
    )


def _exists(model: type[models.Model], condition: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_table(model)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND {condition})"
    )


def _of_lane(column: str) -> str:
    return f"(SELECT {column} FROM {_table(Lane)} WHERE company_id = %s)"  # noqa: S608 # own names


def _unapplied() -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_table(Exchange)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND applied_at IS NULL AND answered_at IS NOT NULL)"
    )


_BEGUN = f"state IN ({_states(_LEFT)})"
_QUEUED = f"(state = '{State.READY.value}' AND queued_at IS NOT NULL)"
_EXPORT_OPEN = "kind = 'export' AND state IN ('waiting', 'running')"


@cache
def _all() -> str:
    return (
        f"SELECT EXISTS (SELECT 1 FROM {_table(Task)} WHERE company_id = %s"  # noqa: S608
        f" AND on_lane AND due_at <= %s AND state IN ('waiting', 'running')"
        f" AND kind <> 'export'),"
        f" {_holding(Posting)} OR {_holding(QbWrite)}"
        f" OR {_unapplied()},"
        f" {_left(Posting)} + {_left(QbWrite)}"
    )


@cache
def _on_lane() -> str:
    return (
        f"SELECT {_unapplied()}, {_holding(Posting)} OR {_holding(QbWrite)}"  # own names
        f" OR {_decided_first(Posting)} OR {_decided_first(QbWrite)},"
        f" {_exists(QbWrite, _BEGUN)}, {_exists(Posting, _BEGUN)},"
        f" {_exists(QbWrite, _QUEUED)}, {_exists(Posting, _QUEUED)},"
        f" {_exists(Task, _EXPORT_OPEN)},"
        f" {_of_lane('held_reason')}, {_of_lane('checked_epoch')}, {_of_lane('checked_session')}"
    )


@cache
def _errand() -> str:
    return (
        "SELECT a.read_only, a.verify_wanted_at IS NOT NULL OR b.read_at IS NULL,"  # noqa: S608
        f" EXISTS (SELECT 1 FROM {_table(KeptAnswer)} k WHERE k.company_id = a.company_id"
        f" AND k.applied_at IS NULL AND k.call_id > '' AND k.call_id NOT LIKE '{VERIFY}%%')"
        f" FROM {_table(WebConnectorAccount)} a JOIN {_table(Book)} b"
        " ON b.company_id = a.company_id WHERE a.company_id = %s"
    )
