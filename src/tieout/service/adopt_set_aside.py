"""What a person set aside and QuickBooks holds all the same: it counts as exported again.

A Super User may set an invoice aside while its message can still come to QuickBooks. When it came,
the tie-out reads it back with our GUID, or with our marker and customer and total equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tieout.core import exporting
from tieout.core.exporting import Event, State
from tieout.quickbooks import translate
from tieout.service.subjects import PostingSubject
from tieout.store.commits import exports as commits
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Posting

FOUND = "The tie-out found it in QuickBooks although it was set aside."


def adopt(*, company_id: int, sales: Iterable[object], now: datetime) -> list[Posting]:
    """Those of the company's set aside postings that are among `sales`.

    The caller is in a transaction that holds the lane's epoch.
    """
    commits.lock_set_aside(company_id=company_id)
    rows = queries.set_aside(company_id=company_id)
    held = list(sales) if rows else []
    return [row for row in rows if _adopt(row, held, now)]


def _adopt(row: Posting, sales: list[object], now: datetime) -> bool:
    subject = PostingSubject(row)
    reading = translate.find_marked(sales, subject.expected)
    if reading is None or reading.event is not Event.FOUND_OURS or reading.found is None:
        return False
    before = State(row.state)
    row.state = exporting.step(before, Event.FOUND_OURS).state.value
    row.found = {}
    row.problem, row.remedy = FOUND, "Nothing to do: it was sent before it was set aside."
    subject.record(reading.found)
    details = {"txn_id": row.txn_id}
    commits.save_row(row=row, before=before, now=now, reason=FOUND, details=details)
    return True
