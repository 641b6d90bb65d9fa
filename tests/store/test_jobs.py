"""The list of Map Jobs: narrow filters are sorted, wide ones walked, with the same result."""

from __future__ import annotations

from datetime import date

import pytest
from tests import factories
from tests.factories import World

from tieout.store.models import SourceJob
from tieout.store.queries import jobs
from tieout.store.queries.jobs import JobFilter


@pytest.fixture
def three(world: World) -> World:
    acme = factories.client(world.northgate, "C-1", "Acme")
    beta = factories.client(world.northgate, "C-2", "Beta")
    factories.job(beta, "J-1", "Ana", start_date=date(2026, 3, 1))
    factories.job(acme, "J-2", "Ben", start_date=date(2026, 1, 1), map_state="mapped")
    factories.job(acme, "J-3", "Cy", start_date=date(2026, 2, 1), suggested=True)
    factories.job(acme, "J-4", "Dee", active=False, map_state="attention")
    factories.job(factories.client(world.harbor), "H-1", "Ana")
    return world


def keys(world: World, **asked: object) -> list[str]:
    page = jobs.list_jobs(company_id=world.northgate.pk, wanted=JobFilter(**asked))
    return [row.key for row in page.rows]


CASES = [
    ({}, ["J-1", "J-2", "J-3"]),
    ({"descending": True}, ["J-3", "J-2", "J-1"]),
    ({"sort": "client"}, ["J-2", "J-3", "J-1"]),
    ({"sort": "client", "descending": True}, ["J-1", "J-3", "J-2"]),
    ({"sort": "start"}, ["J-2", "J-3", "J-1"]),
    ({"sort": "state"}, ["J-2", "J-1", "J-3"]),
    ({"state": "not_mapped"}, ["J-1", "J-3"]),
    ({"state": "not_mapped", "sort": "client"}, ["J-3", "J-1"]),
    ({"state": "not_mapped", "sort": "start"}, ["J-3", "J-1"]),
    ({"state": "suggested"}, ["J-3"]),
    ({"state": "suggested", "sort": "client"}, ["J-3"]),
    ({"state": "suggested", "sort": "start", "descending": True}, ["J-3"]),
    ({"state": "suggested", "sort": "state"}, ["J-3"]),
    ({"state": "suggested", "search": "acme"}, ["J-3"]),
    ({"state": "suggested", "search": "b"}, []),
    ({"active": False}, ["J-4"]),
    ({"search": "acme"}, ["J-2", "J-3"]),
    ({"search": "acme", "sort": "client", "state": "mapped"}, ["J-2"]),
    ({"search": "registered", "sort": "client"}, ["J-2", "J-3", "J-1"]),
    ({"search": "registered", "sort": "start", "state": "not_mapped"}, ["J-3", "J-1"]),
    ({"search": "b"}, ["J-2"]),
    ({"search": "an", "sort": "client"}, ["J-1"]),
    ({"rows": 2, "page": 2}, ["J-3"]),
]


@pytest.mark.parametrize(("asked", "expected"), CASES)
def test_filters_sorted_in_one_go(
    three: World, asked: dict[str, object], expected: list[str]
) -> None:
    assert keys(three, **asked) == expected


@pytest.mark.parametrize(("asked", "expected"), CASES)
def test_filters_walked_along_an_index(
    three: World,
    asked: dict[str, object],
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "NARROW", 0)  # everything is too much to be sorted
    assert keys(three, **asked) == expected


def test_a_page_says_whether_there_is_another(three: World) -> None:
    company_id = three.northgate.pk
    first = jobs.list_jobs(company_id=company_id, wanted=JobFilter(rows=2))
    assert (first.has_next, first.found) == (True, None)
    last = jobs.list_jobs(company_id=company_id, wanted=JobFilter(rows=2, page=2))
    assert not last.has_next
    found = jobs.list_jobs(company_id=company_id, wanted=JobFilter(search="acme", rows=1))
    assert (found.has_next, found.found) == (True, 2)


def test_counters_of_both_tabs(three: World) -> None:
    counted = jobs.count_jobs(company_id=three.northgate.pk)
    assert counted.active == {"": 3, "not_mapped": 2, "mapped": 1, "attention": 0, "suggested": 1}
    assert counted.inactive == {
        "": 1,
        "not_mapped": 0,
        "mapped": 0,
        "attention": 1,
        "suggested": 0,
    }
    assert counted.of(JobFilter(active=False, state="attention")) == 1


def test_the_next_unmapped_job_goes_round(three: World) -> None:
    company_id = three.northgate.pk

    def after(key: str) -> str:
        here = SourceJob.objects.get(key=key, company_id=company_id)
        found = jobs.next_unmapped(company_id=company_id, after=here)
        return found.key if found else ""

    first = jobs.next_unmapped(company_id=company_id, after=None)
    assert first is not None
    assert first.key == "J-1"
    assert after("J-1") == "J-3"
    assert after("J-3") == "J-1"
    SourceJob.objects.filter(key="J-1").update(map_state="mapped")
    assert after("J-3") == ""


def test_the_next_unmapped_job_is_one_of_the_tab_and_the_search(three: World) -> None:
    company_id = three.northgate.pk

    def first(**wanted: object) -> str:
        found = jobs.next_unmapped(company_id=company_id, after=None, wanted=JobFilter(**wanted))
        return found.key if found else ""

    assert first() == "J-1"
    assert first(search="acme") == "J-3"
    assert first(search="acme", sort="client", descending=True) == "J-3"
    assert first(search="nobody") == ""
    assert first(active=False) == ""
    SourceJob.objects.filter(key="J-3").update(active=False)
    assert first(active=False) == "J-3"
    assert first(search="acme") == ""


def test_every_job_of_a_filter_is_written_out(three: World) -> None:
    each = jobs.each_job(company_id=three.northgate.pk, wanted=JobFilter(search="acme"))
    assert [job.key for job in each] == ["J-2", "J-3"]


def test_a_stranger_finds_no_job(three: World) -> None:
    job = SourceJob.objects.get(key="J-1")
    assert jobs.get_job(company_id=three.harbor.pk, job_id=job.pk) is None
    assert jobs.rows_of(company_id=three.harbor.pk, ids=[job.pk]) == []
