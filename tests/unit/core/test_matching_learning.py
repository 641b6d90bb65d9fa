"""Customers and branches known by the contractors that were found there."""

from __future__ import annotations

import pytest

from tieout.core.matching_facts import QbCandidate
from tieout.core.matching_learning import branches_of, customer_of, where_found
from tieout.core.matching_pairs import Pair, TheirJob
from tieout.core.names import leaf

ACME, NORTH, SOUTH, ZEPHYR = "Acme", "Acme - North", "Acme - South", "Zephyr"


def is_branch(name: str, other: str) -> bool:
    return other.startswith(f"{name} - ")


def votes(*places: str) -> list[frozenset[str]]:
    return [frozenset([place]) for place in places]


def test_only_a_whole_name_tells_where_somebody_is() -> None:
    theirs = {
        key: TheirJob(
            fact=QbCandidate(list_id=key, full_name="Acme:ICU:Ortiz, Elena"),
            leaf=leaf(("Ortiz, Elena",)),
            nodes=(customer, f"{customer}:ICU"),
        )
        for key, customer in (("Q", ACME), ("R", ZEPHYR))
    }
    ranked = {
        "Q": Pair(0.97, ("same client", "same person"), True, True),
        "R": Pair(0.6, ("same client", "another first name"), False, False),
    }

    assert where_found(ranked, theirs) == {ACME, f"{ACME}:ICU"}


@pytest.mark.parametrize(
    ("places", "learned"),
    [
        ([], set()),
        ([ACME] * 2, set()),
        ([ACME] * 3, {ACME}),
        ([ACME] * 3 + [ZEPHYR] * 2, set()),
        ([ACME] * 4 + [ZEPHYR] * 2, {ACME}),
        ([ACME] * 4 + [ZEPHYR] * 2 + ["Quantum"] * 2, {ACME}),
        # its branches are the same customer, and are its own where three are there
        ([ACME] * 2 + [NORTH], {ACME}),
        ([NORTH] * 4 + [ACME] + [SOUTH] * 2, {ACME, NORTH}),
        ([NORTH] * 2 + [SOUTH] * 2, set()),
    ],
)
def test_the_customer_under_which_most_were_found(places: list[str], learned: set[str]) -> None:
    assert customer_of(votes(*places), is_branch) == learned


def test_a_branch_is_known_by_three_who_are_nowhere_else() -> None:
    three = votes(NORTH, NORTH, NORTH)
    also_here = [frozenset([ACME, NORTH])]

    assert branches_of(three, sure=[ACME], branches=[NORTH, SOUTH]) == {NORTH}
    assert not branches_of(three, sure=[ACME], branches=[SOUTH])
    assert not branches_of(three[:2] + also_here, sure=[ACME], branches=[NORTH])
