"""Client, Invoice and Class Mapping share their views; every question is asked of each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import World

from tieout.store.models import Book, ClassMapping

HTMX = {"HTTP_HX_REQUEST": "true"}
KINDS = ("client", "invoice", "class")


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.fixture
def rows(world: World) -> dict[str, tuple[str, int, str]]:
    """For each kind: the page's address, one row's id, and the ListID it belongs to."""
    company = world.northgate
    client = factories.client(company)
    customer = factories.qb_customer(company, "Acme")
    item = factories.item(company)
    labor = factories.qb_entry(company, "Labor:Regular")
    value = ClassMapping.objects.create(company=company, kind="contractor", value="Healthcare")
    medical = factories.qb_entry(company, "Medical", kind="class")
    home = f"/c/{company.pk}/"
    return {
        "client": (home + "client-mapping/", client.pk, customer.list_id),
        "invoice": (home + "invoice-mapping/", item.pk, labor.list_id),
        "class": (home + "class-mapping/", value.pk, medical.list_id),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["", "{}/", "mappings.csv", "mappings.xlsx"])
def test_who_may_read(
    as_person: Any, rows: dict[str, tuple[str, int, str]], kind: str, path: str
) -> None:
    page, pk, _ = rows[kind]
    address = page + path.format(pk)
    allowed = as_person("vic").get(address, **HTMX)
    assert allowed.status_code == 200
    allowed.close()
    assert as_person("charlie").get(address).status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["{}/", "upload/"])
def test_who_may_change(
    as_person: Any, rows: dict[str, tuple[str, int, str]], kind: str, path: str
) -> None:
    page, pk, _ = rows[kind]
    address = page + path.format(pk)
    assert as_person("vic").post(address).status_code == 403
    assert as_person("charlie").post(address).status_code == 404
    assert Client().post(address).status_code == 302


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_choose(as_person: Any, rows: dict[str, tuple[str, int, str]], kind: str) -> None:
    page, _, list_id = rows[kind]
    offered = as_person("bea").get(page + "choices/")
    assert list_id in offered.content.decode()
    assert offered.content.decode().count("data-value") == 1
    assert as_person("vic").get(page + "choices/").status_code == 403
    assert as_person("charlie").get(page + "choices/").status_code == 404
    assert Client().get(page + "choices/").status_code == 302


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_mapped_shown_and_its_association_removed(
    as_person: Any, rows: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = rows[kind]
    bea = as_person("bea")
    assert "Not Mapped" in text(bea.get(page))
    saved = bea.post(f"{page}{pk}/", {"version": "0", "target": list_id})
    assert saved.status_code == 200
    assert saved["HX-Trigger-After-Settle"] == "dialog-close"
    assert f'id="row-{pk}" hx-swap-oob="true"' in saved.content.decode()
    assert "Nothing waits here" in text(bea.get(page))
    late = bea.post(f"{page}{pk}/", {"version": "0", "target": list_id})
    assert late.status_code == 422
    assert "since you opened it" in text(late)
    assert "History (1)" in text(bea.get(f"{page}{pk}/", **HTMX))
    assert bea.post(f"{page}{pk}/", {"version": "1", "remove": "1"}).status_code == 200
    assert "Not mapped 1" in text(bea.get(page))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_chosen_is_nothing_saved(
    as_person: Any, rows: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, _ = rows[kind]
    response = as_person("bea").post(f"{page}{pk}/", {"version": "0", "target": ""})
    assert response.status_code == 422
    assert "Nothing was changed" in text(response)


@pytest.mark.parametrize("kind", KINDS)
def test_search_filter_and_queries(
    as_person: Any,
    rows: dict[str, tuple[str, int, str]],
    kind: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    page, _, _ = rows[kind]
    bea = as_person("bea")
    with django_assert_max_num_queries(10):
        bea.get(page)
    found = bea.get(page, {"q": "nobody has this name"}, HTTP_HX_TARGET="results")
    assert "Nothing found" in text(found)
    assert "<html" not in found.content.decode()
    assert "Nothing is in this state" in text(bea.get(page, {"state": "mapped"}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_address_opens_the_dialog_on_the_page(
    as_person: Any, rows: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, _ = rows[kind]
    response = as_person("bea").get(f"{page}{pk}/")
    assert response["Location"] == f"{page}?open={pk}"


def test_headings_and_tabs(as_person: Any, rows: dict[str, tuple[str, int, str]]) -> None:
    bea = as_person("bea")
    assert "Contractor Class Mapping" in text(bea.get(rows["class"][0]))
    direct = text(bea.get(rows["class"][0] + "?tab=direct_hire"))
    assert "Direct Hire Class Mapping" in direct
    assert "Healthcare" not in direct
    assert "Refresh List" in text(bea.get(rows["client"][0]))
    assert '<a href="?tab=inactive">Inactive' in bea.get(rows["client"][0]).content.decode()


def test_class_mapping_says_when_classes_are_off(
    as_person: Any, world: World, rows: dict[str, tuple[str, int, str]]
) -> None:
    bea = as_person("bea")
    assert "Class tracking is off" in text(bea.get(rows["class"][0]))
    Book.objects.filter(company=world.northgate).update(uses_classes=True)
    assert "Class tracking is off" not in text(bea.get(rows["class"][0]))


def test_a_file_of_clients_is_applied(
    as_person: Any, rows: dict[str, tuple[str, int, str]]
) -> None:
    given = SimpleUploadedFile("clients.csv", b"client_key,full_name\nC-1,Acme\n")
    response = as_person("bea").post(rows["client"][0] + "upload/", {"file": given}, follow=True)
    assert "1 ready. Nothing has been changed yet." in text(response)
