"""The names of a posting in QuickBooks are the same everywhere and for ever."""

from __future__ import annotations

import re

import pytest

from tieout.core.keys import (
    MARKER_LENGTH,
    MESSAGE_SET_ID_MAX,
    external_guid,
    marker,
    message_set_id,
    posting_key,
    read_marker,
    set_id_of,
)


def key(**more):
    facts = {"company_key": "north", "source_key": "I1", "job_key": "J1", "revision": 1}
    return posting_key(**(facts | more))


def test_keys_never_change_between_releases():
    assert key() == "x6dhrw74h25ind4n"
    assert (
        external_guid(company_key="north", key=key()) == "{C87BBB65-D4BC-509A-B372-A8988E057E50}"
    )


def test_every_part_of_the_key_counts():
    keys = {
        key(),
        key(company_key="south"),
        key(source_key="I2"),
        key(job_key=""),
        key(revision=2),
        key(source_key='I1","J1', job_key=""),
    }
    assert len(keys) == 6
    assert len({external_guid(company_key="north", key=k) for k in keys}) == 6


def test_revisions_count_from_one():
    with pytest.raises(ValueError, match="Revision 0 of I1"):
        key(revision=0)


def test_the_guid_is_in_braces_and_upper_case():
    guid = external_guid(company_key="north", key=key())
    assert re.fullmatch(r"\{[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}\}", guid)


def test_the_marker_is_read_back_from_any_memo():
    text = marker(key())
    assert len(text) == MARKER_LENGTH
    assert read_marker(f"VOID: week 10 {text}") == key()
    assert read_marker(text.upper()) == key()
    assert read_marker("week 10") == ""
    assert read_marker("[tieout:short]") == ""


def test_with_several_markers_the_last_one_is_ours():
    assert read_marker(f"{marker(key(revision=2))} {marker(key())}") == key()


@pytest.mark.parametrize("bad", ["", "short", "A" * 16, "a" * 17, "0" * 16])
def test_only_a_posting_key_becomes_a_marker(bad):
    with pytest.raises(ValueError, match="is not a posting key"):
        marker(bad)


def test_a_postings_set_ids_are_the_same_everywhere_and_each_follows_from_the_former():
    key = "abcdefghijklmnop"
    first = set_id_of(key)
    second = set_id_of(key, first)
    assert (first, second) == (set_id_of(key), set_id_of(key, first))
    assert len({first, second, set_id_of(key, second), set_id_of(key[::-1])}) == 4
    assert len(first) <= MESSAGE_SET_ID_MAX
    assert first.startswith("ti-")


def test_a_message_set_id_is_short_enough_for_quickbooks():
    assert message_set_id("aB3dE6gH9j") == "ti-aB3dE6gH9j"
    assert len(message_set_id("aB3dE6gH9j")) <= MESSAGE_SET_ID_MAX


@pytest.mark.parametrize("bad", ["", "abc", "abcdefghij1", "abc def-hi", "abcdefghié"])
def test_a_message_set_id_needs_ten_plain_characters(bad):
    with pytest.raises(ValueError, match="ten ASCII letters or digits"):
        message_set_id(bad)
