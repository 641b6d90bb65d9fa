"""The bodies of the Remote Connector's HTTP contract, version 1: what travels, and its bounds.

Every body is one JSON object in UTF-8. Unknown keys are ignored, so that an older side can read
a newer one; missing keys, wrong types and values out of bounds are refused by name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CONTRACT_VERSION = "1"
# Every answer of a connector carries this header; an answer without it came from something else.
CONTRACT_HEADER = "Tieout-Connector"

BODY_BYTES_MAX = 96 * 1024 * 1024
TIMEOUT_S_MIN = 1.0
TIMEOUT_S_MAX = 3600.0
EPOCH_MAX = 2**53 - 1  # the largest integer that every JSON reader keeps exactly

Mode = Literal["single", "multi", "either"]
Access = Literal["full", "read-only"]
ReplyOutcome = Literal["response", "hresult", "unknown", "abandoned", "not-sent"]
State = Literal["received", "handed over", "finished", "not sent", "abandoned"]
Stage = Literal["", "open", "begin", "process", "end"]


def digest(qbxml: str) -> str:
    """SHA-256 of a message set's UTF-8 bytes, 64 lowercase hex digits."""
    return hashlib.sha256(qbxml.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessCall:
    """POST /v1/process: one message set for QuickBooks.

    `company_file` names the file to open ("" = the one that is open); `expected_company` is the
    path that must turn out to be open ("" = not checked). `sha256` is the digest of `qbxml`.
    `installation_id` and `epoch` are the sender's fencing token, looked at for writes only.
    `expected_session` is the QuickBooks session in which the sender looked at the company file ("" =
    not checked): in another one, another file may be open under the same path.
    """

    call_id: str
    company_file: str
    app_name: str
    mode: Mode
    access: Access
    timeout_s: float
    qbxml: str
    installation_id: str
    epoch: int
    sha256: str
    expected_company: str
    expected_session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReply:
    """What became of a call.

    `outcome`: "response" = QuickBooks answered, its qbXML is in `qbxml`; "hresult" = a call to
    QuickBooks failed at `stage` with `hresult` (unsigned 32 bit); "unknown" = handed over, no
    result (`state` says whether it is still running); "abandoned" = no result will come, and
    QuickBooks has answered a newer session since; "not-sent" = never handed to QuickBooks and
    never will be, `code` says why.
    `executed`: True = QuickBooks worked on the set, False = proved that it did not, None = open.
    """

    call_id: str
    outcome: ReplyOutcome
    state: State
    executed: bool | None
    qbxml: str = ""
    stage: Stage = ""
    hresult: int | None = None
    code: str = ""
    message: str = ""
    company_file: str = ""
    session_id: str = ""
    session_versions: tuple[str, ...] = ()
    started: datetime | None = None
    finished: datetime | None = None
    highest_epoch: int | None = None
    # A later session answered HostQuery after this call had ended without a known result.
    fenced_at: datetime | None = None
    # Whose word it is: only the journal that was handed a call can say that it runs no more.
    journal_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceMark:
    """Who may write to a company file, and the highest epoch seen from them."""

    company_file: str
    installation_id: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReply:
    """GET /v1/status. `quickbooks_up` is what the last contact showed; None before any."""

    version: str
    contracts: tuple[str, ...]
    access: Access
    queue_length: int
    queue_max: int
    running: bool
    quickbooks_up: bool | None
    company_file: str
    session_id: str
    session_versions: tuple[str, ...]
    last_error: str
    last_error_at: datetime | None
    started: datetime
    journal_id: str
    fences: tuple[FenceMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReply:
    """The body of every answer that is not 200: what is wrong, and who can put it right."""

    code: str
    message: str
    remedy: str
    highest_epoch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoverCall:
    """POST /v1/takeover: from now on this installation writes to this company file."""

    company_file: str
    installation_id: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCall:
    """POST /v1/calls/{call_id}/withdraw: never run it from now on, and say what became of it.

    A call that the connector never saw leaves a stone in its journal. Before such a call is said
    to be abandoned QuickBooks must answer a newer session, opened with these names; a blank
    `app_name` takes those of the latest session.
    """

    company_file: str
    app_name: str
    mode: Mode


def fence_key(company_file: str) -> str:
    """One key for the ways to write one Windows path: case and slashes do not matter.

    >>> fence_key("C:/Books/Northgate.QBW") == fence_key("c:\\\\books\\\\northgate.qbw")
    True
    """
    return company_file.strip().replace("/", "\\").casefold()
