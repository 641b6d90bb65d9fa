"""From pairs to suggestions."""

from __future__ import annotations

import pytest

from tieout.core.matching_answers import answer, is_acceptable, pair_of
from tieout.core.matching_assign import Assignment
from tieout.core.matching_facts import Bucket, Flag, QbCandidate, Suggestion
from tieout.core.matching_pairs import Pair
from tieout.core.matching_risk import Risk

FACTS = {key: QbCandidate(list_id=key, full_name=f"Acme:{key}") for key in "QRS"} | {
    "I": QbCandidate(list_id="I", full_name="Acme:I", active=False),
    "G": QbCandidate(list_id="G", full_name="Acme:G", gone=True),
}
INACTIVE = "inactive in QuickBooks"


def pair(score: float, *reasons: str, certain: bool = True, kind: str = "") -> Pair:
    return Pair(score, ("same client", *reasons), certain, certain, kind)


def answers(found: dict[str, dict[str, Pair]], risk: Risk | None = None) -> list[Suggestion]:
    assignment = Assignment(
        {job: {key: p.score for key, p in mine.items()} for job, mine in found.items()}
    )
    return [
        each for job in found for each in answer(job, found, assignment, FACTS, risk or Risk())
    ]


def test_the_best_is_first_and_accepted() -> None:
    first, second = answers({"J": {"Q": pair(0.5), "R": pair(0.97)}})

    assert (first.list_id, first.rank, first.accepted, first.bucket) == (
        "R",
        1,
        True,
        Bucket.EXACT,
    )
    assert (second.list_id, second.rank, second.accepted) == ("Q", 2, False)


def test_two_that_fit_alike_are_left_to_a_person() -> None:
    first = answers({"J": {"Q": pair(0.96), "R": pair(0.97)}})[0]

    assert not first.accepted
    assert "another one fits as well" in first.reasons


def test_two_jobs_that_want_one_are_flagged() -> None:
    first, second = answers({"J": {"Q": pair(0.97)}, "K": {"Q": pair(0.96)}})

    assert not first.accepted
    assert first.flags == second.flags == (Flag.WANTED_TWICE,)
    assert second.score < second.fit == 0.96
    assert "fits another contractor job better" in second.reasons


def test_whoever_has_something_plainly_better_is_no_rival() -> None:
    first, _, _, last = answers(
        {"J": {"Q": pair(0.97), "R": pair(0.96)}, "K": {"R": pair(0.99), "Q": pair(0.96)}}
    )
    first_of_k = answers(
        {"J": {"Q": pair(0.97), "R": pair(0.96)}, "K": {"R": pair(0.99), "Q": pair(0.96)}}
    )[2]

    assert first.accepted
    assert first_of_k.accepted
    assert last.flags == (Flag.WANTED_TWICE,)


def test_two_who_might_have_either_are_told_apart_by_both_together() -> None:
    found = {
        "J": {"Q": pair(0.99, kind="+"), "R": pair(0.98, kind="+")},
        "K": {"R": pair(0.99, "year matches"), "Q": pair(0.97)},
    }
    assert all(each.accepted for each in answers(found) if each.rank == 1)

    found["K"]["Q"] = pair(0.98)  # hardly worse the other way round
    assert not any(each.accepted for each in answers(found))


def test_how_names_are_written_tells_no_two_placements_apart() -> None:
    found = {
        "J": {"Q": pair(0.99), "R": pair(0.97)},
        "K": {"R": pair(0.99), "Q": pair(0.97)},
    }

    assert not any(each.accepted for each in answers(found))


def test_nobody_has_to_take_what_fits_less_than_what_somebody_else_has() -> None:
    found = {
        "J": {"Q": pair(0.94), "R": pair(0.96)},
        "K": {"R": pair(0.97), "Q": pair(0.86)},
    }

    assert not answers(found)[0].accepted


def test_what_somebody_has_under_another_title_may_still_be_meant() -> None:
    found = {
        "J": {"Q": pair(0.93), "R": pair(0.93)},
        "K": {"R": pair(0.96, "title differs", certain=False)},
    }
    assert not answers(found)[0].accepted

    found["K"]["R"] = pair(0.96)
    assert answers(found)[0].accepted


def test_what_is_risky_in_these_books_is_not_accepted() -> None:
    risk = Risk(judged=frozenset(["", "i+"]), safe=frozenset([""]))

    assert answers({"J": {"Q": pair(0.97)}}, risk)[0].accepted
    assert not answers({"J": {"Q": pair(0.97, kind="i+")}}, risk)[0].accepted


def test_inactive_and_deleted_are_flagged_and_nobody_is_absent() -> None:
    found = answers({"J": {"I": pair(0.9, certain=False)}, "K": {"G": pair(0.7, certain=False)}})
    stranger = answers({"J": {"Q": pair(0.62, "another surname", certain=False)}})[0]
    (none,) = answers({"J": {}})

    assert [each.flags for each in found] == [(Flag.INACTIVE,), (Flag.DELETED,)]
    assert stranger.flags == (Flag.ABSENT,)
    assert "probably not in QuickBooks yet" in stranger.reasons
    assert (none.list_id, none.flags, none.bucket) == ("", (Flag.ABSENT,), Bucket.NONE)


def test_a_pair_comes_back_from_what_was_stored() -> None:
    found = {
        "J": {"Q": pair(0.97123456), "R": pair(0.62, "another surname", certain=False)},
        "K": {"Q": pair(0.96, "nickname", kind="n")},
    }
    for each in answers(found):
        assert pair_of(each) == found[each.job_id][each.list_id]


def acceptable(job: str, key: str, found: dict[str, dict[str, Pair]]) -> bool:
    scores = {each: {k: p.score for k, p in mine.items()} for each, mine in found.items()}
    return is_acceptable(job, key, found, Assignment(scores))


def test_what_is_acceptable_but_for_its_kind() -> None:
    assert acceptable("J", "Q", {"J": {"Q": pair(0.97)}})
    assert not acceptable("J", "Q", {"J": {"Q": pair(0.97, certain=False)}})
    assert not acceptable("K", "R", {"K": {"R": pair(0.7)}})


@pytest.mark.parametrize(
    ("best", "other", "accepted"),
    [
        (pair(1.0, kind="+"), pair(0.97), False),  # Ortiz, Elena - RN beside Ortiz, Elena
        (pair(0.97), pair(0.85, kind="?x2+"), False),  # Ortiz, Elena beside Ortiz - RN
        (pair(0.97), pair(0.93, kind="T"), False),  # Ortiz, Elena beside Ortez, Elena
        (pair(0.99, kind="@"), pair(0.93, kind="T"), True),
        (pair(1.0, kind="+"), pair(0.85, kind="?x2"), False),
        (pair(1.0, kind="#"), pair(0.97), True),
        (pair(0.99, kind="@"), pair(0.96), True),  # the day on which it starts tells
        (pair(0.99, kind="@"), pair(0.96, kind="+"), False),
        (pair(1.0, kind="+"), pair(0.96, kind="?-"), True),
        (pair(1.0, "middle name matches"), pair(0.96), True),
        (pair(1.0, "middle name matches"), pair(0.9, kind="t"), False),
        (pair(1.0, kind="+"), pair(0.97, certain=False), True),
        (pair(1.0, kind="+"), pair(0.89, INACTIVE, certain=False), True),  # an earlier placement
        (pair(0.97), pair(0.92, INACTIVE, certain=False, kind="+"), False),
        (pair(0.93, kind="t"), pair(0.89, INACTIVE, "same person", certain=False), False),
        (pair(0.93, kind="t"), pair(0.89, INACTIVE, certain=False, kind="t"), True),
        (pair(1.0, kind="+"), pair(0.7), True),
        (pair(0.97), pair(0.65, INACTIVE, certain=False, kind="#"), False),
    ],
)
def test_a_quickbooks_job_of_the_same_name_that_nobody_has(
    best: Pair, other: Pair, *, accepted: bool
) -> None:
    assert acceptable("J", "Q", {"J": {"Q": best, "R": other}}) is accepted
    owned = {"J": {"Q": best, "R": other}, "K": {"R": pair(1.0, kind="#")}}
    assert acceptable("J", "Q", owned)


def test_father_and_son_with_one_quickbooks_job_are_asked_about() -> None:
    son = pair(0.9, "suffix on one side only", certain=False)
    own = {"S": pair(0.97)}

    assert not acceptable("J", "Q", {"J": {"Q": pair(0.97)}, "K": {"Q": son}})
    assert acceptable("J", "Q", {"J": {"Q": pair(0.97)}, "K": {"Q": son} | own})
    assert not acceptable("J", "Q", {"J": {"Q": pair(0.97)}, "K": {"Q": son, "S": son}})
