"""The recovery store: what newMessageSetID and oldMessageSetID mean (Intuit's documentation).

Records belong to (application, company file). A set whose id is stored is not executed again: the
stored response is returned. How long records live is undocumented; here until they are cleared or
the file is restored.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.sandbox.books import Books
from tieout.sandbox.message import MessageSet
from tieout.sandbox.reply import render_set

ID_LENGTH_MAX = 24
CLEAR_ALL = "ClearAllMessageSets"
NO_STATE, CHANGED, NO_RESPONSE, BAD_ID, NOT_STORED = 600, 9001, 9002, 9004, 9005


@dataclass(frozen=True, slots=True)
class Record:
    """What is known about a set: digest of its requests, response (None when it was not kept)."""

    digest: str
    response: str | None


def settle(books: Books, app: str, message: MessageSet) -> str | None:
    """Answer a set from the store alone, or return None when it is to be executed.

    Also deletes what oldMessageSetID asks to delete. Within the caller's write transaction.
    """
    new, old = message.new_id, message.old_id
    for set_id in (new, old):
        if set_id is not None and set_id != CLEAR_ALL and len(set_id) > ID_LENGTH_MAX:
            return render_set("", set_id=set_id, status=BAD_ID)
    if old is not None and old == new and not message.requests:
        return _status(books, app, old)
    deleted = _delete(books, app, old) if old is not None and old != new else 0
    if new is None:
        if old is None or message.requests:
            return None
        return render_set("", set_id=old, status=0 if deleted or old == CLEAR_ALL else NO_STATE)
    record = find(books, app, new)
    if record is None:
        return None
    if record.digest != message.digest:
        return render_set("", set_id=new, status=CHANGED)
    return record.response or render_set("", set_id=new, status=NO_RESPONSE)


def find(books: Books, app: str, set_id: str) -> Record | None:
    """Return the record of a set."""
    row = books.connection.execute(
        "SELECT digest, response FROM recovery WHERE app = ? AND set_id = ?", (app, set_id)
    ).fetchone()
    return Record(*row) if row else None


def store(books: Books, app: str, set_id: str, digest: str, response: str | None) -> None:
    """Keep what a set was answered."""
    books.connection.execute(
        "INSERT OR REPLACE INTO recovery VALUES (?, ?, ?, ?, ?)",
        (app, set_id, digest, response, books.now()),
    )


def _status(books: Books, app: str, set_id: str) -> str:
    record = find(books, app, set_id)
    if record is None:
        return render_set("", set_id=set_id, status=NO_STATE)
    return record.response or render_set("", set_id=set_id, status=NO_RESPONSE)


def _delete(books: Books, app: str, set_id: str) -> int:
    if set_id == CLEAR_ALL:
        return books.connection.execute("DELETE FROM recovery WHERE app = ?", (app,)).rowcount
    return books.connection.execute(
        "DELETE FROM recovery WHERE app = ? AND set_id = ?", (app, set_id)
    ).rowcount
