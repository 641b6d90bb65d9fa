"""In which order rows are locked, so that no two transactions wait for each other for ever.

1. The **lane**: `lanes.lock`, or `lanes.check` for whoever holds it. First of all in every
   transaction that wakes it, that touches the connection, the company file, a task of the lane, a
   write to QuickBooks or an exchange; so these need no order among themselves.
2. The **desk**: the company's row, `desk` here. Before jobs, clients, items, their mappings,
   drifts and suggestions; an import writes under it, too. The rows of the desk need no order
   among themselves.
3. **Invoices**, ascending by id, all that the transaction will touch before the first posting.
4. **Postings**, ascending by id.
5. The **head of the log**, last: `events.append`. Several saves in one transaction that each log
   for themselves run inside `events.at_the_end`.

Rows are locked FOR NO KEY UPDATE: a row that merely refers to them may be inserted meanwhile.
SQLite has one writer at a time, so nothing of this matters there; on PostgreSQL a test watches
every transaction of the suite.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from tieout.store.models import Company, SourceInvoice

IDS_AT_ONCE = 5000


def desk(*, company_id: int) -> None:
    """One at a time changes what the mapping desk shows, until the transaction ends."""
    Company.objects.select_for_update(no_key=True).only("pk").get(pk=company_id)


def invoices(*, company_id: int, which: Q) -> list[int]:
    """Lock the company's invoices that `which` says; returns their ids, ascending."""
    rows: QuerySet[SourceInvoice] = SourceInvoice.objects.filter(which, company_id=company_id)
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("id")
    return list(locked.values_list("pk", flat=True))


def chunks(ids: Collection[int]) -> list[list[int]]:
    """The ids ascending, so many in a statement."""
    ordered = sorted(ids)
    return [ordered[at : at + IDS_AT_ONCE] for at in range(0, len(ordered), IDS_AT_ONCE)]
