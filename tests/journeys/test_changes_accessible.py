"""What is written to QuickBooks besides new invoices, page by page and in every look: axe finds

nothing, and the keyboard reaches what there is to press.
"""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import factories
from tests.axe import assert_accessible
from tests.browser import LOOKS, Look, look_at, picture, sign_in
from tests.factories import NOW
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401 # used by pytest

from tieout.service import plan_export, run_export
from tieout.service.access import find_access
from tieout.store.models import (
    Book,
    Company,
    JobDataSeen,
    Lane,
    LookFinding,
    Posting,
    QbWrite,
    SourceInvoice,
    Task,
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
]
FOUND = {"txn_id": "80000099-1735743002", "customer": "Acme:Doe, Jane - Dispatch"}


@pytest.fixture
def company() -> Company:
    """Two exported invoices, one of which is gone with a backup; one job in want of its own."""
    world = factories.world()
    northgate = world.northgate
    Company.objects.filter(pk=northgate.pk).update(create_jobs=True, keep_job_data=True)
    Book.objects.filter(company=northgate).update(
        company_name="Northgate Staffing LLC", company_file="C:\\Books\\N.QBW", read_at=NOW
    )
    acme = factories.client(northgate)
    job = factories.job(acme, start_date=date(2026, 9, 1))
    factories.job(acme, "J-9", "Jane Doe", title="Dispatch")
    factories.map_client(acme, factories.qb_customer(northgate, "Acme"))
    target = factories.qb_customer(northgate, "Acme:Ortiz, Elena - ICU")
    factories.map_job(job, target)
    factories.map_item(factories.item(northgate), factories.qb_entry(northgate, "Regular Hours"))
    ids = [factories.invoice(acme, number).pk for number in ("20417", "20418")]
    plan_export.plan_waiting(company_id=northgate.pk)
    bea = find_access(user=world.bea, company_id=northgate.pk)
    assert bea is not None
    batch = run_export.start(access=bea, invoice_ids=ids, now=NOW)
    Posting.objects.update(
        state="exported", queued_at=None, txn_id="1A2B-1", edit_sequence="17", qb_total="1200.00",
        qb_number="20417", exported_at=NOW,
    )  # fmt: skip
    SourceInvoice.objects.update(standing="exported")
    Task.objects.filter(batch=batch).update(state="done", finished_at=NOW)
    gone = Posting.objects.latest("id")
    over = {"company": northgate, "state": "done", "created_at": NOW, "due_at": NOW}
    look = Task.objects.create(
        kind="restored", finished_at=NOW, message="1 of 2 exported are gone",
        params={"last_restore_time": "2026-11-02T09:00:00"}, **over,
    )  # fmt: skip
    LookFinding.objects.create(task=look, posting=gone, what="gone")
    reading = Task.objects.create(
        kind="job_data", finished_at=NOW, message="1 read, 1 with proposed changes", **over
    )
    JobDataSeen.objects.create(
        company=northgate, job=job, list_id=target.list_id, there={"job_desc": "Night shift"},
        read_at=NOW, proposed_by=reading,
    )  # fmt: skip
    Lane.objects.filter(company=northgate).update(
        held_reason="A backup was restored in QuickBooks since the last Verify."
    )
    QbWrite.objects.create(
        company=northgate, kind="customer_add", key="job-1", title="Create job Acme:Doe, Jane",
        content={"parent_list_id": "8-1", "name": "Doe, Jane"}, requested_by=world.bea,
        created_at=NOW, state_at=NOW, state="needs a person", found=FOUND,
        problem="QuickBooks has a job of this name already: Acme:Doe, Jane. Nothing was created.",
        remedy="If it is this contractor job, link it.",
    )  # fmt: skip
    void = QbWrite.objects.create(
        company=northgate, kind="void", key="void-1", title="Void invoice 20417",
        content={"reason": "wrong rates"}, requested_by=world.bea, created_at=NOW, state_at=NOW,
        state="exported", done_at=NOW, posting=Posting.objects.earliest("id"),
    )  # fmt: skip
    assert void.pk
    return northgate


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_of_changes(
    browser: Browser, live_server: LiveServer, company: Company, look: Look
) -> None:
    base = f"{live_server.url}/c/{company.pk}"
    settings = f"{base}/settings/integrations"
    posting = Posting.objects.latest("id")
    changed = SourceInvoice.objects.get(pk=posting.invoice_id)
    changed.lines.update(amount="1320.00", description="Week ending 10/04/2026, corrected")
    SourceInvoice.objects.filter(pk=changed.pk).update(standing="changed", total="1320.00")
    batch, write = posting.batch_id, QbWrite.objects.earliest("id").pk
    changes = f"{settings}/quickbooks-changes"
    pages = {
        "changes": (f"{changes}/", "Changes sent to QuickBooks"),
        "change": (f"{changes}/{write}/", "Create job Acme:Doe, Jane"),
        "change-aside": (f"{changes}/{write}/set-aside/", "Set aside: Create job Acme:Doe, Jane"),
        "undo": (f"{base}/invoices/exports/{batch}/undo/", f"Undo batch {batch}"),
        "void": (f"{base}/invoices/postings/{posting.pk}/void/", "Void invoice 20417"),
        "update": (
            f"{base}/invoices/{changed.pk}/update/", "Update invoice 20418 in QuickBooks",
        ),
        "restored": (f"{settings}/restored-backup/", "Restored backup"),
        "job-data": (f"{settings}/job-data/", "Job-level data"),
        "stamp": (
            f"{settings}/quickbooks-desktop/", "QuickBooks Desktop Accounting Configuration",
        ),
    }  # fmt: skip
    with look_at(browser, look) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="sam", password=factories.PASSWORD)
        for name, (address, heading) in pages.items():
            page.goto(address)
            expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
            _check(page, look, name)


def test_a_missing_job_is_asked_for_from_the_keyboard(
    browser: Browser, live_server: LiveServer, company: Company
) -> None:
    with look_at(browser, LOOKS[0]) as context:
        page = context.new_page()
        sign_in(page, live_server.url, username="bea", password=factories.PASSWORD)
        job = company.jobs.get(key="J-9")
        page.goto(f"{live_server.url}/c/{company.pk}/map-jobs/?open={job.pk}")
        dialog = page.get_by_role("dialog")
        page.get_by_role("button", name="No such job yet").focus()
        page.keyboard.press("Enter")
        name = dialog.get_by_label("Name of the job to create in QuickBooks")
        expect(name).to_have_value("Doe, Jane - Dispatch")
        name.fill("Doe: Jane")
        create = dialog.get_by_role("button", name="Create it in QuickBooks")
        create.focus()
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("alert")).to_contain_text("a colon separates the levels")
        _check(page, LOOKS[0], "create-job-refused")
        dialog.get_by_label("Name of the job to create in QuickBooks").fill("Doe, Jane - Night")
        dialog.get_by_role("button", name="Create it in QuickBooks").focus()
        page.keyboard.press("Enter")
        expect(dialog.get_by_text("Create job Acme:Doe, Jane - Night")).to_be_visible()
        _check(page, LOOKS[0], "create-job-queued")
        QbWrite.objects.filter(title__endswith="Night").update(state="exported", done_at=NOW)
        expect(dialog.get_by_text("The contractor job is mapped to it")).to_be_visible()
        _check(page, LOOKS[0], "create-job-done")


def _check(page: Page, look: Look, name: str) -> None:
    picture(page, f"{name}-{look.name}")
    assert_accessible(page)
