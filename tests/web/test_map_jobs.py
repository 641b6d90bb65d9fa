"""Map Jobs and Record Mapping: works, stranger, wrong role, signed out; and what clerks rely on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World

from tieout.store.commits import tasks
from tieout.store.models import Book, JobMapping, QbCustomer, SourceJob, Task

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def books(world: World) -> dict[str, Any]:
    company = world.northgate
    acme = factories.client(company)
    factories.map_client(acme, factories.qb_customer(company, "Acme"))
    factories.qb_customer(company, "Beta")
    return {
        "home": f"/c/{company.pk}/map-jobs/",
        "job": factories.job(acme),
        "other": factories.job(acme, "J-2", "Ben Wood", title="Welder"),
        "ended": factories.job(acme, "J-3", "Carla Ended", active=False),
        "ortiz": factories.qb_customer(company, "Acme:Ortiz, Elena"),
        "wood": factories.qb_customer(company, "Acme:Wood, Ben"),
        "beta": factories.qb_customer(company, "Beta:Ortiz, Elena"),
    }


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def record(books: dict[str, Any], name: str = "job", rest: str = "") -> str:
    return f"{books['home']}{books[name].pk}/{rest}"


# ------------------------------------------------------------------ who may

READS = ["", "mappings.csv", "{job}/"]
WORKS = ["next/", "{job}/choices/", "{job}/warnings/"]
POSTS = ["refresh/", "upload/", "{job}/", "{job}/undo/", "{job}/keep/"]


def address(books: dict[str, Any], path: str) -> str:
    return books["home"] + path.format(job=books["job"].pk)


@pytest.mark.parametrize("path", READS)
def test_every_member_reads(as_person: Any, books: dict[str, Any], path: str) -> None:
    assert as_person("vic").get(address(books, path), **HTMX).status_code == 200


@pytest.mark.parametrize("path", READS + WORKS)
def test_a_stranger_finds_nothing(as_person: Any, books: dict[str, Any], path: str) -> None:
    assert as_person("charlie").get(address(books, path)).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_a_stranger_changes_nothing(as_person: Any, books: dict[str, Any], path: str) -> None:
    assert as_person("charlie").post(address(books, path)).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_a_viewer_changes_nothing(as_person: Any, books: dict[str, Any], path: str) -> None:
    assert as_person("vic").post(address(books, path)).status_code == 403


@pytest.mark.parametrize("path", WORKS)
def test_a_viewer_gets_no_choices(as_person: Any, books: dict[str, Any], path: str) -> None:
    assert as_person("vic").get(address(books, path)).status_code == 403


@pytest.mark.parametrize("path", READS + WORKS)
def test_the_signed_out_sign_in_first(books: dict[str, Any], path: str) -> None:
    response = Client().get(address(books, path))
    assert response.status_code == 302
    assert "next=" in response["Location"]


def test_a_job_of_another_company_is_not_found(
    as_person: Any, world: World, books: dict[str, Any]
) -> None:
    theirs = factories.job(factories.client(world.harbor, "H", "Harbor client"), "H-1")
    assert as_person("bea").get(f"{books['home']}{theirs.pk}/", **HTMX).status_code == 404
    assert as_person("bea").post(f"{books['home']}{theirs.pk}/").status_code == 404


# ------------------------------------------------------------------ the table


def test_the_page_says_what_waits_under_the_exact_labels(
    as_person: Any, world: World, books: dict[str, Any]
) -> None:
    Book.objects.filter(company=world.northgate).update(lists_refreshed_at=NOW)
    response = as_person("bea").get(books["home"])
    page = text(response)
    assert "Contractor Job Mapping" in page
    assert "2 active contractor jobs are not mapped" in page
    for label in ("Bilflo Contractor Job", "QuickBooks Contractor Job", "Refresh QuickBooks list"):
        assert label in page
    for label in ("Active 2", "Inactive 1", "All 2", "Not mapped 2", "Mapped 0"):
        assert label in page
    assert "Carla Ended" not in page
    assert 'title="Job J-1"' in response.content.decode()


def test_inactive_jobs_have_their_tab(as_person: Any, books: dict[str, Any]) -> None:
    page = text(as_person("bea").get(books["home"] + "?tab=inactive"))
    assert "Carla Ended" in page
    assert "Ben Wood" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ortiz", ["Elena Ortiz"]),
        ("ORTIZ, ELENA", ["Elena Ortiz"]),  # as QuickBooks writes it
        ("welder ben", ["Ben Wood"]),
        ("be", ["Ben Wood"]),
        ("acme health", ["Ben Wood", "Elena Ortiz"]),
        ("J-2", ["Ben Wood"]),
        ('"%_', []),
        ("nobody", []),
    ],
)
def test_search_looks_at_both_sides(
    as_person: Any, books: dict[str, Any], query: str, found: list[str]
) -> None:
    factories.map_job(books["job"], books["ortiz"])
    response = as_person("bea").get(books["home"], {"q": query}, HTTP_HX_TARGET="results")
    assert re.findall(r'aria-haspopup="dialog">([^<]+)<', response.content.decode()) == found
    assert "<html" not in response.content.decode()


def test_sorting_filtering_and_pages(as_person: Any, world: World, books: dict[str, Any]) -> None:
    beta = factories.client(world.northgate, "C-2", "A first client")
    for n in range(60):
        factories.job(beta, f"B-{n}", f"Zoe {n:02}")
    bea = as_person("bea")

    def names(**query: str) -> list[str]:
        response = bea.get(books["home"], query)
        return re.findall(r'aria-haspopup="dialog">([^<]+)<', response.content.decode())

    assert names()[0] == "Ben Wood"
    assert len(names()) == 50
    assert names(page="2")[-1] == "Zoe 59"
    assert names(dir="desc")[0] == "Zoe 59"
    assert names(sort="client")[0] == "Zoe 00"
    assert names(sort="client", dir="desc")[:2] == ["Elena Ortiz", "Ben Wood"]
    assert names(state="mapped") == []
    assert len(names(rows="100", sort="start")) == 62
    assert len(names(rows="999", page="x", sort="y", state="z")) == 50


@pytest.mark.parametrize(
    "query",
    [{}, {"sort": "client"}, {"sort": "start", "state": "mapped"}, {"q": "zoe"}, {"q": "zo"}],
)
def test_the_page_costs_the_same_queries_however_many_jobs(
    as_person: Any,
    world: World,
    books: dict[str, Any],
    query: dict[str, str],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    bea = as_person("bea")
    for n in range(40):
        made = factories.job(books["job"].client, f"B-{n}", f"Zoe {n:02}")
        factories.map_job(made, factories.qb_customer(world.northgate, f"Acme:Zoe {n:02}"))
    for n in range(40):
        waiting = factories.job(books["job"].client, f"W-{n}", f"Zoe Free {n:02}")
        free = factories.qb_customer(world.northgate, f"Acme:Zoe Free {n:02}")
        factories.suggest(waiting, free)
    with django_assert_max_num_queries(14):
        response = bea.get(books["home"], query)
    assert response.status_code == 200


def test_names_are_shown_as_text(as_person: Any, world: World, books: dict[str, Any]) -> None:
    SourceJob.objects.filter(pk=books["job"].pk).update(contractor="<script>alert(1)</script>")
    assert b"<script>alert" not in as_person("bea").get(books["home"]).content


# ------------------------------------------------------------------ Record Mapping


def test_the_dropdown_offers_the_clients_jobs_first(as_person: Any, books: dict[str, Any]) -> None:
    factories.map_job(books["other"], books["ortiz"])
    response = as_person("bea").get(record(books, rest="choices/"), {"q": "ortiz"})
    names = re.findall(r'data-text="([^"]+)"', response.content.decode())
    assert names == ["Acme:Ortiz, Elena", "Beta:Ortiz, Elena"]
    assert "Already serves Ben Wood" in text(response)
    assert b'aria-selected="true"' not in response.content
    everything = as_person("bea").get(record(books, rest="choices/"))
    first = re.findall(r'data-text="([^"]+)"', everything.content.decode())
    assert first[:3] == ["Acme:Ortiz, Elena", "Acme:Wood, Ben", "Acme"]


def test_the_dropdown_is_bounded_and_says_so(
    as_person: Any, world: World, books: dict[str, Any]
) -> None:
    for n in range(30):
        factories.qb_customer(world.northgate, f"Beta:Ortiz {n:02}")
    gone = factories.qb_customer(world.northgate, "Beta:Ortiz gone", gone_at=NOW)
    response = as_person("bea").get(record(books, rest="choices/"), {"q": "ortiz"})
    assert response.content.decode().count("data-value") == 20
    assert "There are more" in text(response)
    assert gone.list_id not in response.content.decode()


def test_saving_swaps_the_row_and_closes_the_dialog(as_person: Any, books: dict[str, Any]) -> None:
    bea = as_person("bea")
    opened = text(bea.get(record(books), **HTMX))
    for words in ("Record Mapping", "Bilflo Contractor Job", "names should match as closely"):
        assert words in opened
    response = bea.post(record(books), {"version": "0", "target": books["ortiz"].list_id}, **HTMX)
    assert response.status_code == 200
    assert response["HX-Trigger-After-Settle"] == "dialog-close"
    html = response.content.decode()
    assert f'id="job-{books["job"].pk}" hx-swap-oob="true"' in html
    assert "1 active contractor job is not mapped" in text(response)
    assert JobMapping.objects.get().target == books["ortiz"]
    locked = text(bea.get(record(books), **HTMX))
    assert "Locked in" in locked
    assert "Remove Association" in locked
    assert "History (1)" in locked


def test_an_unconfirmed_warning_comes_back_with_the_choice_kept(
    as_person: Any, books: dict[str, Any]
) -> None:
    bea = as_person("bea")
    asked = bea.get(record(books, rest="warnings/"), {"target": books["beta"].list_id})
    assert "is not under Acme" in text(asked)
    chosen = {"version": "0", "target": books["beta"].list_id}
    response = bea.post(record(books), chosen, **HTMX)
    assert response.status_code == 422
    assert 'value="Beta:Ortiz, Elena"' in response.content.decode()
    assert not JobMapping.objects.exists()
    assert bea.post(record(books), chosen | {"confirmed": "other_customer"}).status_code == 200


def test_a_second_clerk_is_told_who_was_faster(as_person: Any, books: dict[str, Any]) -> None:
    as_person("sam").post(record(books), {"version": "0", "target": books["ortiz"].list_id})
    response = as_person("bea").post(
        record(books), {"version": "0", "target": books["wood"].list_id}
    )
    assert response.status_code == 422
    assert "Sam mapped it to Acme:Ortiz, Elena since you opened it" in text(response)
    assert 'name="version" value="1"' in response.content.decode()
    assert JobMapping.objects.get().target == books["ortiz"]


def test_remove_association_unlocks_and_save_maps_again(
    as_person: Any, books: dict[str, Any]
) -> None:
    bea = as_person("bea")
    factories.map_job(books["job"], books["ortiz"])
    unlocked = bea.get(record(books) + "?remove=1", **HTMX)
    assert 'role="combobox"' in unlocked.content.decode()
    assert "No invoice is deleted" in text(unlocked)
    bea.post(record(books), {"version": "1", "remove": "1", "target": books["wood"].list_id})
    assert JobMapping.objects.get().target == books["wood"]
    bea.post(record(books, rest="undo/"), {"version": "2"})
    assert JobMapping.objects.get().target == books["ortiz"]
    bea.post(record(books), {"version": "3", "remove": "1"})
    assert JobMapping.objects.get().target is None


def test_save_and_next_unmapped_opens_the_next_one(as_person: Any, books: dict[str, Any]) -> None:
    bea = as_person("bea")
    chosen = {"version": "0", "target": books["ortiz"].list_id, "then": "next"}
    response = bea.post(record(books), chosen)
    assert "HX-Trigger-After-Settle" not in response
    assert "Ben Wood" in text(response)
    chosen = {"version": "0", "target": books["wood"].list_id, "then": "next"}
    assert "Every active contractor job is mapped" in text(
        bea.post(record(books, "other"), chosen)
    )


def test_next_unmapped_keeps_to_the_tab_and_the_search(
    as_person: Any, books: dict[str, Any]
) -> None:
    def after(query: str) -> str:
        url = f"https://testserver{books['home']}{query}"
        return text(as_person("bea").get(books["home"] + "next/", HTTP_HX_CURRENT_URL=url, **HTMX))

    assert "Ben Wood" in after("?q=wood")
    assert "Every active contractor job that matches “nobody” is mapped." in after("?q=nobody")
    assert "Carla Ended" in after("?tab=inactive")


def test_a_rename_in_quickbooks_is_shown_and_kept(as_person: Any, books: dict[str, Any]) -> None:
    factories.map_job(books["job"], books["ortiz"])
    QbCustomer.objects.filter(pk=books["ortiz"].pk).update(full_name="Acme:Elena O")
    bea = as_person("bea")
    assert "was renamed to Acme:Elena O" in text(bea.get(record(books), **HTMX))
    assert bea.post(record(books, rest="keep/"), {"version": "1"}).status_code == 200
    assert "was renamed" not in text(bea.get(record(books), **HTMX)).split("History")[0]


def test_what_changed_again_while_the_dialog_was_open_is_not_kept_unseen(
    as_person: Any, books: dict[str, Any]
) -> None:
    factories.map_job(books["job"], books["ortiz"])
    there = QbCustomer.objects.filter(pk=books["ortiz"].pk)
    there.update(full_name="Acme:Elena O")
    bea = as_person("bea")
    html = bea.get(record(books), **HTMX).content.decode()
    said = re.findall(r'name="said" value="([^"]+)"', html)
    assert len(said) == 1
    there.update(full_name="Acme:Novak, Petra")
    kept = bea.post(record(books, rest="keep/"), {"version": "1", "said": said}, **HTMX)
    assert kept.status_code == 422
    assert "It changed again since this was shown" in text(kept)
    assert "was renamed to Acme:Novak, Petra" in text(kept)
    assert JobMapping.objects.get().version == 1


def test_a_plain_address_opens_the_page_with_the_dialog(
    as_person: Any, books: dict[str, Any]
) -> None:
    response = as_person("bea").get(record(books))
    assert response["Location"] == f"{books['home']}?open={books['job'].pk}"
    page = as_person("bea").get(response["Location"]).content.decode()
    assert f'hx-get="{record(books)}" hx-trigger="load"' in page


# ------------------------------------------------------------------ refresh and files


def test_refresh_is_asked_for_once(as_person: Any, books: dict[str, Any]) -> None:
    bea = as_person("bea")
    assert "Refresh QuickBooks list" in text(bea.post(books["home"] + "refresh/", **HTMX))
    assert bea.post(books["home"] + "refresh/").status_code == 302
    task = Task.objects.get()
    assert (task.kind, task.on_lane, task.requested_by.username) == ("refresh", True, "bea")


def test_whoever_joins_a_refresh_that_has_begun_hears_what_it_may_miss(
    as_person: Any, books: dict[str, Any]
) -> None:
    bea = as_person("bea")
    bea.post(books["home"] + "refresh/", **HTMX)
    waiting = text(bea.post(books["home"] + "refresh/", **HTMX))
    assert "under way already" not in waiting
    tasks.start(task=Task.objects.get(), now=NOW)
    begun = text(bea.post(books["home"] + "refresh/", **HTMX))
    assert "what QuickBooks got since may be missing. Once it is done, refresh again." in begun
    full = text(bea.post(books["home"] + "refresh/", {"full": "1"}, **HTMX))
    assert "may read only what changed. Once it is done, refresh again." in full
    assert Task.objects.count() == 1


def test_after_a_refresh_the_age_and_the_counters_are_asked_anew(
    as_person: Any, world: World, books: dict[str, Any]
) -> None:
    bea = as_person("bea")
    assert "never read" in text(bea.get(books["home"]))
    Book.objects.filter(company=world.northgate).update(lists_refreshed_at=NOW)
    response = bea.get(books["home"], HTTP_HX_TARGET="list-age")
    assert "QuickBooks list read" in text(response)
    assert 'id="counters" hx-swap-oob="true"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_a_mapping_file_goes_out_and_comes_in(as_person: Any, books: dict[str, Any]) -> None:
    bea = as_person("bea")
    given = b'job_key,full_name\nJ-1,"Acme:Ortiz, Elena"\nJ-2,Nobody\n'
    sent = {"file": SimpleUploadedFile("maps.csv", given)}
    response = bea.post(books["home"] + "upload/", sent, follow=True)
    assert "1 ready · 1 refused. Nothing has been changed yet." in text(response)
    assert "Nobody is not in the QuickBooks list" in text(response)
    out = b"".join(bea.get(books["home"] + "mappings.csv?q=ortiz").streaming_content)
    assert out.decode("utf-8-sig").splitlines()[1].startswith("J-1,Elena Ortiz,Acme Health")
    assert len(out.splitlines()) == 2


def test_what_is_no_mapping_file_is_said(as_person: Any, books: dict[str, Any]) -> None:
    bea = as_person("bea")
    assert bea.post(books["home"] + "upload/").status_code == 422
    bad = SimpleUploadedFile("maps.xlsx", b"PK\x03\x04")
    response = bea.post(books["home"] + "upload/", {"file": bad})
    assert response.status_code == 422
    assert "Nothing was changed" in text(response)
