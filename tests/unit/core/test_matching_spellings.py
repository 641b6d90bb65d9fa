"""Words that a slip of the hand turns into each other."""

from __future__ import annotations

import pytest

from tieout.core.matching_spellings import Spellings


@pytest.mark.parametrize("typed", ["lindgren", "lindgen", "lindgrren", "lindgran", "lindgern"])
def test_one_slip_is_found(typed: str) -> None:
    words = Spellings()
    words.add("lindgren")

    assert words.near(typed) == {"lindgren"}


def test_two_slips_and_what_went_are_not_found() -> None:
    words = Spellings()
    words.add("lindgren")
    words.add("lindgran")
    words.drop("lindgran")

    assert words.near("landgran") == set()
    assert words.near("lindgrean") == {"lindgren"}
    with pytest.raises(KeyError):
        words.drop("nobody")
