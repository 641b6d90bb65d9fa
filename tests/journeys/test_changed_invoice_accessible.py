"""A changed invoice, from the row to Settled in QuickBooks, and Skipped: axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at, picture, sign_in
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.service import plan_export
from tieout.store.models import Posting, SourceInvoice

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]


@pytest.fixture
def company() -> int:
    """20417 was exported with $1,200.00 and says $1,320.00 now; 20418 comes to zero."""
    northgate = factories.world().northgate
    acme = factories.client(northgate)
    job = factories.job(acme)
    factories.map_client(acme, factories.qb_customer(northgate, "Acme"))
    factories.map_job(job, factories.qb_customer(northgate, "Acme:Ortiz, Elena - ICU"))
    factories.map_item(factories.item(northgate), factories.qb_entry(northgate, "Regular Hours"))
    changed = factories.invoice(acme)
    plan_export.plan_invoices(company_id=northgate.pk, invoice_ids=[changed.pk], now=factories.NOW)
    Posting.objects.update(
        state="exported", writes=1, txn_id="1A2B-1", qb_number="20417", qb_total="1200.00",
        exported_at=factories.NOW,
    )  # fmt: skip
    SourceInvoice.objects.update(standing="changed", total="1320.00")
    changed.lines.update(amount="1320.00")
    why = "It comes to zero, and zero totals are skipped."
    factories.invoice(
        acme, "20418", lines=[("J-1", "REG", "0.00")], standing="skipped", skipped_why=why
    )
    return northgate.pk


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_changed_invoice_is_settled(
    browser: Browser, live_server: LiveServer, company: int, look: Look
) -> None:
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company}/invoices/?group=skipped")
        expect(page.get_by_text("It comes to zero")).to_be_visible()
        _check(page, look, "skipped")
        page.get_by_label("Groups").get_by_role("link", name="Changed").click()
        expect(page.get_by_text("$120.00 more")).to_be_visible()
        _check(page, look, "changed")
        page.get_by_role("link", name="20417", exact=True).click()
        expect(page.get_by_text("$120.00 more")).to_be_visible()
        _check(page, look, "changed-invoice")
        page.get_by_role("link", name="Settled in QuickBooks").click()
        note = page.get_by_label("What was done in QuickBooks")
        note.fill("Corrected by hand in QuickBooks.")
        _check(page, look, "settle")
        page.get_by_role("button", name="Settled in QuickBooks").click()
        history = page.get_by_role("region", name="History")
        expect(history).to_contain_text("Corrected by hand in QuickBooks.")
        expect(page.get_by_text("Nothing was sent to QuickBooks.")).to_be_visible()
        _check(page, look, "settled")


def _check(page: Page, look: Look, name: str) -> None:
    assert_accessible(page)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0, f"{page.url} scrolls sideways at {look.width} px"
    picture(page, f"{name}-{look.name}")
