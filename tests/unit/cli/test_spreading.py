"""Suggestions looked for by several processes are those that one process finds."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from tieout.cli import spreading
from tieout.core.matching import Clients, Desk, JobToMatch, QbCandidate, Searched

NAMES = ("Elena Ortiz", "Jan Kowalczyk", "Omar Haverford", "Ines Quarry", "Piet Oudekerk")
FIRMS = ("Acme Mfg", "Zephyr Foods", "Quantum Partners", "Birch Hill Care")
BOOKS = [
    # Northwind's customer is known by its contractors alone
    QbCandidate(list_id=f"{firm}-{name}", full_name=f"{firm}:{', '.join(reversed(name.split()))}")
    for firm in (*FIRMS, "NWT Holding")
    for name in NAMES
]
JOBS = [
    JobToMatch(job_id=f"{firm}-{name}", contractor=name, client=firm)
    for firm in (*FIRMS, "Northwind")
    for name in NAMES
]


def in_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "_WORTHWHILE", 1)
    monkeypatch.setattr(spreading.os, "sched_getaffinity", lambda _: {0, 1})


def test_another_process_finds_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    in_two_processes(monkeypatch)
    mine: list[str] = []

    def spread(search: spreading.Search, clients: Clients) -> Iterable[Searched]:
        def noted(some: Clients) -> Searched:
            mine.extend(client for client, _ in some)  # a child's list is not this one
            return search(some)

        return spreading.on_all_processors(noted, clients)

    there = Desk(JOBS, BOOKS, spread=spread)

    assert there.suggestions() == Desk(JOBS, BOOKS).suggestions()
    assert 0 < len(mine) < len({job.client for job in JOBS})


def test_a_desk_made_by_two_processes_takes_changes_as_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_two_processes(monkeypatch)
    there, here = Desk(JOBS, BOOKS, spread=spreading.on_all_processors), Desk(JOBS, BOOKS)
    new = JobToMatch(job_id="new", contractor="Ana Vidal", client="Northwind")
    row = QbCandidate(list_id="new", full_name="NWT Holding:Vidal, Ana")

    assert there.change(jobs=[new], candidates=[row]) == here.change(jobs=[new], candidates=[row])
    assert there.suggestions() == here.suggestions()


def test_a_process_that_is_killed_is_an_error_and_no_half_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_two_processes(monkeypatch)
    parent = os.getpid()

    def search(clients: Clients) -> Searched:
        if os.getpid() != parent:
            os.kill(os.getpid(), 9)
        return Searched()

    with pytest.raises(spreading.BrokenProcessPool):
        list(spreading.on_all_processors(search, [("a", ["1"]), ("b", ["2"])]))


def test_few_jobs_are_searched_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading.os, "sched_getaffinity", lambda _: {0, 1})
    seen: list[Clients] = []

    def search(clients: Clients) -> Searched:
        seen.append(clients)
        return Searched()

    list(spreading.on_all_processors(search, [("a", ["1"]), ("b", ["2"])]))

    assert seen == [[("a", ["1"]), ("b", ["2"])]]
