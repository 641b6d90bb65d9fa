"""Another connector, road or company file while the outcome of something sent is not known."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import World
from tests.rehearsal import PASSWORD, Office
from tests.store.test_service_run_export import due_now, export, in_quickbooks, invoices
from tests.web.test_connection import entered

from tieout.cli import connection, project, verify, web_connector
from tieout.cli.output import CommandError
from tieout.service import (
    change_of_way,
    moments,
    qbwc_account,
    run_export,
    save_connection,
    verify_connection,
)
from tieout.service.access import Access, find_access
from tieout.service.change_of_way import WayRefused
from tieout.service.save_connection import ConnectionSettings, SettingRefused
from tieout.store.models import Connection, Event, Exchange, Lane, Posting, Task
from tieout.store.queries.planning import rules_of

WHY = "the old computer is gone"
UNCONFIRMED = "Invoice 20417 is unconfirmed"
FILE = {"company_file": "D:\\Moved.QBW", "company_name": "Northgate Staffing", "stamp": ""}


@pytest.fixture
def sam(world: World) -> Access:
    found = find_access(user=world.sam, company_id=world.northgate.pk)
    assert found is not None
    return found


def lose(office: Office, fault: str) -> None:
    """An invoice was sent, and its answer is lost."""
    office.rehearsal.books.raise_fault(fault, times=1, skip=2 if fault == "drop_reply" else 0)
    export(office, invoices(office, "20417"))
    assert Posting.objects.get().state == "unconfirmed"


def settings(office: Office, **changes: str) -> ConnectionSettings:
    saved = ConnectionSettings(url=office.rehearsal.url, username="tieout", password=PASSWORD)
    return replace(saved, **changes)


def save(access: Access, wanted: ConnectionSettings) -> tuple[str, ...]:
    rules = rules_of(access.company)
    saved = save_connection.save(access=access, settings=wanted, rules=rules, now=moments.now())
    return saved.changed


def go_on(office: Office) -> Posting:
    for _ in range(12):
        due_now()
        office.work()
    return Posting.objects.get()


@pytest.mark.parametrize("change", [{"url": "http://127.0.0.1:1"}, {"company_file": "D:\\X.QBW"}])
def test_another_address_or_file_takes_a_reason_while_something_is_unconfirmed(
    office: Office, sam: Access, change: dict[str, str]
) -> None:
    lose(office, "crash_before_save")
    Posting.objects.update(nothing_stored_at=moments.now(), looks=4)
    epoch = Lane.objects.get(company=office.company).epoch
    wanted = settings(office, **change)
    with pytest.raises(SettingRefused, match=f"{UNCONFIRMED}.*Wait until") as refused:
        save(sam, wanted)
    assert refused.value.field == "reason"
    assert Connection.objects.get(company=office.company).url == office.rehearsal.url
    assert save(sam, settings(office, username="tieout")) == ("password",)  # that is no other way
    assert set(change) < set(save(sam, replace(wanted, reason=WHY)))
    said = Event.objects.filter(subject="connection").latest("id")
    assert (said.verb, said.reason, said.actor) == ("changed", WHY, sam.user)
    posting = Posting.objects.get()
    assert (posting.state, posting.looks, posting.nothing_stored_at) == ("unconfirmed", 0, None)
    assert Lane.objects.get(company=office.company).epoch == epoch + 1  # nobody works on the old


def test_without_anything_unconfirmed_it_takes_none(office: Office, sam: Access) -> None:
    assert "company_file" in save(sam, settings(office, company_file="D:\\X.QBW"))
    assert qbwc_account.switch(access=sam, road="web connector", now=moments.now())


def test_the_settings_of_the_road_that_is_not_used_lead_nowhere(
    office: Office, sam: Access
) -> None:
    lose(office, "crash_before_save")
    qbwc_account.switch(access=sam, road="web connector", now=moments.now(), reason=WHY)
    epoch = Lane.objects.get(company=office.company).epoch
    assert "url" in save(sam, settings(office, url="http://127.0.0.1:1"))
    assert Lane.objects.get(company=office.company).epoch == epoch


@pytest.fixture
def another(office: Office) -> Iterator[str]:
    with office.rehearsal.another() as url:
        yield url


def test_what_stands_there_is_found_through_the_other_connector(
    office: Office, sam: Access, another: str
) -> None:
    lose(office, "crash_after_save")
    save(sam, settings(office, url=another, reason=WHY))
    assert go_on(office).state == "exported"
    assert len(in_quickbooks(office)) == 1
    assert Exchange.objects.filter(purpose="write").count() == 1


def test_the_other_connector_proves_nothing_of_the_call_it_never_had(
    office: Office, sam: Access, another: str
) -> None:
    """Absence has no fence then: nothing is sent again by itself, and the queue waits."""
    lose(office, "crash_before_save")
    save(sam, settings(office, url=another, reason=WHY))
    posting = go_on(office)
    assert (posting.state, posting.holds_queue) == ("needs a person", True)
    assert Exchange.objects.filter(purpose="write").count() == 1
    with pytest.raises(run_export.CannotExport):
        run_export.send_again(access=sam, posting_id=posting.pk, now=moments.now())
    save(sam, settings(office, reason="it is back"))  # the first one knows what became of it
    assert in_quickbooks(office) == []


def test_a_road_is_left_with_a_reason_only(office: Office, sam: Access) -> None:
    lose(office, "crash_before_save")
    with pytest.raises(WayRefused, match=UNCONFIRMED):
        qbwc_account.switch(access=sam, road="web connector", now=moments.now(), reason=" ")
    assert Connection.objects.get(company=office.company).road == "remote"


@pytest.mark.parametrize("road", ["remote", "web connector"])
def test_another_company_file_is_accepted_with_a_reason_and_by_a_super_user(
    office: Office, sam: Access, road: str
) -> None:
    lose(office, "crash_before_save")
    Connection.objects.filter(company=office.company).update(road=road)
    now = moments.now()
    for access, why in ((sam, ""), (office.access, WHY)):
        with pytest.raises(WayRefused):
            verify_connection.start(access=access, now=now, accept=FILE, reason=why)
    assert not Task.objects.filter(kind="verify", params__accept=FILE).exists()
    verify_connection.start(access=sam, now=now, accept=FILE, reason=WHY)
    said = Event.objects.get(verb="confirmed", subject="company_file")
    assert (said.reason, said.after) == (WHY, FILE)


# ------------------------------------------------------------------ pages and command line


def signed_in(world: World) -> Client:
    client = Client()
    client.force_login(world.sam)
    return client


def test_the_pages_ask_for_the_reason(office: Office, sam: Access, world: World) -> None:
    client, root = signed_in(world), f"/c/{office.company.pk}/settings/integrations"
    page = f"{root}/quickbooks-desktop/"
    assert b'name="reason"' not in client.get(page).content
    lose(office, "crash_before_save")
    assert b'name="reason"' in client.get(page).content
    wanted = entered(url="http://127.0.0.1:1", password=PASSWORD)
    refused = client.post(f"{page}save/", wanted)
    assert refused.status_code == 422
    assert UNCONFIRMED in refused.content.decode()
    assert client.post(f"{page}save/", {**wanted, "reason": WHY}).status_code == 302
    assert Connection.objects.get(company=office.company).url == "http://127.0.0.1:1"
    page = reverse("web_connector", args=[office.company.pk])
    assert UNCONFIRMED in client.get(page).content.decode()
    told = client.post(f"{page}road/", {"road": "web connector"}, follow=True)
    assert "Only when that way does not come back" in told.content.decode()
    client.post(f"{page}road/", {"road": "web connector", "reason": WHY})
    assert Connection.objects.get(company=office.company).road == "web connector"


def command(office: Office, **more: object) -> Namespace:
    given = {
        "company": office.company.name, "person": "sam", "json": True, "reason": "",
        "url": None, "username": None, "company_file": None, "password_env": None,
        "password_file": None, "password_stdin": False, "wait": 1.0,
        "accept_company_file": None,
    }  # fmt: skip
    return Namespace(**(given | more))


def test_the_command_line_asks_for_it_too(
    office: Office, sam: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "start", lambda: None)
    lose(office, "crash_before_save")
    moved = command(office, verb="set", company_file="D:\\X.QBW")
    use = command(office, verb="use")
    for run, options in ((connection.run, moved), (web_connector.run, use)):
        with pytest.raises(CommandError, match=UNCONFIRMED) as refused:
            run(options)
        assert refused.value.status == 1
        options.reason = WHY
        assert run(options) == 0
    offer = [{"rung": "company file", "detail": "", "who": "", "remedy": "", "state": "broken"}]
    offer[0]["offer"] = FILE  # type: ignore[assignment]
    Connection.objects.update(ladder=offer)
    with pytest.raises(CommandError, match=UNCONFIRMED):
        verify.run(command(office, accept_company_file=FILE["company_file"]))
    assert change_of_way.unsettled(company_id=office.company.pk) == UNCONFIRMED
