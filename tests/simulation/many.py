"""Many seeds on all processors: counts, and the seeds that failed."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.audit import apart, audit
from tests.simulation.schedules import make
from tests.simulation.tieout_model import Tieout
from tests.simulation.world import run_model

CHUNK = 500
FAILURES_MAX = 100  # so many are kept with their words


@dataclass
class Tally:
    """What came of a range of seeds."""

    seeds: int = 0
    clean: int = 0
    apart: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    strikes: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, list[str]]] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Take in what another process counted."""
        self.seeds += other.seeds
        self.clean += other.clean
        self.apart.update(other.apart)
        self.states.update(other.states)
        self.strikes.update(other.strikes)
        self.failed += other.failed
        self.failures.extend(other.failures[: FAILURES_MAX - len(self.failures)])


def judge(seed: int, make_tieout: Any = Tieout) -> tuple[Any, str, list[str]]:
    """One seed: the run, why it is counted apart ("" when it is not), what is wrong with it."""
    try:
        run = run_model(make(seed), make_tieout)
    except Exception as fault:  # noqa: BLE001 # a run that breaks off is a finding, whatever broke
        return None, "", [f"it breaks off: {type(fault).__name__}: {fault}"]
    return run, apart(run), audit(run)


def count(seeds: range, make_tieout: Any = Tieout) -> Tally:
    """Run and judge these seeds in this process."""
    tally = Tally(seeds=len(seeds))
    for seed in seeds:
        run, reason, found = judge(seed, make_tieout)
        if run is not None:
            tally.states.update(state for state, _ in run.claims)
            tally.strikes.update(
                entry[2] for entry in run.log if entry[0] == "strike" or entry[0] == "event"
            )
        if reason:
            tally.apart[reason] += 1
        elif found:
            tally.failed += 1
            if len(tally.failures) < FAILURES_MAX:
                tally.failures.append((seed, found))
        else:
            tally.clean += 1
    return tally


def run_many(first: int, number: int, *, processes: int = 0) -> Iterator[Tally]:
    """Run `number` seeds from `first` on; yields the sum so far after each chunk."""
    started = time.perf_counter()
    chunks = [
        range(start, min(start + CHUNK, first + number))
        for start in range(first, first + number, CHUNK)
    ]
    total = Tally()
    with multiprocessing.get_context("fork").Pool(processes or os.cpu_count() or 1) as pool:
        for tally in pool.imap_unordered(count, chunks):
            total.add(tally)
            total.seconds = time.perf_counter() - started
            yield total
