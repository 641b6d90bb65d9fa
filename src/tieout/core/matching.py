"""Suggests QuickBooks jobs for contractor jobs, with a score, reasons, and what is safe in bulk.

Candidates come from plausible customers first: the mapped one, those whose name fits, those under
which the client's other contractors were found. Who fits nowhere there is looked for everywhere.
A suggestion is *accepted* when it may be saved without looking: its score is above ACCEPT_SCORE,
nothing stands against it, no other QuickBooks job and no other contractor job comes within
ACCEPT_MARGIN, and no QuickBooks job is taken twice. Both figures are measured by
`bench/bench_matching.py`, not felt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.core.matching_answers import ACCEPT_MARGIN, ACCEPT_SCORE, RANKS
from tieout.core.matching_desk import Desk, Earlier
from tieout.core.matching_facts import Bucket, Flag, JobToMatch, QbCandidate, Suggestion
from tieout.core.matching_spread import Clients, Searched, Spread, at_once

__all__ = [
    "ACCEPT_MARGIN",
    "ACCEPT_SCORE",
    "Bucket",
    "Clients",
    "Desk",
    "Flag",
    "JobToMatch",
    "QbCandidate",
    "Searched",
    "Spread",
    "Suggestion",
    "at_once",
    "suggest",
]


def suggest(
    jobs: Sequence[JobToMatch],
    candidates: Sequence[QbCandidate],
    *,
    client_links: Mapping[str, str] | None = None,
    earlier: Earlier | None = None,
    ranks: int = RANKS,
    spread: Spread = at_once,
) -> list[Suggestion]:
    """Up to `ranks` suggestions for each job (at most RANKS), best first, in the order of `jobs`.

    `client_links` leads from a client's key (or name, where jobs have no key) to the ListID of its
    customer, `earlier` from a job's id to ListID -> how many of its invoices went there. A job that
    fits nothing gets one suggestion with `list_id` "" and Bucket.NONE. The order of the arguments
    changes no score. `spread` may use several processes, see `Spread`. ValueError: a job id or ListID stands twice.
    """
    desk = Desk(jobs, candidates, client_links=client_links, earlier=earlier, spread=spread)
    return [each for job in jobs for each in desk.answer(job.job_id)[:ranks]]
