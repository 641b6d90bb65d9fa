"""Customers found for a client, as clerks shorten names."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.matching_clients import (
    SURE,
    Customers,
    _keys,
    abbreviates,
    best_voted,
    claimed,
    read,
)

BOOKS = [
    "Mercy General Hosp",
    "OVL - Ohio Valley Logistics",
    "MTA",
    "3 Rivers Packaging",
    "Buckeye Steel",
    "Delmar Ind Coatings",
    "Quarry St Media",
    "Sunrise Holdings dba Palmetto Foods",
    "Lakeshore Helth Partners",
    "Blue Bird",
    "Granite 4 Bank",
    "The Company",
    "Fayette Law - East",
    "Ziegler Holdings dba Norwood Property Man",
]


def customers(names: list[str]) -> Customers:
    found = Customers()
    for name in names:
        found.add(name)
    return found


@pytest.mark.parametrize(
    ("client", "customer"),
    [
        ("Mercy General Hospital, Inc.", "Mercy General Hosp"),
        ("Ohio Valley Logistics LLC", "OVL - Ohio Valley Logistics"),
        ("Metro Transit Authority", "MTA"),
        ("O.V.L.", "OVL - Ohio Valley Logistics"),
        ("Three Rivers Packaging", "3 Rivers Packaging"),
        ("Buckeye Steel & Fabrication", "Buckeye Steel"),
        ("Delmar Industrial Coatings", "Delmar Ind Coatings"),
        ("Quarry Street Media", "Quarry St Media"),
        ("Palmetto Foods", "Sunrise Holdings dba Palmetto Foods"),
        ("Lakeshore Health Partners", "Lakeshore Helth Partners"),
        ("Bluebird", "Blue Bird"),
        ("The Company", "The Company"),
        ("Fayette Law - East", "Fayette Law - East"),
        ("Fayette Law", "Fayette Law - East"),
        ("Norwood Property Management", "Ziegler Holdings dba Norwood Property Man"),
    ],
)
def test_the_customer_is_found_for_sure(client: str, customer: str) -> None:
    found = customers(BOOKS).plausible(client)

    assert max(found, key=lambda node: found[node]) == customer
    assert max(found.values()) >= SURE


def test_the_less_fitting_of_two_is_not_sure() -> None:
    found = customers(["Mercy General Hospital", "Mercy West Hospital"]).plausible("Mercy General")

    assert found["Mercy General Hospital"] >= SURE
    assert found.get("Mercy West Hospital", 0) < SURE


@pytest.mark.parametrize(
    "client", ["Zyx Partnership", "Granite 5 Bank", "Fayette Law - West", "", "???"]
)
def test_a_stranger_finds_nobody_for_sure(client: str) -> None:
    assert max(customers(BOOKS).plausible(client).values(), default=0) < SURE


def test_without_customers_there_is_nothing_to_find() -> None:
    assert Customers().plausible("Mercy") == {}


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("supv", "supervisor", True),
        ("whse", "warehouse", True),
        ("s", "supervisor", False),
        ("tape", "supervisor", False),
        ("supervisor", "supv", False),
        ("sx", "supervisor", False),
    ],
)
def test_abbreviations_keep_the_order_of_letters(short: str, long: str, expected: bool) -> None:
    assert abbreviates(short, long) is expected


def test_a_customer_that_went_is_not_found_again() -> None:
    found = customers(BOOKS)
    found.drop("MTA")

    assert found.plausible("MTA").get("MTA") is None
    assert found.plausible("Buckeye Steel") == {"Buckeye Steel": 1.0}


def test_a_customer_belongs_to_the_client_whose_name_it_bears() -> None:
    left = claimed({"Acme": {"Acme": 1.0}, "Acme East": {"Acme": 0.85, "Acme E": 0.95}})

    assert left["Acme"] == {"Acme": 1.0}
    assert left["Acme East"]["Acme"] < SURE
    assert left["Acme East"]["Acme E"] == 0.95


def test_initials_of_two_clients_are_nobodys_for_sure() -> None:
    left = claimed({"Ironton Credit Union": {"ICU": 0.8}, "Irving Casualty U": {"ICU": 0.8}})

    assert all(fits["ICU"] < SURE for fits in left.values())
    assert claimed({"Ironton Credit Union": {"ICU": 0.8}})["Ironton Credit Union"]["ICU"] >= SURE
    assert claimed({"A": {"X": 1.0}, "B": {"X": 1.0}})["B"]["X"] == 1.0


def test_a_site_alone_is_nobodys_customer() -> None:
    found = customers(["Canton Dairy", "Canton Dairy:Main", "DCUM", "Zenith", "Zenith:West"])

    fits = found.plausible("Dombria Credit Union - Main")
    assert max(fits, key=lambda path: fits[path]) == "DCUM"
    assert fits.get("Canton Dairy:Main", 0.0) < SURE
    assert found.plausible("Zenith - West")["Zenith:West"] >= SURE


def test_a_slip_in_a_word_that_is_usually_shortened() -> None:
    assert (
        max(customers(["Orwell Technnologies"]).plausible("Orwell Technologies").values()) >= SURE
    )


def test_a_name_and_more_may_be_a_branch_unless_it_is_another_clients() -> None:
    names = ["Acme Foods LLC", "Acme Foods LLC @ North Campus", "Acme Foods Intl", "Bolt Steel"]
    found = customers(names)
    fits = {"a": dict.fromkeys(names, 0.6) | {names[0]: 1.0}, "b": {names[2]: 1.0}}
    called = {"a": "Acme Foods, Inc.", "b": "Acme Foods International"}

    assert found.branches(called, fits) == {"a": {names[1]}, "b": frozenset()}


@pytest.mark.parametrize(
    ("client", "customer", "expected"),
    [
        ("Harlan Regional Medical Center", "Harlan Regional Medical Ce - South Campus", True),
        ("Harlan Regional Medical Center", "Harlan Reg Med Ctr - Annex", True),
        ("Harlan Regional Medical Center", "1042 Harlan Reg Med Ctr - Annex", True),
        ("Harlan Regional Medical Center", "Harlan Regional Medical Center, Inc.", False),
        ("Harlan Regional Medical Center", "Harlan Regional Foods - Annex", False),
        ("Harlan Regional Medical Center", "Nowhere to be found", False),
    ],
)
def test_a_branch_is_named_like_the_client_and_more(
    client: str, customer: str, expected: bool
) -> None:
    found = customers([] if customer.startswith("Nowhere") else [customer])

    assert found.is_branch(client, customer) is expected


@given(st.dictionaries(st.text(max_size=2), st.sampled_from([0.5, 1.0, 2.0])), st.integers(1, 5))
def test_the_best_voted_are_those_of_the_whole_order(votes: dict[str, float], most: int) -> None:
    whole = sorted(votes, key=lambda name: (-votes[name], name))
    found = best_voted(votes, most)
    assert sorted(found) == sorted(whole[:most])
    assert len(votes) <= most or found == whole[:most]


@pytest.mark.parametrize("seed", range(40))
def test_common_words_are_looked_at_last_and_change_nothing(seed: int) -> None:
    """The short way finds whom adding up all shares would."""
    lot = Random(seed)
    common = ["health", "services", "ohio", "care"]
    rare = ["acme", "blue", "zephyr", "kodiak"]

    def name() -> list[str]:
        return lot.sample(rare, lot.choice([0, 0, 1, 2])) + lot.sample(common, lot.randint(1, 4))

    found = customers([f"{' '.join(name())} {n}" for n in range(200)])
    ours = read(" ".join(name()))
    votes: Counter[str] = Counter()
    for nodes in (found._keys.get(key, set()) for key in _keys(ours.forms)):
        for node in nodes:
            votes[node] += Fraction(1, len(nodes))
    least = sorted(votes.values(), reverse=True)[:12][-1]
    short = found._shortlist(ours)
    assert len(short) == 12
    assert all(votes[node] >= least for node in short)
