"""Ask for suggestions to be looked for again; at most one such wish waits at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tieout.store.commits import suggestions
from tieout.store.queries.people import User
from tieout.store.queries.tasks import Task


def want_suggestions(
    company_id: int,
    now: datetime,
    user: User | None = None,
    *,
    job_ids: Collection[int] | None = None,
    target_ids: Collection[int] = (),
) -> Task:
    """The look that waits for this company, or a new one, in the caller's transaction.

    `job_ids` are the contractor jobs that were mapped or changed, `target_ids` the QuickBooks jobs
    that a mapping took or gave back. Without `job_ids` it is looked what changed since the last
    time: for the end of a refresh or an import, and when a client is mapped.
    """
    return suggestions.want(
        company_id=company_id, now=now, user=user, job_ids=job_ids, target_ids=target_ids
    )
