"""Changes sent to QuickBooks: who sees them, what may be decided, and the stamp's button."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.factories import NOW, World

from tieout.store.models import Book, Event, Lane, QbWrite

FOUND = {"txn_id": "80000099-1735743002", "customer": "Acme Health:Doe, Jane"}


def write(world: World, **more: object) -> QbWrite:
    columns = {
        "company": world.northgate,
        "kind": QbWrite.Kind.CUSTOMER_ADD,
        "key": f"job-{QbWrite.objects.count()}",
        "title": "Create job Acme Health:Doe, Jane",
        "content": {"parent_list_id": "8-1", "name": "Doe, Jane"},
        "requested_by": world.bea,
        "created_at": NOW,
        "state_at": NOW,
        "state": "needs a person",
        "problem": "QuickBooks has a job of this name already.",
        "remedy": "Link it.",
        "found": FOUND,
    }
    return QbWrite.objects.create(**columns | more)


def address(world: World, rest: str = "") -> str:
    return f"/c/{world.northgate.pk}/settings/integrations/quickbooks-changes/{rest}"


def test_who_sees_the_pages(as_person, world: World) -> None:
    row = write(world)
    for page in ("", "list/", f"{row.pk}/"):
        url = address(world, page)
        for name in ("sam", "bea", "avery", "vic"):
            html = as_person(name).get(url).content.decode()
            assert "Create job Acme Health:Doe, Jane" in html
        assert as_person("charlie").get(url).status_code == 404
        assert Client().get(url)["Location"] == f"/sign-in/?next={url}"


def test_another_companys_change_is_not_found(as_person, world: World) -> None:
    theirs = write(world, company=world.harbor)
    assert as_person("sam").get(address(world, f"{theirs.pk}/")).status_code == 404
    for action in ("link", "try-again", "set-aside"):
        reply = as_person("sam").post(address(world, f"{theirs.pk}/{action}/"), {"reason": "x"})
        assert reply.status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "needs a person"


@pytest.mark.parametrize("action", ["link", "try-again", "set-aside"])
def test_only_who_works_decides(as_person, world: World, action: str) -> None:
    row = write(world)
    url = address(world, f"{row.pk}/{action}/")
    for name in ("vic", "avery"):
        assert as_person(name).post(url, {"reason": "x"}).status_code == 403
    assert as_person("charlie").post(url, {"reason": "x"}).status_code == 404
    assert Client().post(url).status_code == 302
    row.refresh_from_db()
    assert row.state == "needs a person"
    html = as_person("vic").get(address(world)).content.decode()
    assert "<button" not in html.split("<main")[1].split("</main>")[0]


def test_try_again_queues_it_and_asks_quickbooks_first(as_person, world: World) -> None:
    row = write(world)
    as_person("bea").post(address(world, f"{row.pk}/try-again/"))
    row.refresh_from_db()
    assert (row.state, row.problem, row.found) == ("claimed", "", {})
    assert row.queued_at is not None


def test_a_refused_one_is_mended_and_sent_anew(as_person, world: World) -> None:
    row = write(world, state="refused")
    as_person("bea").post(address(world, f"{row.pk}/try-again/"))
    row.refresh_from_db()
    assert (row.state, row.queued_at is None) == ("ready", False)


def test_without_proof_it_is_not_sent_again(as_person, world: World) -> None:
    row = write(world, writes=1, holds_queue=True)
    reply = as_person("bea").post(address(world, f"{row.pk}/try-again/"), follow=True)
    assert "It is not proved" in reply.content.decode()
    row.refresh_from_db()
    assert row.state == "needs a person"


def test_what_was_sent_is_set_aside_by_a_super_user_with_a_reason(as_person, world: World) -> None:
    row = write(world, writes=1)
    url = address(world, f"{row.pk}/set-aside/")
    assert as_person("bea").post(url, {"reason": "done by hand"}).status_code == 422
    assert as_person("sam").post(url, {"reason": " "}).status_code == 422
    as_person("sam").post(url, {"reason": "done by hand"})
    row.refresh_from_db()
    assert (row.state, row.problem) == ("set aside", "Set aside by sam: done by hand")
    assert Event.objects.get(verb="set aside").reason == "done by hand"


def test_a_done_one_cannot_be_tried_again(as_person, world: World) -> None:
    row = write(world, state="exported", problem="", remedy="", done_at=NOW)
    html = as_person("bea").get(address(world)).content.decode()
    assert "Try again" not in html
    reply = as_person("bea").post(address(world, f"{row.pk}/try-again/"), follow=True)
    assert "not possible any more" in reply.content.decode()


def test_the_list_fetches_itself_while_something_is_under_way(as_person, world: World) -> None:
    row = write(world, state="sending")
    assert "every 1s" in as_person("vic").get(address(world)).content.decode()
    QbWrite.objects.filter(pk=row.pk).update(state="exported")
    assert "every 1s" not in as_person("vic").get(address(world)).content.decode()


def test_a_held_lane_is_named_on_the_page(as_person, world: World) -> None:
    write(world, state="ready", queued_at=NOW)
    Lane.objects.filter(company=world.northgate).update(held_reason="A backup was restored.")
    html = as_person("vic").get(address(world)).content.decode()
    assert "Nothing is sent now.</strong> A backup was restored." in html


def test_the_stamps_button_stands_on_the_connection_page(as_person, world: World) -> None:
    page = f"/c/{world.northgate.pk}/settings/integrations/quickbooks-desktop/"
    assert "Write the stamp" not in as_person("sam").get(page).content.decode()  # not verified
    Book.objects.filter(company=world.northgate).update(company_name="Northgate", read_at=NOW)
    assert "Write the stamp" in as_person("sam").get(page).content.decode()
    assert "Write the stamp" not in as_person("bea").get(page).content.decode()
    for name, status in (("bea", 403), ("vic", 403), ("charlie", 404)):
        assert as_person(name).post(address(world, "stamp/")).status_code == status
    assert not QbWrite.objects.exists()
    as_person("sam").post(address(world, "stamp/"))
    assert QbWrite.objects.count() == 2
    assert "Being written" in as_person("sam").get(page).content.decode()
    Book.objects.filter(company=world.northgate).update(stamp="x")
    assert "Stamped" in as_person("sam").get(page).content.decode()
