"""QuickBooks saved more than one message of an invoice: a person must look, and is told at once.

A set that was settled as refused, as deleted or as gone with a backup may turn out to have been
saved all the same, by a late answer, when the next set has left already. What that answer says is
kept on the posting (`earlier`) through all that becomes of the newer set, and stays until QuickBooks
is asked for it by its id and holds it no more, or it turns out to be the only one.
"""

from __future__ import annotations

from dataclasses import asdict

from tieout.core.exporting import Event, State
from tieout.quickbooks.translate import Reading
from tieout.service import moments, posting_words
from tieout.service.exporter import Exporter
from tieout.store.commits import events
from tieout.store.queries.exports import Posting


def note(exporter: Exporter, reading: Reading) -> None:
    """Keep what `reading` says was saved besides, when it is not what is known already.

    Part of the caller's transaction; the row is locked.
    """
    row, found = exporter.row, reading.found
    if reading.event is not Event.ACCEPTED or found is None or not isinstance(row, Posting):
        return
    if found.txn_id in {row.txn_id, row.former_txn_id, row.earlier.get("txn_id")}:
        return  # the same answer again, or of what was found gone before it was put back
    row.earlier = {
        name: str(value) for name, value in asdict(found).items() if value not in {None, ""}
    }
    row.noticed_at = row.noticed_at or moments.now()
    row.problem, row.remedy = posting_words.saved_earlier(row)
    exporter.save(State(row.state))
    entry = events.Entry(
        verb="saved twice",
        subject="posting",
        subject_key=row.key,
        before={"state": row.state, "number": row.number, "txn_id": row.txn_id},
        after=dict(row.earlier),
        reason=row.problem,
    )
    events.append(
        company_id=row.company_id,
        at=moments.now(),
        actor=None,
        actor_name="Tieout",
        entries=[entry],
    )
