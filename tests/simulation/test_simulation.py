"""A fixed range of seeds, on all processors: every run settles, and both books agree at its end."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.simulation import many, schedules
from tests.simulation.many import Tally

SEEDS = 50_000


@pytest.fixture(scope="module")
def tally() -> Tally:
    *_, total = many.run_many(0, SEEDS)
    return total


def test_fifty_thousand_schedules_end_with_both_books_agreeing(tally: Tally) -> None:
    told = "\n".join(
        f"seed {seed}: {'; '.join(found)} (python -m tools.simulate --trace --first {seed})"
        for seed, found in tally.failures
    )
    assert not tally.failed, f"{tally.failed} of {tally.seeds} schedules failed\n{told}"
    assert tally.clean + sum(tally.apart.values()) == SEEDS


def test_what_lies_outside_the_promise_is_counted_apart_and_rare(tally: Tally) -> None:
    assert tally.apart
    assert sum(tally.apart.values()) < SEEDS / 100


def test_every_kind_of_fault_strikes(tally: Tally) -> None:
    """A fault that never meets a message would prove nothing."""
    kinds = {*schedules.ARROWS, *(kind for kind, _ in schedules.EVENTS)}
    assert {kind for kind in kinds if tally.strikes[kind] < SEEDS / 500} == set()


def test_a_seed_makes_the_same_run_every_time() -> None:
    first, again = many.judge(4711)[0], many.judge(4711)[0]
    assert (first.log, first.trace, first.claims) == (again.log, again.trace, again.claims)


def test_most_invoices_end_exported(tally: Tally) -> None:
    """A model that refuses everything would be clean as well."""
    counts = Counter(tally.states)
    assert counts["exported"] > 0.97 * counts.total()
