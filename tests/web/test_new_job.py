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

from tieout.store.models import ClientMapping, Company, JobMapping, QbWrite


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
    assert "stands there already. If it is the same person's, choose it above" in text(page)


def test_without_a_customer_the_customer_comes_first(as_person: Any, books: Books) -> None:
    job = factories.job(books.beta_client, "J-9", "Ada Stone")
    page = as_person("bea").get(address(books, job))
    assert name(page) == "Beta 2"
    said = text(page)
    assert "Beta is not mapped to a QuickBooks customer yet." in said
    assert "Beta stands there already. If it is this client, map it in Client Mapping" in said
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


# ------------------------------------------------------------------ creating it from here


def create_address(books: Books, rest: str = "") -> str:
    changes = f"/c/{books.company.pk}/settings/integrations/quickbooks-changes"
    return f"{changes}/jobs/{books.elena.pk}/{rest}"


def test_creating_is_offered_only_where_it_is_switched_on(as_person: Any, books: Books) -> None:
    assert "Create it in QuickBooks" not in as_person("bea").get(address(books)).content.decode()
    Company.objects.update(create_jobs=True)
    assert "Create it in QuickBooks" in as_person("bea").get(address(books)).content.decode()


def test_who_may_create(as_person: Any, books: Books, world: World) -> None:
    Company.objects.update(create_jobs=True)
    url = create_address(books)
    for who, status in (("vic", 403), ("avery", 403), ("charlie", 404)):
        assert as_person(who).post(url, {"name": "Ortiz, E"}).status_code == status
        assert as_person(who).get(create_address(books, "progress/")).status_code == status
    assert Client().post(url, {"name": "Ortiz, E"}).status_code == 302
    assert not QbWrite.objects.exists()


def test_a_name_that_does_not_do_comes_back_with_the_reason(as_person: Any, books: Books) -> None:
    JobMapping.objects.filter(job=books.elena).delete()
    Company.objects.update(create_jobs=True)
    reply = as_person("bea").post(create_address(books), {"name": "Ortiz: E"})
    assert reply.status_code == 422
    assert "a colon separates the levels" in text(reply)
    assert 'value="Ortiz: E"' in reply.content.decode()
    assert not QbWrite.objects.exists()


def test_it_is_created_under_the_customer_that_was_shown_or_not_at_all(
    as_person: Any, books: Books
) -> None:
    JobMapping.objects.filter(job=books.elena).delete()
    Company.objects.update(create_jobs=True)
    bea = as_person("bea")
    shown = bea.get(address(books)).content.decode()
    assert f'name="under" value="{books.qb_acme.list_id}"' in shown
    ClientMapping.objects.filter(client=books.acme).update(target=books.qb_beta)
    sent = {"name": "Ortiz, E", "under": books.qb_acme.list_id}
    reply = bea.post(create_address(books), sent)
    assert reply.status_code == 422
    assert "Acme Health is mapped to Beta since this was shown." in text(reply)
    assert not QbWrite.objects.exists()


def test_it_is_queued_and_the_fragment_follows_it(as_person: Any, books: Books) -> None:
    JobMapping.objects.filter(job=books.elena).delete()
    Company.objects.update(create_jobs=True)
    reply = as_person("bea").post(create_address(books), {"name": "Ortiz, E"})
    assert "every 1s" in reply.content.decode()
    assert "Queued" in text(reply)
    row = QbWrite.objects.get()
    QbWrite.objects.filter(pk=row.pk).update(state="exported")
    reply = as_person("bea").get(create_address(books, "progress/"))
    assert "every 1s" not in reply.content.decode()
    assert "The contractor job is mapped to it" in text(reply)
    assert "Show the mapping" in text(reply)


def test_nothing_is_followed_before_it_was_asked_for(as_person: Any, books: Books) -> None:
    assert as_person("bea").get(create_address(books, "progress/")).status_code == 404
