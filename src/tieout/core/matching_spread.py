"""How the search for all jobs may be dealt out: what goes into a portion, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tieout.core.matching_learning import Votes
from tieout.core.matching_pairs import Pair

__all__ = ["Clients", "Ranked", "Searched", "Spread", "at_once"]

Ranked = dict[str, Pair]  # ListID -> how it fits
Clients = Sequence[tuple[str, Sequence[str]]]  # a client and the ids of its jobs


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found for the jobs of some clients, and what was learned on the way."""

    found: dict[str, Ranked] = field(default_factory=dict)
    learned: dict[str, frozenset[str]] = field(default_factory=dict)  # client -> its customers
    votes: dict[str, Votes] = field(default_factory=dict)  # job id -> where its name was found


# Calls the function for all of the clients, in as many portions as it likes, here or in copies of
# this process, and answers what it gave for each.
Spread = Callable[[Callable[[Clients], Searched], Clients], Iterable[Searched]]


def at_once(search: Callable[[Clients], Searched], clients: Clients) -> Iterable[Searched]:
    """Search all of them here and now."""
    return [search(clients)]
