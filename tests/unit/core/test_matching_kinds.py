"""What kind of likeness two names have, in letters."""

from __future__ import annotations

import pytest

from tieout.core.matching_kinds import (
    confirms,
    is_exact_name,
    is_thin,
    kind_of,
    name_part,
)
from tieout.core.matching_persons import PersonFit


def fit(likeness: str, *, thin: bool = False) -> PersonFit:
    return PersonFit(0.9, (), certain=True, thin=thin, likeness=likeness, rest=())


@pytest.mark.parametrize(
    ("person", "title", "dated", "unchecked", "kind"),
    [
        (fit(""), None, False, False, ""),
        (fit("nT"), 0.9, False, False, "nT+"),
        (fit("i", thin=True), None, False, False, "?i"),
        (fit("i", thin=True), 0.9, False, False, "i+"),
        (fit("i", thin=True), None, True, False, "i@"),
        (fit("x2", thin=True), 0.9, False, False, "?x2+"),
        (fit(""), 0.5, False, False, "?-"),
        (fit(""), None, True, True, "@u"),
    ],
)
def test_kinds(
    person: PersonFit, title: float | None, kind: str, *, dated: bool, unchecked: bool
) -> None:
    assert kind_of(person, title, dated=dated, unchecked=unchecked) == kind


@pytest.mark.parametrize(
    ("kind", "exact", "thin", "name"),
    [
        ("", True, False, ""),
        ("+@", True, False, ""),
        ("#", True, False, ""),
        ("u", True, False, ""),
        ("w+", True, False, ""),
        ("?-", False, True, ""),
        ("i+", False, False, "i"),
        ("?nT2u", False, True, "nT2"),
    ],
)
def test_what_kinds_tell(kind: str, name: str, *, exact: bool, thin: bool) -> None:
    assert (is_exact_name(kind), is_thin(kind)) == (exact, thin)
    assert name_part(kind) == name


def test_what_confirms_a_pair() -> None:
    assert confirms("?i+@") == {"+", "@"}
    assert confirms("nu") == set()
