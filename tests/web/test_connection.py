"""Settings → Integrations → QuickBooks Desktop Accounting Configuration."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.factories import NOW, PASSWORD, World, client, invoice

from tieout.service import verify_connection
from tieout.service.access import find_access
from tieout.store.commits import lanes
from tieout.store.models import Connection, Event, Lane, SourceInvoice, Task

SECRET = "hunter2 but longer"
PAGES = ("", "quickbooks-desktop/", "quickbooks-desktop/status/")
CHANGES = ("save", "confirm-certificate", "confirm-file", "take-over")


def address(world: World, rest: str = "quickbooks-desktop/") -> str:
    return f"/c/{world.northgate.pk}/settings/integrations/{rest}"


def entered(**changes: str) -> dict[str, str]:
    return {
        "url": "http://127.0.0.1:8166",
        "username": "tieout",
        "password": SECRET,
        "company_file": "",
        "syncing": "per_job",
        "jobless_lines": "client",
        "zero_totals": "block",
        "split_suffix": "-{n}",
        "number_prefix_strip": "",
        "invoice_template": "",
        "then": "",
    } | changes


def saved(world: World) -> Connection:
    return Connection.objects.get(company=world.northgate)


def post(as_person, world: World, **changes: str):
    return as_person("sam").post(
        address(world, "quickbooks-desktop/save/"), entered(**changes), follow=True
    )


@pytest.mark.parametrize("page", PAGES)
def test_who_sees_the_pages(as_person, world: World, page: str) -> None:
    url = address(world, page)
    assert as_person("sam").get(url).status_code == 200
    assert as_person("vic").get(url).status_code == 200
    assert as_person("charlie").get(url).status_code == 404
    assert Client().get(url)["Location"] == f"/sign-in/?next={url}"


@pytest.mark.parametrize("change", CHANGES)
def test_only_a_super_user_changes_it(as_person, world: World, change: str) -> None:
    url = address(world, f"quickbooks-desktop/{change}/")
    for name in ("vic", "bea", "avery"):
        assert as_person(name).post(url, entered()).status_code == 403
    assert as_person("charlie").post(url, entered()).status_code == 404
    assert Client().post(url, entered()).status_code == 302
    assert saved(world).url == ""
    assert not Task.objects.exists()


def test_a_biller_may_verify_and_a_viewer_may_not(as_person, world: World) -> None:
    url = address(world, "quickbooks-desktop/verify/")
    assert as_person("vic").post(url).status_code == 403
    assert as_person("bea").post(url).status_code == 302
    assert Task.objects.get().kind == "verify"


def test_the_exact_labels(as_person, world: World) -> None:
    html = as_person("sam").get(address(world)).content.decode()
    for words in (
        "QuickBooks Desktop Accounting Configuration",
        "Settings",
        "Integrations",
        "Verify",
        "Syncing",
        "Export per Job",
        "Export per Client",
        "Save changes",
    ):
        assert words in html


def test_saving_keeps_the_password_out_of_the_page(as_person, world: World) -> None:
    response = post(as_person, world)
    assert "Saved." in response.content.decode()
    assert saved(world).password == SECRET
    assert SECRET not in response.content.decode()
    assert "Leave empty to keep the saved password" in response.content.decode()
    assert SECRET not in str(list(Event.objects.values()))


def test_an_empty_password_keeps_the_saved_one(as_person, world: World) -> None:
    post(as_person, world)
    post(as_person, world, password="", username="other")
    assert (saved(world).password, saved(world).username) == (SECRET, "other")


def test_a_first_password_must_be_given(as_person, world: World) -> None:
    response = post(as_person, world, password="")
    assert response.status_code == 422
    assert "Enter the password" in response.content.decode()


def test_another_machine_never_gets_the_former_password(as_person, world: World) -> None:
    post(as_person, world)
    response = post(as_person, world, url="https://elsewhere.example:8166", password="")
    assert response.status_code == 422
    assert "enter the password for it" in response.content.decode()
    assert saved(world).url == "http://127.0.0.1:8166"


def test_the_first_line_of_a_refused_save_says_that_nothing_was_saved(
    as_person, world: World
) -> None:
    Connection.objects.update(status="active")
    html = " ".join(post(as_person, world, url="books-pc").content.decode().split())
    said = "<strong>Nothing was saved.</strong> Correct URL below, then save again."
    assert f'<p class="summary" id="summary">{said}' in html
    assert "Nothing to do here." not in html


def test_another_machine_loses_the_confirmed_certificate(as_person, world: World) -> None:
    post(as_person, world, url="https://one.example")
    Connection.objects.update(fingerprint="AB" * 32)
    post(as_person, world, url="https://two.example")
    assert saved(world).fingerprint == ""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("books-pc", "is not an address"),
        ("http://books-pc:8166", "Without TLS the password could be read"),
        ("https://sam:secret@books-pc", "without user, password"),
        ("javascript:alert(1)", "is not an address"),
    ],
)
def test_a_wrong_url_says_why(as_person, world: World, url: str, said: str) -> None:
    response = post(as_person, world, url=url)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert saved(world).url == ""


def test_verify_saves_first_and_starts_one_task(as_person, world: World) -> None:
    response = post(as_person, world, then="verify")
    assert saved(world).username == "tieout"
    assert Task.objects.get().kind == "verify"
    assert "Verifying" in response.content.decode()


def test_changed_settings_are_not_verified_any_more(as_person, world: World) -> None:
    post(as_person, world)
    Connection.objects.update(status="active")
    post(as_person, world, username="other", password="")
    assert saved(world).status == "unverified"
    Connection.objects.update(status="active")
    post(as_person, world, username="other", password="")
    assert saved(world).status == "active"


def test_changing_syncing_plans_again_and_says_how_many(as_person, world: World) -> None:
    acme = client(world.northgate)
    for number, standing in (("1", "ready"), ("2", "blocked"), ("3", "exported")):
        invoice(acme, number, standing=standing)
    response = post(as_person, world, syncing="per_client")
    assert "2 planned invoices are planned again" in response.content.decode()
    standings = SourceInvoice.objects.order_by("number").values_list("standing", flat=True)
    assert list(standings) == ["to_plan", "to_plan", "exported"]
    world.northgate.refresh_from_db()
    assert world.northgate.syncing == "per_client"
    assert Event.objects.filter(subject="export_rules").get().after == {"syncing": "per_client"}
    assert Task.objects.get().kind == "plan"


@pytest.mark.parametrize("suffix", ["-", "{n}{n}", "-part{n}x"])
def test_a_suffix_that_cannot_work_is_refused(as_person, world: World, suffix: str) -> None:
    assert post(as_person, world, split_suffix=suffix).status_code == 422


def test_a_certificate_is_pinned_only_when_verify_saw_it(as_person, world: World) -> None:
    post(as_person, world)
    shown = ":".join(["AB"] * 32)
    offer = {"rung": "trust", "state": "broken", "offer": {"fingerprint": shown}}
    Connection.objects.update(ladder=[offer])
    url = address(world, "quickbooks-desktop/confirm-certificate/")
    as_person("sam").post(url, {"fingerprint": ":".join(["CD"] * 32)})
    assert saved(world).fingerprint == ""
    html = as_person("sam").get(address(world)).content.decode()
    assert shown in html
    as_person("sam").post(url, {"fingerprint": shown})
    assert saved(world).fingerprint == "AB" * 32
    assert Task.objects.get().kind == "verify"


def test_confirming_a_file_verifies_with_exactly_that_file(as_person, world: World) -> None:
    offered = {"company_file": "D:\\New.QBW", "company_name": "Northgate", "stamp": ""}
    as_person("sam").post(address(world, "quickbooks-desktop/confirm-file/"), offered)
    assert Task.objects.get().params == {"accept": offered}


def test_the_status_fragment_polls_only_while_a_verify_is_open(
    as_person, world: World, django_assert_num_queries
) -> None:
    access = find_access(user=world.sam, company_id=world.northgate.pk)
    assert access is not None
    task = verify_connection.start(access=access, now=NOW)
    url = address(world, "quickbooks-desktop/status/")
    browser = as_person("vic")
    assert "every 1s" in browser.get(url).content.decode()
    Task.objects.filter(pk=task.pk).update(state="done")
    with django_assert_num_queries(10):
        assert "every 1s" not in browser.get(url).content.decode()


def test_the_first_line_follows_the_ladder(as_person, world: World) -> None:
    Connection.objects.update(url="https://books-pc", status="broken", problem="It is closed.")
    url = address(world, "quickbooks-desktop/status/")
    html = as_person("vic").get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'id="summary" hx-swap-oob="true"' in html
    assert "<strong>It is closed.</strong>" in html
    assert 'id="summary"' not in as_person("vic").get(url).content.decode()


def test_the_main_button_follows_verify(as_person, world: World) -> None:
    url = address(world, "quickbooks-desktop/status/")
    htmx = {"HX-Request": "true"}
    for status, main in (("broken", "Verify"), ("active", "Save changes")):
        Connection.objects.update(url="https://books-pc", status=status)
        html = as_person("sam").get(url, headers=htmx).content.decode()
        buttons = re.findall(r'<button id="[^"]+" name="then"[^>]*>[^<]*', html)
        assert len(buttons) == 2
        for button in buttons:
            assert 'hx-swap-oob="true"' in button
            assert ("primary" in button) is button.endswith(main)
    assert 'name="then"' not in as_person("vic").get(url, headers=htmx).content.decode()


def test_html_in_names_is_text(as_person, world: World) -> None:
    Connection.objects.update(
        ladder=[{"rung": "login", "state": "broken", "detail": "<script>x</script>"}]
    )
    html = as_person("vic").get(address(world)).content.decode()
    assert "<script>x" not in html
    assert PASSWORD not in html


HELD = "Epoch 3 is over."


def test_a_held_lane_says_why_and_offers_a_super_user_to_take_over(world: World, as_person):
    lanes.hold(company_id=world.northgate.pk, epoch=0, reason=HELD, fence_epoch=9)
    page = as_person("sam").get(address(world)).content.decode()
    assert HELD in page
    assert "Let this Tieout write again" in page
    assert "<button>Let this Tieout" not in as_person("bea").get(address(world)).content.decode()


def test_taking_over_over_a_connector_that_is_away_changes_nothing(world: World, as_person):
    lanes.hold(company_id=world.northgate.pk, epoch=0, reason=HELD, fence_epoch=9)
    Connection.objects.filter(company=world.northgate).update(url="http://127.0.0.1:9")
    answer = as_person("sam").post(address(world, "quickbooks-desktop/take-over/"), follow=True)
    assert "Nothing listens" in answer.content.decode()
    assert Lane.objects.get(company=world.northgate).fence_epoch == 9


def test_what_tieout_may_do_to_jobs_is_switched_here_and_logged(as_person, world: World) -> None:
    post(as_person, world, create_jobs="on")
    world.northgate.refresh_from_db()
    assert (world.northgate.create_jobs, world.northgate.keep_job_data) == (True, False)
    said = Event.objects.get(subject="job_switches")
    assert (said.before, said.after) == ({"create_jobs": False}, {"create_jobs": True})
    post(as_person, world, create_jobs="on")
    assert Event.objects.filter(subject="job_switches").count() == 1
    html = as_person("sam").get(address(world)).content.decode()
    assert 'name="create_jobs" id="id_create_jobs" checked' in html


def test_a_ladder_that_held_says_what_broke_since(as_person, world: World) -> None:
    rung = {"rung": "login", "state": "ok", "detail": "Signed in."}
    Connection.objects.filter(company=world.northgate).update(
        ladder=[rung],
        verified_at=NOW,
        status="broken",
        problem="QuickBooks is closed.",
        remedy="Start it.",
    )
    address = f"/c/{world.northgate.pk}/settings/integrations/quickbooks-desktop/"
    html = as_person("vic").get(address).content.decode()
    assert "Since then: QuickBooks is closed." in html
    Connection.objects.update(ladder=[rung, {"rung": "file", "state": "broken"}])
    assert "Since then" not in as_person("vic").get(address).content.decode()
    Connection.objects.update(ladder=[rung], status="active", problem="", remedy="")
    assert "Since then" not in as_person("vic").get(address).content.decode()
