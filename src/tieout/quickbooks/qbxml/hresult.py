"""Every HRESULT of the QuickBooks request processor, with blame, proof and remedy.

Source: the string table of Intuit's request-processor library (0x80040000 + id), plus the few COM
errors seen when QuickBooks dies. The question that matters for a write is whether the set ran:
any failure of OpenConnection or BeginSession proves by call order that it did not; from
ProcessRequest only eight codes prove it; everything else leaves the outcome unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tieout.quickbooks.qbxml.status import Blame

Stage = Literal["open", "begin", "process", "end"]


@dataclass(frozen=True, slots=True)
class HResultRule:
    """``not_executed_from_process``: raised by ProcessRequest it proves that nothing ran."""

    code: int
    meaning: str
    blame: Blame
    not_executed_from_process: bool
    remedy: str

    @property
    def hex(self) -> str:
        """As people quote it, ``0x80040400``."""
        return f"0x{self.code:08X}"


_T, _U, _P, _V = Blame.TRANSIENT, Blame.USER, Blame.OURS, Blame.UNKNOWN
_PROVES_NOT_EXECUTED: Final = frozenset({0x400, 0x40C, 0x40D, 0x40F, 0x423, 0x428, 0x429, 0x42E})
_FAULT: Final = "This is a fault in Tieout; report it with the log."
_APPS: Final = "Open Preferences, Integrated Applications in QuickBooks and allow Tieout there."
_WAIT: Final = "Wait; Tieout tries again by itself."
_REPAIR: Final = "Repair or update QuickBooks on that computer."
_LATER: Final = "Tieout looks in QuickBooks first; wait for its result before doing anything."
_APPROVE: Final = "Log in as Admin in single-user mode and approve Tieout when QuickBooks asks."
_CALLS: Final = "a call came out of order or with a wrong ticket"

_ROWS: Final[tuple[tuple[int, Blame, str, str], ...]] = (
    (0x400, _P, "QuickBooks could not parse the message", _FAULT),
    (0x401, _U, "QuickBooks could not be reached",
     "Start QuickBooks in the same Windows session, with the same rights as the connector."),
    (0x402, _V, "unexpected error in QuickBooks", _LATER),
    (0x403, _U, "the company file could not be opened",
     "Check the path of the company file, the network share and its permissions."),
    (0x404, _U, "this QuickBooks cannot be connected to", _REPAIR),
    (0x405, _U, "parts of QuickBooks are missing", _REPAIR),
    (0x406, _U, "a newer QuickBooks is needed", _REPAIR),
    (0x407, _U, "QuickBooks is not completely installed", _REPAIR),
    (0x408, _U, "QuickBooks could not be started",
     "Open QuickBooks and the company file yourself, then try again after a minute."),
    (0x409, _U, "the company file belongs to another version of QuickBooks",
     "Open the file in the right version of QuickBooks."),
    (0x40A, _U, "another company file is open",
     "Open the company file that belongs to this connection, and no other."),
    (0x40B, _T, "the name of the company file is not available yet", _WAIT),
    (0x40C, _P, _CALLS, _FAULT),
    (0x40D, _P, _CALLS, _FAULT),
    (0x40E, _T, "QuickBooks is out of memory", "Restart QuickBooks."),
    (0x40F, _P, _CALLS, _FAULT),
    (0x410, _U, "the company file is open in another user mode",
     "Switch QuickBooks to the user mode this connection asks for."),
    (0x411, _P, _CALLS, _FAULT),
    (0x412, _P, _CALLS, _FAULT),
    (0x413, _P, "QuickBooks Desktop cannot roll back a message set", _FAULT),
    (0x414, _T, "QuickBooks is showing a dialog", "Close the dialog in QuickBooks."),
    (0x415, _P, "the application name is missing", _FAULT),
    (0x416, _U, "QuickBooks is not running", "Start it, or give the path of the company file."),
    (0x417, _U, "no company file is open", "Open it, or give the path of the company file."),
    (0x418, _U, "the administrator has not approved Tieout yet", _APPROVE),
    (0x419, _U, "the application's certificate is invalid", _APPROVE),
    (0x41A, _U, "Tieout has no permission in this company file", _APPS),
    (0x41B, _T, "QuickBooks is locked for a moment", _WAIT),
    (0x41C, _U, "internal error on the company file",
     "Run Verify Data and Rebuild Data in QuickBooks."),
    (0x41D, _U, "automatic login is not allowed",
     "Tick 'even if QuickBooks is not running' for Tieout and choose its user."),
    (0x41E, _U, "the application's certificate has expired", _APPROVE),
    (0x41F, _U, "this edition of QuickBooks takes no messages",
     "Use an edition with Integrated Applications."),
    (0x420, _U, "a person denied the access", _APPS),
    (0x421, _U, "QuickBooks says something of its own", "Read QuickBooks' message and follow it."),
    (0x422, _U, "this needs single-user mode", "Switch QuickBooks to single-user mode."),
    (0x423, _P, "QuickBooks does not know this qbXML version",
     "Update QuickBooks to 2014 or newer."),
    (0x424, _T, "QuickBooks is still starting", _WAIT),
    (0x425, _P, "a parameter is invalid", _FAULT),
    (0x426, _P, "scripts may not use this interface", _FAULT),
    (0x427, _U, "QuickBooks is not registered", "Register QuickBooks."),
    (0x428, _P, "the QuickBooks library does not know this qbXML version",
     "Update QuickBooks to 2014 or newer."),
    (0x429, _P, "the wrong interface was used", _FAULT),
    (0x42A, _P, "remote access was used wrongly", _FAULT),
    (0x42B, _P, "not available in this way", _FAULT),
    (0x42C, _U, "the application's certificate was revoked", _APPROVE),
    (0x42D, _U, "QuickBooks was started but nobody logged in", "Log in to QuickBooks."),
    (0x42E, _P, _CALLS, _FAULT),
    (0x42F, _P, "the kind of connection is invalid", _FAULT),
    (0x430, _U, "automatic login has to be granted again", _APPS),
    (0x431, _P, "Tieout is not meant for this edition of QuickBooks (Simple Start)", _FAULT),
    (0x432, _P, "Tieout is not meant for this edition of QuickBooks (Pro)", _FAULT),
    (0x433, _P, "Tieout is not meant for this edition of QuickBooks (Premier)", _FAULT),
    (0x434, _P, "Tieout is not meant for this edition of QuickBooks (Enterprise)", _FAULT),
    (0x435, _U, "the administrator has to authorise Tieout again", _APPS),
    (0x436, _U, "this needs multi-user mode", "Switch QuickBooks to multi-user mode."),
    (0x437, _U, "this QuickBooks user is logged in elsewhere", "Log that user out elsewhere."),
    (0x438, _U, "several copies of QuickBooks are running", "Leave only one copy open."),
    (0x439, _U, "the books are shared read-only", "Open the company file itself."),
)  # fmt: skip
_COM_ROWS: Final[tuple[tuple[int, Blame, str, str], ...]] = (
    (0x80040154, _U, "the QuickBooks library is not registered",
     "Install QuickBooks on that computer, or use the connector of its bitness (32 or 64)."),
    (0x80010105, _V, "QuickBooks failed during the call", _LATER),
    (0x800706BA, _V, "QuickBooks went away", _LATER),
    (0x800706BE, _V, "the call to QuickBooks broke off", _LATER),
    (0x8001010A, _V, "QuickBooks is too busy to answer", _LATER),
)  # fmt: skip

RULES: Final[dict[int, HResultRule]] = {
    row[0] + base: HResultRule(
        row[0] + base, row[2], row[1], base > 0 and row[0] in _PROVES_NOT_EXECUTED, row[3]
    )
    for base, rows in ((0x80040000, _ROWS), (0, _COM_ROWS))
    for row in rows
}


def parse(code: int | str) -> int:
    """Return the unsigned 32-bit code of ``"0x80040400"``, ``"80040400"`` or a negative number.

    COM wrappers print it as a signed integer. Raises ``ValueError`` for anything else.
    """
    if isinstance(code, int):
        number = code
    else:
        text = code.strip()
        number = int(text) if text.startswith("-") else int(text, 16)
    if not -(2**31) <= number < 2**32:
        msg = f"not an HRESULT: {code!r}"
        raise ValueError(msg)
    return number & 0xFFFFFFFF


def lookup(code: int | str) -> HResultRule:
    """Return the rule; an unknown or unreadable code proves nothing and must be verified."""
    try:
        number = parse(code)
    except ValueError:
        meaning = "QuickBooks or its connector reported an error that cannot be read"
        return HResultRule(0, meaning, Blame.UNKNOWN, False, _LATER)  # noqa: FBT003
    if number in RULES:
        return RULES[number]
    meaning = "an error this version of Tieout does not know"
    return HResultRule(number, meaning, Blame.UNKNOWN, False, _LATER)  # noqa: FBT003


def proves_not_executed(stage: Stage, code: int | str) -> bool:
    """Whether a failure at this stage proves that the message set was not executed.

    Opening and beginning come before processing; ending comes after it, so it proves nothing.
    """
    if stage in ("open", "begin"):
        return True
    return stage == "process" and lookup(code).not_executed_from_process
