"""Which likenesses may be accepted in these very books: how often one is found by chance.

Take the contractor jobs that have a plain, exact partner. Now and then another QuickBooks job that
nobody has looks like one of them too: `Smith, J` beside `Smith, John`. That share is how often a job
*without* partner will meet such a look-alike, and it is known without anybody's help. With the
number of jobs that found nobody, or nobody for sure, it tells how many wrong ones a kind of likeness would
bring. Kinds are accepted, the safest first, while fewer than MOST of all accepted are expected to be
wrong; one that is too often wrong, or too many at once, is left out.

Books that write no names in full have hardly an exact partner. Where more jobs have their partner by
the very kind that is judged, these are measured by as well.

Before anything is counted some look-alikes are assumed (`_ASSUMED`), more for a thin likeness.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tieout.core.matching_kinds import is_thin

__all__ = ["MOST", "Counts", "Risk", "settle"]

MOST = 0.001  # of what is accepted may be wrong
_MOST_OF_A_KIND = 0.01
_ANYWAY = 0.05  # of a wrong one: a single namesake decides nothing in small books
_JOBS = 300  # with an exact partner, among whom the assumed look-alikes were seen
_ASSUMED, _ASSUMED_THIN = 0.05, 1.0
_ALONE_THIN = 10  # jobs that found nobody are assumed before a thin likeness is believed


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted: kinds that might be accepted, look-alikes of jobs with an exact partner."""

    acceptable: Mapping[str, int]
    alike: Mapping[str, int]
    exact: int  # jobs with an exact partner
    having: Mapping[str, int]  # jobs with a partner of this kind, which is not exact
    twins: Mapping[str, int]  # look-alikes of these that are of the same kind
    doubled: int  # of them those that have a look-alike
    alone: float  # jobs that have nobody; those that have nobody for sure count half

    def expected(self, kind: str) -> float:
        """How many of the acceptable ones of this kind are wrong."""
        # whoever has no partner, but a look-alike, seems to have somebody
        alone = self.alone / (1 - self.doubled / (self.exact + _JOBS))
        assumed, alone = (
            (_ASSUMED_THIN, alone + _ALONE_THIN) if is_thin(kind) else (_ASSUMED, alone + 1)
        )
        seen: float = self.alike.get(kind, 0)
        among = self.exact
        if self.having.get(kind, 0) > self.exact:  # so these books write names, all of them
            seen += self.twins.get(kind, 0)
            among += self.having[kind]
        seen += math.sqrt(seen)  # what was seen once may as well be twice as frequent
        return alone * (seen + assumed) / (among + _JOBS)


@dataclass(frozen=True, slots=True)
class Risk:
    """The kinds of likeness that were judged, and those of them that may be accepted."""

    judged: frozenset[str] = frozenset()
    safe: frozenset[str] = frozenset()

    def is_safe(self, kind: str) -> bool:
        """A kind that nobody judged is safe unless it is thin."""
        return kind in self.safe if kind in self.judged else not is_thin(kind)


def settle(counts: Counts) -> Risk:
    """Accept kinds, the safest first, while fewer than MOST are expected to be wrong."""
    kinds = sorted(counts.acceptable, key=lambda kind: (_rate(counts, kind), kind))
    safe: set[str] = set()
    accepted, wrong = 0, 0.0
    for kind in kinds:
        more, bad = counts.acceptable[kind], counts.expected(kind)
        fits = wrong + bad <= MOST * (accepted + more) + _ANYWAY
        if fits and _rate(counts, kind) <= _MOST_OF_A_KIND:
            safe.add(kind)
            accepted, wrong = accepted + more, wrong + bad
    return Risk(frozenset(kinds), frozenset(safe))


def _rate(counts: Counts, kind: str) -> float:
    return counts.expected(kind) / max(counts.acceptable[kind], 1)
