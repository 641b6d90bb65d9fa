"""The Drift inbox with every kind, its dialog and its answers: axe finds nothing, in every look."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at, picture, sign_in
from tests.factories import NOW
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.store.models import Company, JobMapping, QbCustomer, SourceJob

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]
PEOPLE = (
    ("Elena Ortiz", "Ortiz, Elena - ICU"),
    ("Sam Reed", "Reed, Sam - Forklift"),
    ("Marcus Webb", "Webb, Marcus - Payroll Specialist"),
    ("Kim Nguyen", "Nguyen, Kim - RN Med Surg"),
    ("Ada Stone", "Stone, Ada"),
    ("Ben Wood", "Wood, Ben - Welder"),
    ("Carla Diaz", "Diaz, Carla"),
    ("Dev Patel", "Patel, Dev"),
    ("Evan Cole", "Cole, Evan"),
    ("Fay Lind", "Lind, Fay"),
)


@pytest.fixture
def company() -> Company:
    """Northgate with one mapping for each kind of drift, and two inactivated ones."""
    northgate = factories.world().northgate
    acme = factories.client(northgate, name="Acme Health Partners")
    other = factories.client(northgate, "C-2", "Birch Logistics")
    factories.map_client(acme, factories.qb_customer(northgate, "Acme Health Partners"))
    birch = factories.qb_customer(northgate, "Birch Logistics Inc")
    jobs = {}
    for n, (contractor, name) in enumerate(PEOPLE, start=1):
        job = factories.job(acme, f"J-{n}", contractor)
        jobs[contractor] = job
        factories.map_job(job, factories.qb_customer(northgate, f"Acme Health Partners:{name}"))
    factories.qb_customer(northgate, "Acme Health Partners:Stone, Ada - Clerk")

    def change(name: str, **columns: object) -> None:
        QbCustomer.objects.filter(name=name).update(**columns)

    top = "Acme Health Partners"
    change(
        "Ortiz, Elena - ICU", full_name="Birch Logistics Inc:Ortiz, Elena - ICU",
        parent_list_id=birch.list_id, top_list_id=birch.list_id,
    )  # fmt: skip
    change("Reed, Sam - Forklift", full_name=f"{top}:Novak, Petra - ER")
    change("Webb, Marcus - Payroll Specialist", active=False)
    change("Nguyen, Kim - RN Med Surg", active=False)
    change("Stone, Ada", gone_at=NOW)
    change("Wood, Ben - Welder", gone_at=NOW)
    change("Diaz, Carla", full_name=f"{top}:Carla Diaz")
    JobMapping.objects.filter(job=jobs["Dev Patel"]).update(remembered_active=False)
    SourceJob.objects.filter(pk=jobs["Evan Cole"].pk).update(active=False, end_date="2026-09-30")
    SourceJob.objects.filter(pk=jobs["Fay Lind"].pk).update(client=other)
    factories.invoice(acme, "20417", standing="blocked")
    factories.invoice(acme, "20418", lines=[("J-3", "REG", "90.00")], standing="blocked")
    factories.notice_all(company_id=northgate.pk, now=NOW)
    return northgate


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_kind_is_shown(
    browser: Browser, live_server: LiveServer, company: Company, look: Look
) -> None:
    address = f"{live_server.url}/c/{company.pk}/drift/"
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(address)
        expect(page.locator("#summary")).to_contain_text("9 changes wait for an answer.")
        page.get_by_text("What to click").first.click()
        _check(page, look, "open")
        page.goto(f"{address}?kind=inactivated")
        page.get_by_role("button", name="Keep all …").click()
        expect(page.get_by_role("dialog")).to_contain_text("2 mappings will be kept")
        _check(page, look, "bulk")
        page.get_by_role("button", name="Keep 2").click()
        expect(page.get_by_text("2 mappings are kept.")).to_be_visible()
        _check(page, look, "kept")
        page.get_by_role("button", name="Undo all of them").click()
        expect(page.get_by_text("2 answers were taken back.")).to_be_visible()
        for tab in ("answered", "noted"):
            page.goto(f"{address}?tab={tab}")
            _check(page, look, tab)
        page.goto(f"{live_server.url}/c/{company.pk}/")
        _check(page, look, "home")


def test_rows_are_answered_from_the_keyboard(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    with look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        page.goto(f"{live_server.url}/c/{company.pk}/drift/?q=sam")
        page.locator("#search").focus()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("link", name="Sam Reed , job J-2: Renamed")).to_be_focused()
        page.keyboard.press("k")
        expect(page.get_by_text("1 mapping is kept.")).to_be_visible()
        expect(page.get_by_role("link", name="Sam Reed , job J-2: Renamed")).to_be_focused()
        expect(page.locator("#drift-count")).to_have_text("8")
        page.keyboard.press("u")
        expect(page.get_by_text("1 answer was taken back.")).to_be_visible()
        expect(page.locator("#drift-count")).to_have_text("9")
        page.keyboard.press("i")
        expect(page.get_by_text("ignored until it changes again.")).to_be_visible()
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()


def test_what_is_to_be_confirmed_is_ticked_in_the_row_and_in_the_preview(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    birch = QbCustomer.objects.get(full_name="Birch Logistics Inc")
    QbCustomer.objects.filter(name="Cole, Evan").update(
        full_name="Birch Logistics Inc:Cole, Evan", parent_list_id=birch.list_id,
        top_list_id=birch.list_id,
    )  # fmt: skip
    factories.notice_all(company_id=company.pk)
    for look in LOOKS:
        with look_at(browser, look) as context:
            page = context.new_page()
            sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
            page.goto(f"{live_server.url}/c/{company.pk}/drift/?kind=moved")
            row = page.get_by_role("row").filter(has_text="Elena Ortiz")
            row.get_by_role("button", name="Keep").click()
            expect(row.get_by_label("it stands under another customer")).to_be_visible()
            _check(page, look, "to-confirm")
            page.get_by_role("button", name="Keep all …").click()
            dialog = page.get_by_role("dialog")
            expect(dialog).to_contain_text("0 mappings will be kept")
            tick = dialog.get_by_label("Also where it stands under another customer")
            tick.check()
            expect(dialog).to_contain_text("2 mappings will be kept")
            expect(tick).to_be_checked()
            _check(page, look, "bulk-to-confirm")
            dialog.get_by_role("button", name="Keep 2").click()
            expect(page.get_by_text("2 mappings are kept.")).to_be_visible()
            page.get_by_role("button", name="Undo all of them").click()
            expect(page.get_by_text("2 answers were taken back.")).to_be_visible()


def test_record_mapping_of_a_changed_job_and_the_desk_by_client(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    """The note of a drift with Keep this mapping, a reason asked for, and a client's own bulk."""
    moved = SourceJob.objects.get(contractor="Elena Ortiz")
    billed = SourceJob.objects.get(contractor="Marcus Webb")
    on = JobMapping.objects.get(job=billed).target
    assert on is not None
    factories.posting(factories.invoice(billed.client, "20500"), on, job_key=billed.key)
    waiting = factories.job(billed.client, "J-50", "Ada Stone")
    factories.suggest(waiting, QbCustomer.objects.get(name="Stone, Ada - Clerk"))
    desk = f"{live_server.url}/c/{company.pk}/map-jobs/"
    for look in LOOKS:
        with look_at(browser, look) as context:
            page = context.new_page()
            sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
            dialog = page.get_by_role("dialog")
            page.goto(f"{desk}?open={moved.pk}")
            expect(dialog.get_by_role("button", name="Keep this mapping")).to_be_visible()
            _check(page, look, "note")
            dialog.get_by_role("button", name="Keep this mapping").click()
            expect(dialog.get_by_role("alert")).to_be_visible()
            _check(page, look, "keep-refused")
            page.goto(f"{desk}?open={billed.pk}")
            dialog.get_by_role("button", name="Remove Association").click()
            expect(dialog.get_by_text("so a change needs a reason")).to_be_visible()
            _check(page, look, "reason")
            page.goto(f"{desk}?sort=client")
            own = page.get_by_role("button", name="Accept suggestions of Acme Health Partners")
            _check(page, look, "by-client")
            own.click()
            expect(dialog).to_contain_text("Only Acme Health Partners.")
            _check(page, look, "bulk-of-a-client")


def test_the_right_name_is_offered_where_there_is_no_job_yet(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    client = company.clients.get(key="C-1")
    job = factories.job(
        client, "J-99", "Łukasz Żak", title="Lead: Registered Nurse, Intensive Care"
    )
    for look in LOOKS:
        with look_at(browser, look) as context:
            page = context.new_page()
            sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
            page.goto(f"{live_server.url}/c/{company.pk}/map-jobs/?open={job.pk}")
            page.get_by_role("button", name="No such job yet").click()
            field = page.get_by_label("Job Name in QuickBooks")
            expect(field).to_have_value("Zak, Lukasz")
            page.get_by_role("button", name="Copy the name").click()
            expect(page.locator("#new-job-name-copied")).not_to_be_empty()
            _check(page, look, "new-job")


def _check(page: Page, look: Look, name: str) -> None:
    assert_accessible(page)
    picture(page, f"drift-{name}-{look.name}")
    if look.width < 400:
        page.set_viewport_size({"width": 360, "height": look.height})  # the narrowest phone
    wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, f"{page.url} scrolls sideways"
