"""What a look in QuickBooks has still to ask for: a row each, which goes when it was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.store.models import StillToAsk, Task

ROWS_AT_ONCE = 1000


def want(*, task: Task, txn_ids: Mapping[int, str]) -> None:
    """Let the task ask for these: id of a posting -> TxnID; part of the caller's transaction."""
    StillToAsk.objects.bulk_create(
        [
            StillToAsk(task=task, posting_id=pk, txn_id=txn_id)
            for pk, txn_id in sorted(txn_ids.items())
        ],
        batch_size=ROWS_AT_ONCE,
    )


def asked(*, task_id: int, last: int) -> None:
    """All postings up to this id were asked for."""
    StillToAsk.objects.filter(task_id=task_id, posting_id__lte=last).delete()
