"""A text is shown as QuickBooks will hold it, and every visible change is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.texts import as_stored, same_in_quickbooks, storable


def stored(text, *, limit=40, one_line=False):
    return storable(text, where="Memo", limit=limit, one_line=one_line)


def test_plain_text_is_left_alone_but_for_white_space_around_it():
    assert stored("  Week ending 03/06 ") == ("Week ending 03/06", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café Müller", "Café Müller"),
        ("Cafe\u0301", "Café"),
        ("Michał", "Michal"),
        ("Nuñez – “Senior” ½", 'Nuñez - "Senior" ½'),
        ("Dvořák", "Dvorák"),
        ("10\u2009%", "10 %"),
        ("№ 5", "No 5"),
        ("½–⅓", "½-1/3"),
        ("Ǽ Ŀ", "Æ L·"),
        ("日本", "??"),
        ("a\u200bb\x07c", "abc"),
        ("ậ", "a"),
    ],
)
def test_what_quickbooks_cannot_hold_is_replaced(text, expected):
    assert stored(text)[0] == expected
    assert expected.encode("latin-1")


def test_each_replacement_is_named_once():
    text, notes = stored("“A” – “B” –")
    assert text == '"A" - "B" -'
    assert notes == (
        'Memo: QuickBooks cannot hold every character: “ becomes ", ” becomes ", – becomes -.',
    )


def test_line_ends_become_one_kind_and_vanish_where_only_one_line_fits():
    assert stored("a\r\nb\rc\td") == ("a\nb\nc d", ())
    assert stored("a\r\n b", one_line=True) == ("a b", ())


def test_a_cut_is_said_with_both_lengths():
    assert stored("x" * 41) == ("x" * 40, ("Memo: cut to 40 of its 41 characters.",))
    assert stored("x" * 39 + " yz")[0] == "x" * 39
    assert stored("…" * 14)[1][1] == "Memo: cut to 40 of its 42 characters."


@settings(max_examples=60)
@given(st.text(max_size=60), st.booleans())
def test_the_result_is_storable_and_stays_as_it_is(text, one_line):
    once, _ = stored(text, one_line=one_line)
    assert len(once) <= 40
    assert all(letter == "\n" or letter.isprintable() for letter in once)
    assert once.encode("latin-1") is not None  # it raises where Latin-1 ends
    assert stored(once, one_line=one_line) == (once, ())


def test_what_leaves_is_what_the_clerk_was_shown():
    """What planning promises is what goes out, for every letter and sign of the Western scripts."""
    for code in range(0x3000):
        text, _ = stored(f"a{chr(code)}b")
        assert as_stored(text) == text


def test_a_text_is_never_cut_where_nobody_would_see_it():
    assert as_stored("Wałęsa – ICU " * 400) == "Walesa - ICU " * 400


@settings(max_examples=60)
@given(st.text())
def test_two_texts_are_one_when_quickbooks_would_hold_them_so(text):
    held = as_stored(text)
    held.encode("latin-1")
    assert same_in_quickbooks(f" {text}", held)
    assert not same_in_quickbooks(text, f"{held}.")
