"""Counts in these very books what `matching_risk` judges by: partners, look-alikes, who has nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from tieout.core.matching_answers import (
    ACCEPT_MARGIN,
    ACCEPT_SCORE,
    LIKELY_SCORE,
    Found,
    is_acceptable,
)
from tieout.core.matching_assign import Assignment
from tieout.core.matching_kinds import is_exact_name
from tieout.core.matching_pairs import Pair
from tieout.core.matching_risk import Counts

__all__ = ["Share", "Tally", "share_of"]


@dataclass(frozen=True, slots=True)
class Share:
    """What one contractor job adds to the counts."""

    acceptable: str | None = None  # the kind by which it has its QuickBooks job, if by one at all
    has: str | None = None  # the kind of what it has, acceptable or not
    alike: tuple[str, ...] = ()  # the kinds of look-alikes that it would show up by
    alone: float = 0.0


def share_of(job: str, found: Found, assignment: Assignment) -> Share:
    """Look at one job; whoever has only something doubtful is half alone."""
    ranked, has = found[job], assignment.served.get(job, "")
    mine = ranked.get(has)
    if mine is None or mine.score < ACCEPT_SCORE or not mine.certain:
        if any(pair.is_inactive and pair.same_person for pair in ranked.values()):
            return Share()  # is there, and only has to be looked at
        nobody = all(pair.score < LIKELY_SCORE for pair in ranked.values())
        return Share(alone=1.0 if nobody else 0.5)
    kind = mine.kind if is_acceptable(job, has, found, assignment) else None
    alike = [ranked[key].kind for key in _look_alikes(job, has, found, assignment)]
    if not is_exact_name(mine.kind):  # beside less than the name, only its like tells anything
        alike = [other for other in alike if other == mine.kind]
    return Share(kind, has=mine.kind, alike=tuple(alike))


class Tally:
    """The shares of all jobs, added up; a job's may be replaced."""

    def __init__(self) -> None:
        self._shares: dict[str, Share] = {}
        self._acceptable: Counter[str] = Counter()
        self._alike: Counter[str] = Counter()
        self._having: Counter[str] = Counter()
        self._twins: Counter[str] = Counter()
        self._exact = self._doubled = 0
        self._alone = 0.0

    def put(self, job: str, share: Share | None) -> None:
        """A job's share, None for a job that went."""
        self._add(self._shares.pop(job, Share()), -1)
        if share is not None:
            self._shares[job] = share
            self._add(share, 1)

    def _add(self, share: Share, by: int) -> None:
        if share.acceptable is not None:
            self._acceptable[share.acceptable] += by
        if share.has is not None and is_exact_name(share.has):
            self._exact += by
            self._doubled += by * bool(share.alike)
            for kind in share.alike:
                self._alike[kind] += by
        elif share.has is not None:
            self._having[share.has] += by
            self._twins[share.has] += by * len(share.alike)
        self._alone += by * share.alone

    def counts(self) -> Counts:
        """What `matching_risk` judges by."""
        return Counts(
            acceptable=+self._acceptable,
            alike=+self._alike,
            exact=self._exact,
            having=+self._having,
            twins=+self._twins,
            doubled=self._doubled,
            alone=self._alone,
        )

    def jobs_of(self, kinds: Collection[str]) -> set[str]:
        """The jobs that have their QuickBooks job by one of these kinds."""
        return {job for job, share in self._shares.items() if share.acceptable in kinds}


def _look_alikes(job: str, has: str, found: Found, assignment: Assignment) -> list[str]:
    """The other QuickBooks jobs that a job like this one would be given, had it no partner."""
    return [
        key
        for key, pair in found[job].items()
        if key != has
        and pair.certain
        and pair.score >= ACCEPT_SCORE
        and _is_free(key, pair, found, assignment)
    ]


def _is_free(key: str, pair: Pair, found: Found, assignment: Assignment) -> bool:
    """Whether nobody has it, or somebody whom it fits so much less that nobody would ask."""
    taker = assignment.takers.get(key)
    if taker is None:
        return True
    theirs = found[taker][key]
    return theirs.score <= pair.score - ACCEPT_MARGIN and not theirs.may_be_as(pair)
