"""What QuickBooks keeps of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.quickbooks.qbxml.text import same_in_quickbooks, to_quickbooks


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("Regular hours", "Regular hours"),
        ("May – June", "May - June"),
        ("O’Brien “ICU”…", 'O\'Brien "ICU"...'),
        ("Wałęsa, Dvořák, Ştefan", "Walesa, Dvorák, Stefan"),
        ("José Müller", "José Müller"),
        ("e\u0301", "é"),
        ("5 €", "5 EUR"),
        ("ﬁ ①", "fi 1"),
        ("東京 😀", "?? ?"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("a\x00\x1bb\x85", "ab"),
        ("zero\u200bwidth\u202e", "zerowidth"),
        ("x\u0332", "x"),
    ],
)
def test_what_is_kept(given_text: str, kept: str) -> None:
    assert to_quickbooks(given_text) == kept


def test_cutting_counts_what_is_kept_and_leaves_no_blank_end() -> None:
    assert to_quickbooks("abc…", limit=5) == "abc.."
    assert to_quickbooks("abcd efg", limit=5) == "abcd"
    assert to_quickbooks("abc", limit=5) == "abc"


@given(st.text())
def test_the_result_is_latin_1_and_stays_as_it_is(text: str) -> None:
    kept = to_quickbooks(text)
    kept.encode("latin-1")
    assert to_quickbooks(kept) == kept
    assert same_in_quickbooks(text, kept)


def test_comparison_goes_by_what_is_kept() -> None:
    assert same_in_quickbooks("Wałęsa – ICU ", "Walesa - ICU")
    assert not same_in_quickbooks("Walesa", "Valesa")
