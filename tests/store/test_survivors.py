"""The survivor of a merged job is found in the company's list, on each rung of the proposal."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World
from tests.store.test_drifts import Books

from tieout.store.commits.fates import Fates
from tieout.store.models import Drift, JobMapping, QbCustomer


@pytest.fixture
def books(world: World) -> Books:
    books = Books(world.northgate)
    for name in ("Acme:Days", "Beta:Days", "Acme:Days:Ortiz, Eli", "Acme:Ortega, Elena"):
        factories.qb_customer(books.company, name)
    books.change(gone_at=NOW)
    return books


@pytest.mark.parametrize(
    "path",
    [
        "Acme:ELENA ORTIZ",  # beside it, spelled another way
        "Acme:Ortíz Elena",
        "Acme:Ortiz, Elena - Nights",  # beside it, and says more
        "Acme:Days:ORTIZ, ELENA",  # elsewhere below its customer
        "Beta:Days:Elena Ortiz",  # somewhere else
    ],
)
def test_each_rung_finds_its_survivor_in_the_list(books: Books, path: str) -> None:
    heir = factories.qb_customer(books.company, path)
    books.notice()
    drift = Drift.objects.get()
    assert (drift.kind, drift.survivor) == ("merged", heir)


def test_the_nearest_one_is_proposed_and_nobody_guesses(books: Books) -> None:
    factories.qb_customer(books.company, "Beta:Ortiz, Elena")
    family = factories.qb_customer(books.company, "Acme:Days:Elena Ortiz")
    books.notice()
    assert Drift.objects.get().survivor == family
    factories.qb_customer(books.company, "Acme:Days:Ortiz Elena")
    books.notice()
    assert Drift.objects.get(state="open").survivor is None


def test_another_companys_job_is_no_survivor(books: Books, world: World) -> None:
    factories.qb_customer(world.harbor, "Acme")
    factories.qb_customer(world.harbor, "Acme:Ortiz, Elena")
    books.notice()
    assert Drift.objects.get().survivor is None


def test_many_gone_jobs_are_looked_for_in_one_walk(
    books: Books, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(20):
        gone = factories.qb_customer(books.company, f"Acme:Person{n}, Ann", gone_at=NOW)
        factories.qb_customer(books.company, f"Beta:Ann PERSON{n}")
        factories.map_job(factories.job(books.acme, f"G-{n}", f"Ann Person{n}"), gone)
    rows = list(JobMapping.objects.select_related("target"))
    with django_assert_num_queries(3):
        fates = Fates(books.company.pk, rows)
    gone_ones = QbCustomer.objects.filter(name__startswith="Person", gone_at__isnull=False)
    assert all(fates.survivor(row) is not None for row in gone_ones)
