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
from tieout.store.models import Exchange, Posting, QbWrite, Task

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


def anything_to_write(*, company_id: int) -> bool:
    """Whether a write is under way or queued, or an export is still to be finished."""
    (found,) = _ask(_writes(), [company_id] * 5)
    return bool(found)


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


def _queued(model: type[models.Model], what: str) -> str:
    return (
        f"(SELECT {what} FROM {_table(model)} WHERE company_id = %s"  # noqa: S608 # own names
        f" AND (state IN ({_states(_LEFT)})"
        f" OR (state = '{State.READY.value}' AND queued_at IS NOT NULL)))"
    )


@cache
def _all() -> str:
    return (
        f"SELECT EXISTS (SELECT 1 FROM {_table(Task)} WHERE company_id = %s"  # noqa: S608
        f" AND on_lane AND due_at <= %s AND state IN ('waiting', 'running')"
        f" AND kind <> 'export'),"
        f" {_holding(Posting)} OR {_holding(QbWrite)}"
        f" OR EXISTS (SELECT 1 FROM {_table(Exchange)} WHERE company_id = %s"
        f" AND applied_at IS NULL AND answered_at IS NOT NULL),"
        f" {_queued(Posting, 'count(*)')} + {_queued(QbWrite, 'count(*)')}"
    )


@cache
def _writes() -> str:
    return (
        f"SELECT {_holding(Posting)} OR {_holding(QbWrite)}"  # noqa: S608 # own names
        f" OR EXISTS {_queued(Posting, '1')} OR EXISTS {_queued(QbWrite, '1')}"
        f" OR EXISTS (SELECT 1 FROM {_table(Task)} WHERE company_id = %s"
        f" AND kind = 'export' AND state IN ('waiting', 'running'))"
    )
