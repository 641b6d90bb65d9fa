"""The tables of words."""

from __future__ import annotations

import pytest

from tieout.core.matching_words import CLIENT_WORDS, NICKNAMES, TITLE_WORDS


@pytest.mark.parametrize(
    ("name", "other"), [("robert", "bob"), ("guadalupe", "lupe"), ("kathryn", "kate")]
)
def test_nicknames_lead_both_ways(name: str, other: str) -> None:
    assert other in NICKNAMES[name]
    assert name in NICKNAMES[other]


def test_nobody_is_the_nickname_of_themselves() -> None:
    assert not [name for name, others in NICKNAMES.items() if name in others]


def test_abbreviations_are_written_out() -> None:
    assert TITLE_WORDS["cna"] == ("certified", "nursing", "assistant")
    assert CLIENT_WORDS["hosp"] == ("hospital",)
    assert all(words and all(words) for words in [*TITLE_WORDS.values(), *CLIENT_WORDS.values()])
