"""Verify: which rung breaks, what is written down, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories import NOW, World
from tests.quickbooks_channel import SandboxChannel, rehearsal
from tests.rehearsal import connect as connect_office
from tests.rehearsal import rehearsed

from tieout.channels.base import Answer, Outcome, Rung
from tieout.service import company_facts, connect, verify_connection
from tieout.service.access import Access, find_access
from tieout.store.commits import connection as commits
from tieout.store.models import Book, Connection, Event, Task
from tieout.store.secrets import SecretUnreadable

NO_TLS = "No TLS: the connector runs on this machine."
NO_ROWS = b'<?xml version="1.0"?><QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>'


@pytest.fixture
def sam(world: World) -> Access:
    Connection.objects.filter(company=world.northgate).update(
        url="http://127.0.0.1:8166", username="tieout", password="a long enough password"
    )
    access = find_access(user=world.sam, company_id=world.northgate.pk)
    assert access is not None
    return access


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SandboxChannel:
    made = rehearsal(tmp_path)
    line = connect.Line(
        channel=made, company_file="", expected_company="", app_name="Tieout", installation_id="i"
    )
    monkeypatch.setattr(connect, "line_to", lambda *, company_id: line)
    return made


def verify(sam: Access, **more: dict[str, str]) -> Task:
    task = verify_connection.start(access=sam, now=NOW, **more)
    verify_connection.run(task.pk)
    task.refresh_from_db()
    return task


def ladder(sam: Access) -> dict[str, str]:
    row = Connection.objects.get(company=sam.company)
    return {rung["rung"]: rung["state"] for rung in row.ladder}


def test_all_rungs_hold_and_the_book_is_written(sam: Access, channel: SandboxChannel) -> None:
    task = verify(sam)
    row = Connection.objects.get(company=sam.company)
    book = Book.objects.get(company=sam.company)
    assert (task.state, task.problem) == ("done", "")
    assert row.status == "active"
    assert set(ladder(sam).values()) == {"ok"}
    assert list(ladder(sam)) == [rung.value for rung in Rung]
    assert book.company_name == "Northgate Staffing LLC"
    assert book.company_file
    assert book.qbxml_version == "13.0"
    assert row.last_contact_at is not None
    assert Event.objects.filter(company=sam.company, verb="verified").count() == 1


def test_the_first_verify_passes_although_a_list_was_read_before(
    sam: Access, channel: SandboxChannel
) -> None:
    """Refresh reads the preferences too; whose books these are nobody has said before Verify."""
    columns = {"company_name": "Northgate Staffing LLC", "company_file": "C:/N.QBW", "stamp": ""}
    commits.record_preferences(
        company_id=sam.company.pk, columns=columns | {"uses_classes": True}, now=NOW
    )
    book = Book.objects.get(company=sam.company)
    assert (book.company_name, book.read_at, book.uses_classes) == ("", None, True)
    assert (verify(sam).state, set(ladder(sam).values())) == ("done", {"ok"})
    assert Book.objects.get(company=sam.company).read_at is not None


def test_nothing_that_verify_sends_writes(sam: Access, channel: SandboxChannel) -> None:
    verify(sam)
    assert [delivery.writes for delivery in channel.delivered] == [False, False]


def test_a_wrong_password_breaks_the_login_rung(sam: Access, channel: SandboxChannel) -> None:
    channel.answering(
        rung=Rung.LOGIN, named=True, message="The password is wrong.", remedy="Enter it again."
    )
    task = verify(sam)
    assert (task.state, task.problem, task.remedy) == (
        "failed",
        "The password is wrong.",
        "Enter it again.",
    )
    assert ladder(sam)["reachable"] == ladder(sam)["trust"] == "ok"
    assert ladder(sam)["login"] == "broken"
    assert ladder(sam)["quickbooks"] == "skipped"
    assert not channel.delivered
    row = Connection.objects.get(company=sam.company)
    assert (row.status, row.last_contact_at) == ("broken", None)


@pytest.mark.parametrize(
    ("rung", "named", "said"),
    [
        (Rung.LOGIN, True, ["The Remote Connector answers.", NO_TLS]),
        (Rung.QUICKBOOKS, False, ["Something answers at this address.", NO_TLS]),
        (Rung.TRUST, False, ["Something answers at this address."]),
        (Rung.REACHABLE, False, []),
    ],
)
def test_the_rungs_below_claim_no_more_than_is_proved(
    sam: Access, channel: SandboxChannel, rung: Rung, named: bool, said: list[str]
) -> None:
    channel.answering(rung=rung, named=named, message="No.", remedy="Do this.")
    verify(sam)
    row = Connection.objects.get(company=sam.company)
    assert [each["detail"] for each in row.ladder if each["state"] == "ok"] == said


@pytest.mark.parametrize("rung", [Rung.QUICKBOOKS, Rung.DIALOG, Rung.PERMISSION])
def test_a_failing_quickbooks_breaks_the_rung_it_names(
    sam: Access, channel: SandboxChannel, rung: Rung
) -> None:
    channel.instead[1] = Answer(
        outcome=Outcome.HRESULT, rung=rung, message="No.", remedy="Do this.", hresult=0x80040414
    )
    assert verify(sam).problem == "No."
    assert ladder(sam)[rung.value] == "broken"
    assert ladder(sam)["login"] == "ok"
    assert ladder(sam)["test read"] == "skipped"


def test_a_read_only_user_breaks_the_permission_rung(sam: Access, channel: SandboxChannel) -> None:
    channel.answering(read_only=True)
    assert "may only read" in verify(sam).problem
    assert ladder(sam)["permission"] == "broken"


def test_another_company_file_changes_nothing(sam: Access, channel: SandboxChannel) -> None:
    verify(sam)
    before = Book.objects.values().get(company=sam.company)
    channel.open_file = "C:\\Books\\Harbor.QBW"
    task = verify(sam)
    assert "Another company file is open" in task.problem
    assert ladder(sam)["company file"] == "broken"
    assert Book.objects.values().get(company=sam.company) == before


def test_another_company_file_can_be_confirmed_on_purpose(
    sam: Access, channel: SandboxChannel
) -> None:
    verify(sam)
    channel.open_file = "D:\\New\\Northgate.QBW"
    verify(sam)
    row = Connection.objects.get(company=sam.company)
    offer = next(rung["offer"] for rung in row.ladder if rung["state"] == "broken")
    channel.open_file = "D:\\New\\Harbor.QBW"  # not the one that was confirmed
    assert verify(sam, accept=offer).state == "failed"
    channel.open_file = offer["company_file"]
    assert verify(sam, accept=offer).state == "done"
    assert Book.objects.get(company=sam.company).company_file == "D:\\New\\Northgate.QBW"


def test_slashes_and_case_make_no_other_file(sam: Access, channel: SandboxChannel) -> None:
    channel.open_file = "C:\\Books\\Northgate.QBW"
    verify(sam)
    channel.open_file = "c:/books/NORTHGATE.qbw"
    assert verify(sam).state == "done"


@pytest.mark.parametrize("raw", [b"<html>", NO_ROWS, b""])
def test_an_answer_that_cannot_be_used_is_no_success(
    sam: Access, channel: SandboxChannel, raw: bytes
) -> None:
    channel.instead[1] = Answer(outcome=Outcome.RESPONSE, qbxml=raw, company_file="x")
    assert verify(sam).state == "failed"
    assert Connection.objects.get(company=sam.company).status == "broken"
    assert Book.objects.get(company=sam.company).read_at is None


def test_a_test_read_that_is_refused_names_its_rung(sam: Access, channel: SandboxChannel) -> None:
    channel.instead[2] = Answer(outcome=Outcome.RESPONSE, qbxml=b"<html>")
    verify(sam)
    assert ladder(sam)["version"] == "ok"
    assert ladder(sam)["test read"] == "broken"


def test_settings_changed_meanwhile_win(
    sam: Access, channel: SandboxChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_then_answer() -> object:
        Connection.objects.filter(company=sam.company).update(updated_at=NOW)
        return replace(channel.state)

    monkeypatch.setattr(channel, "status", change_then_answer)
    task = verify(sam)
    assert "changed while" in task.problem
    assert Connection.objects.get(company=sam.company).status == "unverified"


def test_a_password_of_another_key_is_asked_for_again(
    sam: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*, company_id: int) -> connect.Line:
        message = "This secret was encrypted with another key."
        raise SecretUnreadable(message)

    monkeypatch.setattr(connect, "line_to", unreadable)
    task = verify(sam)
    assert ladder(sam)["login"] == "broken"
    assert "Enter the password" in task.remedy


def test_a_restored_backup_is_told(sam: Access, channel: SandboxChannel) -> None:
    verify(sam)
    Book.objects.update(last_restore_time="2020-01-01T00:00:00-05:00")
    verify(sam)
    row = Connection.objects.get(company=sam.company)
    said = next(rung["detail"] for rung in row.ladder if rung["rung"] == "company file")
    assert "A backup was restored" in said


def test_a_wish_that_does_more_than_the_open_one_is_not_swallowed(
    sam: Access, world: World
) -> None:
    """A Biller's Verify frees no lane, and none without it accepts another file."""
    bea = find_access(user=world.bea, company_id=world.northgate.pk)
    assert bea is not None
    of_biller = verify_connection.start(access=bea, now=NOW)
    of_super_user = verify_connection.start(access=sam, now=NOW)
    assert of_super_user.pk != of_biller.pk
    assert verify_connection.start(access=bea, now=NOW).pk == of_super_user.pk
    other = {"company_file": "C:\\Other.qbw", "company_name": "Other", "stamp": ""}
    accepting = verify_connection.start(access=sam, now=NOW, accept=other)
    assert accepting.params == {"accept": other}
    assert verify_connection.start(access=sam, now=NOW, accept=other).pk == accepting.pk


def test_two_clicks_make_one_task(sam: Access) -> None:
    first = verify_connection.start(access=sam, now=NOW)
    assert verify_connection.start(access=sam, now=NOW).pk == first.pk
    assert first.on_lane is False


OLD = "1.0 11.0 12.0"  # QuickBooks 2013
READ = company_facts.read
OFFERS_OLD = {"versions": ("12.0",), "qbxml_version": ""}


def test_a_quickbooks_that_is_too_old_is_named_with_its_remedy(
    world: World, tmp_path: Path
) -> None:
    """It cannot even read the question; one that could says which versions it speaks."""
    with rehearsed(tmp_path) as opened:
        office = connect_office(world, opened)
        opened.books.set_preference("versions", OLD)
        opened.start_again()  # a new session
        verify_connection.start(access=office.access, now=NOW)
        office.work()
        row = Connection.objects.get(company=office.company)
        broken = [rung for rung in row.ladder if rung["state"] == "broken"]
        assert [rung["rung"] for rung in broken] == ["version"]
        assert broken[0]["remedy"] == row.remedy == "Update QuickBooks to 2014 or newer."


def test_a_version_that_is_not_offered_breaks_its_rung(
    sam: Access, channel: SandboxChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_facts, "read", lambda answer: replace(READ(answer), **OFFERS_OLD))
    task = verify(sam)
    assert task.problem == "This QuickBooks speaks qbXML 12.0; Tieout speaks 13.0."
    assert task.remedy == "Update QuickBooks to 2014 or newer."
    assert ladder(sam)["version"] == "broken"
