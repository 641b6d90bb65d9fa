"""Titles, numbers and the state of one pair."""

from __future__ import annotations

import pytest

from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_index import read_jobs
from tieout.core.matching_pairs import Pair, Pairs, TheirJob, number_of
from tieout.core.matching_persons import Persons
from tieout.core.names import leaf


def pair(title: str, text: str, *, client: float = 1.0) -> Pair:
    (ours,) = read_jobs(
        [JobToMatch(job_id="J-10401", contractor="Elena Ortiz", client="Acme", title=title)]
    )
    theirs = TheirJob(
        fact=QbCandidate(list_id="Q", full_name=text), leaf=leaf((text,)), nodes=(0,)
    )
    pairs = Pairs(persons=Persons({}, {}), title_words=frozenset(["custodian"]), numbers={})
    return pairs.compare(ours, theirs, client=client, linked=False)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Registered Nurse", "RN"),
        ("RN", "Registered Nurse"),
        ("Certified Nursing Assistant", "CNA"),
        ("Maintenance Electrician", "Maint Elec"),
        ("Accounts Payable Specialist", "AP"),
        ("Quality Inspector", "QC Inspector"),
        ("Xylophone Yard Zookeeper", "XYZ"),
        ("Warehouse Associate", "Acme Whse Assoc"),
        ("Custodian", "Custodn"),
    ],
)
def test_a_title_is_met_in_its_usual_short_forms(ours: str, theirs: str) -> None:
    found = pair(ours, f"Ortiz, Elena - {theirs}")

    assert "title matches" in found.reasons
    assert found.certain


def test_a_title_that_was_cut_still_matches() -> None:
    found = pair("Helicopter Mechanic Superintendent", "Ortiz, Elena - Helicopter Mechanic Superi")
    stump = pair(
        "Helicopter Mechanic Crew Foreman XY", "Ortiz, Elena - Helicopter Mechanic Crew F"
    )

    assert "title matches" in found.reasons
    assert "title matches" in stump.reasons


def test_another_title_is_not_certain() -> None:
    found = pair("Welder", "ORTIZ ELENA CUSTODIAN")

    assert "title differs" in found.reasons
    assert not found.certain


def test_our_titles_short_forms_are_no_names() -> None:
    assert "more names there" not in pair("Zookeeper", "ORTIZ ELENA ZKPR").reasons
    assert "more names there" not in pair("Zookeeper", "ORTIZ ELENA ZKPR ZKPR").reasons
    assert "more names there" in pair("Zookeeper", "ORTIZ ELENA YU").reasons


@pytest.mark.parametrize(
    ("fit", "reason"),
    [
        (1.0, "same client"),
        (0.8, "client's name is similar"),
        (0.6, "client's name fits in part"),
        (0.0, "under another customer"),
    ],
)
def test_how_the_customer_fits_is_said_first(fit: float, reason: str) -> None:
    found = pair("", "Ortiz, Elena", client=fit)

    assert found.reasons[0] == reason
    assert found.certain is (fit >= 0.75)


def test_nobodys_job_scores_little() -> None:
    assert pair("Welder", "Warehouse").score <= 0.3


@pytest.mark.parametrize(
    ("job_id", "number"), [("J-10401", "10401"), ("00123", ""), ("0012345", "12345"), ("X", "")]
)
def test_numbers_that_tell_something(job_id: str, number: str) -> None:
    assert number_of(job_id) == number
