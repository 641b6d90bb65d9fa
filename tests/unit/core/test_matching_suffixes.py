"""Where a person's suffix stands in a QuickBooks name, and what is no suffix."""

from __future__ import annotations

import pytest

from tieout.core.matching_persons import Persons
from tieout.core.names import leaf, person

TITLES = frozenset(["welder", "nurse", "night", "assembler", "senior", "java", "developer"])


def found(ours: str, theirs: str, title: tuple[str, ...] = ()) -> tuple[str, ...]:
    fit = Persons({}, {}, {}, {}).compare(
        person(ours), leaf((theirs,)), lambda word: word in TITLES or word == "sr", title
    )
    return fit.reasons


@pytest.mark.parametrize(
    "theirs",
    [
        "Ortiz Jr, Luis",
        "Ortiz, Luis Jr",
        "Ortiz, Luis, Jr.",
        "Luis Ortiz Jr",
        "Luis M Ortiz Jr",
        "Ortiz, Luis M Jr - Welder",
        "Welder - Ortiz Jr, Luis",
        "Night Welder - Luis Ortiz, Jr",
    ],
)
def test_a_suffix_is_read_wherever_the_name_stands(theirs: str) -> None:
    assert "suffix on one side only" in found("Luis Ortiz", theirs)
    assert "suffix on one side only" not in found("Luis Ortiz, Jr.", theirs)
    assert "another suffix" in found("Luis Ortiz III", theirs)


@pytest.mark.parametrize(
    ("theirs", "title"),
    [
        ("Ortiz, Luis - Jr Welder", ("welder",)),
        ("Ortiz, Luis Assembler II", ("assembler",)),
        ("Sr Welder - Ortiz, Luis", ("welder",)),
        ("Ortiz,Luis Sr Java Dev", ("senior", "java", "developer")),
    ],
)
def test_a_title_is_no_suffix(theirs: str, title: tuple[str, ...]) -> None:
    assert not any("suffix" in reason for reason in found("Luis Ortiz", theirs, title))


def test_at_the_end_it_is_a_suffix_whatever_our_title() -> None:
    assert "suffix on one side only" in found("Luis Ortiz", "Ortiz, Luis Jr", ("junior", "welder"))


def test_a_father_with_a_senior_title_keeps_his_suffix() -> None:
    reasons = found("Luis Ortiz Sr", "Ortiz, Luis Sr", ("senior", "welder"))
    assert not any("suffix" in reason for reason in reasons)


def test_an_initial_is_not_short_for_a_suffix() -> None:
    assert "initial matches" not in found("Luis J Ortiz", "Ortiz, Luis Jr")
