"""Every planted bug is caught, and by what it does to the books or to the rules of sending."""

from __future__ import annotations

import pytest
from tests.simulation import many
from tests.simulation.audit import audit
from tests.simulation.mutants import MUTANTS, Mutant, planted
from tests.simulation.world import run_model


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_simulation_catches(mutant: Mutant) -> None:
    if mutant.shows is not None:
        assert audit(run_model(mutant.shows)) == []
        with planted(mutant) as tieout:
            assert audit(run_model(mutant.shows, tieout))
        return
    with planted(mutant) as tieout:
        for seed in range(mutant.seeds):
            _, reason, found = many.judge(seed, tieout)
            if found and not reason:
                return
    pytest.fail(f"{mutant.seeds} seeds did not show that Tieout {mutant.name!r}")


def test_without_a_planted_bug_the_same_seeds_are_clean() -> None:
    assert many.count(range(2_000)).failed == 0
