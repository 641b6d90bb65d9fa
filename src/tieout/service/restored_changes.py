"""Updates and voids of Tieout's that a restored backup took back: seen, and wished for again.

An update is undone when QuickBooks holds an older state of the invoice than the update left, by
its EditSequence, which only grows. A void, or a deletion, is undone when the invoice is worth
something again. Again means the very same write as before: QuickBooks is asked first, and what
somebody edited or paid since is left to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from tieout.core.exporting import Event, State, step
from tieout.quickbooks.readings import Found
from tieout.quickbooks.translate_presence import Presence
from tieout.service import posting_content, undo_batch, update_invoice
from tieout.service.access import Access
from tieout.service.update_invoice import Update
from tieout.store.commits import exports as export_commits
from tieout.store.commits import qb_writes as commits
from tieout.store.commits.qb_writes import Wish
from tieout.store.queries import qb_writes as write_queries
from tieout.store.queries import restored
from tieout.store.queries.exports import Posting, QbWrite

UPDATE, VOID = "update", "void"
REASON = "its change was undone by a backup that was restored in QuickBooks"


def undone(rows: Sequence[Posting], found: Presence) -> dict[int, str]:
    """Which of these QuickBooks holds as they were before a change: id -> what was undone."""
    ids = [row.pk for row in rows]
    updates = restored.last_updates(posting_ids=ids)
    open_ = write_queries.open_of_postings(posting_ids=ids)
    what = {row.pk: _undone(row, found, is_updated=row.pk in updates) for row in rows}
    return {pk: change for pk, change in what.items() if change and pk not in open_}


def _undone(row: Posting, found: Presence, *, is_updated: bool) -> str:
    sale = found.sales.get(row.txn_id)
    if sale is None or row.txn_id in found.voided:
        return ""
    if row.state in restored.OVER:
        return VOID
    return UPDATE if is_updated and _older(sale.edit_sequence, row.edit_sequence) else ""


def _older(theirs: str, ours: str) -> bool:
    return theirs.isdecimal() and ours.isdecimal() and int(theirs) < int(ours)


def do_again(
    *,
    rows: Sequence[Posting],
    what: dict[int, str],
    found: Presence,
    access: Access,
    now: datetime,
) -> None:
    """Queue the same updates and voids again; part of the caller's transaction, rows locked."""
    updates = restored.last_updates(posting_ids=[row.pk for row in rows])
    company_id = access.company.pk
    count = partial(write_queries.count_stems, company_id=company_id, of=[row.pk for row in rows])
    voids, updates_made = count(kind=QbWrite.Kind.VOID), count(kind=QbWrite.Kind.INVOICE_MOD)
    wishes: list[Wish] = []
    for row in rows:
        if what[row.pk] == VOID:
            _stands_again(row, found.sales[row.txn_id], access, now)
            wishes.append(undo_batch.wish(row, REASON, voids))
            continue
        row.edit_sequence = found.sales[row.txn_id].edit_sequence
        before = State(row.state)
        export_commits.save_row(row=row, before=before, now=now)
        target = posting_content.from_json(row.content)
        same = Update(posting=row, was=target, target=target)
        source_hash = updates[row.pk].content["source_hash"]
        wishes.append(update_invoice.wish(same, source_hash, updates_made, again=True))
    commits.queue(company_id=company_id, wishes=wishes, user=access.user, reason=REASON, now=now)


def _stands_again(row: Posting, sale: Found, access: Access, now: datetime) -> None:
    before = State(row.state)
    if _older(sale.edit_sequence, row.edit_sequence):  # it was updated, too, before it was voided
        row.edit_sequence = sale.edit_sequence
    row.state = step(before, Event.STANDS_AGAIN).state.value
    row.noticed_at = None
    row.problem = "It stands in QuickBooks again: a backup was restored there."
    row.remedy = "It is voided again; see Changes sent to QuickBooks."
    export_commits.save_row(row=row, before=before, now=now, actor=access.user, reason=REASON)
