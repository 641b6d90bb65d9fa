"""What a turn on a company's lane is made of: the lease, the road, messages and troubles.

All work with QuickBooks is a step: build the next message from the database, deliver it, keep
the raw answer, apply it. These are the values that pass between the four; what lasts is in rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tieout.store.queries.exports import Exchange

Place = dict[str, int | str]  # where the answer to a task's question belongs; kept as JSON


class RoadKind(StrEnum):
    """Which way leads to QuickBooks. The texts are stored; never rename a value."""

    REMOTE = "remote"  # we call the Remote Connector
    WEB_CONNECTOR = "web connector"  # Intuit's Web Connector calls us


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The lane as its present holder sees it. `locked`: the transaction that is open has locked
    the lane's row and found this epoch in it."""

    company_id: int
    epoch: int
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """The way of this turn. `session_id`: the Web Connector's ticket, "" on the remote road,

    where each answer names the QuickBooks session it came from.
    """

    kind: RoadKind
    app_name: str
    session_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One holding of the lane. Without `may_write` only questions go out."""

    lease: Lease
    road: Road
    may_write: bool = True

    @property
    def company_id(self) -> int:
        return self.lease.company_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a task asks next, and where the answer belongs."""

    request: bytes
    place: Place = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message set on its way to QuickBooks.

    `call_id` is new with every try. A write's intent is committed; a query's row may still have
    to be stored (`stored`), before it leaves or with its answer. `recall`: nothing is sent, the
    connector is asked what became of that call.
    """

    call_id: str
    purpose: Exchange.Purpose
    request: bytes = field(repr=False)
    writes: bool = False
    stored: bool = False
    posting_id: int | None = None
    qb_write_id: int | None = None
    task_id: int | None = None
    subject_key: str = ""
    place: Place = field(default_factory=dict)
    set_id: str = ""
    recall: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Nothing is to be asked before `at`; None: not before somebody wakes the lane."""

    at: datetime | None = None


# the pauses after troubles in a row, until QuickBooks could be asked again
TROUBLE_DELAYS_S = (5, 15, 30, 60, 120, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """QuickBooks could not be asked: nothing was written, the work is tried again later."""

    problem: str
    remedy: str
    needs_person: bool = False  # trying again by itself would not help
    fence_epoch: int = 0  # refused by the connector's fence: the highest epoch it has seen
