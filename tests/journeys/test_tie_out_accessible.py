"""axe-core finds nothing on the Tie-out page, in any of its states, light, dark and on a phone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at, picture, sign_in
from tests.factories import NOW
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.core import facts
from tieout.core.comparing import compare
from tieout.store.commits import tasks, tie_outs
from tieout.store.models import Company, Posting, QbCustomer, Task

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]
PEOPLE = (
    "Ortiz, Elena - ICU",
    "Reed, Sam - Forklift",
    "Webb, Marcus - Payroll Specialist",
    "Nguyen, Kim - RN Med Surg",
)


@pytest.fixture
def company() -> Company:
    """Northgate with eight exported invoices on four QuickBooks jobs."""
    northgate = factories.world().northgate
    acme = factories.client(northgate)
    factories.qb_customer(northgate, "Acme Health Partners")
    for place, name in enumerate(PEOPLE):
        job = factories.qb_customer(northgate, f"Acme Health Partners:{name}")
        for number in (20417 + place, 20517 + place):
            invoice = factories.invoice(acme, str(number), standing="exported")
            Posting.objects.create(
                company=northgate, invoice=invoice, key=f"key-{number}", guid="{0}",
                state="exported", state_at=NOW, exported_at=NOW, kind="invoice",
                number=str(number), numbered_from=str(number), customer=job,
                txn_date=invoice.invoice_date, total=invoice.total, fingerprint="0" * 64,
                content={}, txn_id=f"T-{number}",
            )  # fmt: skip
    return northgate


def conclude(company: Company, task: Task | None = None, **changed: dict[str, object]) -> None:
    """A tie-out in which QuickBooks holds everything, apart from what `changed` says by number."""
    task = task or Task.objects.create(company=company, kind="tie_out", created_at=NOW, due_at=NOW)
    made = tie_outs.open_tie_out(task=task, now=NOW)
    ours = tie_outs.our_invoices(tie_out=made)
    theirs = [
        facts.TheirInvoice(
            **{
                "txn_id": our.txn_id,
                "number": our.number,
                "customer_list_id": our.customer_list_id,
                "txn_date": our.txn_date,
                "total": our.total,
                "marker_key": our.marker_key,
            }
            | changed.get(f"n{our.number}", {})
        )
        for our in ours
        if changed.get(f"n{our.number}") != {"gone": True}
    ]
    names = dict(QbCustomer.objects.values_list("list_id", "full_name"))
    tie_outs.save_result(
        tie_out=made, result=compare(ours, theirs), postings_count=len(ours), names=names, now=NOW
    )
    tasks.finish(task_id=task.pk, now=NOW, message="Compared.", result={})


def differing(company: Company) -> None:
    other = QbCustomer.objects.get(full_name__endswith=PEOPLE[1]).list_id
    conclude(
        company,
        n20417={"total": Decimal("1.00")},
        n20418={"gone": True},
        n20419={"voided": True, "total": Decimal("0.00")},
        n20420={"customer_list_id": other},
        n20517={"txn_date": date(2026, 12, 31)},
        n20518={"number": "90001"},
    )


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_state_of_the_page(
    browser: Browser, live_server: LiveServer, company: Company, look: Look
) -> None:
    address = f"{live_server.url}/c/{company.pk}/tie-out/"
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="sam", password=factories.PASSWORD)
        page.goto(address)
        _check(page, look, "never")
        conclude(company)
        page.goto(address)
        _check(page, look, "agrees")
        differing(company)
        Posting.objects.filter(number="20520").update(state_at=NOW + timedelta(minutes=1))
        for show in ("findings", "jobs", "former"):
            page.goto(f"{address}?show={show}")
            _check(page, look, show)


def test_the_printed_page_names_the_company_and_cuts_nothing_off(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    differing(company)
    with look_at(browser, LOOKS[1]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="sam", password=factories.PASSWORD)
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 718, "height": 1000})  # a sheet within its margins
        for show in ("findings", "jobs", "former"):
            page.goto(f"{live_server.url}/c/{company.pk}/tie-out/?show={show}")
            wide = page.locator(".ledger").evaluate("table => table.getBoundingClientRect().right")
            assert wide <= 718, f"{show} is {wide} px wide on paper"
            expect(page.get_by_text(company.name, exact=True)).to_be_visible()
            expect(page.get_by_role("button", name="Tie out")).to_be_hidden()
            expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
        ink = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ink == "rgb(251, 251, 249)", "the sheet is light, whatever the screen is"
        picture(page, "tie-out-printed")


def test_the_answer_appears_when_the_comparison_is_over(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    with look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company.pk}/tie-out/")
        page.get_by_label("From").fill("2026-10-01")
        page.get_by_role("button", name="Tie out").click()
        expect(page.locator("#summary")).to_contain_text("Both books are being compared.")
        task = Task.objects.get()
        assert task.params == {"from_date": "2026-10-01"}
        assert_accessible(page)
        picture(page, "tie-out-running")
        conclude(company, task)
        expect(page.locator("#summary")).to_contain_text("Both books agree as of")


def _check(page: Page, look: Look, name: str) -> None:
    assert_accessible(page)
    picture(page, f"tie-out-{name}-{look.name}")
    if look.width < 400:
        page.set_viewport_size({"width": 360, "height": look.height})  # the narrowest phone
    wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, f"{page.url} scrolls sideways"
    page.set_viewport_size({"width": look.width, "height": look.height})
