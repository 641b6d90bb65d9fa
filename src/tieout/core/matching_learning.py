"""Which customers are a client's because its contractors were found there, whatever their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from tieout.core.matching_pairs import Pair, TheirJob

__all__ = ["LEARNED", "Votes", "branches_of", "customer_of", "where_found"]

LEARNED = 0.9  # how well a customer fits where the client's other contractors were found
_FROM = 3  # so many of them

Votes = frozenset[
    str
]  # of one contractor job: the paths above the QuickBooks jobs that bear the whole name


def where_found(ranked: Mapping[str, Pair], theirs: Mapping[str, TheirJob]) -> Votes:
    """What one contractor job tells."""
    return frozenset(
        path for key, pair in ranked.items() if pair.same_person for path in theirs[key].nodes
    )


def customer_of(votes: Collection[Votes], is_branch: Callable[[str, str], bool]) -> frozenset[str]:
    """The customer of a client that none fits by name: there twice as many are as anywhere else.

    Its branches count with it: `is_branch` says whether the second name is the first one's.
    """
    counts = Counter(path for each in votes for path in each if ":" not in path)
    if not counts:
        return frozenset()
    ordered = sorted(counts, key=lambda path: (-counts[path], path))
    head = next((path for path in ordered if is_branch(path, ordered[0])), ordered[0])
    family = {path for path in ordered if path == head or is_branch(head, path)}
    found = sum(1 for each in votes if not each.isdisjoint(family))
    elsewhere = max((count for path, count in counts.items() if path not in family), default=0)
    if found < max(_FROM, 2 * elsewhere):
        return frozenset()
    return frozenset(path for path in family if path == head or counts[path] >= _FROM)


def branches_of(
    votes: Iterable[Votes], *, sure: Collection[str], branches: Collection[str]
) -> frozenset[str]:
    """The branches of a client whose customer is known: of those named alike the ones in use.

    Whoever is also found under a customer that is surely the client's tells nothing of a branch.
    """
    counts = Counter(
        path for each in votes if each.isdisjoint(sure) for path in each.intersection(branches)
    )
    return frozenset(path for path, count in counts.items() if count >= _FROM)
