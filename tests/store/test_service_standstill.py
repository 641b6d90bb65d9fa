"""A kept answer that breaks whenever it is acted on: said in words, and nothing is sent meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.rehearsal import Office

from tieout.cli.connection import shown
from tieout.service import moments, plan_export, run_export, standstill
from tieout.store.models import Exchange, Lane, Posting

SAID = "Tieout could not act on it yet; until then nothing more is sent"


def kept(office: Office, call_id: str, outcome: str) -> Exchange:
    """A kept answer to a write of which nothing is known any more."""
    came = moments.now() - timedelta(minutes=10)
    return Exchange.objects.create(
        company=office.company, purpose=Exchange.Purpose.WRITE, call_id=call_id, epoch=1,
        request=b"", sha256="0" * 64, created_at=came, outcome=outcome, answered_at=came,
    )  # fmt: skip


def try_again(office: Office) -> None:
    Lane.objects.filter(company=office.company).update(wake_at=moments.now())
    office.work()


@pytest.fixture
def broken(office: Office) -> Exchange:
    """An invoice is queued behind an answer that no release of Tieout can have kept like that."""
    row = kept(office, "c-broken", "gibberish")
    invoice = make.invoice(office.company.clients.get(), "20417")
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[invoice.pk], now=moments.now())
    office.work()
    return row


def test_it_is_said_on_every_page_until_it_could_be_acted_on(
    office: Office, broken: Exchange
) -> None:
    company_id = office.company.pk
    assert Posting.objects.get().state == "ready"
    assert not Exchange.objects.exclude(pk=broken.pk).exists()
    browser = Client()
    browser.force_login(office.clerk)
    pages = [f"/c/{company_id}/", reverse("connection", args=[company_id])]
    for page in pages:
        assert SAID in browser.get(page).content.decode(), page
    assert SAID in shown(company_id)["held"]
    Exchange.objects.filter(pk=broken.pk).update(outcome="response")  # a newer Tieout can read it
    try_again(office)
    assert Posting.objects.get().state == "exported"
    for page in pages:
        assert SAID not in browser.get(page).content.decode(), page


def test_the_answers_behind_it_are_acted_on_all_the_same(office: Office, broken: Exchange) -> None:
    behind = kept(office, "c-behind", "response")
    try_again(office)
    behind.refresh_from_db()
    broken.refresh_from_db()
    assert behind.applied_at is not None
    assert broken.applied_at is None
    assert Posting.objects.get().state == "ready"


def test_an_answer_that_just_came_and_what_is_held_otherwise(office: Office) -> None:
    company_id, now = office.company.pk, moments.now()
    row = kept(office, "c-1", "response")
    Exchange.objects.filter(pk=row.pk).update(answered_at=now - timedelta(seconds=30))
    assert standstill.reason(company_id=company_id, now=now) == ""
    Lane.objects.filter(company_id=company_id).update(held_reason="A backup was restored.")
    later = now + timedelta(minutes=5)
    assert standstill.reason(company_id=company_id, now=later) == "A backup was restored."
    assert SAID in standstill.stuck(company_id=company_id, now=later)
