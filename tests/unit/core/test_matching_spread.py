"""However the search is dealt out, the same is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tieout.core.matching import Clients, Desk, JobToMatch, QbCandidate, Searched, at_once

NAMES = ("Elena Ortiz", "Jan Kowalczyk", "Omar Haverford", "Ines Quarry", "Piet Oudekerk")
# Northwind's customer is known by its contractors alone
BOOKS = [
    QbCandidate(list_id=f"{firm}-{name}", full_name=f"{firm}:{', '.join(reversed(name.split()))}")
    for firm in ("Acme Mfg", "Zephyr Foods", "NWT Holding")
    for name in NAMES
]
JOBS = [
    JobToMatch(job_id=f"{firm}-{name}", contractor=name, client=firm)
    for firm in ("Acme Mfg", "Zephyr Foods", "Northwind")
    for name in NAMES
]
Search = Callable[[Clients], Searched]


def one_by_one(search: Search, clients: Clients) -> Iterable[Searched]:
    return [search([each]) for each in clients]


def last_first(search: Search, clients: Clients) -> Iterable[Searched]:
    return at_once(search, clients[::-1])


@pytest.mark.parametrize("spread", [one_by_one, last_first])
def test_in_whatever_portions_the_same_is_found(
    spread: Callable[[Search, Clients], Iterable[Searched]],
) -> None:
    there = Desk(JOBS, BOOKS, spread=spread)

    assert there.suggestions() == Desk(JOBS, BOOKS).suggestions()


def test_a_portion_that_nobody_searched_leaves_its_jobs_unanswered() -> None:
    there = Desk(JOBS, BOOKS, spread=lambda search, clients: [search(clients[:1])])

    assert {each.job_id for each in there.suggestions()} == {
        job.job_id for job in JOBS if job.client == "Acme Mfg"
    }
