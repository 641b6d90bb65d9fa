"""What the session's reducer takes and gives: the row, the facts around it, questions, effects.

Everything is frozen data. Moments are aware datetimes that the caller makes; ids are the caller's
own (`Work.key` names one attempt or one query, unique per try).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from tieout.quickbooks.qbwc.calls import ReceivedText


class Phase(StrEnum):
    """Where a session stands. The texts are stored; never rename a value."""

    UNKNOWN = "unknown"  # no row has this ticket; never stored
    NEW = "new"  # the ticket is made, the lane not yet taken
    OPEN = "open"  # holds the lane, nothing is out
    OUTSTANDING = "outstanding"  # a message set is out, its answer is awaited
    WAITING = "waiting"  # told to come again in five seconds
    ENDING = "ending"  # no more work under this ticket; last_error says why
    CLOSED = "closed"
    EXPIRED = "expired"  # somebody else has the lane now
    REFUSED = "refused"  # login refused, or put off


LIVE = frozenset({Phase.OPEN, Phase.OUTSTANDING, Phase.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One message set. `writes`: it may change the company file."""

    key: str
    writes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """The row of one ticket.

    `epoch` is the lane's fencing token that this ticket took; lanes count from 1. `trusted`: the
    company file was found to be the right one. `unconfirmed`: keys of writes that lost their
    answer under this ticket; they never leave again under it. `last_work` and `last_answer` (SHA-256) recognise an answer that
    comes twice. `progress` is the last percentage told.
    """

    ticket: str
    company_id: int
    opened_at: datetime
    last_call_at: datetime
    phase: Phase = Phase.NEW
    epoch: int = 0
    outstanding: Work | None = None
    unconfirmed: tuple[str, ...] = ()
    last_work: Work | None = None
    last_answer: str = ""
    replays: int = 0
    answered: int = 0
    progress: int = 0
    trusted: bool = False
    company_file: str = ""
    waits: int = 0
    connection_tries: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Settings, in seconds where a name ends in `_s`.

    `ticket_s`: after so much silence another ticket may take the lane. `client_version_min`: "" =
    any.
    """

    ticket_s: int = 600
    postpone_s: int = 60
    waits_max: int = 60
    connection_tries_max: int = 2
    every_s_min: int | None = None
    server_version: str = "Tieout"
    client_version_min: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What an HRESULT means. `not_executed`: it proves that the message set did not run."""

    meaning: str
    remedy: str
    not_executed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is true outside the row, read in the same transaction. Each call needs a few only.

    Every ticket: `now`, `lane_epoch`. authenticate: `admitted` (name and password are right and
    nobody guesses), `closed_because` (why this road is shut, "" = it is open), `work_waits`,
    `company_file` ("" = the open one), `rival` (the company's latest other session),
    `worker_until` (end of a worker's lease). connectionError: `other_file`, a path still worth
    trying. receiveResponseXML: `answer_key` (the work its requestID names, None = not known),
    `trouble` (what its HRESULT means).
    """

    now: datetime
    lane_epoch: int = 0
    admitted: bool = False
    closed_because: str = ""
    work_waits: bool = True
    company_file: str = ""
    rival: SessionState | None = None
    worker_until: datetime | None = None
    other_file: str | None = None
    answer_key: str | None = None
    trouble: Trouble | None = None


# ------------------------------------------------ answers to the questions below


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTaken:
    """To TakeLane: the new epoch, or None when somebody was faster."""

    epoch: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChecked:
    """To CheckCompany. "unknown": too little was said to tell; only queries go out."""

    verdict: Literal["right", "wrong", "unknown"]
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFound:
    """To AskWork: the next message set, or None. `wait`: there will be some in a moment."""

    work: Work | None
    wait: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """To Apply. `remaining`: message sets still to come; None while it is applied later.

    `stop`: why nothing more may go out, with its remedy; "" = go on. `trusted`: the answer proved
    that the right company file is open.
    """

    remaining: int | None
    stop: str = ""
    trusted: bool = False


Told = LaneTaken | CompanyChecked | WorkFound | Applied


# ------------------------------------------------ effects


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeLane:
    """Question: take the company's lane by compare-and-set."""

    company_id: int
    lease_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCompany:
    """Question: is this the company file that belongs here?"""

    hcp_response: str = field(repr=False)
    company_file: str
    country: str
    major: int
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWork:
    """Question: what goes out next? Recoveries come first; without `writes` only queries."""

    writes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """Question: act on the kept answer, at once or later; the session does not wait for it."""

    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewLane:
    """Extend the lease of this epoch."""

    epoch: int
    lease_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLane:
    """Give the lane back; an old epoch releases nothing."""

    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """Put `session.expire` on the row of this ticket."""

    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOut:
    """Commit the intent: from here on the bytes may be with QuickBooks."""

    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkUnconfirmed:
    """A write went out and its outcome is not known; one that has moved on since stays as it is."""

    work: Work
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """It changed nothing: it is a query, or proved not to have run. It may be asked again."""

    work: Work
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAnswer:
    """Store the raw answer against the attempt or query `key` ("" = nothing known of it).

    Never fenced, and the same answer twice is stored once. `late`: this ticket may not apply it;
    whoever holds the lane does.
    """

    key: str
    response: ReceivedText
    hresult: str
    message: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopQueue:
    """Nothing is written to this company until a person has looked."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One line for the company's log: what happened and, where it matters, what to do."""

    level: Literal["info", "warning", "error"]
    text: str


Question = TakeLane | CheckCompany | AskWork | Apply
Effect = (
    Question
    | RenewLane
    | ReleaseLane
    | Expire
    | HandOut
    | MarkUnconfirmed
    | GiveBack
    | KeepAnswer
    | StopQueue
    | Log
)
