"""What QuickBooks says of exported invoices that are asked for by their ids, and whether it may.

An answer counts only when it comes from the company's own file. Whether that was restored from a
backup meanwhile is for the caller to judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.channels.base import Answer
from tieout.core.facts import PostingKind
from tieout.quickbooks import qbxml, translate_presence, wire
from tieout.quickbooks.translate_presence import Presence
from tieout.service.turns import Place, Question, Trouble
from tieout.store.queries import connections, restored
from tieout.store.queries.exports import Posting, Task

ROWS = 100  # ids asked for in one message
AGAIN = "Tieout tries again by itself."


def ask_listed(task: Task) -> Question | None:
    """The next hundred of the invoices that a task lists, under the lane's epoch; None at its end.

    An answer that another holding of the lane left behind counts for nothing.
    """
    ids = restored.still_to_ask(task_id=task.pk, limit=ROWS)
    if not ids:
        return None
    # also what moved on meanwhile: an answer about it changes nothing
    rows = restored.postings(company_id=task.company_id, ids=list(ids))
    lane = connections.held(company_id=task.company_id)
    place: Place = {"last": max(ids), "epoch": lane.epoch if lane else 0}
    return Question(request=request(rows, ids), place=place)


def request(rows: Sequence[Posting], ids: Mapping[int, str] | None = None) -> bytes:
    """The message that asks for these. `ids`: under which TxnID instead of their own."""
    given = ids or {}
    return translate_presence.render(
        [(PostingKind(row.kind), given.get(row.pk) or row.txn_id) for row in rows]
    )


def read(*, company_id: int, answer: Answer, rows: Sequence[Posting]) -> Presence | Trouble:
    """What the answer holds, or why it says nothing of the company's own file."""
    try:
        found = translate_presence.read(answer.qbxml, {PostingKind(row.kind) for row in rows})
    except qbxml.MalformedResponse as error:
        return Trouble(problem=str(error), remedy=AGAIN)
    if found.broken:
        return Trouble(problem=found.broken, remedy=AGAIN)
    book = connections.book_of(company_id=company_id)
    other_stamp = bool(found.stamp) and bool(book.stamp) and found.stamp != book.stamp
    other_path = bool(answer.company_file and book.company_file) and (
        wire.fence_key(answer.company_file) != wire.fence_key(book.company_file)
    )
    if found.company_name != book.company_name or other_stamp or other_path:
        what = found.company_name or "another company"
        if found.company_name == book.company_name:
            what = f"another file of {what}"
        return Trouble(
            problem=f"QuickBooks has {what} open, not {book.company_name} as it was verified; "
            "nothing was concluded.",
            remedy=f"Open {book.company_name} in QuickBooks, then look again.",
            needs_person=True,
        )
    return found
