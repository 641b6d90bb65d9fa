"""One to one, the best pairs first, whatever came first."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching_assign import Assignment


def test_the_best_pair_is_served_first() -> None:
    found = Assignment({"A": {"x": 0.9, "y": 0.8}, "B": {"x": 0.95, "y": 0.5}, "C": {"x": 0.1}})

    assert found.served == {"A": "y", "B": "x"}
    assert found.takers == {"x": "B", "y": "A"}


def test_who_is_touched_by_a_change_is_told() -> None:
    found = Assignment({"A": {"x": 0.9, "y": 0.8}, "B": {"x": 0.95}, "C": {"z": 0.9}})

    assert found.change({"B": None}) == {"A", "B"}
    assert found.served == {"A": "x", "C": "z"}
    assert found.change({"D": {"x": 0.99, "z": 0.5}}) == {"A", "C", "D"}
    assert found.served == {"A": "y", "C": "z", "D": "x"}


SCORES = st.dictionaries(
    st.sampled_from("wxyz"), st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9]), max_size=4
)
JOBS = st.dictionaries(st.sampled_from("ABCDEF"), SCORES, max_size=6)


@settings(max_examples=300)
@given(JOBS, st.lists(st.tuples(st.sampled_from("ABCDEF"), st.none() | SCORES), max_size=5))
def test_changes_end_where_a_fresh_start_ends(jobs, changes) -> None:
    found = Assignment(jobs)
    now = dict(jobs)
    for job, scores in changes:
        before = dict(found.served)
        touched = found.change({job: scores})
        now.pop(job, None)
        if scores is not None:
            now[job] = scores
        moved = {j for j in before.keys() | found.served if before.get(j) != found.served.get(j)}
        assert moved <= touched
    fresh = Assignment(now)

    assert found.served == fresh.served
    assert found.takers == fresh.takers
    assert {k: v for k, v in found.wanted.items() if v} == fresh.wanted
