"""Searching for suggestions on all processors of this machine at once."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from tieout.core.matching import Clients, Searched

__all__ = ["BrokenProcessPool", "on_all_processors"]

_WORTHWHILE = 2_000  # jobs: fewer are found before another process has begun
_MOST = 4  # processes: what each one brings back is read by one, and each takes memory of its own

Search = Callable[[Clients], Searched]


class _Child:
    """What a child process got from its parent's memory when it was made."""

    search: Search
    portions: list[Clients]


def on_all_processors(search: Search, clients: Clients) -> Iterator[Searched]:
    """Search in copies of this process, one for each further processor, and here.

    Copies are made by `fork`, so that nothing has to be sent to them; where the system has none
    (Windows) or it is not safe beside its own libraries (macOS), everything is searched here.
    BrokenProcessPool: a copy was ended from outside, for want of memory perhaps.
    """
    many = min(len(os.sched_getaffinity(0)), _MOST) if sys.platform == "linux" else 1
    if many == 1 or sum(len(jobs) for _, jobs in clients) < _WORTHWHILE:
        yield search(clients)
        return
    first, *others = _dealt(clients, many)
    with ProcessPoolExecutor(
        len(others), multiprocessing.get_context("fork"), _begin, (search, others)
    ) as pool:
        found = [pool.submit(_search_portion, place) for place in range(len(others))]
        yield search(first)
        for each in found:
            yield each.result()


def _dealt(clients: Clients, many: int) -> list[Clients]:
    """The clients in portions of nearly as many jobs each."""
    portions: list[list[tuple[str, list[str]]]] = [[] for _ in range(many)]
    sizes = [0] * many
    for client, jobs in sorted(clients, key=lambda each: (-len(each[1]), each[0])):
        place = sizes.index(min(sizes))
        portions[place].append((client, list(jobs)))
        sizes[place] += len(jobs)
    return [portion for portion in portions if portion]


def _begin(search: Search, portions: list[Clients]) -> None:
    _Child.search, _Child.portions = staticmethod(search), portions


def _search_portion(place: int) -> Searched:
    return _Child.search(_Child.portions[place])
