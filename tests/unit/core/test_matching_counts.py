"""What the books show of look-alikes and of jobs without partner."""

from __future__ import annotations

from tieout.core.matching_assign import Assignment
from tieout.core.matching_counts import Share, Tally, share_of
from tieout.core.matching_pairs import Pair
from tieout.core.matching_risk import Counts


def pair(score: float, kind: str = "", *, certain: bool = True) -> Pair:
    return Pair(score, (), certain, False, kind)


def counted(found: dict[str, dict[str, Pair]]) -> Counts:
    scores = {job: {key: each.score for key, each in mine.items()} for job, mine in found.items()}
    assignment, tally = Assignment(scores), Tally()
    for job in found:
        tally.put(job, share_of(job, found, assignment))
    return tally.counts()


def test_a_look_alike_of_a_job_with_its_exact_partner_is_counted() -> None:
    found = counted({"J": {"Q": pair(0.97), "R": pair(0.9, "t")}, "K": {"S": pair(0.95, "n")}})

    assert (found.exact, found.doubled, found.alike) == (1, 1, {"t": 1})
    assert found.acceptable == {"n": 1}  # either of Q and R may be J's


def test_a_look_alike_that_is_another_jobs_own_is_none() -> None:
    found = counted({"J": {"Q": pair(0.97), "R": pair(0.9, "t")}, "K": {"R": pair(0.97)}})

    assert (found.exact, found.doubled, found.alike) == (2, 0, {})


def test_beside_a_partner_of_some_kind_only_another_one_of_it_is_counted() -> None:
    found = counted({"J": {"Q": pair(0.9, "i"), "R": pair(0.88, "i"), "S": pair(0.87, "t")}})

    assert (found.exact, found.alike) == (0, {})
    assert (found.having, found.twins) == ({"i": 1}, {"i": 1})


def test_whoever_has_only_something_doubtful_counts_half() -> None:
    nobody = {"J": {"Q": pair(0.6, certain=False)}, "K": {}}
    doubtful = {"L": {"R": pair(0.9, certain=False)}}

    assert counted(nobody).alone == 2
    assert counted(nobody | doubtful).alone == 2.5


def test_a_job_that_changed_or_went_is_counted_no_longer() -> None:
    tally = Tally()
    tally.put("J", Share("n", has="", alike=("t",)))
    tally.put("K", Share("n", has="n", alike=("n",)))
    assert tally.jobs_of({"n"}) == {"J", "K"}

    tally.put("J", Share(alone=1.0))
    tally.put("K", None)

    assert tally.counts() == Counts({}, {}, 0, {}, {}, 0, 1.0)
    assert not tally.jobs_of({"n"})


def test_whoever_is_there_but_inactive_is_not_alone() -> None:
    inactive = Pair(0.89, ("same person", "inactive in QuickBooks"), False, False, "")
    assert counted({"J": {"Q": inactive}}).alone == 0


def test_a_look_alike_about_which_its_owner_would_be_asked_is_none() -> None:
    son = Pair(0.9, ("suffix on one side only",), True, False, "?s")
    found = counted({"J": {"Q": pair(0.97), "R": pair(0.96)}, "K": {"R": son}})
    assert (found.exact, found.alike) == (1, {})
    found = counted({"J": {"Q": pair(0.97), "R": pair(0.96)}, "K": {"R": pair(0.9, "t")}})
    assert (found.exact, found.alike) == (1, {"": 1})
