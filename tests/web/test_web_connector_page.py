"""Settings → Integrations → QuickBooks Web Connector, as each person sees it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests.factories import NOW, World
from tests.web_connector_office import open_desk

from tieout.service import moments, qbwc_account
from tieout.service.access import find_access
from tieout.service.ask_refresh import ask_refresh
from tieout.store.models import Book, Connection, Event, Lane, Task, WebConnectorAccount

CHANGES = ("save", "road", "password", "verify", "confirm-file", "new-ids")


def address(world: World, rest: str = "") -> str:
    return f"/c/{world.northgate.pk}/settings/integrations/quickbooks-web-connector/{rest}"


def sam(world: World):
    access = find_access(user=world.sam, company_id=world.northgate.pk)
    assert access is not None
    return access


@pytest.fixture
def account(world: World) -> WebConnectorAccount:
    return qbwc_account.ensure(access=sam(world), now=NOW)


def entered(**changes: str) -> dict[str, str]:
    return {
        "user_name": "northgate",
        "app_name": "Tieout Northgate",
        "every_minutes": "10",
        **changes,
    }


def test_who_sees_the_page(as_person, world: World) -> None:
    for name in ("sam", "bea", "avery", "vic"):
        assert as_person(name).get(address(world)).status_code == 200
    assert as_person("charlie").get(address(world)).status_code == 404
    assert Client().get(address(world))["Location"] == f"/sign-in/?next={address(world)}"


@pytest.mark.parametrize("change", CHANGES)
def test_only_a_super_user_changes_it(as_person, world: World, change: str) -> None:
    url = address(world, f"{change}/")
    for name in ("vic", "bea", "avery"):
        assert as_person(name).post(url, entered(road="web connector")).status_code == 403
    assert as_person("charlie").post(url, entered(road="web connector")).status_code == 404
    assert Client().post(url, entered()).status_code == 302
    assert not WebConnectorAccount.objects.exists()
    assert Connection.objects.get(company=world.northgate).road == "remote"


def test_only_a_super_user_downloads_the_file(as_person, world: World, account) -> None:
    url = address(world, "tieout.qwc")
    assert as_person("vic").get(url).status_code == 403
    assert as_person("charlie").get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert as_person("sam").get(url, headers={"host": "localhost"}).status_code == 200


def test_the_password_is_shown_once_and_kept_as_a_hash(as_person, world: World) -> None:
    browser = as_person("sam")
    html = browser.post(address(world, "password/")).content.decode()
    found = re.search(r'id="new-password">([A-Za-z0-9]{26})<', html)
    assert found is not None
    password = found.group(1)
    account = WebConnectorAccount.objects.get(company=world.northgate)
    assert qbwc_account.is_password(account, password)
    assert not qbwc_account.is_password(account, password[:-1])
    assert not qbwc_account.is_password(None, password)
    assert password not in account.password_hash
    assert password not in browser.get(address(world)).content.decode()
    assert password not in str(list(Event.objects.values()))


def test_a_new_password_ends_the_former_one(world: World) -> None:
    former = qbwc_account.make_password(access=sam(world), now=NOW)
    latter = qbwc_account.make_password(access=sam(world), now=NOW)
    account = WebConnectorAccount.objects.get(company=world.northgate)
    assert not qbwc_account.is_password(account, former)
    assert qbwc_account.is_password(account, latter)


def test_the_qwc_file(as_person, world: World, account) -> None:
    as_person("sam").post(address(world, "save/"), entered())
    response = as_person("sam").get(address(world, "tieout.qwc"), headers={"host": "localhost"})
    assert response["Content-Disposition"] == 'attachment; filename="northgate.qwc"'
    file = ElementTree.XML(response.content)
    assert file.findtext("AppURL") == "http://localhost/qbwc/"
    assert file.findtext("AppName") == "Tieout Northgate"
    assert file.findtext("UserName") == "northgate"
    assert file.findtext("FileID") == f"{{{str(account.file_id).upper()}}}"
    assert file.findtext("OwnerID") == f"{{{str(account.owner_id).upper()}}}"
    assert file.findtext("Scheduler/RunEveryNMinutes") == "10"
    assert file.findtext("IsReadOnly") == "false"
    assert "password" not in response.content.decode().lower()


def test_an_address_the_web_connector_refuses_is_said_on_the_page(
    as_person, world: World, account
) -> None:
    """An IP address, or http elsewhere than on localhost."""
    html = as_person("sam").get(address(world), headers={"host": "127.0.0.1"}).content.decode()
    assert "would refuse the .qwc file" in html
    file = as_person("sam").get(address(world, "tieout.qwc"), headers={"host": "127.0.0.1"})
    assert file.status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"user_name": "a b"}, "letters, digits"),
        ({"user_name": "harbor"}, "taken by another company"),
        ({"every_minutes": "0"}, "greater than or equal to 1"),
        ({"every_minutes": "soon"}, "whole number"),
        ({"app_name": ""}, "required"),
        ({"app_name": "TIEOUT - Harbor Staffing"}, "name of another company here"),
    ],
)
def test_a_wrong_account_is_refused_whole(
    as_person, world: World, account, changes: dict[str, str], said: str
) -> None:
    charlie = find_access(user=world.charlie, company_id=world.harbor.pk)
    assert charlie is not None
    other = qbwc_account.ensure(access=charlie, now=NOW)
    # two applications of one name would replace each other in one Web Connector
    assert Connection.objects.get(company=world.harbor).app_name == "Tieout - Harbor Staffing"
    WebConnectorAccount.objects.filter(pk=other.pk).update(user_name="harbor")
    response = as_person("sam").post(address(world, "save/"), entered(**changes))
    assert response.status_code == 422
    html = response.content.decode()
    assert "<strong>Nothing was saved.</strong>" in html
    assert said in html
    account.refresh_from_db()
    assert account.user_name == "northgate-staffing"
    assert Connection.objects.get(company=world.northgate).app_name == "Tieout"


def test_switching_the_road_ends_whatever_works_on_the_other(as_person, world: World) -> None:
    before = Lane.objects.get(company=world.northgate).epoch
    url = address(world, "road/")
    as_person("sam").post(url, {"road": "web connector"})
    assert Connection.objects.get(company=world.northgate).road == "web connector"
    assert Lane.objects.get(company=world.northgate).epoch == before + 1
    as_person("sam").post(url, {"road": "web connector"})
    assert Lane.objects.get(company=world.northgate).epoch == before + 1
    response = as_person("sam").post(url, {"road": "carrier pigeon"}, follow=True)
    assert "There is no road" in response.content.decode()


def test_another_company_file_is_shown_and_confirmed(
    as_person, world: World, tmp_path: Path
) -> None:
    desk = open_desk(world, tmp_path)
    desk.connector.update()
    desk.connector.path = r"D:\Elsewhere\Northgate.QBW"
    ask_refresh(access=desk.access, now=moments.now())
    said = desk.connector.update()
    assert "Nothing was sent" in said
    html = as_person("sam").get(address(world)).content.decode()
    assert r"D:\Elsewhere\Northgate.QBW" in html
    assert "Another company file was open" in html
    shown = {"company_file": r"D:\Elsewhere\Northgate.QBW", "company_name": "Northgate Staffing"}
    wrong = as_person("sam").post(
        address(world, "confirm-file/"), {**shown, "company_file": "X"}, follow=True
    )
    assert "Another file was open since" in wrong.content.decode()
    as_person("sam").post(address(world, "confirm-file/"), shown)
    desk.connector.update()
    assert Book.objects.get(company=world.northgate).company_file == shown["company_file"]
    assert Lane.objects.get(company=world.northgate).held_reason == ""


def test_a_file_with_another_stamp_is_not_taken_for_ours(
    as_person, world: World, tmp_path: Path
) -> None:
    desk = open_desk(world, tmp_path)
    desk.connector.update()
    Book.objects.filter(company=world.northgate).update(stamp="another")
    as_person("sam").post(address(world, "verify/"))
    said = desk.connector.update()
    assert "stamp" in said
    assert Book.objects.get(company=world.northgate).stamp == "another"
    shown = {name: WebConnectorAccount.objects.get(company=world.northgate).seen_file[name]
             for name in ("company_file", "company_name")}  # fmt: skip
    as_person("sam").post(address(world, "confirm-file/"), shown)
    desk.connector.update()
    assert Book.objects.get(company=world.northgate).stamp == ""


def test_a_held_company_goes_on_after_a_verify(as_person, world: World, tmp_path: Path) -> None:
    desk = open_desk(world, tmp_path)
    desk.refresh()
    desk.make_ready("20417")
    desk.queue()
    Lane.objects.filter(company=world.northgate).update(held_reason="A backup was restored.")
    assert desk.connector.update() == "none"
    assert "A backup was restored." in desk.connector.last_error()
    as_person("sam").post(address(world, "verify/"))
    desk.connector.update()
    assert desk.numbers() == ["20417"]


def test_verify_on_the_other_page_waits_for_the_web_connector(
    as_person, world: World, account
) -> None:
    url = f"/c/{world.northgate.pk}/settings/integrations/quickbooks-desktop/verify/"
    qbwc_account.switch(access=sam(world), road="web connector", now=NOW)
    as_person("bea").post(url)
    account.refresh_from_db()
    assert account.verify_wanted_at is None  # a Biller must not accept a restored backup
    as_person("sam").post(url)
    account.refresh_from_db()
    assert account.verify_wanted_at is not None
    assert set(Task.objects.values_list("kind", "state")) == {("verify", "done")}


def test_the_updates_and_what_they_said(as_person, world: World, tmp_path: Path) -> None:
    desk = open_desk(world, tmp_path)
    desk.refresh()
    html = as_person("vic").get(address(world)).content.decode()
    assert "Done</span>" in html
    assert "Latest updates" in html


def test_log_codes_are_explained(as_person, world: World) -> None:
    url = address(world, "?log=20261122.10:00 UTC : QBWC1012: Authentication failed")
    html = as_person("vic").get(url).content.decode()
    assert "QBWC1012" in html
    assert "certificate or firewall" in html
    assert "No known code" in as_person("vic").get(address(world, "?log=hello")).content.decode()


def test_the_service_is_there_for_people_and_tools(client: Client, db: None) -> None:
    page = client.get("/qbwc/")
    assert page.status_code == 200
    assert "Web Connector" in page.content.decode()
    wsdl = client.get("/qbwc/?wsdl", headers={"host": "localhost"})
    assert 'location="http://localhost/qbwc/"' in wsdl.content.decode()
    assert client.put("/qbwc/").status_code == 405
