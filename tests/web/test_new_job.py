"""No such job yet: the name to copy, for whom, and what it collides with."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import World
from tests.store.test_drifts import Books


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.northgate)


def address(books: Books, job: Any = None) -> str:
    return f"/c/{books.company.pk}/new-job/{(job or books.elena).pk}/"


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def name(response: Any) -> str:
    found = re.search(r'id="new-job-name" value="([^"]*)"', response.content.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("who", "status"), [("bea", 200), ("vic", 403), ("charlie", 404)])
def test_who_may_see_it(as_person: Any, books: Books, who: str, status: int) -> None:
    assert as_person(who).get(address(books)).status_code == status


def test_signed_out_and_a_strangers_job(as_person: Any, books: Books, world: World) -> None:
    assert Client().get(address(books)).status_code == 302
    path = f"/c/{world.harbor.pk}/new-job/{books.elena.pk}/"
    assert as_person("charlie").get(path).status_code == 404


def test_the_name_follows_the_customers_other_jobs(as_person: Any, books: Books) -> None:
    books.elena.title = books.ben.title = "Clerk"
    books.elena.save()
    books.ben.save()
    new = factories.job(books.acme, "J-9", "Ada Stone", title="Clerk: Night")
    page = as_person("bea").get(address(books, new))
    assert name(page) == "Stone, Ada"
    said = text(page)
    assert "10 of 41 characters. It will stand as Acme:Stone, Ada." in said
    assert "Add Job" in said
    assert "Only the jobs of Acme matter for the name." in said


def test_a_name_that_is_taken_is_shown(as_person: Any, books: Books) -> None:
    twin = factories.job(books.acme, "J-9", "Elena Ortiz", title="")
    page = as_person("bea").get(address(books, twin))
    assert name(page) == "Ortiz, Elena 2"
    assert "Acme:Ortiz, Elena stands there already." in text(page)


def test_without_a_customer_the_customer_comes_first(as_person: Any, books: Books) -> None:
    job = factories.job(books.beta_client, "J-9", "Ada Stone")
    page = as_person("bea").get(address(books, job))
    assert name(page) == "Beta 2"
    said = text(page)
    assert "Beta is not mapped to a QuickBooks customer yet." in said
    assert "customers, vendors, employees and other names share one name space" in said


def test_record_mapping_offers_it(
    as_person: Any, books: Books, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    new = factories.job(books.acme, "J-9", "Ada Stone")
    bea = as_person("bea")
    path = f"/c/{books.company.pk}/map-jobs/{new.pk}/"
    dialog = bea.get(path, HTTP_HX_REQUEST="true").content.decode()
    assert f'hx-get="{address(books, new)}"' in dialog
    with django_assert_num_queries(6):  # session, user, member, job, mapped, siblings
        bea.get(address(books, new))
