"""The page Restored backup: who sees it, what it lists, who puts back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW, World

from tieout.store.models import Lane, LookFinding, Posting, StillToAsk, Task


def address(world: World, rest: str = "") -> str:
    return f"/c/{world.northgate.pk}/settings/integrations/restored-backup/{rest}"


@pytest.fixture
def gone(world: World) -> Posting:
    client = make.client(world.northgate)
    invoice = make.invoice(client)
    invoice.standing = "exported"
    invoice.save()
    posting = Posting.objects.create(
        company=world.northgate,
        invoice=invoice,
        key="abcdefgh234567ij",
        guid="{}",
        kind="invoice",
        number="20417",
        numbered_from="20417",
        customer=make.qb_customer(world.northgate, "Acme Health"),
        txn_date=date(2026, 10, 4),
        total=Decimal("1200.00"),
        fingerprint="f",
        content={},
        state="exported",
        state_at=NOW,
        txn_id="1A-1",
        qb_number="20417",
        exported_at=NOW,
    )
    task = Task.objects.create(
        company=world.northgate,
        kind="restored",
        state="done",
        created_at=NOW,
        finished_at=NOW,
        due_at=NOW,
        message="1 of 1 exported are gone",
        params={"asked": 1, "last_restore_time": "2026-11-02T09:00:00"},
    )
    LookFinding.objects.create(task=task, posting=posting, what="gone")
    Lane.objects.filter(company=world.northgate).update(held_reason="A backup was restored.")
    return posting


def test_who_sees_it(as_person, world: World, gone: Posting) -> None:
    for page in ("", "gone.csv"):
        url = address(world, page)
        for name in ("sam", "bea", "avery", "vic"):
            reply = as_person(name).get(url)
            text = b"".join(reply).decode() if page else reply.content.decode()
            assert "20417" in text
        assert as_person("charlie").get(url).status_code == 404
        assert Client().get(url)["Location"] == f"/sign-in/?next={url}"


def test_it_says_what_is_gone_and_the_next_step(as_person, world: World, gone: Posting) -> None:
    html = as_person("sam").get(address(world)).content.decode()
    assert "1 exported invoice is gone from QuickBooks, $1,200.00." in html
    assert "Put selected back" in html
    assert "Accept the restored file and Verify" in html
    html = as_person("vic").get(address(world)).content.decode()
    assert "Put selected back" not in html
    assert "Accept the restored file and Verify" not in html
    assert "Look again" not in html


def test_the_held_connection_leads_here(as_person, world: World, gone: Posting) -> None:
    page = f"/c/{world.northgate.pk}/settings/integrations/quickbooks-desktop/"
    assert address(world) in as_person("vic").get(page).content.decode()


def test_only_a_super_user_puts_back(as_person, world: World, gone: Posting) -> None:
    url = address(world, "put-back/")
    for name, status in (("bea", 403), ("vic", 403), ("avery", 403), ("charlie", 404)):
        assert as_person(name).post(url, {"posting": gone.pk}).status_code == status
    assert Client().post(url, {"posting": gone.pk}).status_code == 302
    gone.refresh_from_db()
    assert gone.state == "exported"
    reply = as_person("sam").post(url, {"posting": ["x", "0"]}, follow=True)
    assert "None of these is gone" in reply.content.decode()
    reply = as_person("sam").post(url, {"posting": gone.pk}, follow=True)
    assert "QuickBooks is asked for 1 invoice once more" in reply.content.decode()
    assert Task.objects.get(state="waiting").kind == "restored"
    assert StillToAsk.objects.get(task__state="waiting").posting == gone
    gone.refresh_from_db()
    assert gone.state == "exported"  # until QuickBooks was asked


def test_looking_is_for_who_works(as_person, world: World) -> None:
    url = address(world, "look/")
    assert as_person("vic").post(url).status_code == 403
    assert as_person("charlie").post(url).status_code == 404
    assert not Task.objects.exists()
    as_person("bea").post(url)
    as_person("bea").post(url)  # two clicks make one look
    assert Task.objects.get().kind == "restored"


def test_what_a_restore_undid_is_listed_and_changed_again(
    as_person, world: World, gone: Posting
) -> None:
    LookFinding.objects.update(what="void")
    Posting.objects.update(state="voided")
    html = as_person("sam").get(address(world)).content.decode()
    assert "1 invoice is in QuickBooks as before a change of Tieout" in html
    assert "stands in QuickBooks again" in html
    assert "Put selected back" in html
    assert "Put selected back" not in as_person("bea").get(address(world)).content.decode()
    text = b"".join(as_person("vic").get(address(world, "gone.csv"))).decode()
    assert text.strip().endswith("void undone")
    as_person("sam").post(address(world, "put-back/"), {"posting": gone.pk})
    assert StillToAsk.objects.get(task__state="waiting").posting == gone
