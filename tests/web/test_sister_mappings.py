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

from tieout.store.models import (
    Book,
    ClassMapping,
    Proposal,
    ProposedChange,
    QbCustomer,
    QbEntry,
    SisterSuggestion,
)

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
    assert allowed.getvalue()  # read to its end, so that its file is closed
    assert as_person("charlie").get(address).status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "path",
    [
        "{}/",
        "upload/",
        "suggestions/",
        "suggestions/all/",
        "suggestions/1/undo/",
        "{}/accept/",
        "{}/undo/",
    ],
)
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
    bea.get(page)  # the first one looks for suggestions
    with django_assert_max_num_queries(14):
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
    assert 'href="?tab=inactive">Inactive' in bea.get(rows["client"][0]).content.decode()


def test_what_waits_on_the_other_tab_is_said_with_the_way_there(
    as_person: Any, world: World, rows: dict[str, tuple[str, int, str]]
) -> None:
    page, _, _ = rows["invoice"]
    said = "not mapped under"
    assert said not in text(as_person("bea").get(page))
    item = factories.item(world.northgate, "FEE")
    type(item).objects.filter(pk=item.pk).update(kind="direct_hire")
    html = as_person("bea").get(page).content.decode()
    assert 'direct_hire&amp;state=not_mapped">1 not mapped under Direct Hire</a>' in html
    hire = text(as_person("bea").get(f"{page}?tab=direct_hire"))
    assert "1 not mapped under Contractor" in hire
    assert said not in text(as_person("bea").get(rows["client"][0]))


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


# ------------------------------------------------------------------ suggestions


@pytest.fixture
def suggested(world: World) -> dict[str, tuple[str, int, str]]:
    """For each kind a record whose name QuickBooks has too, and one that only resembles one."""
    company = world.northgate
    client = factories.client(company, "C-1", "Acme Health, Inc.")
    factories.client(company, "C-2", "Mercy General Hospital")
    customer = factories.qb_customer(company, "Acme Health")
    factories.qb_customer(company, "Mercy Gen")
    item = factories.item(company, "OT", "Overtime")
    factories.item(company, "REG", "Regular Time")
    overtime = factories.qb_entry(company, "Labor:OT")
    factories.qb_entry(company, "Labor:Regular")
    value = ClassMapping.objects.create(company=company, kind="contractor", value="Healthcare")
    ClassMapping.objects.create(company=company, kind="contractor", value="Light Industrial")
    care = factories.qb_entry(company, "Healthcare", kind="class")
    factories.qb_entry(company, "Industrial", kind="class")
    home = f"/c/{company.pk}/"
    return {
        "client": (home + "client-mapping/", client.pk, customer.list_id),
        "invoice": (home + "invoice-mapping/", item.pk, overtime.list_id),
        "class": (home + "class-mapping/", value.pk, care.list_id),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_ok_saves_what_is_suggested_and_undo_takes_it_back(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    shown = bea.get(page)
    assert "Suggested 2" in text(shown)
    assert "same name" in text(shown)
    saved = bea.post(f"{page}{pk}/accept/", {"version": "0", "target": list_id})
    assert saved.status_code == 200
    assert f'id="row-{pk}" hx-swap-oob="true"' in saved.content.decode()
    assert "Mapped 1" in text(bea.get(page))
    record = text(bea.get(f"{page}{pk}/", **HTMX))
    assert "Suggested: same name" in record
    again = bea.post(f"{page}{pk}/accept/", {"version": "0", "target": list_id})
    assert again.status_code == 422
    assert "since you opened it" in text(again)
    assert bea.post(f"{page}{pk}/undo/", {"version": "1"}).status_code == 200
    assert "Suggested 2" in text(bea.get(page))
    assert "Undone: association removed" in text(bea.get(f"{page}{pk}/", **HTMX))


@pytest.mark.parametrize("kind", KINDS)
def test_ok_saves_nothing_that_quickbooks_renamed_since_it_was_shown(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    html = html_of_row(bea, page, pk)
    seen = re.findall(r'"seen": "([^"]+)"', html)[0].encode().decode("unicode_escape")
    books: Any = QbCustomer if kind == "client" else QbEntry
    books.objects.filter(list_id=list_id).update(full_name="Another one")
    sent = {"version": "0", "target": list_id, "seen": seen}
    pressed = bea.post(f"{page}{pk}/accept/", sent)
    assert pressed.status_code == 422
    assert "is called Another one in QuickBooks now" in text(pressed)
    assert "Mapped 0" in text(bea.get(page))


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_suggested_is_taken_by_ok(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, _ = suggested[kind]
    bea = as_person("bea")
    bea.get(page)
    other = bea.post(f"{page}{pk}/accept/", {"version": "0", "target": "8000-1"})
    assert other.status_code == 422
    assert "not suggested any more" in text(other)
    assert "Mapped 0" in text(bea.get(page))


@pytest.mark.parametrize("kind", KINDS)
def test_the_dropdown_begins_with_the_suggestion_and_its_reasons(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    bea.get(page)
    offered = bea.get(f"{page}choices/", {"row": pk, "q": ""})
    first = re.findall(r'data-value="([^"]+)"', offered.content.decode())
    assert first[0] == list_id
    assert len(first) == len(set(first)) > 1
    assert "same name" in text(offered)
    assert f'hx-get="{page}choices/?row={pk}"' in bea.get(f"{page}{pk}/", **HTMX).content.decode()
    typed = bea.get(f"{page}choices/", {"row": pk, "q": "a"})
    assert "same name" not in text(typed)
    SisterSuggestion.objects.update(list_id="gone-long-ago")
    assert "same name" not in text(bea.get(f"{page}choices/", {"row": pk}))


def test_each_tab_says_how_many_it_has(
    as_person: Any, rows: dict[str, tuple[str, int, str]]
) -> None:
    assert "Active 1Inactive 0" in text(as_person("bea").get(rows["client"][0]))
    direct = as_person("bea").get(rows["invoice"][0], {"tab": "direct_hire"})
    assert "Contractor 1Direct Hire 0" in text(direct)


def picks(response: Any) -> list[str]:
    """The ticked lines of the dialog, as it would send them."""
    return re.findall(r'name="pick" value="([^"]+)" checked', response.content.decode())


def pick_of(pk: int, list_id: str) -> str:
    """The line of a record that was never mapped, as the dialog would send it."""
    shown = SisterSuggestion.objects.filter(record_id=pk, list_id=list_id).get()
    return f"{pk}.0.{list_id}.{shown.full_name}"


@pytest.mark.parametrize("kind", KINDS)
def test_bulk_saves_nothing_that_was_renamed_since_the_preview(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    """Also when it is suggested again under its new name."""
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    bea.get(page)
    ticked = picks(bea.get(page + "suggestions/", **HTMX))
    books: Any = QbCustomer if kind == "client" else QbEntry
    books.objects.filter(list_id=list_id).update(full_name="Another one")
    SisterSuggestion.objects.filter(record_id=pk).update(full_name="Another one")
    done = bea.post(page + "suggestions/", {"pick": ticked}, **HTMX)
    assert "Nothing was saved" in text(done)
    assert "not suggested any more" in text(done)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_preview_shows_is_saved_and_undone_as_one(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    bea.get(page)
    preview = bea.get(page + "suggestions/", **HTMX)
    assert "1 mapping will be saved: exactly what is ticked" in text(preview)
    assert picks(preview) == [pick_of(pk, list_id)]
    done = bea.post(page + "suggestions/", {"pick": picks(preview)}, **HTMX)
    assert done.status_code == 200
    assert done["HX-Trigger-After-Settle"] == "mappings-changed"
    assert "Mapped 1" in text(bea.get(page))
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.saved_at is None) == (
        {"invoice": "item"}.get(kind, kind),
        False,
    )
    assert "accepted in bulk" in text(bea.get(f"{page}{pk}/", **HTMX))
    undone = bea.post(f"{page}suggestions/{proposal.pk}/undo/", **HTMX)
    assert "not mapped again" in text(undone)
    assert "Mapped 0" in text(bea.get(page))
    assert "Nothing of it is saved" in text(bea.post(f"{page}suggestions/{proposal.pk}/undo/"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_safe_is_offered_only_when_asked_for_and_from_a_score(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, _, _ = suggested[kind]
    bea = as_person("bea")
    bea.get(page)
    SisterSuggestion.objects.filter(safe=True).update(score=97)
    SisterSuggestion.objects.filter(safe=False).update(score=86, bucket="Likely")

    def count(**asked: str) -> int:
        return len(picks(bea.get(page + "suggestions/", asked, **HTMX)))

    assert (count(), count(all="1")) == (1, 2)
    assert [count(all="1", **{"from": score}) for score in ("80", "90", "95", "100")] == [
        2,
        1,
        1,
        0,
    ]
    assert count(**{"from": "7"}) == 1, "a score that is not offered is none"
    SisterSuggestion.objects.filter(safe=False).update(bucket="Weak")
    assert count(all="1") == 1
    assert "Only weak" in text(bea.get(page + "suggestions/", {"all": "1"}, **HTMX))


@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_keeps_to_what_is_on_screen(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    bea.get(page)
    SisterSuggestion.objects.exclude(list_id="").update(bucket="Exact")

    def offered(**asked: str) -> list[str]:
        return picks(bea.get(page + "suggestions/", {"all": "1", **asked}, **HTMX))

    name = {"client": "acme", "invoice": "overt", "class": "healthc"}[kind]
    assert offered(q=name) == [pick_of(pk, list_id)]
    assert offered(q=name, state="not_mapped") == [pick_of(pk, list_id)]
    assert offered(q="nobody has this name") == []
    assert offered(state="mapped") == []
    assert offered(tab="inactive" if kind == "client" else "direct_hire") == []
    # and so does the page of all of them
    asked = {"all": "1", "q": name}
    answer = bea.post(page + "suggestions/all/", asked, **HTMX)
    rows = ProposedChange.objects.all()
    assert [(row.record_id, row.state) for row in rows] == [(pk, "ready")]
    assert f"matching “{name}”" in text(bea.get(answer["HX-Redirect"]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_that_was_overtaken_overwrites_nothing(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea, sam = as_person("bea"), as_person("sam")
    bea.get(page)
    preview = bea.get(page + "suggestions/", **HTMX)
    sam.post(f"{page}{pk}/", {"version": "0", "target": list_id})
    sam.post(f"{page}{pk}/", {"version": "1", "remove": "1"})
    late = bea.post(page + "suggestions/", {"pick": picks(preview)}, **HTMX)
    assert "Nothing was saved" in text(late)
    assert "since you opened it" in text(late)
    assert "Mapped 0" in text(bea.get(page))
    other = bea.post(page + "suggestions/", {"pick": [f"{pk}.2.8000-1", "x.y"]}, **HTMX)
    assert "not suggested any more" in text(other)
    nothing = bea.post(page + "suggestions/", {"pick": ["x.y.z"]}, **HTMX)
    assert nothing.status_code == 422
    assert "Nothing is ticked" in text(nothing)


def test_two_clients_that_want_one_customer_are_decided_one_by_one(
    as_person: Any, suggested: dict[str, tuple[str, int, str]]
) -> None:
    page, pk, list_id = suggested["client"]
    bea = as_person("bea")
    bea.get(page)
    SisterSuggestion.objects.all().update(list_id=list_id, safe=True, bucket="Exact", score=100)
    preview = bea.get(page + "suggestions/", **HTMX)
    assert picks(preview) == []
    assert "2 clients want this customer" in text(preview)
    pressed = bea.post(page + "suggestions/", {"pick": [pick_of(pk, list_id)]}, **HTMX)
    assert "Mapped 1" in text(bea.get(page)), "one of them, chosen by a person, is"
    assert pressed.status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_any_change_of_the_history_is_undone(
    as_person: Any, world: World, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    other = (
        factories.qb_customer(world.northgate, "Zenith")
        if kind == "client"
        else factories.qb_entry(
            world.northgate, "Zenith", kind="item" if kind == "invoice" else "class"
        )
    )
    bea.post(f"{page}{pk}/", {"version": "0", "target": list_id})
    bea.post(f"{page}{pk}/", {"version": "1", "target": other.list_id})
    bea.post(f"{page}{pk}/", {"version": "2", "remove": "1"})
    record = bea.get(f"{page}{pk}/", **HTMX).content.decode()
    assert re.findall(r'"change": "(\d)"', record) == ["2", "1"], "the last one has its own button"
    answer = bea.post(f"{page}{pk}/undo/", {"version": "3", "change": "2"})
    assert answer.status_code == 200
    assert "Undone." in text(answer)
    row = html_of_row(bea, page, pk)
    assert "Zenith" not in row
    assert "Not Mapped" not in row, "back to what it was before that change"
    assert "Undone: mapped" in text(bea.get(f"{page}{pk}/", **HTMX))
    assert bea.post(f"{page}{pk}/undo/", {"version": "4", "change": "99"}).status_code == 422
    first = bea.post(f"{page}{pk}/undo/", {"version": "4", "change": "1"})
    assert first.status_code == 200
    assert "Mapped 0" in text(bea.get(page))


def test_a_viewer_sees_suggestions_without_a_button(
    as_person: Any, suggested: dict[str, tuple[str, int, str]]
) -> None:
    page, _, _ = suggested["client"]
    shown = as_person("vic").get(page).content.decode()
    assert "Suggested:" in shown
    assert "data-ok" not in shown
    assert "Accept suggestions" not in shown


def test_the_headline_counts_what_is_suggested(
    as_person: Any, suggested: dict[str, tuple[str, int, str]]
) -> None:
    page, pk, list_id = suggested["client"]
    Book.objects.update(lists_refreshed_at=factories.NOW)
    bea = as_person("bea")
    assert "2 clients are not mapped. 2 have a suggestion: OK saves it. Click" in text(
        bea.get(page)
    )
    assert "2 have a suggestion. Until a Biller maps them" in text(as_person("vic").get(page))
    saved = bea.post(f"{page}{pk}/accept/", {"version": "0", "target": list_id})
    assert "1 has a suggestion: OK saves it. Click" in text(saved)


def html_of_row(bea: Client, page: str, pk: int) -> str:
    return bea.get(page).content.decode().partition(f'id="row-{pk}"')[2].partition("</tr>")[0]


def looked_at_first(bea: Client, page: str, pk: int, list_id: str, doubt: str) -> None:
    """The row says why, offers no OK, and one that is pressed all the same saves nothing."""
    row = html_of_row(bea, page, pk)
    assert doubt in row
    assert "data-ok" not in row
    assert "Choose" in row
    pressed = bea.post(f"{page}{pk}/accept/", {"version": "0", "target": list_id})
    assert pressed.status_code == 422
    assert "to be looked at first" in text(pressed)
    assert html_of_row(bea, page, pk) == row


@pytest.mark.parametrize("kind", ["invoice", "class"])
def test_what_is_inactive_or_weak_is_no_matter_of_one_click(
    as_person: Any, suggested: dict[str, tuple[str, int, str]], kind: str
) -> None:
    page, pk, list_id = suggested[kind]
    bea = as_person("bea")
    bea.get(page)
    SisterSuggestion.objects.filter(record_id=pk, list_id=list_id).update(bucket="Weak")
    looked_at_first(bea, page, pk, list_id, "same")
    SisterSuggestion.objects.filter(record_id=pk, list_id=list_id).update(bucket="Exact")
    QbEntry.objects.filter(list_id=list_id).update(active=False)
    looked_at_first(bea, page, pk, list_id, "inactive in QuickBooks")


def test_a_customer_that_serves_another_client_is_said_and_asked_about(
    as_person: Any, world: World, suggested: dict[str, tuple[str, int, str]]
) -> None:
    page, _, _ = suggested["client"]
    bea = as_person("bea")
    bea.get(page)
    other = factories.client(world.northgate, "C-9", "Somebody")
    factories.map_client(other, QbCustomer.objects.get(full_name="Acme Health"))
    _, pk, list_id = suggested["client"]
    looked_at_first(bea, page, pk, list_id, "already serves another client")
    preview = bea.get(page + "suggestions/", **HTMX)
    assert picks(preview) == []
    assert "Acme Health already serves another client" in text(preview)
    forced = bea.post(page + "suggestions/", {"pick": [pick_of(pk, list_id)]}, **HTMX)
    assert "Nothing was saved" in text(forced)
    assert "already serves another client" in text(forced)
    bea.post(page + "suggestions/all/", {"all": "1"}, **HTMX)
    assert {row.state for row in ProposedChange.objects.all()} == {"confirm"}
