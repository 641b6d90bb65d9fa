"""One way to speak of every way to reach QuickBooks: deliver bytes, get an Answer.

A channel never retries and never decides. What it does not know it calls unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Rung(StrEnum):
    """What must hold before QuickBooks answers, from the ground up."""

    REACHABLE = "reachable"
    TRUST = "trust"
    LOGIN = "login"
    QUICKBOOKS = "quickbooks"
    COMPANY_FILE = "company file"
    USER_MODE = "user mode"
    DIALOG = "dialog"
    PERMISSION = "permission"
    VERSION = "version"
    TEST_READ = "test read"


class Outcome(StrEnum):
    """What became of a delivery."""

    RESPONSE = "response"  # QuickBooks answered; read the qbXML
    HRESULT = "hresult"  # a call to QuickBooks failed; `money_affected` says what is proved
    NOT_SENT = "not sent"  # proved: no byte of it was handed to QuickBooks, nor will be
    UNKNOWN = "unknown"  # it may have run, it may still run
    FENCED = "fenced"  # a newer writer, or another installation, owns this company file
    BUSY = "busy"  # not taken on; send the same call again later
    ABANDONED = "abandoned"  # it may have run, it runs no more: absence counts from here


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message set on its way. `qbxml` are its exact bytes (UTF-8), `writes` what it is.

    `company_file` is the file to open ("" = the open one), `expected_company` the path that must
    turn out to be open ("" = not checked), `expected_session` the QuickBooks session in which it was
    looked at ("" = not checked). `epoch` is the lane's fencing token.
    """

    call_id: str
    qbxml: bytes
    writes: bool
    company_file: str
    app_name: str
    expected_company: str
    installation_id: str
    epoch: int
    timeout_s: float
    expected_session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a delivery or of asking after it.

    `rung` is the one that broke, None when QuickBooks answered; `message` says what was seen and
    `remedy`, one sentence, who puts it right and how. `money_affected`: False = proved that the
    books did not change, None = unknown, True = QuickBooks worked on a set that writes. `parts`:
    of an answer that is too long to be held whole, its pieces anew at each call; `qbxml` is empty.
    """

    outcome: Outcome
    qbxml: bytes = b""
    stage: str = ""
    hresult: int | None = None
    message: str = ""
    rung: Rung | None = None
    remedy: str = ""
    session_id: str = ""
    company_file: str = ""
    versions: tuple[str, ...] = ()
    highest_epoch: int | None = None
    money_affected: bool | None = None
    code: str = ""  # the connector's own word for what happened, "" when there is none
    retry_after_s: int = 0
    journal_id: str = ""  # which connector says it, by its journal
    kept: bool = False  # it is in the store: only then may anything act on it
    parts: Callable[[], Iterable[bytes]] | None = field(default=None, repr=False, compare=False)

    def pieces(self) -> Iterable[bytes]:
        """The qbXML in order, one piece in memory at a time where it is kept in parts."""
        return self.parts() if self.parts is not None else (self.qbxml,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatus:
    """What the far side says of itself; `rung` None = it answered and knows us.

    `named`: it is a connector by its own answer; else something answered at most.
    """

    rung: Rung | None
    named: bool = False
    message: str = ""
    remedy: str = ""
    version: str = ""
    read_only: bool = False
    queue_length: int = 0
    running: bool = False
    quickbooks_up: bool | None = None
    company_file: str = ""
    versions: tuple[str, ...] = ()
    last_error: str = ""
    journal_id: str = ""


class Channel(Protocol):
    """A way to QuickBooks. Every failure is an Answer; nothing is raised for the far side."""

    def deliver(self, delivery: Delivery) -> Answer:
        """Hand over one message set and wait for what comes of it."""

    def recall(self, call_id: str, *, company_file: str = "", app_name: str = "") -> Answer:
        """Ask what became of a delivery, and see to it that it does not start any more.

        The outcome is the delivery's: a question that did not get through is UNKNOWN, whatever
        is proved of the question itself.
        """

    def status(self) -> ChannelStatus:
        """Is the far side there, and what does it say of itself?"""
