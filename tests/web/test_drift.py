"""The Drift inbox: works, stranger, wrong role, signed out; answers, bulk, undo, download."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World
from tests.store.test_drifts import Books, many, moved

from tieout.store.models import Book, Company, Drift, JobMapping, QbCustomer

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def books(world: World) -> Books:
    books = Books(world.northgate)
    books.change(**moved(books))
    books.notice()
    return books


def home(books: Books, rest: str = "") -> str:
    return f"/c/{books.company.pk}/drift/{rest}"


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def seen(response: Any) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', response.content.decode())
    assert found is not None
    return found[1]


READS = ["", "drifts.csv"]
WORKS = ["bulk/?kind=moved&answer=keep"]
POSTS = ["{pk}/", "{pk}/undo/", "bulk/", "batches/abc/undo/"]


def address(books: Books, path: str) -> str:
    return home(books, path.format(pk=Drift.objects.get().pk))


@pytest.mark.parametrize("path", READS)
def test_every_member_reads(as_person: Any, books: Books, path: str) -> None:
    assert as_person("vic").get(address(books, path)).status_code == 200


@pytest.mark.parametrize("path", [*READS, *WORKS])
def test_a_stranger_finds_nothing(as_person: Any, books: Books, path: str) -> None:
    assert as_person("charlie").get(address(books, path)).status_code == 404


@pytest.mark.parametrize("path", [*READS, *WORKS])
def test_who_is_not_signed_in_signs_in_first(books: Books, path: str) -> None:
    response = Client().get(address(books, path))
    assert (response.status_code, "/sign-in/" in response["Location"]) == (302, True)


@pytest.mark.parametrize("path", WORKS)
def test_a_viewer_previews_nothing(as_person: Any, books: Books, path: str) -> None:
    assert as_person("vic").get(address(books, path)).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("vic", 403), ("avery", 403), ("charlie", 404)])
@pytest.mark.parametrize("path", POSTS)
def test_the_wrong_person_answers_nothing(
    as_person: Any, books: Books, path: str, who: str, status: int
) -> None:
    data = {"answer": "keep", "kind": "moved"}
    assert as_person(who).post(address(books, path), data).status_code == status
    assert Drift.objects.get().state == "open"


def test_a_strangers_row_is_not_found_below_ones_own_company(
    as_person: Any, books: Books, world: World
) -> None:
    pk = Drift.objects.get().pk
    for rest in ("", "undo/"):
        path = f"/c/{world.harbor.pk}/drift/{pk}/{rest}"
        assert as_person("charlie").post(path, {"answer": "keep"}).status_code == 404


# ------------------------------------------------------------------ the page


def test_old_and_new_stand_side_by_side_with_what_they_affect(
    as_person: Any, books: Books
) -> None:
    factories.invoice(books.acme, standing="blocked")
    page = as_person("bea").get(home(books))
    said = text(page)
    assert "1 change waits for an answer." in said
    assert "Elena Ortiz" in said
    assert "1 open invoice" in said
    assert "exports wait" in said
    assert "Keep" in said
    body = page.content.decode()
    assert body.index("Acme</span>") < body.index("Beta</span>")
    assert 'id="drift-count" class="count">1<' in body
    assert f"/c/{books.company.pk}/map-jobs/?open={books.elena.pk}" in body
    assert f"/c/{books.company.pk}/invoices/?group=blocked&amp;job={books.elena.key}" in body


def test_a_viewer_sees_no_buttons(as_person: Any, books: Books) -> None:
    body = as_person("vic").get(home(books)).content.decode()
    assert "Elena Ortiz" in body
    assert 'name="answer"' not in body


@pytest.mark.parametrize(
    ("kind", "columns", "hint"),
    [
        ("inactivated", {"active": False}, "Make Customer:Job Active"),
        ("deleted", {"gone_at": NOW}, "gone from QuickBooks"),
        ("renamed", {"full_name": "Acme:Novak, Petra", "name": "Novak, Petra"}, "Renamed"),
    ],
)
def test_each_kind_says_what_helps(
    as_person: Any, world: World, kind: str, columns: dict[str, object], hint: str
) -> None:
    books = Books(world.northgate)
    books.change(**columns)
    books.notice()
    assert Drift.objects.get().kind == kind
    assert hint in text(as_person("bea").get(home(books)))


def test_nothing_to_answer_is_said(as_person: Any, world: World) -> None:
    books = Books(world.northgate)
    never = text(as_person("bea").get(home(books)))
    assert "The QuickBooks list was never read," in never
    assert "Nothing is known yet" in never
    Book.objects.filter(company=world.northgate).update(lists_refreshed_at=factories.NOW)
    said = text(as_person("bea").get(home(books)))
    assert "Nothing to answer" in said
    assert "Nothing changed under a mapping without an answer." in said


def test_after_a_refresh_the_counters_are_those_of_the_list(as_person: Any, books: Books) -> None:
    answer = as_person("bea").get(home(books), HTTP_HX_TARGET="list-age", **HTMX)
    html = answer.content.decode()
    assert "1 change waits for an answer." in text(answer)
    assert '<p class="summary" id="summary" hx-swap-oob="true">' in html
    assert '<div id="drift-counters" hx-swap-oob="true">' in html
    assert '<span id="drift-count" class="count" hx-swap-oob="true">1</span>' in html
    assert 'id="refresh-list" hx-swap-oob="true"' in html
    assert "hx-swap-oob" not in as_person("bea").get(home(books)).content.decode()


def test_tabs_search_and_kinds(as_person: Any, books: Books) -> None:
    bea = as_person("bea")
    assert "Elena Ortiz" in text(bea.get(home(books, "?kind=moved&q=elena")))
    assert "Nothing found" in text(bea.get(home(books, "?q=nobody")))
    assert "No answers yet" in text(bea.get(home(books, "?tab=answered")))
    assert "Nothing noted" in text(bea.get(home(books, "?tab=noted")))
    part = bea.get(home(books, "?q=elena"), **HTMX, HTTP_HX_TARGET="results")
    assert "<html" not in part.content.decode()
    for odd in ("?tab=x&kind=y&page=-1", "?page=99999999999"):
        assert bea.get(home(books, odd)).status_code == 200


def test_the_page_costs_the_same_for_many(
    as_person: Any, books: Books, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(books.company, 30)
    QbCustomer.objects.filter(name__startswith="Job ").update(active=False)
    books.notice()
    bea = as_person("bea")
    with django_assert_num_queries(9):  # session, user, member, 4 of the inbox, 2 of the lists
        assert "1–31 of 31 changes" in text(bea.get(home(books)))


def test_home_counts_them_and_leads_there(as_person: Any, books: Books) -> None:
    home_page = as_person("sam").get(f"/c/{books.company.pk}/").content.decode()
    assert f'href="/c/{books.company.pk}/drift/"><span class="figure">1</span>' in home_page
    settings = as_person("sam").get(f"/c/{books.company.pk}/settings/integrations/")
    below = settings.content.decode().partition("QuickBooks Configure</h2>")[2]
    assert ">Drift inbox</a>" in below
    assert "1 to answer" in below


# ------------------------------------------------------------------ answers


def test_keep_swaps_the_row_and_the_counters(as_person: Any, books: Books) -> None:
    bea = as_person("bea")
    stamp = seen(bea.get(home(books)))
    pk = Drift.objects.get().pk
    data = {"answer": "keep", "seen": stamp}
    asked = bea.post(home(books, f"{pk}/"), data, **HTMX)
    assert "Beta:Ortiz, Elena is not under Acme, the client" in text(asked)
    assert 'name="confirmed" value="other_customer"' in asked.content.decode()
    assert Drift.objects.get().answer == ""
    response = bea.post(home(books, f"{pk}/"), data | {"confirmed": "other_customer"}, **HTMX)
    body = response.content.decode()
    assert body.lstrip().startswith(f'<tr id="drift-{pk}"')
    assert "1 mapping is kept." in body
    assert 'id="drift-count" class="count" hx-swap-oob="true" hidden' in body
    assert Drift.objects.get().answer == "kept"
    undone = bea.post(home(books, f"{pk}/undo/"), **HTMX)
    assert "1 answer was taken back." in text(undone)
    assert Drift.objects.get().state == "open"
    assert Company.objects.get(pk=books.company.pk).open_drifts == 1


def test_without_htmx_it_answers_too(as_person: Any, books: Books) -> None:
    bea = as_person("bea")
    stamp = seen(bea.get(home(books)))
    path = home(books, f"{Drift.objects.get().pk}/")
    response = bea.post(path, {"answer": "ignore", "seen": stamp}, follow=True)
    assert "1 change is ignored until it changes again." in text(response)
    assert "Ignored until it changes again" in text(bea.get(home(books, "?tab=answered")))


@pytest.mark.parametrize("data", [{}, {"answer": "burn"}, {"answer": "keep"}])
def test_a_bad_answer_changes_nothing(as_person: Any, books: Books, data: dict[str, str]) -> None:
    path = home(books, f"{Drift.objects.get().pk}/")
    assert as_person("bea").post(path, data, **HTMX).status_code == 200
    assert Drift.objects.get().state == "open"


def test_a_shared_survivor_is_confirmed_in_the_row(as_person: Any, world: World) -> None:
    books = Books(world.northgate)
    books.change(
        gone_at=NOW, merged_into=books.wood.list_id, merged_proof="invoice 7 is on it now"
    )
    books.notice()
    bea = as_person("bea")
    page = bea.get(home(books))
    assert "Certain: invoice 7 is on it now." in text(page)
    path = home(books, f"{Drift.objects.get().pk}/")
    data = {"answer": "remap", "seen": seen(page)}
    first = bea.post(path, data, **HTMX)
    assert "also serves Ben Wood" in text(first)
    assert 'name="confirmed" value="shared"' in first.content.decode()
    second = bea.post(path, data | {"confirmed": "shared"}, **HTMX)
    assert "leads to the surviving job now" in text(second)
    assert JobMapping.objects.get(pk=books.mapping.pk).target == books.wood


def test_two_clerks_on_one_row(as_person: Any, books: Books) -> None:
    first, second = as_person("bea"), as_person("sam")
    stamp = seen(second.get(home(books)))
    path = home(books, f"{Drift.objects.get().pk}/")
    first.post(path, {"answer": "ignore", "seen": stamp}, **HTMX)
    late = second.post(path, {"answer": "keep", "seen": stamp}, **HTMX)
    assert "Bea answered it meanwhile." in text(late)
    assert Drift.objects.get().answer == "ignored"


# ------------------------------------------------------------------ together


def digest(response: Any) -> str:
    found = re.search(r'name="digest" value="([^"]*)"', response.content.decode())
    assert found is not None
    return found[1]


def test_bulk_previews_saves_and_is_undone(as_person: Any, books: Books) -> None:
    many(books.company, 3)
    QbCustomer.objects.filter(name__startswith="Job ").update(active=False)
    books.notice()
    bea = as_person("bea")
    assert "Keep all …" in text(bea.get(home(books, "?kind=inactivated")))
    preview = bea.get(home(books, "bulk/?kind=inactivated&answer=keep"), **HTMX)
    assert "3 mappings will be kept as they are" in text(preview)
    data = {"kind": "inactivated", "answer": "keep", "digest": digest(preview)}
    done = bea.post(home(books, "bulk/"), data, **HTMX)
    assert done.status_code == 204
    page = bea.get(done["HX-Redirect"])
    assert "3 mappings are kept." in text(page)
    assert "Undo all of them" in text(page)
    batch = done["HX-Redirect"].partition("batch=")[2]
    undone = bea.post(home(books, f"batches/{batch}/undo/"), follow=True)
    assert "3 answers were taken back." in text(undone)
    assert Drift.objects.filter(state="open", kind="inactivated").count() == 3


def test_bulk_saves_nothing_that_was_not_in_the_preview(as_person: Any, books: Books) -> None:
    bea = as_person("bea")
    preview = bea.get(home(books, "bulk/?kind=moved&answer=ignore"), **HTMX)
    many(books.company, 1)
    QbCustomer.objects.filter(name__startswith="Job ").update(
        parent_list_id=books.qb_beta.list_id, top_list_id=books.qb_beta.list_id
    )
    books.notice()
    data = {"kind": "moved", "answer": "ignore", "digest": digest(preview)}
    late = bea.post(home(books, "bulk/"), data, **HTMX)
    assert late.status_code == 422
    assert "What you saw changed since; nothing was saved." in text(late)
    assert not Drift.objects.exclude(state="open").exists()


def test_bulk_without_an_answer_is_not_there(as_person: Any, books: Books) -> None:
    assert as_person("bea").get(home(books, "bulk/?kind=moved")).status_code == 404


def test_the_download_holds_what_is_on_screen(as_person: Any, books: Books) -> None:
    QbCustomer.objects.filter(pk=books.ortiz.pk).update(full_name="Beta:=Ortiz, Elena")
    books.notice()
    evening = datetime(2026, 10, 20, 1, 30, tzinfo=UTC)  # half past nine of the 19th in New York
    Drift.objects.update(seen_at=evening)
    response = as_person("vic").get(home(books, "drifts.csv?kind=moved"))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Change,Contractor,Client")
    assert lines[1].startswith("Moved,Elena Ortiz,Acme Health")
    assert ",10/19/2026 09:30 PM," in lines[1]
    assert len(lines) == 2


def test_record_mapping_of_a_job_that_is_gone_leads_to_the_inbox(
    as_person: Any, books: Books
) -> None:
    at = f"/c/{books.company.pk}/map-jobs/{books.elena.pk}/"
    assert "Keep this mapping" in as_person("bea").get(at, HTTP_HX_REQUEST="true").content.decode()
    books.change(gone_at=factories.NOW)
    books.notice()
    html = as_person("bea").get(at, HTTP_HX_REQUEST="true").content.decode()
    assert f'href="{home(books)}?q=Elena%20Ortiz">Drift inbox</a>' in html
    assert "Keep this mapping" not in html
