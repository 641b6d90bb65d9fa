"""Which jobs are worth comparing, and how paths are read."""

from __future__ import annotations

from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_index import Index, read_candidates, read_jobs


def book(*names: str) -> list[QbCandidate]:
    return [QbCandidate(list_id=f"Q{n}", full_name=name) for n, name in enumerate(names)]


def index(*names: str) -> Index:
    return Index(*read_candidates(book(*names)))


def asked(contractor: str):
    return read_jobs([JobToMatch(job_id="J", contractor=contractor, client="Acme")])[0]


def test_customers_with_jobs_are_no_candidates() -> None:
    jobs, paths = read_candidates(book("Acme", "Acme:ICU", "Acme:ICU:Ortiz, Elena", "Cash"))

    assert [job.fact.full_name for job in jobs] == ["Acme:ICU", "Acme:ICU:Ortiz, Elena", "Cash"]
    assert paths == ["Acme", "Acme:ICU"]
    assert [job.nodes for job in jobs] == [(0,), (0, 1), ()]


def test_a_row_that_is_its_own_parent_is_a_customer() -> None:
    odd = QbCandidate(list_id="Q", full_name="Acme", parent="Q")
    assert read_candidates([odd])[0][0].nodes == ()


def test_misspellings_nicknames_stumps_and_joined_names_are_found() -> None:
    found = index("A:Ortiz, Elena", "A:Ortzi, Bob", "A:Deleon Ana", "A:Kowal", "A:Zed Bo")

    assert set(found.under(asked("Robert Ortiz"), [0])) == {0, 1}
    assert found.everywhere(asked("Ana De Leon")) == [2]
    assert found.everywhere(asked("Jo Kowalczyk")) == [3]
    assert found.under(asked("E"), [0]) == []


def test_only_the_best_looking_are_kept() -> None:
    found = index(*(f"A:Ortiz, Person{n}" for n in range(30)), "A:Ortiz, Elena")
    places = found.under(asked("Elena Ortiz"), [0])

    assert len(places) == 10
    assert places[0] == 30


def test_a_word_that_stands_everywhere_finds_nobody_by_itself() -> None:
    found = index(*(f"A:Smith, P{n}" for n in range(700)), "B:Smith, Quirin")

    assert found.everywhere(asked("Quirin Smith")) == [700]
    assert found.everywhere(asked("Jo Smith")) == []
