"""The same schedules through the real service, store and rehearsal company, with equal traces.

The rows are in SQLite in memory and every run is rolled back; the company files lie on a disk in
memory and are not flushed. What is compared after every small step is the state of each invoice,
and at the end how often each stands in the books and what the auditor says.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.simulation import many
from tests.simulation.audit import apart, audit
from tests.simulation.real_run import RealRuns
from tests.simulation.schedules import make
from tests.simulation.world import Run

SEEDS = 2_000
PARTS = 20  # so that test processes side by side share them


@pytest.fixture
def runs(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealRuns]:
    made = RealRuns(monkeypatch)
    yield made
    made.close()


def outline(run: Run) -> tuple[object, ...]:
    """What must be equal: the states in order, how often each invoice stands there, the verdict."""
    counts = [sum(row.guid == wanted[0] for row in run.right) for wanted in run.wanted]
    states = [tuple(map(str, states)) for states in run.trace]
    return (states, counts, run.ended, apart(run), bool(audit(run)))


@pytest.mark.parametrize("part", range(PARTS))
def test_the_real_code_runs_as_the_model_does(runs: RealRuns, part: int) -> None:
    wrong = [
        seed
        for seed in range(part, SEEDS, PARTS)
        if outline(runs.run(make(seed))) != outline(many.judge(seed)[0])
    ]
    assert not wrong, f"another trace than the model's: seeds {wrong}"


def test_a_probe_from_before_a_restored_backup_is_not_believed(runs: RealRuns) -> None:
    assert audit(runs.run(make(800))) == []


def test_the_record_that_stops_a_late_commit_is_not_cleared(runs: RealRuns) -> None:
    assert audit(runs.run(make(188))) == []
