"""Which jobs are worth comparing, how paths are read, and what changes change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching_clients import SURE
from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_index import Index
from tieout.core.matching_ours import Ours
from tieout.core.matching_pairs import OurJob


def book(*names: str) -> list[QbCandidate]:
    return [QbCandidate(list_id=f"Q{n}", full_name=name) for n, name in enumerate(names)]


def index(*names: str) -> Index:
    return Index(book(*names))


def asked(contractor: str) -> OurJob:
    return Ours([JobToMatch(job_id="J", contractor=contractor, client="Acme")]).jobs["J"]


def test_customers_with_jobs_are_no_candidates() -> None:
    found = index("Acme", "Acme:ICU", "Acme:ICU:Ortiz, Elena", "Cash")

    assert set(found.theirs) == {"Q1", "Q2", "Q3"}
    assert found.theirs["Q2"].nodes == ("Acme", "Acme:ICU")
    assert found.theirs["Q3"].nodes == ()
    fits = found.customers.plausible("Acme")
    assert fits["Acme"] == 1.0
    assert fits["Acme:ICU"] < SURE


def test_a_row_that_is_its_own_parent_is_a_customer() -> None:
    odd = QbCandidate(list_id="Q", full_name="Acme", parent="Q")
    assert Index([odd]).theirs["Q"].nodes == ()


def test_misspellings_nicknames_stumps_and_joined_names_are_found() -> None:
    found = index("A:Ortiz, Elena", "A:Ortzi, Bob", "A:Deleon Ana", "A:Kowal", "A:Zed Bo")

    assert set(found.under(asked("Robert Ortiz"), ["A"])) == {"Q0", "Q1"}
    assert found.everywhere(asked("Ana De Leon")) == ["Q2"]
    assert found.everywhere(asked("Jo Kowalczyk")) == ["Q3"]
    assert found.under(asked("E"), ["A"]) == []


def test_only_the_best_looking_are_kept() -> None:
    found = index(*(f"A:Ortiz, Person{n}" for n in range(30)), "A:Ortiz, Elena")
    places = found.under(asked("Elena Ortiz"), ["A"])

    assert len(places) == 10
    assert places[0] == "Q30"


def test_a_word_that_stands_everywhere_finds_nobody_by_itself() -> None:
    found = index(*(f"A:Smith, P{n}" for n in range(700)), "B:Smith, Quirin")

    assert found.everywhere(asked("Quirin Smith")) == ["Q700"]
    assert found.everywhere(asked("Jo Smith")) == []


def test_person_and_customer_the_wrong_way_round_are_turned() -> None:
    found = index("Acme:A B", "Acme:C D", "Acme:E F", "Ortiz, Elena:ACME Inc", "Cash:Elena")

    assert found.theirs["Q3"].nodes == ("Acme",)
    assert found.theirs["Q3"].leaf.tokens == ("ortiz", "elena")
    assert found.theirs["Q4"].nodes == ("Cash",)


def test_a_customer_without_jobs_is_a_job_until_it_has_one() -> None:
    found = index("Cash")
    job = QbCandidate(list_id="Q9", full_name="Cash:Ortiz, Elena")

    assert found.put(job) == {"Q0", "Q9"}
    assert set(found.theirs) == {"Q9"}
    assert found.drop("Q9") == {"Q0", "Q9"}
    assert set(found.theirs) == {"Q0"}
    assert found.drop("Q9") == set()


NAMES = st.sampled_from(
    ["Acme", "Acme:Ortiz, Elena", "Acme:ICU", "Acme:ICU:Ortiz, E", "Zephyr:Ortzi Elena", "Zephyr"]
)


@settings(max_examples=60)
@given(st.lists(NAMES, max_size=6), st.lists(st.tuples(st.integers(0, 5), NAMES), max_size=6))
def test_after_any_changes_the_index_is_as_if_made_anew(names, changes) -> None:
    found = index(*names)
    rows = {each.list_id: each for each in book(*names)}
    for place, name in changes:
        row = QbCandidate(list_id=f"Q{place}", full_name=name)
        if rows.get(row.list_id) == row:
            found.drop(row.list_id)
            del rows[row.list_id]
        else:
            found.put(row)
            rows[row.list_id] = row
    fresh = Index(rows.values())

    assert found.theirs == fresh.theirs
    assert +found.counts == +fresh.counts
    assert found.children == fresh.children
    for who in ("Elena Ortiz", "E Ortzi"):
        assert set(found.everywhere(asked(who))) == set(fresh.everywhere(asked(who)))
    assert found.customers.plausible("Acme") == pytest.approx(fresh.customers.plausible("Acme"))
