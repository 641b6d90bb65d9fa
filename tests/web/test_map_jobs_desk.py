"""The desk of Map Jobs: suggestions, one OK, keys, bulk changes, and who may."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW, World

from tieout.service import bulk_mapping
from tieout.service.worker import Worker
from tieout.store.models import (
    Book,
    Event,
    JobMapping,
    JobSuggestion,
    MappingBatch,
    QbCustomer,
    SourceJob,
    SuggestionState,
    Task,
    User,
)

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def desk(world: World) -> dict[str, Any]:
    company = world.northgate
    acme = factories.client(company)
    factories.map_client(acme, factories.qb_customer(company, "Acme"))
    made: dict[str, Any] = {
        "home": f"/c/{company.pk}/map-jobs/",
        "company": company,
        "client": acme,
        "ortiz": factories.qb_customer(company, "Acme:Ortiz, Elena"),
        "wood": factories.qb_customer(company, "Acme:Wood, Ben"),
        "job": factories.job(acme),
        "weak": factories.job(acme, "J-2", "Ben Wood"),
        "none": factories.job(acme, "J-3", "Xenia Quirk"),
        "unknown": factories.job(acme, "J-4", "Zoe Fresh"),
    }
    Book.objects.filter(company=company).update(lists_refreshed_at=NOW)
    factories.suggest(made["job"], made["ortiz"], bucket="Exact")
    factories.suggest(
        made["weak"], made["wood"], bucket="Weak", safe=False, score=0.6,
        reasons=("another first name",),
    )  # fmt: skip
    factories.suggest(made["none"], None, bucket="None", safe=False)
    return made


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def row(response: Any, job: SourceJob) -> str:
    html = response.content.decode()
    found = re.search(rf'<tr id="job-{job.pk}".*?</tr>', html, flags=re.DOTALL)
    assert found is not None
    return found.group()


def shown(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def main_buttons(html: str) -> list[str]:
    """The words of the main buttons, but for the OK of each row."""
    found = re.findall(r'<button[^>]* class="primary"[^>]*>(.*?)</button>', html)
    return [
        words for each in found if (words := shown(each).strip()) and not words.startswith("OK")
    ]


def at(desk: dict[str, Any], path: str) -> str:
    return str(desk["home"] + path.format(job=desk["job"].pk))


# ------------------------------------------------------------------ who may

POSTS = ["{job}/accept/", "bulk/accept/", "bulk/all/", "bulk/1/undo/"]


@pytest.mark.parametrize("path", [*POSTS, "keys/"])
def test_a_stranger_changes_nothing(as_person: Any, desk: dict[str, Any], path: str) -> None:
    assert as_person("charlie").post(at(desk, path)).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_a_viewer_changes_nothing(as_person: Any, desk: dict[str, Any], path: str) -> None:
    assert as_person("vic").post(at(desk, path)).status_code == 403
    assert as_person("vic").get(at(desk, "bulk/")).status_code == 403


@pytest.mark.parametrize("path", [*POSTS, "keys/"])
def test_the_signed_out_sign_in_first(desk: dict[str, Any], path: str) -> None:
    assert "next=" in Client().post(at(desk, path))["Location"]
    assert "next=" in Client().get(at(desk, "bulk/"))["Location"]
    assert not JobMapping.objects.exists()


def test_a_stranger_sees_no_bulk_change(as_person: Any, desk: dict[str, Any]) -> None:
    assert as_person("charlie").get(at(desk, "bulk/")).status_code == 404


def test_a_viewer_sees_suggestions_but_no_buttons(as_person: Any, desk: dict[str, Any]) -> None:
    page = as_person("vic").get(desk["home"])
    assert "Acme:Ortiz, Elena" in shown(row(page, desk["job"]))
    assert "data-ok" not in page.content.decode()
    assert "Accept suggestions" not in text(page)
    assert "Until a Biller maps them, their invoices wait." in text(page)
    assert "Click a row" not in text(page)


# ------------------------------------------------------------------ the rows


def test_what_is_probably_not_there_leads_to_no_such_job_yet(
    as_person: Any, desk: dict[str, Any]
) -> None:
    bea = as_person("bea")
    one = row(bea.get(desk["home"]), desk["none"])
    address = f"{desk['home']}{desk['none'].pk}/?new=1"
    assert f'hx-get="{address}"' in one
    opened = bea.get(address, **HTMX).content.decode()
    assert opened.count("data-autofocus") == 1  # on the panel, not on the dropdown
    assert 'aria-labelledby="new-job-heading" tabindex="-1" data-autofocus' in opened
    assert "Copy the name" in opened
    assert "Copy the name" not in bea.get(address.removesuffix("?new=1"), **HTMX).content.decode()
    vic = as_person("vic")
    assert "No such job yet" not in row(vic.get(desk["home"]), desk["none"])
    assert "Copy the name" not in vic.get(address, **HTMX).content.decode()


def test_each_row_says_what_is_known_of_its_other_side(
    as_person: Any, desk: dict[str, Any]
) -> None:
    page = as_person("bea").get(desk["home"])
    exact = row(page, desk["job"])
    assert "Not Mapped. Suggested: Acme:Ortiz, Elena same person, order swapped" in shown(exact)
    assert "OK, map to Acme:Ortiz, Elena" in shown(exact)
    assert "Suggested Exact" in shown(exact)
    weak = row(page, desk["weak"])
    assert "data-ok" not in weak
    assert "Choose the QuickBooks job" in shown(weak)
    assert '<span class="chip warn">another first name</span>' in weak
    assert "Not Mapped. Probably not in QuickBooks yet" in shown(row(page, desk["none"]))
    fresh = shown(row(page, desk["unknown"]))
    assert "No such job yet" not in fresh
    assert "Not Mapped" in fresh
    assert "Probably" not in fresh
    for label in ("All 4", "Not mapped 4", "Suggested 2", "Mapped 0", "Needs attention 0"):
        assert label in text(page)
    assert "2 have a suggestion: OK saves it." in text(page)
    html = page.content.decode()
    assert main_buttons(html) == ["Accept suggestions"]
    only = as_person("bea").get(desk["home"], {"state": "suggested"}).content.decode()
    assert only.count("data-row ") == 2


def test_another_choice_than_a_sure_suggestion_is_asked_about(
    as_person: Any, desk: dict[str, Any]
) -> None:
    bea, rest = as_person("bea"), f"{desk['home']}{desk['job'].pk}/warnings/"
    asked = "for this contractor job, without doubt. Is another one meant?"
    assert asked in text(bea.get(rest, {"target": desk["wood"].list_id}))
    assert asked not in text(bea.get(rest, {"target": desk["ortiz"].list_id}))
    assert asked not in text(bea.get(rest))
    weak = f"{desk['home']}{desk['weak'].pk}/warnings/"  # its suggestion is no more than a guess
    assert asked not in text(bea.get(weak, {"target": desk["ortiz"].list_id}))


def test_before_the_list_is_read_the_first_line_leads_to_refresh(
    as_person: Any, desk: dict[str, Any]
) -> None:
    Book.objects.update(lists_refreshed_at=None)
    page = as_person("bea").get(desk["home"])
    assert "4 active contractor jobs are not mapped, and QuickBooks was never read." in text(page)
    assert "Choose Refresh QuickBooks list" in text(page)
    assert main_buttons(page.content.decode()) == ["Refresh QuickBooks list"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"active": False}, "Inactive"),
        ({"gone_at": NOW}, "Gone from QuickBooks"),
        ({"top_list_id": "OTHER"}, "Choose"),
    ],
)
def test_what_must_be_confirmed_has_no_ok(
    as_person: Any, desk: dict[str, Any], change: dict[str, Any], says: str
) -> None:
    QbCustomer.objects.filter(pk=desk["ortiz"].pk).update(**change)
    html = row(as_person("bea").get(desk["home"]), desk["job"])
    assert "data-ok" not in html
    assert says in shown(html)


def test_a_quickbooks_job_that_serves_another_says_whom(
    as_person: Any, desk: dict[str, Any]
) -> None:
    factories.map_job(factories.job(desk["client"], "J-9", "Elena Otero"), desk["ortiz"])
    html = row(as_person("bea").get(desk["home"]), desk["job"])
    assert "already serves Elena Otero" in shown(html)
    assert "data-ok" not in html


def test_a_stale_suggestion_says_so(as_person: Any, desk: dict[str, Any]) -> None:
    SourceJob.objects.filter(pk=desk["job"].pk).update(title="Cook")
    assert "out of date" in shown(row(as_person("bea").get(desk["home"]), desk["job"]))


def test_ok_saves_nothing_that_quickbooks_renamed_since_it_was_shown(
    as_person: Any, desk: dict[str, Any]
) -> None:
    """The page may be open for hours, and the job another person's by now."""
    bea = as_person("bea")
    html = unescape(row(bea.get(desk["home"]), desk["job"]))
    sent = json.loads(re.findall(r'hx-vals="({"target".+?})"', html)[0])
    QbCustomer.objects.filter(pk=desk["ortiz"].pk).update(full_name="Acme:Novak, Petra")
    address = f"{desk['home']}{desk['job'].pk}/"
    pressed = bea.post(address + "accept/", sent, **HTMX)
    assert pressed.status_code == 422
    assert "Acme:Ortiz, Elena is called Acme:Novak, Petra in QuickBooks now" in text(pressed)
    typed = {"version": "0", "target": desk["ortiz"].list_id, "q": "Acme:Ortiz, Elena"}
    assert bea.post(address, typed, **HTMX).status_code == 422
    assert not JobMapping.objects.exists()
    again = bea.post(address, typed | {"q": "Acme:Novak, Petra"}, **HTMX)
    assert again.status_code == 200
    assert JobMapping.objects.get().target == desk["ortiz"]


@pytest.mark.parametrize("change", [{"contractor": "Petra Novak"}, {"title": "Night nurse"}, None])
def test_ok_saves_nothing_that_is_not_suggested_any_more(
    as_person: Any, desk: dict[str, Any], change: dict[str, str] | None
) -> None:
    """An import changed the contractor job, or another look found another candidate."""
    if change:
        SourceJob.objects.filter(pk=desk["job"].pk).update(**change)
    else:
        JobSuggestion.objects.filter(job=desk["job"]).update(target=desk["wood"])
    sent = {"target": desk["ortiz"].list_id, "version": "0", "seen": "Acme:Ortiz, Elena"}
    pressed = as_person("bea").post(at(desk, "{job}/accept/"), sent, **HTMX)
    assert pressed.status_code == 422
    assert "changed since it was shown" in text(pressed)
    assert not JobMapping.objects.exists()


def test_the_age_of_the_suggestions_is_said(as_person: Any, desk: dict[str, Any]) -> None:
    bea = as_person("bea")

    def age(**query: str) -> Any:
        return bea.get(desk["home"], query, HTTP_HX_TARGET="suggestion-age", **HTMX)

    assert "No suggestions yet" in text(age())
    Book.objects.filter(company=desk["company"]).update(lists_refreshed_at=NOW)
    SuggestionState.objects.filter(company=desk["company"]).update(done_at=NOW, books_at=None)
    assert "older than the QuickBooks list" in text(age())
    SuggestionState.objects.filter(company=desk["company"]).update(books_at=NOW)
    assert "Suggestions looked for" in text(age())
    task = Task.objects.create(
        company=desk["company"], kind="suggest", created_at=NOW, due_at=NOW, message="Stored 1"
    )
    looking = age()
    assert "Looking for suggestions Stored 1" in text(looking)
    assert "every 2s" in looking.content.decode()
    assert "HX-Trigger-After-Settle" not in looking
    Task.objects.filter(pk=task.pk).update(state="done")
    came = age(was="looking")
    assert came["HX-Trigger-After-Settle"] == "suggestions-came"
    assert "Show them" in text(came)
    Task.objects.filter(pk=task.pk).update(state="failed", problem="It broke.")
    assert "could not be looked for: It broke." in text(age())


# ------------------------------------------------------------------ one OK


def test_ok_saves_the_suggestion_and_swaps_the_row_and_the_counters(
    as_person: Any, desk: dict[str, Any]
) -> None:
    chosen = {"target": desk["ortiz"].list_id, "version": "0"}
    response = as_person("bea").post(at(desk, "{job}/accept/"), chosen, **HTMX)
    assert response.status_code == 200
    assert "Acme:Ortiz, Elena" in shown(row(response, desk["job"]))
    assert "Mapped 1" in text(response)
    assert "Suggested 1" in text(response)
    event = Event.objects.get(subject="job_mapping")
    assert (event.after["how"], event.actor_name) == ("suggestion", "bea")
    locked = text(as_person("bea").get(at(desk, "{job}/"), **HTMX))
    assert "suggestion accepted" in locked


def test_the_main_button_is_the_next_thing_to_do_after_each_answer(
    as_person: Any, desk: dict[str, Any]
) -> None:
    bea = as_person("bea")
    read = bea.get(desk["home"], HTTP_HX_TARGET="list-age", **HTMX)  # a refresh is over
    assert main_buttons(read.content.decode()) == ["Accept suggestions"]
    came = bea.get(desk["home"], {"was": "looking"}, HTTP_HX_TARGET="suggestion-age", **HTMX)
    assert main_buttons(came.content.decode()) == ["Accept suggestions"]
    first = {"target": desk["ortiz"].list_id, "version": "0"}
    saved = bea.post(at(desk, "{job}/accept/"), first, **HTMX).content.decode()
    assert main_buttons(saved) == ["Accept suggestions"]
    second = {"target": desk["wood"].list_id, "version": "0"}
    saved = bea.post(f"{desk['home']}{desk['weak'].pk}/", second, **HTMX).content.decode()
    assert main_buttons(saved) == ["Next unmapped"]
    assert 'id="desk-buttons" hx-swap-oob="true"' in saved


def test_where_nothing_is_safe_the_preview_leads_on(as_person: Any, desk: dict[str, Any]) -> None:
    bea = as_person("bea")
    bea.post(at(desk, "bulk/accept/"), {"pick": picks(bea.get(at(desk, "bulk/")))})
    preview = bea.get(at(desk, "bulk/"), **HTMX)
    assert "Nothing to accept here." in text(preview)
    assert main_buttons(preview.content.decode()) == ["Next unmapped"]


def test_the_second_of_two_clerks_is_told_and_sees_the_row_as_it_is(
    as_person: Any, desk: dict[str, Any]
) -> None:
    as_person("sam").post(at(desk, "{job}/"), {"target": desk["wood"].list_id, "version": "0"})
    late = as_person("bea").post(
        at(desk, "{job}/accept/"), {"target": desk["ortiz"].list_id, "version": "0"}, **HTMX
    )
    assert late.status_code == 422
    assert "Sam mapped it to Acme:Wood, Ben since you opened it" in text(late)
    assert "Acme:Wood, Ben" in shown(row(late, desk["job"]))
    assert JobMapping.objects.get().target == desk["wood"]


def test_undo_brings_the_suggestion_back(as_person: Any, desk: dict[str, Any]) -> None:
    bea = as_person("bea")
    bea.post(at(desk, "{job}/accept/"), {"target": desk["ortiz"].list_id, "version": "0"})
    response = bea.post(at(desk, "{job}/undo/"), {"version": "1"}, **HTMX)
    assert response.status_code == 200
    assert "data-ok" in row(response, desk["job"])
    again = {"target": desk["ortiz"].list_id, "version": "2"}
    assert bea.post(at(desk, "{job}/accept/"), again).status_code == 200


def test_a_change_away_from_invoices_asks_for_a_reason(
    as_person: Any, desk: dict[str, Any]
) -> None:
    bea = as_person("bea")
    bea.post(at(desk, "{job}/accept/"), {"target": desk["ortiz"].list_id, "version": "0"})
    factories.posting(factories.invoice(desk["client"]), desk["ortiz"])
    unlocked = bea.get(at(desk, "{job}/?remove=1"), **HTMX).content.decode()
    assert "1 invoice stays on the old job" in shown(unlocked)
    assert re.search(r'<input id="reason"[^>]* required', unlocked)
    silent = bea.post(at(desk, "{job}/undo/"), {"version": "1"}, **HTMX)
    assert silent.status_code == 422
    assert "needs a reason" in text(silent)
    assert silent.content.decode().count('id="reason"') == 1
    said = bea.post(at(desk, "{job}/undo/"), {"version": "1", "reason": "Wrong person"}, **HTMX)
    assert said.status_code == 200
    assert "1 invoice stays on Acme:Ortiz, Elena" in text(said)


def test_any_change_of_the_history_can_be_taken_back(as_person: Any, desk: dict[str, Any]) -> None:
    bea = as_person("bea")
    bea.post(at(desk, "{job}/accept/"), {"target": desk["ortiz"].list_id, "version": "0"})
    wood = {"version": "1", "remove": "1", "target": desk["wood"].list_id}
    bea.post(at(desk, "{job}/"), wood)
    bea.post(at(desk, "{job}/"), {"version": "2", "remove": "1"})
    opened = bea.get(at(desk, "{job}/"), **HTMX).content.decode()
    assert opened.count('{"change": ') == 2
    assert opened.count("· Bea</span>") == 3
    bea.post(at(desk, "{job}/undo/"), {"version": "3", "change": "2"})
    assert JobMapping.objects.get().target == desk["ortiz"]


def test_the_dropdown_begins_with_the_suggestions_and_their_reasons(
    as_person: Any, desk: dict[str, Any]
) -> None:
    response = as_person("bea").get(f"{desk['home']}{desk['weak'].pk}/choices/")
    names = re.findall(r'data-text="([^"]+)"', response.content.decode())
    assert names == ["Acme:Wood, Ben", "Acme:Ortiz, Elena", "Acme"]
    assert "another first name" in text(response)
    typed = as_person("bea").get(f"{desk['home']}{desk['weak'].pk}/choices/", {"q": "ortiz"})
    assert "another first name" not in text(typed)


# ------------------------------------------------------------------ keys


def test_single_letters_are_switched_off_for_the_person_alone(
    as_person: Any, desk: dict[str, Any], world: World
) -> None:
    vic = as_person("vic")
    assert "data-shortcuts" in vic.get(desk["home"]).content.decode()
    response = vic.post(at(desk, "keys/"), {"on": "0"}, **HTMX)
    assert "Switch single letters on" in text(response)
    assert "data-shortcuts" not in vic.get(desk["home"]).content.decode()
    assert not User.objects.get(pk=world.vic.pk).single_key_shortcuts
    assert User.objects.get(pk=world.bea.pk).single_key_shortcuts
    assert vic.post(at(desk, "keys/"), {"on": "1"}).status_code == 302
    assert "data-shortcuts" in vic.get(desk["home"]).content.decode()


# ------------------------------------------------------------------ bulk


def picks(response: Any) -> list[str]:
    return re.findall(r'name="pick" value="([^"]+)"', response.content.decode())


def test_the_bulk_preview_shows_what_is_saved_and_nothing_else(
    as_person: Any, desk: dict[str, Any]
) -> None:
    bea = as_person("bea")
    preview = bea.get(at(desk, "bulk/"), **HTMX)
    assert "1 mapping will be saved" in text(preview)
    assert picks(preview) == [f"{desk['job'].pk}.0.{desk['ortiz'].pk}.Acme:Ortiz, Elena"]
    both = bea.get(at(desk, "bulk/"), {"all": "1"}, **HTMX)
    assert "2 mappings will be saved" in text(both)
    assert "Look at each line" in text(both)
    high = bea.get(at(desk, "bulk/"), {"all": "1", "from": "95"}, **HTMX)
    assert len(picks(high)) == 1
    client = bea.get(at(desk, "bulk/"), {"client": str(desk["client"].pk)}, **HTMX)
    assert "Only Acme Health" in text(client)
    done = bea.post(at(desk, "bulk/accept/"), {"pick": picks(both), "all": "1"}, **HTMX)
    assert "2 contractor jobs are mapped." in text(done)
    assert done["HX-Trigger-After-Settle"] == "mappings-changed"
    assert "Mapped 2" in text(done)
    assert MappingBatch.objects.get().what == "Suggestions, accepted in bulk"
    history = text(bea.get(at(desk, "{job}/"), **HTMX))
    assert history.count("accepted in bulk") == 1


def test_what_was_exported_since_is_undone_once_somebody_says_why(
    as_person: Any, desk: dict[str, Any]
) -> None:
    bea = as_person("bea")
    both = picks(bea.get(at(desk, "bulk/"), {"all": "1"}))
    bea.post(at(desk, "bulk/accept/"), {"pick": both, "all": "1"})
    factories.posting(factories.invoice(desk["client"]), desk["ortiz"])
    undo = at(desk, f"bulk/{MappingBatch.objects.get().pk}/undo/")
    first = bea.post(undo, **HTMX)
    assert "Undone. 1 contractor job is not mapped again." in text(first)
    assert "1 invoice stays on the old job, so this change needs a reason." in text(first)
    assert "Undo the other 1" in text(first)
    assert 'hx-include="#undo-why"' in first.content.decode()
    assert JobMapping.objects.exclude(target=None).get().target == desk["ortiz"]
    second = bea.post(undo, {"reason": "Wrong person"}, **HTMX)
    assert "Undone. 1 contractor job is not mapped again." in text(second)
    assert not JobMapping.objects.exclude(target=None).exists()
    assert bea.post(undo, **HTMX).status_code == 422


def test_one_undo_from_the_result_or_later_from_the_list(
    as_person: Any, desk: dict[str, Any]
) -> None:
    bea = as_person("bea")
    bea.post(at(desk, "bulk/accept/"), {"pick": picks(bea.get(at(desk, "bulk/")))})
    batch = MappingBatch.objects.get()
    assert "Undo all 1 of" in text(bea.get(at(desk, "bulk/"), **HTMX))
    undone = bea.post(at(desk, f"bulk/{batch.pk}/undo/"), **HTMX)
    assert "Undone. 1 contractor job is not mapped again." in text(undone)
    assert JobMapping.objects.get().target is None
    late = as_person("sam").post(at(desk, f"bulk/{batch.pk}/undo/"), **HTMX)
    assert late.status_code == 422
    assert "Bea has undone this bulk change already" in text(late)
    assert bea.post(at(desk, "bulk/999/undo/")).status_code == 404


def test_conflicts_are_set_aside_and_named(as_person: Any, desk: dict[str, Any]) -> None:
    twin = factories.job(desk["client"], "J-8", "Elena Ortiz-Diaz")
    factories.suggest(twin, desk["ortiz"])
    bea = as_person("bea")
    preview = text(bea.get(at(desk, "bulk/"), **HTMX))
    assert "Nothing to accept here." in preview
    assert "2 set aside" in preview
    assert "2 contractor jobs want this QuickBooks job" in preview


@pytest.mark.parametrize(
    "pick", [[], ["x"], ["1.2"], ["1.2.3"], ["x.2.3.4"], ["-1.0.1.4"], ["9" * 30 + ".0.1.4"]]
)
def test_what_is_no_pick_saves_nothing(
    as_person: Any, desk: dict[str, Any], pick: list[str]
) -> None:
    response = as_person("bea").post(at(desk, "bulk/accept/"), {"pick": pick}, **HTMX)
    assert response.status_code == 422
    assert "Nothing is ticked" in text(response)
    assert not JobMapping.objects.exists()


def test_a_client_of_another_company_narrows_nothing(
    as_person: Any, desk: dict[str, Any], world: World
) -> None:
    theirs = factories.client(world.harbor, "H", "Harbor client")
    response = as_person("bea").get(at(desk, "bulk/"), {"client": str(theirs.pk)}, **HTMX)
    assert "Harbor client" not in text(response)
    assert len(picks(response)) == 1


def test_by_client_each_group_offers_its_own_bulk(as_person: Any, desk: dict[str, Any]) -> None:
    page = as_person("bea").get(desk["home"], {"sort": "client"})
    assert "Accept suggestions of Acme Health" in text(page)
    assert f"client={desk['client'].pk}" in page.content.decode()


def test_all_suggestions_go_to_a_page_of_their_own(
    as_person: Any, desk: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_mapping, "ROWS_MAX", 1)
    bea = as_person("bea")
    dialog = text(bea.get(at(desk, "bulk/"), {"all": "1"}, **HTMX))
    assert "the first 1 are shown here" in dialog
    assert "Preview all" in dialog
    sent = bea.post(at(desk, "bulk/all/"), {"all": "1", "from": "80"}, **HTMX)
    page = sent["HX-Redirect"]
    assert "The suggestions are being looked through." in text(bea.get(page))
    Worker().run_until_idle()
    shown = text(bea.get(page))
    assert "Suggestions from 0.80, accepted in bulk" in shown
    assert "Save all ready" in shown
