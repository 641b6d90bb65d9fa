"""Customers found for a client, as clerks shorten names."""

from __future__ import annotations

import pytest

from tieout.core.matching_clients import SURE, Customers, abbreviates

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
]


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
    ],
)
def test_the_customer_is_found_for_sure(client: str, customer: str) -> None:
    found = Customers(BOOKS).plausible(client)

    assert max(found, key=lambda node: found[node]) == BOOKS.index(customer)
    assert max(found.values()) >= SURE


def test_the_less_fitting_of_two_is_not_sure() -> None:
    found = Customers(["Mercy General Hospital", "Mercy West Hospital"]).plausible("Mercy General")

    assert found[0] >= SURE
    assert found.get(1, 0) < SURE


@pytest.mark.parametrize("client", ["Zyx Partnership", "Granite 5 Bank", "", "???"])
def test_a_stranger_finds_nobody_for_sure(client: str) -> None:
    assert max(Customers(BOOKS).plausible(client).values(), default=0) < SURE


def test_without_customers_there_is_nothing_to_find() -> None:
    assert Customers([]).plausible("Mercy") == {}


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
