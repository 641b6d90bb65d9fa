"""What a look in QuickBooks has still to ask for, and what it found: a row each."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tieout.store.models import LookFinding, StillToAsk, Task

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


def found(*, task: Task, what: Mapping[int, str]) -> None:
    """Keep what a look found: id of a posting -> `LookFinding.What`."""
    LookFinding.objects.bulk_create(
        [LookFinding(task=task, posting_id=pk, what=each) for pk, each in sorted(what.items())],
        batch_size=ROWS_AT_ONCE,
    )


def hand_on(*, before: Task, task: Task) -> None:
    """What the one found is the other's business now."""
    LookFinding.objects.filter(task=before).update(task=task)


def settle(*, task_id: int, posting_ids: Collection[int], what: Collection[str]) -> None:
    """Of these postings it was found no longer."""
    LookFinding.objects.filter(task_id=task_id, posting_id__in=posting_ids, what__in=what).delete()


def forget(*, task_id: int) -> None:
    """It begins anew: what it found says nothing."""
    LookFinding.objects.filter(task_id=task_id).delete()


def forget_all(*, company_id: int) -> None:
    """What earlier looks after a restored backup found, and did not come to ask for."""
    for rows in (LookFinding.objects, StillToAsk.objects):
        rows.filter(task__company_id=company_id, task__kind=Task.Kind.RESTORED).delete()
