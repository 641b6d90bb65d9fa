"""How alike two words of names are, and two whole names."""

from __future__ import annotations

import pytest

from tieout.core.matching_persons import Kind, PersonFit, Persons
from tieout.core.names import leaf, person

OURS = {"maria": 9, "mario": 8, "smith": 300, "lindgren": 9, "deleon": 1}
GIVEN = {"thomas": 9, "james": 9}
FAMILY = {"thomas": 3, "james": 2}
THEIRS = {"maria": 9, "mario": 7, "smith": 300, "smihth": 2, "lindgran": 1}


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("maria", "maria", Kind.EXACT),
        ("robert", "bob", Kind.NICKNAME),
        ("bob", "robert", Kind.NICKNAME),
        ("r", "robert", Kind.INITIAL),
        ("robert", "b", Kind.NOT_MET),
        ("maria", "mario", Kind.DOUBTFUL),
        ("smith", "smihth", Kind.TYPO),
        ("lindgren", "lindgran", Kind.TYPO),
        ("kowalczyk", "kowalczky", Kind.TYPO),
        ("kowalczyk", "kowalczak", Kind.LIKE),
        ("kowalczyk", "kawalczak", Kind.FAR),
        ("wilhelmina", "wilhel", Kind.NICKNAME),
        ("jan", "jon", Kind.LIKE),
        ("ed", "al", Kind.NOT_MET),
        ("ortiz", "garcia", Kind.NOT_MET),
    ],
)
def test_two_words_of_names(ours: str, theirs: str, kind: Kind) -> None:
    assert Persons(OURS, THEIRS, GIVEN, FAMILY).kind(ours, theirs) is kind


def test_a_beginning_that_is_a_name_by_itself_is_doubtful() -> None:
    counts = {"joan": 4, "joannabel": 5}
    assert Persons(counts, counts, {}, {}).kind("joannabel", "joan") is Kind.DOUBTFUL


def fit(ours: str, theirs: str) -> PersonFit:
    return Persons(OURS, THEIRS, GIVEN, FAMILY).compare(
        person(ours), leaf((theirs,)), lambda word: word in ("rn", "icu")
    )


def test_nobody_there_is_nobody() -> None:
    found = fit("Elena Ortiz", "ICU")
    assert (found.score, found.certain, found.rest) == (0.0, False, ())


def test_what_is_no_name_is_left_for_the_title() -> None:
    assert fit("Elena Ortiz", "ORTIZ ELENA ICU RN").rest == ("icu", "rn")


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        ("Elena Ortiz", "Ortiz, Elena", "same person, order swapped"),
        ("Elena Ortiz", "Elena Ortiz", "same person"),
        ("Ana Deleon", "Ana De Leon", "name written together"),
        ("John A Smith", "Smith, John B", "another middle name"),
        ("Elena Ortiz", "E Ortiz - RN", "initial matches"),
        ("Elena Ortiz", "Elena O", "initial matches"),
        ("Elena Featherstone", "Elena Constantina Featherston Bartholomew", "more names there"),
        ("Elena Maria Constantina Featherston Kowalczyk", "Elena Maria Constantina Featherstonehaugh", "name cut at 41 characters"),
    ],
)  # fmt: skip
def test_reasons_are_what_a_clerk_would_say(ours: str, theirs: str, reason: str) -> None:
    assert reason in fit(ours, theirs).reasons


def test_an_initial_elsewhere_is_not_the_persons() -> None:
    assert "initial matches" not in fit("Elena Ortiz", "Ortiz - E wing").reasons


def test_a_surname_that_the_cut_took_away_is_not_held_against_anybody() -> None:
    found = fit("Bartholomew Oldcastle Kowalczyk", "Bartholomew Oldcastle Bartholomew Oldcastl")
    lost = fit(
        "Wolfeschlegel Constantin Zimmermanns", "Constantin Wolfeschlegel - RN ICU RN ICU I"
    )

    assert found.score < 1
    assert "name cut at 41 characters" in lost.reasons
    assert lost.score > 0.8


def test_two_faults_at_once_are_another_likeness_than_one() -> None:
    assert fit("Elena Lindgren", "Lindgran, Elena - RN").likeness == "T"
    assert fit("Elena Lindgren", "Lindgran, E. - RN").likeness == "iT2"
    assert fit("Elena Ortiz", "Ortiz, Elena").likeness == ""
    assert fit("Robert Ortiz", "Ortiz Renner, Bob").likeness == "nm"


def test_the_comma_says_which_is_the_surname() -> None:
    same, swapped = fit("James Thomas", "Thomas, James"), fit("James Thomas", "James, Thomas")

    assert same.certain
    assert not swapped.certain
    assert swapped.score < same.score
    assert "first and last name the other way round" in swapped.reasons


def test_without_a_comma_two_first_names_could_be_two_people() -> None:
    assert not fit("James Thomas", "Thomas James").certain
    assert fit("James Thomas", "James Thomas").certain
    assert fit("Elena Ortiz", "Ortiz Elena").certain


def test_a_surname_alone_or_nothing_is_never_certain() -> None:
    assert not fit("Ortiz", "Ortiz").certain
    assert fit("", "Ortiz").score == 0.0
    assert fit("Ortiz,", "Ortiz").certain is False


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("miller", "mille", Kind.LIKE),
        ("king", "kingz", Kind.LIKE),
        ("clark", "clarke", Kind.LIKE),
        ("martin", "marten", Kind.TYPO),
        ("oconnell", "oconnel", Kind.TYPO),
    ],
)
def test_another_ending_is_more_likely_another_name(ours: str, theirs: str, kind: Kind) -> None:
    counts = {ours: 9}
    assert Persons(counts, counts, {}, {}).kind(ours, theirs) is kind


def test_the_same_slip_may_stand_in_a_few_of_quickbooks_jobs() -> None:
    ours = {"lindgren": 9}
    assert Persons(ours, {"lindgran": 3}, {}, {}).kind("lindgren", "lindgran") is Kind.TYPO
    doubtful = Persons(ours, {"lindgran": 4, "lindgren": 9}, {}, {}).kind("lindgren", "lindgran")
    assert doubtful is Kind.DOUBTFUL


def test_a_slip_in_a_middle_name_is_no_exact_name() -> None:
    assert fit("Mary Grace Delacruz", "Delacruz, Mary Grace").likeness == ""
    assert fit("Mary Grace Delacruz", "Delacruz, Mary Graec").likeness == "t"


@pytest.mark.parametrize(
    ("ours", "theirs", "certain"),
    [
        ("Juan Lopez Rivera", "Lopez, Juan", True),
        ("Juan Lopez-Rivera", "Rivera, Juan", True),
        ("Juan Lopez-Rivera", "Rievra, Juan", False),
    ],
)
def test_part_of_a_surname_is_thin(ours: str, theirs: str, *, certain: bool) -> None:
    found = fit(ours, theirs)
    assert "part of the surname" in found.reasons
    assert (found.certain, found.thin, found.likeness[0]) == (certain, True, "X")


def test_a_name_that_can_only_be_typed_the_wrong_way_round_is_thin() -> None:
    turned, either = fit("Elena Ortiz", "Elena, Ortiz"), fit("James Thomas", "James, Thomas")
    assert (turned.certain, turned.thin, turned.likeness) == (True, True, "o")
    assert not either.certain


def test_a_word_that_is_first_name_and_surname_turns_nothing_round() -> None:
    assert "same person, order swapped" in fit("Luca De Luca", "De Luca, Luca").reasons
