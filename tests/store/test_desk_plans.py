"""How the databases answer Map Jobs: along an index, never by looking at or sorting all jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.factories import NOW, World

from tieout.store.models import (
    JobMapping,
    JobSuggestion,
    QbCustomer,
    SourceClient,
    SourceJob,
    SuggestionState,
)
from tieout.store.queries import job_data, jobs, suggestions
from tieout.store.queries.jobs import JobFilter

JOBS, CLIENTS, NARROW = 1500, 150, 100
# tables that grow with the company: walked through or sorted, they are what makes a page slow
LARGE = ("store_sourcejob", "store_qbcustomer", "store_jobmapping", "store_jobsuggestion")
VIEWS = {
    "first page": JobFilter(),
    "a later page": JobFilter(page=20),
    "inactive": JobFilter(active=False),
    **{state: JobFilter(state=state) for state in ("not_mapped", "suggested", "mapped")},
    "by client": JobFilter(sort="client"),
    "suggested by client": JobFilter(sort="client", state="suggested"),
    "by client, the last first": JobFilter(sort="client", descending=True),
    "by start": JobFilter(sort="start"),
    "by state": JobFilter(sort="state"),
}


@pytest.fixture
def desk(world: World) -> World:
    """So many jobs that a database which plans by cost does not simply look at all of them."""
    company = world.northgate
    clients = SourceClient.objects.bulk_create(
        SourceClient(company=company, key=f"C-{n}", name=f"Client {n:04}") for n in range(CLIENTS)
    )
    rows = SourceJob.objects.bulk_create(
        SourceJob(
            company=company, client=clients[n % CLIENTS], key=f"J-{n}", active=n % 10 != 0,
            contractor=f"Person {n * 7 % JOBS:05}", search_text=f"person {n}",
            map_state="not_mapped" if n % 3 == 0 else "mapped", suggested=n % 6 == 0,
            start_date=NOW.date(),
        )
        for n in range(JOBS)
    )  # fmt: skip
    targets = QbCustomer.objects.bulk_create(
        QbCustomer(
            company=company, list_id=f"8{n:07X}-1", name=f"Job {n}", full_name=f"Acme:Job {n}",
            parent_list_id="8-1", search_text=f"acme:job {n}",
        )
        for n in range(JOBS)
    )  # fmt: skip
    pairs = list(zip(rows, targets, strict=True))
    JobMapping.objects.bulk_create(
        JobMapping(company=company, job=job, target=target, version=1)
        for job, target in pairs
        if job.map_state == "mapped"
    )
    JobSuggestion.objects.bulk_create(
        JobSuggestion(
            company=company, job=job, target=target, score=9000, bucket="Likely", safe=True,
            job_mark="m", books_mark="b", computed_at=NOW,
        )
        for job, target in pairs
        if job.suggested
    )  # fmt: skip
    SuggestionState.objects.create(company=company, books_mark="b")
    factories.client(world.harbor)
    if connection.vendor == "postgresql":  # it does so by itself; for SQLite nobody does
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            # of a small table it would rather read all: shown is whether an index serves
            cursor.execute("SET LOCAL enable_seqscan = off")
    return world


def plans(asked: CaptureQueriesContext) -> Iterator[tuple[str, list[str]]]:
    """Each SELECT, and the steps by which the database answers it."""
    for query in asked.captured_queries:
        if not query["sql"].startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                yield query["sql"], [row[3] for row in cursor.fetchall()]
            else:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
                (found,) = cursor.fetchone()
                plan = json.loads(found) if isinstance(found, str) else found
                yield query["sql"], list(_steps(plan[0]["Plan"]))


def _steps(node: dict[str, Any]) -> Iterator[str]:
    said = " ".join(str(node.get(key, "")) for key in ("Node Type", "Relation Name"))
    yield f"{said} {node['Plan Rows']} rows"
    for below in node.get("Plans", []):
        yield from _steps(below)


def slow(steps: list[str]) -> list[str]:
    """The steps that look at, or sort, more than a page needs."""
    if connection.vendor == "sqlite":
        return [
            step
            for step in steps
            if "USE TEMP B-TREE" in step
            or (step.startswith("SCAN") and any(table in step for table in LARGE))
        ]
    return [
        step
        for step in steps
        if (step.startswith("Seq Scan") and any(table in step for table in LARGE))
        or (step.startswith("Sort") and int(step.split()[-2]) > NARROW)
    ]


def assert_quick(asked: CaptureQueriesContext) -> None:
    found = [(sql, steps) for sql, steps in plans(asked) if slow(steps)]
    assert list(plans(asked)), "something was asked"
    told = "\n".join(f"{sql}\n    {steps}" for sql, steps in found)
    assert not found, told


def test_pages_counters_and_bulk_previews_walk_along_indexes(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "NARROW", NARROW)  # what is fewer may be sorted
    for name, wanted in VIEWS.items():
        with CaptureQueriesContext(connection) as asked:
            page = jobs.list_jobs(company_id=desk.northgate.pk, wanted=wanted)
        assert page.rows, name
        assert_quick(asked)
    _counters(desk)
    _bulk(desk)


def test_the_next_hundred_mappings_are_read_along_an_index(desk: World) -> None:
    """The reading of job-level data asks so for every hundred: else it walked through all each time."""
    after = SourceJob.objects.order_by("id")[JOBS // 2].pk
    with CaptureQueriesContext(connection) as asked:
        rows = job_data.mapped_after(company_id=desk.northgate.pk, job_id=after, limit=100)
    assert len(rows) == 100
    assert_quick(asked)


def _counters(desk: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        counted = jobs.count_jobs(company_id=desk.northgate.pk)
    assert counted.active[""] + counted.inactive[""] == JOBS
    assert (
        counted.active["suggested"]
        == SourceJob.objects.filter(active=True, suggested=True).count()
    )
    ((_, steps),) = plans(asked)
    assert not slow(steps)
    if connection.vendor == "sqlite":
        searched = [step for step in steps if "SEARCH" in step]
        assert len(searched) == 8
        assert all("COVERING INDEX job_counts" in step for step in searched)


def _bulk(desk: World) -> None:
    company_id = desk.northgate.pk
    wanted = suggestions.BulkFilter()
    with CaptureQueriesContext(connection) as asked:
        ids = suggestions.bulk_by_client(company_id=company_id, wanted=wanted, limit=51)
        found = jobs.rows_of(company_id=company_id, ids=ids)
    assert len(found) == 51
    assert_quick(asked)
