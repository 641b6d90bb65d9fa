"""Names taken apart."""

from __future__ import annotations

import pytest

from tieout.core.names import client_forms, leaf, person, plain, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Núñez-O’Neil", "nunez-oneil"), ("Łukasz ẞ", "lukasz ss"), ("Smith", "smith")],
)
def test_plain_letters(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_words_and_numbers() -> None:
    assert tokens("J-10401 RN/ICU 2nd") == ("j", "10401", "rn", "icu", "2nd")


@pytest.mark.parametrize(
    ("text", "names", "surname", "suffix"),
    [
        ("Elena Ortiz", ("elena", "ortiz"), ("ortiz",), ""),
        ("Ortiz, Elena", ("elena", "ortiz"), ("ortiz",), ""),
        (
            "Elena M. de la Cruz, Jr.",
            ("elena", "m", "de", "la", "cruz"),
            ("de", "la", "cruz"),
            "jr",
        ),
        ("de la Cruz, Elena M.", ("elena", "m", "de", "la", "cruz"), ("de", "la", "cruz"), ""),
        ("John Smith III", ("john", "smith"), ("smith",), "3"),
        ("Smith, John, Sr", ("john", "smith"), ("smith",), "sr"),
        ("Ann Ortiz-Renner", ("ann", "ortiz", "renner"), ("ortiz", "renner"), ""),
        ("Zuleika", ("zuleika",), ("zuleika",), ""),
        (" , ", (), (), ""),
    ],
)
def test_persons(text: str, names: tuple[str, ...], surname: tuple[str, ...], suffix: str) -> None:
    found = person(text)
    assert (found.names, found.surname, found.suffix) == (names, surname, suffix)


def test_a_jobs_name_is_read_in_parts() -> None:
    found = leaf(("ICU", "Ortiz, Elena Jr - R.N. #10401"))

    assert found.tokens == ("ortiz", "elena", "jr", "rn", "icu")
    assert found.parts[0] == found.parts[1] == found.parts[2] != found.parts[3] != found.parts[4]
    assert (found.suffix, found.numbers) == ("", frozenset(["10401"]))
    assert leaf(("Ortiz, Elena 2nd",)).suffix == "2"
    assert not found.cut
    assert not found.noisy


@pytest.mark.parametrize("text", ["Ortiz, Elena (old)", "zz Ortiz", "Ortiz - DO NOT USE"])
def test_marks_of_disuse(text: str) -> None:
    assert leaf((text,)).noisy


def test_the_stump_of_a_cut_name_stands_last() -> None:
    found = leaf(("ICU", "Ortiz, Elena - Certified Nursing Assistan"))

    assert found.cut
    assert found.tokens[-1] == "assistan"
    assert not leaf(("Ortiz, Elena - Certified Nursing Asst 12",)).cut


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Acme Mfg., Inc.", ("acme", "manufacturing")),
        ("Ohio Valley Logistics - OVL", ("ovl",)),
        ("Apex LLC d/b/a Summit & Co", ("summit",)),
        ("The Company", ("the", "company")),
        ("A.B.C. Foods", ("abc", "foods")),
    ],
)
def test_client_names_are_read_whole_and_in_parts(text: str, form: tuple[str, ...]) -> None:
    assert form in client_forms(text)


def test_an_empty_name_has_no_forms() -> None:
    assert client_forms("") == ()
