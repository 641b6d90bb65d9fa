"""Suggestions in the background: after imports, refreshes and mappings; incremental; stale ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World

from tieout.service import suggest_jobs
from tieout.service.access import Access, find_access
from tieout.service.save_mapping import Saved, save_job_mapping
from tieout.service.suggest_wish import want_suggestions
from tieout.service.worker import Worker
from tieout.store.commits import suggestions as commits
from tieout.store.models import (
    Book,
    JobSuggestion,
    QbCustomer,
    SourceJob,
    SuggestionState,
    Task,
)
from tieout.store.queries import jobs, suggestions


@pytest.fixture(autouse=True)
def no_desk_of_another_test() -> Iterator[None]:
    suggest_jobs.forget_desks()
    yield
    suggest_jobs.forget_desks()


class Books:
    """Acme's three jobs, and two of them in QuickBooks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.company = world.northgate
        self.acme = factories.client(self.company)
        self.ortiz_job = factories.job(self.acme)
        self.wood_job = factories.job(self.acme, "J-2", "Ben Wood", title="Welder")
        self.nobody_job = factories.job(self.acme, "J-3", "Xenia Quirk", title="Cook")
        self.qb_acme = factories.qb_customer(self.company, "Acme Health")
        self.ortiz = factories.qb_customer(self.company, "Acme Health:Ortiz, Elena - ICU")
        self.wood = factories.qb_customer(self.company, "Acme Health:Wood, Ben - Welder")
        factories.map_client(self.acme, self.qb_acme)
        Book.objects.filter(company=self.company).update(lists_refreshed_at=NOW)

    def look(self, **wish: Any) -> Task:
        """Wish, let the worker do it, and answer the task."""
        want_suggestions(self.company.pk, NOW, **wish)
        Worker().run_until_idle()
        task = Task.objects.filter(kind=Task.Kind.SUGGEST).order_by("-id")[0]
        assert task.state == Task.State.DONE, task.problem
        return task

    def suggested(self) -> dict[str, str]:
        """Job key -> the path that is suggested, for jobs counted as suggested."""
        rows = SourceJob.objects.filter(suggested=True).select_related("suggestion__target")
        return {row.key: row.suggestion.target.full_name for row in rows}

    def save(self, job: SourceJob, target: QbCustomer | None, version: int = 0) -> Saved:
        answer = save_job_mapping(
            access=self.access,
            job_key=job.key,
            expected_version=version,
            target_list_id=target.list_id if target else None,
            remove=target is None,
            confirmed=(),
            reason="",
            now=NOW,
        )
        assert isinstance(answer, Saved)
        return answer

    @property
    def access(self) -> Access:
        access = find_access(user=self.world.bea, company_id=self.company.pk)
        assert access is not None
        return access


@pytest.fixture
def books(world: World) -> Books:
    return Books(world)


def test_every_job_without_a_mapping_gets_its_best_candidate_or_a_clear_none(books: Books) -> None:
    task = books.look()
    assert task.message == "Looked at 3 contractor jobs."
    assert books.suggested() == {
        "J-1": books.ortiz.full_name,
        "J-2": books.wood.full_name,
    }
    best = JobSuggestion.objects.get(job=books.ortiz_job)
    assert (best.bucket, best.safe, best.target_name) == ("Exact", True, books.ortiz.full_name)
    assert "client already mapped" in best.reasons
    assert best.score >= 8400
    none = JobSuggestion.objects.get(job=books.nobody_job)
    assert (none.target, none.bucket, none.safe) == (None, "None", False)
    state = SuggestionState.objects.get()
    assert (state.books_at, state.books_mark) == (NOW, best.books_mark)
    counted = jobs.count_jobs(company_id=books.company.pk)
    assert (counted.active["suggested"], counted.active["not_mapped"]) == (2, 3)


def test_before_the_list_was_read_nothing_is_said_to_be_missing(books: Books) -> None:
    Book.objects.filter(company=books.company).update(lists_refreshed_at=None)
    assert books.look().message == "Looked at 0 contractor jobs."
    assert not JobSuggestion.objects.exists()


@pytest.mark.parametrize("remembering", [True, False])
def test_only_what_changed_is_looked_at_again(books: Books, remembering: bool) -> None:
    def look() -> str:
        if not remembering:
            suggest_jobs.forget_desks()
        return books.look().message

    look()
    before = JobSuggestion.objects.get(job=books.ortiz_job).computed_at
    assert look() == "Looked at 0 contractor jobs."
    SourceJob.objects.filter(pk=books.nobody_job.pk).update(contractor="Ben Wod")
    assert look() != "Looked at 0 contractor jobs."
    assert JobSuggestion.objects.get(job=books.nobody_job).target == books.wood
    untouched = JobSuggestion.objects.get(job=books.ortiz_job)
    assert untouched.computed_at == before
    assert not suggestions.is_stale(
        job=jobs.get_job(company_id=books.company.pk, job_id=books.ortiz_job.pk),
        suggestion=untouched,
        books_mark=SuggestionState.objects.get().books_mark,
    )


@pytest.mark.parametrize("one_alone", [True, False])
def test_an_invoice_that_was_refused_after_all_speaks_for_no_job(
    books: Books, one_alone: bool
) -> None:
    invoice = factories.invoice(books.acme, lines=[("J-3", "REG", "100.00")])
    sent = factories.posting(invoice, customer=books.wood, job_key="J-3", state="unconfirmed")
    books.look()
    assert JobSuggestion.objects.get(job=books.nobody_job).target == books.wood
    type(sent).objects.filter(pk=sent.pk).update(state="refused")
    books.look(**({"job_ids": [books.nobody_job.pk]} if one_alone else {}))
    assert JobSuggestion.objects.get(job=books.nobody_job).target is None
    assert books.look(job_ids=[books.nobody_job.pk]).message == "Looked at 0 contractor jobs."


@pytest.mark.parametrize("remembering", [True, False])
def test_a_new_job_in_quickbooks_is_found_for_those_who_wait(
    books: Books, remembering: bool
) -> None:
    books.look()
    if not remembering:
        suggest_jobs.forget_desks()
    quirk = factories.qb_customer(books.company, "Acme Health:Quirk, Xenia - Cook")
    books.look()
    assert books.suggested()["J-3"] == quirk.full_name
    QbCustomer.objects.filter(pk=quirk.pk).update(gone_at=NOW)
    books.look()
    assert not JobSuggestion.objects.get(job=books.nobody_job).safe


@pytest.mark.parametrize("remembering", [True, False])
def test_what_a_mapping_takes_is_offered_to_nobody_else_until_it_gives_it_back(
    books: Books, remembering: bool
) -> None:
    twin = factories.job(books.acme, "J-4", "Elena Ortiz", title="ICU Nurse nights")

    def work() -> None:
        if not remembering:
            suggest_jobs.forget_desks()
        Worker().run_until_idle()

    books.look()
    books.save(books.ortiz_job, books.ortiz)
    assert "J-1" not in books.suggested()
    work()
    assert JobSuggestion.objects.get(job=twin).target is None
    books.save(books.ortiz_job, None, version=1)
    assert "J-1" in books.suggested()  # at once: the row had stayed
    work()
    assert books.suggested()["J-1"] == books.ortiz.full_name
    assert JobSuggestion.objects.get(job=twin).target == books.ortiz
    assert not JobSuggestion.objects.get(job=twin).safe


def test_a_mapping_asks_for_a_look_at_what_it_concerns_alone(books: Books) -> None:
    books.look()
    books.save(books.ortiz_job, books.ortiz)
    books.save(books.wood_job, books.wood)
    task = Task.objects.get(kind=Task.Kind.SUGGEST, state=Task.State.WAITING)
    assert task.params == {
        "jobs": sorted([books.ortiz_job.pk, books.wood_job.pk]),
        "targets": sorted([books.ortiz.pk, books.wood.pk]),
    }
    want_suggestions(books.company.pk, NOW)
    task.refresh_from_db()
    assert "jobs" not in task.params
    many = range(commits.NAMED_MAX + 1)
    want_suggestions(books.company.pk, NOW, job_ids=[1], target_ids=many)
    want_suggestions(books.company.pk, NOW, job_ids=[1])
    task.refresh_from_db()
    assert task.params == {"anew": True, "targets": []}
    Worker().run_until_idle()
    task.refresh_from_db()
    assert task.state == Task.State.DONE


def test_a_client_that_is_mapped_elsewhere_moves_its_suggestions(books: Books) -> None:
    books.look()
    other = factories.qb_customer(books.company, "Acme Holding")
    there = factories.qb_customer(books.company, "Acme Holding:Ortiz, Elena")
    mapping = books.acme.mapping
    mapping.target = other
    mapping.save()
    books.look()
    assert books.suggested()["J-1"] == there.full_name


def test_a_stale_suggestion_says_so(books: Books) -> None:
    books.look()
    company_id = books.company.pk
    mark = SuggestionState.objects.get().books_mark

    def stale(**changed: str) -> bool:
        job = jobs.get_job(company_id=company_id, job_id=books.ortiz_job.pk)
        assert job is not None
        for name, value in changed.items():
            setattr(job, name, value)
        return suggestions.is_stale(job=job, suggestion=job.suggestion, books_mark=mark)

    assert not stale()
    assert stale(contractor="Elena Ortega")
    QbCustomer.objects.filter(pk=books.ortiz.pk).update(full_name="Acme Health:Ortiz E")
    assert stale()
    fresh = suggestions.age(company_id=company_id, refreshed_at=NOW)
    assert not fresh.stale
    assert suggestions.age(company_id=company_id, refreshed_at=NOW.replace(year=2027)).stale


def test_what_still_holds_is_marked_in_bundles(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of QuickBooks' list that concerns nobody makes no suggestion stale."""
    monkeypatch.setattr(commits, "MARKED", 1)
    books.look()
    before = SuggestionState.objects.get().books_mark
    factories.qb_customer(books.company, "Zebra Freight")
    books.look()
    state = SuggestionState.objects.get()
    assert state.books_mark != before
    marks = JobSuggestion.objects.values_list("books_mark", flat=True)
    assert list(marks) == [state.books_mark] * 3


def test_a_worker_that_was_overtaken_stores_nothing_more_and_looks_again(books: Books) -> None:
    books.look()
    with pytest.raises(commits.OvertakenError):
        commits.next_serial(company_id=books.company.pk, after=-1)
    kept = suggest_jobs._desks[books.company.pk]
    SuggestionState.objects.update(serial=kept.serial + 5)
    SourceJob.objects.filter(pk=books.nobody_job.pk).update(contractor="Ben Wod")
    books.look()
    assert JobSuggestion.objects.get(job=books.nobody_job).target == books.wood


def test_a_stranger_companys_jobs_are_neither_suggested_nor_touched(books: Books) -> None:
    harbor = books.world.harbor
    theirs = factories.job(factories.client(harbor), "H-1", "Elena Ortiz")
    factories.qb_customer(harbor, "Acme Health")
    books.look()
    assert not JobSuggestion.objects.filter(company=harbor).exists()
    theirs.refresh_from_db()
    assert not theirs.suggested


def test_a_look_costs_the_same_queries_however_many_jobs(
    books: Books, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(60):
        factories.job(books.acme, f"B-{n}", f"Zoe {n:02}")
        factories.qb_customer(books.company, f"Acme Health:Zoe {n:02}")
    task = want_suggestions(books.company.pk, NOW)
    with django_assert_max_num_queries(45):
        suggest_jobs.run(task.pk)
    assert JobSuggestion.objects.count() == 63
