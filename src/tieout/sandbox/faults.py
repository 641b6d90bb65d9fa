"""Faults on request: rows in the company file, so that any process can raise and clear them.

A fault acts until it is cleared, or `times` times. It is used up *before* it acts, in a transaction
of its own, so that a crash it causes does not bring it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.sandbox.books import Books
from tieout.sandbox.errors import BookError

# kind -> (default code, what it does)
KINDS: dict[str, tuple[int, str]] = {
    "dialog": (0x80040414, "a dialog is open in QuickBooks: nothing works until it is dismissed"),
    "wrong_file": (0x8004040A, "another company file is open: no session can begin"),
    "busy": (0x8004041B, "the company data cannot be locked: begin and calls fail"),
    "starting": (0x80040424, "QuickBooks is still starting: no session can begin"),
    "single_user": (0x80040410, "another program holds the file in single-user mode"),
    "closed": (0x80040401, "QuickBooks is closed: no session can begin, open ones are dead"),
    "rpc": (0x80010105, "the call fails before anything is done, without saying so"),
    "slow": (0, "calls (target `write`: only those that write) take DELAY seconds longer"),
    "hang": (0, "a call hangs for DELAY seconds before it is executed"),
    "lock": (0, "an object (target: ListID, TxnID or full name) is open in a window"),
    "refuse": (3260, "requests of a kind (target, such as InvoiceAdd) are refused with CODE"),
    "crash_before_save": (0x800706BE, "QuickBooks dies before the object is saved"),
    "crash_after_save": (0x800706BE, "QuickBooks dies after saving, before the recovery state"),
    "drop_reply": (0x800706BE, "everything is saved, the reply is lost"),
    "forget_response": (0, "the recovery state keeps the id but not the response (9002)"),
    "state_not_stored": (0, "the recovery state is not stored; the reply says so (9005)"),
    "truncated_reply": (0, "the reply is cut in half"),
    "broken_reply": (0, "the reply is not well-formed"),
    "kill_before_save": (0, "the hosting process is killed before the object is saved"),
    "kill_after_save": (0, "the hosting process is killed after saving, before the state"),
    "kill_after_state": (0, "the hosting process is killed after saving object and state"),
}
AT_BEGIN = ("dialog", "wrong_file", "busy", "starting", "single_user", "closed")
AT_CALL = ("dialog", "busy", "closed", "rpc")
AT_REPLY = ("truncated_reply", "broken_reply", "drop_reply")
AT_SAVE = (
    "crash_before_save", "crash_after_save", "kill_before_save", "kill_after_save",
    "kill_after_state", "forget_response", "state_not_stored",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A raised fault. `times` None acts until cleared; `skip` occasions pass before it acts."""

    id: int
    kind: str
    times: int | None
    skip: int
    target: str
    delay_s: float
    code: int
    message: str
    raised: int


def add(
    books: Books,
    kind: str,
    *,
    times: int | None = None,
    skip: int = 0,
    target: str = "",
    delay_s: float = 0.0,
    code: int = 0,
    message: str = "",
) -> Fault:
    """Raise a fault and return it; BookError for an unknown kind or a senseless number."""
    if kind not in KINDS:
        text = f"There is no fault called {kind}."
        raise BookError(0, text, f"Known are: {', '.join(KINDS)}.")
    if (times is not None and times < 1) or skip < 0 or delay_s < 0:
        text = (
            "A fault acts at least once, skips nothing below zero and cannot end before it begins."
        )
        raise BookError(0, text, "Give positive numbers.")
    if kind in ("lock", "refuse") and not target:
        text = f"The fault {kind} needs a target."
        raise BookError(0, text, "Name the object (lock) or the kind of request (refuse).")
    row = books.connection.execute(
        "INSERT INTO fault(kind, times, skip, target, delay_s, code, message, raised)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (kind, times, skip, target, delay_s, code or KINDS[kind][0], message, books.now()),
    ).fetchone()
    return Fault(*row)


def active(books: Books) -> list[Fault]:
    """Return the raised faults, oldest first."""
    return [Fault(*row) for row in books.connection.execute("SELECT * FROM fault ORDER BY id")]


def clear(books: Books, *, fault_id: int | None = None, kind: str = "") -> int:
    """Take faults away (one, all of a kind, or all) and return how many."""
    if fault_id is not None:
        gone = books.connection.execute("DELETE FROM fault WHERE id = ?", (fault_id,))
    elif kind:
        gone = books.connection.execute("DELETE FROM fault WHERE kind = ?", (kind,))
    else:
        gone = books.connection.execute("DELETE FROM fault")
    return gone.rowcount


def take(books: Books, kinds: Sequence[str], *, targets: Sequence[str] = ()) -> list[Fault]:
    """Return the faults of these kinds that act now, and use them up.

    A fault without target acts always, one with a target when that is among `targets` (case does
    not count). Outside a transaction of the caller.
    """
    connection = books.connection
    if connection.execute("SELECT 1 FROM fault LIMIT 1").fetchone() is None:
        return []
    names = {target.casefold() for target in targets}
    with books.writing():
        found = [
            fault
            for fault in active(books)
            if fault.kind in kinds and (not fault.target or fault.target.casefold() in names)
        ]
        return [fault for fault in found if _use(books, fault)]


def _use(books: Books, fault: Fault) -> bool:
    """Count one occasion; True when the fault acts on it."""
    if fault.skip:
        books.connection.execute("UPDATE fault SET skip = skip - 1 WHERE id = ?", (fault.id,))
        return False
    if fault.times == 1:
        books.connection.execute("DELETE FROM fault WHERE id = ?", (fault.id,))
    elif fault.times is not None:
        books.connection.execute("UPDATE fault SET times = times - 1 WHERE id = ?", (fault.id,))
    return True
