"""Every status code of qbXML, with who is to blame, whether to try again, and what to do.

Sources: Intuit's list of status codes and ranges (``documented``), real installations
(``observed``), general knowledge without a confirming source (``assumed``).

Rules behind the table. Below 1000 with an object in the answer means saved. Never decide by the
message text, which is localised; the one exception is the lock words of 3170 and 3180, see
``is_lock``. A code that is not in the table follows the default policy in ``lookup``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Literal

Evidence = Literal["documented", "observed", "assumed"]


class Blame(Enum):
    """Who has to move."""

    OK = "ok"
    TRANSIENT = "transient"
    USER = "user"
    OURS = "ours"
    UNKNOWN = "unknown"


class Retry(Enum):
    """Whether the same request may be sent again."""

    NONE = "nothing to retry"
    NEVER = "never without a change"
    AUTOMATIC = "automatically after a delay"
    AFTER_USER = "after a person did something"
    VERIFY = "verify first: the outcome may be unknown"


@dataclass(frozen=True, slots=True)
class StatusRule:
    """What one code means and what a billing clerk can do about it."""

    code: int
    meaning: str
    blame: Blame
    retry: Retry
    remedy: str
    evidence: Evidence = "documented"


_NOTHING: Final = "Nothing to do."
_FAULT: Final = "This is a fault in Tieout; report it with the log."
_REMAP: Final = "Refresh the QuickBooks lists and map the entry again."
_READ: Final = "Read QuickBooks' message, correct it there or in the invoice, and export again."
_ADMIN: Final = "Ask the QuickBooks administrator to grant this."
_CLOSE: Final = "Close the form in QuickBooks; Tieout tries again by itself."
_LOOK: Final = "Tieout looks in QuickBooks first; wait for its result before doing anything."
_CLOUD: Final = "This code belongs to QuickBooks Online; check that a desktop file is connected."

_SHORT: Final = {
    "K": Blame.OK, "T": Blame.TRANSIENT, "U": Blame.USER, "P": Blame.OURS, "?": Blame.UNKNOWN,
}  # fmt: skip
_RETRY: Final = {
    "-": Retry.NONE, "N": Retry.NEVER, "A": Retry.AUTOMATIC, "U": Retry.AFTER_USER,
    "V": Retry.VERIFY,
}  # fmt: skip
_EVIDENCE: Final[dict[str, Evidence]] = {"D": "documented", "R": "observed", "K": "assumed"}

# code or first-last | blame | retry | evidence | meaning | remedy
_ROWS: Final[tuple[tuple[int | tuple[int, int], str, str, str, str, str], ...]] = (
    (0, "K", "-", "D", "done", _NOTHING),
    (1, "K", "-", "D", "the query matched nothing", _NOTHING),
    (500, "K", "-", "D", "some of what was asked for by id, name or number was not found",
     "Treat the missing ones as absent from QuickBooks."),
    (501, "K", "-", "D", "saved, but this version cannot show the object", _LOOK),
    (510, "K", "-", "D", "saved, but the object cannot be returned", _LOOK),
    (530, "K", "-", "D", "a field is not supported here and was ignored", _NOTHING),
    (531, "K", "-", "D", "a value is not supported here and was ignored", _NOTHING),
    (540, "K", "-", "D", "there are more rows than were returned", _CLOUD),
    (550, "K", "-", "D", "saved, but its note was not", "Add the note in QuickBooks if needed."),
    (560, "K", "-", "D", "a deprecated field was used", _NOTHING),
    (570, "K", "-", "D", "the transaction to link to is closed; saved without the link",
     "Check in QuickBooks whether the link is needed."),
    (600, "?", "V", "D", "QuickBooks keeps no answer under this message-set id", _LOOK),
    (1000, "?", "V", "D", "internal error in QuickBooks", _LOOK),
    (1010, "T", "A", "D", "QuickBooks is not available", "Wait; Tieout tries again by itself."),
    (1030, "P", "N", "D", "this QuickBooks does not know the message",
     "Update QuickBooks; this edition or year is too old."),
    (1060, "P", "N", "D", "the request id is invalid or longer than 50 characters", _FAULT),
    ((2000, 2040), "P", "N", "D", "sign-on error of the online edition", _CLOUD),
    (3000, "U", "N", "D", "the id is invalid: deleted, or from another company file", _REMAP),
    (3010, "P", "N", "D", "a yes/no value is invalid", _FAULT),
    (3020, "P", "N", "D", "a date is invalid", "Correct the date in the source and import again."),
    (3030, "P", "N", "D", "the date range ends before it begins", _FAULT),
    (3031, "P", "N", "D", "the text range ends before it begins", _FAULT),
    (3035, "P", "N", "D", "a time interval is invalid", _FAULT),
    (3040, "P", "N", "K", "an amount is invalid", "Correct the amount in the source."),
    (3045, "P", "N", "K", "a price is invalid", "Correct the rate in the source."),
    (3050, "P", "N", "K", "a percentage is invalid", _FAULT),
    (3060, "P", "N", "K", "a quantity is invalid", "Correct the quantity in the source."),
    (3065, "P", "N", "K", "a GUID is invalid", _FAULT),
    (3070, "P", "N", "K", "a text is too long", "Shorten the text QuickBooks names."),
    (3080, "P", "N", "K", "a text cannot be converted", "Remove unusual characters from it."),
    (3085, "P", "N", "K", "a number cannot be converted", "Correct the number."),
    (3090, "U", "U", "K", "the name is invalid, for example holds a colon",
     "Rename it without a colon."),
    (3100, "U", "N", "R", "the name is already in use",
     "Map the entry of that name in QuickBooks, or choose another name."),
    (3110, "P", "N", "K", "a choice is not known to QuickBooks", _FAULT),
    (3120, "U", "U", "R", "the object was not found", _REMAP),
    (3121, "P", "N", "K", "the OwnerID is invalid", _FAULT),
    (3130, "U", "U", "R", "the parent was renamed or deleted", _REMAP),
    (3140, "U", "U", "R", "an item, customer, account, class or terms is not in QuickBooks",
     "Map what QuickBooks' message names to an existing entry, then export again."),
    (3150, "P", "N", "R", "an element is missing", _FAULT),
    (3151, "P", "N", "K", "an element is not allowed here", _FAULT),
    (3153, "P", "N", "K", "two elements conflict", _FAULT),
    (3160, "U", "U", "K", "it cannot be deleted because it is in use", "Make it inactive instead."),
    (3161, "U", "U", "K", "it cannot be deleted or voided: closed, cleared or reconciled",
     "Ask the bookkeeper how to correct it."),
    (3162, "U", "U", "K", "not allowed in multi-user mode", "Switch QuickBooks to single-user."),
    (3170, "T", "V", "R", "it could not be changed, often because someone else just did", _LOOK),
    (3171, "U", "U", "R", "the date is on or before the closing date",
     "Change the invoice date, or have the administrator move the closing date."),
    (3175, "T", "A", "R", "the object is open in a window", _CLOSE),
    (3176, "T", "A", "R", "a related object is open in a window", _CLOSE),
    (3177, "P", "N", "D", "the same link was given twice", _FAULT),
    (3180, "U", "U", "R", "it could not be saved", _READ),
    (3185, "U", "U", "K", "it could not be voided", "Check the payments linked to it."),
    (3190, "P", "N", "K", "an element cannot be cleared", _FAULT),
    (3200, "T", "V", "R", "it was changed in QuickBooks since it was read", _LOOK),
    (3205, "P", "N", "K", "the address has too many lines", "Reduce the address to five lines."),
    (3210, "U", "U", "R", "a field has an invalid value", _READ),
    (3220, "U", "U", "K", "it could not be processed", _READ),
    (3230, "T", "A", "K", "rolled back because an earlier request failed", _NOTHING),
    (3231, "T", "A", "R", "not processed because an earlier request failed", _NOTHING),
    (3240, "?", "V", "K", "the object is not the one that was read; a backup may be restored",
     "Verify the connection and check whether a backup was restored."),
    (3250, "U", "U", "R", "the feature is switched off or not in this edition",
     "Switch the feature on in QuickBooks, or stop using it in Tieout's settings."),
    (3260, "U", "U", "R", "the QuickBooks user lacks a permission", _ADMIN),
    (3261, "U", "U", "R", "the application lacks a permission",
     "Allow it in QuickBooks under Preferences, Integrated Applications."),
    (3262, "U", "U", "K", "a permission or subscription is missing", _ADMIN),
    (3263, "U", "U", "K", "a permission or subscription is missing", _ADMIN),
    (3270, "U", "U", "K", "a posting account is missing",
     "Give the item an income account in QuickBooks."),
    (3280, "U", "U", "K", "the items of the lines do not go together", _READ),
    (3290, "P", "N", "R", "lines are in the wrong order or of another transaction",
     "Tieout reads the invoice again; export the change once more."),
    (3300, "?", "V", "K", "QuickBooks could not process it", _LOOK),
    (3301, "?", "V", "K", "QuickBooks could not process it", _LOOK),
    (9001, "P", "V", "D", "this message-set id was used for something else", _LOOK),
    (9002, "?", "V", "D", "the message set is known but its answer was not kept", _LOOK),
    (9003, "K", "-", "D", "unused code of a message set", _NOTHING),
    (9004, "P", "N", "D", "the message-set id is too long", _FAULT),
    (9005, "?", "V", "D", "the answer could not be kept; the outcome is in the answer", _LOOK),
    (9006, "?", "V", "K", "the message set could not be verified", _LOOK),
    ((9100, 9199), "P", "N", "D", "a macro is undefined or misused", _FAULT),
)  # fmt: skip


def _rule(row: tuple[int | tuple[int, int], str, str, str, str, str], code: int) -> StatusRule:
    _, blame, retry, evidence, meaning, remedy = row
    return StatusRule(code, meaning, _SHORT[blame], _RETRY[retry], remedy, _EVIDENCE[evidence])


RULES: Final[dict[int, StatusRule]] = {
    row[0]: _rule(row, row[0]) for row in _ROWS if isinstance(row[0], int)
}
RANGES: Final[tuple[tuple[int, int, StatusRule], ...]] = tuple(
    (*row[0], _rule(row, row[0][0])) for row in _ROWS if isinstance(row[0], tuple)
)


def lookup(code: int, *, write: bool = True) -> StatusRule:
    """Return the rule of a code of a response or of a message set.

    Default policy for codes not in the table: 0-999 succeeded, look at the log; any other is an
    error, retried by itself on a query and left to a person on a ``write``. -1 stands for an
    answer without a readable code: nothing may be concluded from it.
    """
    if code in RULES:
        return RULES[code]
    for first, last, rule in RANGES:
        if first <= code <= last:
            return replace(rule, code=code)
    if code < 0:
        meaning = "the answer carries no readable code"
        return StatusRule(code, meaning, Blame.UNKNOWN, Retry.VERIFY, _LOOK, "assumed")
    if code < 1000:
        meaning = "information" if code < 500 else "done, with a warning"
        return StatusRule(code, meaning, Blame.OK, Retry.NONE, _NOTHING)
    if write:
        meaning = "refused for a reason this version of Tieout does not know"
        return StatusRule(code, meaning, Blame.UNKNOWN, Retry.AFTER_USER, _READ, "assumed")
    meaning = "the query failed for a reason this version of Tieout does not know"
    retry = "Wait; Tieout tries again by itself."
    return StatusRule(code, meaning, Blame.UNKNOWN, Retry.AUTOMATIC, retry, "assumed")


def is_lock(code: int, message: str) -> bool:
    """Whether 3170 or 3180 came from a lock, which passes by itself (words seen in English).

    The only place where the text of a message decides anything: it is localised.
    """
    words = ("locked", "in use", "another user")
    return code in (3170, 3180) and any(word in message.lower() for word in words)
