"""Suggestions by name: what is safe to save unseen, what is only likely, and when to ask."""

from __future__ import annotations

import pytest

from tieout.core.matching_facts import Bucket
from tieout.core.matching_sisters import (
    NameCandidate,
    NameSuggestion,
    NameToMatch,
    suggest_names,
)


def suggest(
    ours: str,
    *theirs: str,
    kind: str = "client",
    inactive: str = "",
    code: str = "",
) -> NameSuggestion:
    """What is suggested for one name; a ListID is the name itself."""
    entries = [NameCandidate(list_id=n, full_name=n, active=n != inactive) for n in theirs]
    wanted = [NameToMatch(key="1", name=ours, code=code)]
    return suggest_names(kind, wanted, entries)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Lakeshore Health Partners", "LAKESHORE HEALTH PARTNERS"),
        ("Kösters Steel", "Kosters Steel"),
        ("St. Brendan Medical Center", "Saint Brendan Medical Ctr"),
        ("Great Lakes Distribution Co.", "Great Lakes Dist"),
        ("Apex Logistics, Inc.", "Apex Logistics"),
        ("Apex Logistics, Inc.", "Apex Logistics Inc"),
    ],
)
def test_the_same_name_however_written_is_safe(ours: str, theirs: str) -> None:
    found = suggest(ours, theirs, "Harbor Freight", "Summit Dental")
    assert (found.list_id, found.safe) == (theirs, True)
    assert found.reasons[0].startswith("same name")


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        ("Apex Logistics Inc", ["Apex Logistics LLC"], "same name, another legal form"),
        ("Plant 1 Foods", ["Plant 2 Foods"], ""),
        ("Acme West", ["Acme East"], ""),
        ("Mercy General Hospital", ["Mercy General"], "the name is similar"),
        ("Apex", ["Apex Inc", "Apex LLC"], "another one fits as well"),
        ("Summit", ["Summit", "Summit Inc"], "another one fits as well"),
    ],
)
def test_what_may_be_another_one_is_never_safe(ours: str, theirs: list[str], why: str) -> None:
    found = suggest(ours, *theirs)
    assert not found.safe
    assert found.bucket is not Bucket.EXACT
    assert not why or why in found.reasons


def test_an_inactive_customer_is_flagged_and_comes_after_an_active_one() -> None:
    found = suggest("Granite Peak", "Granite Peak", inactive="Granite Peak")
    assert not found.safe
    assert "inactive in QuickBooks" in found.reasons
    both = suggest("Granite Peak", "Granite Peak", "Granite Peak Inc", inactive="Granite Peak")
    assert both.list_id == "Granite Peak Inc"


def test_two_clients_do_not_silently_get_one_customer() -> None:
    entries = [NameCandidate(list_id="8-1", full_name="Acme")]
    ours = [NameToMatch(key="1", name="Acme"), NameToMatch(key="2", name="ACME Inc")]
    for found in suggest_names("client", ours, entries):
        assert not found.safe
        assert "fits another client too" in found.reasons


def test_probably_none_is_an_answer() -> None:
    found = suggest("Zephyr Aviation", "Harbor Freight", "Summit Dental")
    assert (found.list_id, found.bucket) == ("", Bucket.NONE)
    assert found.reasons == ("probably not in QuickBooks yet",)
    assert suggest("Zephyr Aviation").bucket is Bucket.NONE


@pytest.mark.parametrize(
    ("ours", "theirs", "safe"),
    [
        ("Overtime", "Labor:OT", True),
        ("Per Diem", "Reimb:PerDiem", True),
        ("Regular Time", "Labor:Regular", False),
        ("Labor Regular", "Labor:Regular", True),
    ],
)
def test_items_are_found_by_their_last_level_or_their_whole_path(
    ours: str, theirs: str, safe: bool
) -> None:
    found = suggest(ours, theirs, "Background Check", kind="item")
    assert (found.list_id, found.safe) == (theirs, safe)


def test_an_items_code_may_tell_it_but_is_never_safe() -> None:
    found = suggest("On-Call Standby Premium", "Labor:ONC", "Fees", kind="item", code="ONC")
    assert found.list_id == "Labor:ONC"
    assert found.reasons == ("the same as the item's code",)
    assert not found.safe


def test_classes_are_found_by_short_words() -> None:
    found = suggest("Accounting & Finance", "Acctg/Finance", "Medical", kind="class")
    assert (found.list_id, found.safe) == ("Acctg/Finance", True)


def test_the_order_of_the_arguments_changes_nothing() -> None:
    names = ["Acme", "Acme West", "Beta Inc", "Beta LLC", "Gamma Hosp"]
    entries = [NameCandidate(list_id=n, full_name=n) for n in names]
    ours = [NameToMatch(key=n, name=n) for n in ("Acme", "Beta", "Gamma Hospital")]
    there = suggest_names("client", ours, entries)
    back = suggest_names("client", ours[::-1], entries[::-1])
    assert there == back[::-1]
    assert [each.safe for each in there] == [True, False, True]
