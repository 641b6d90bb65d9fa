"""Refresh QuickBooks list: everything mirrored, what went is marked, a dead session starts anew."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.rehearsal import Office

from tieout.channels.base import Answer, Outcome
from tieout.service import moments, plan_export, refresh_lists
from tieout.service.ask_refresh import ask_refresh
from tieout.service.refresh_pages import Page
from tieout.store.models import Book, Listing, QbCustomer, QbEntry, SourceJob, Task

ORTIZ = "Acme Health:Ortiz, Elena - ICU"


def refresh(office: Office, *, full: bool = False) -> Task:
    task = ask_refresh(access=office.access, now=moments.now(), full=full)
    office.work()
    task.refresh_from_db()
    return task


def test_the_lists_are_mirrored_with_their_places(office: Office) -> None:
    job = QbCustomer.objects.get(full_name=ORTIZ)
    customer = QbCustomer.objects.get(full_name="Acme Health")
    assert (job.parent_list_id, job.top_list_id) == (customer.list_id, customer.list_id)
    assert job.search_text == ORTIZ.lower()
    kinds = set(QbEntry.objects.values_list("kind", flat=True))
    assert {"item", "terms", "tax_code"} <= kinds
    book = Book.objects.get(company=office.company)
    assert book.lists_refreshed_at is not None


def test_a_new_job_appears_and_a_deleted_one_is_marked_gone(office: Office) -> None:
    office.rehearsal.books.add_customer("Acme Health:Novak, Petra - ER")
    office.rehearsal.books.delete_customer(ORTIZ)
    task = refresh(office, full=True)
    assert task.state == "done"
    assert QbCustomer.objects.filter(full_name__endswith="Novak, Petra - ER").exists()
    assert QbCustomer.objects.get(full_name=ORTIZ).gone_at is not None
    assert "1 job is no longer in QuickBooks." in task.message


def test_a_rename_reaches_every_job_below_and_the_map(office: Office) -> None:
    office.rehearsal.books.rename_customer("Acme Health", "Acme Healthcare")
    refresh(office)
    assert QbCustomer.objects.filter(full_name__startswith="Acme Healthcare:").count() == 2
    assert "acme healthcare" in SourceJob.objects.get().search_text


def test_a_mapped_job_that_went_inactive_needs_attention(office: Office) -> None:
    office.rehearsal.books.set_customer_active(ORTIZ, active=False)
    refresh(office)
    assert SourceJob.objects.get().map_state == "attention"


def test_nothing_is_gone_when_the_list_could_not_be_read(office: Office) -> None:
    office.rehearsal.stop()
    task = refresh(office)
    assert (task.state, task.problem != "") == ("waiting", True)
    assert not QbCustomer.objects.filter(gone_at__isnull=False).exists()


@pytest.mark.parametrize("restarts", [1, 3])
def test_a_session_that_dies_in_the_middle_starts_the_list_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch, restarts: int
) -> None:
    """After two restarts it goes on by ranges of names and concludes nothing to be gone."""
    for n in range(25):
        office.rehearsal.books.add_customer(f"Client {n:02}")
    office.rehearsal.books.delete_customer(ORTIZ)
    monkeypatch.setattr(refresh_lists, "ROWS_MAX", 7)
    task = ask_refresh(access=office.access, now=moments.now(), full=True)
    interrupted = 0
    original = refresh_lists._go_on

    def interrupt(listing: Listing, *rest: object) -> None:
        nonlocal interrupted
        listing.page_rows = 7
        original(listing, *rest)  # type: ignore[arg-type]
        if listing.kind == "customer" and listing.iterator_id and interrupted < restarts:
            interrupted += 1
            office.rehearsal.stop()
            office.rehearsal.start_again()

    monkeypatch.setattr(refresh_lists, "_go_on", interrupt)
    monkeypatch.setattr(Listing._meta.get_field("page_rows"), "default", 7)
    for _ in range(6):
        Task.objects.filter(state="waiting").update(due_at=moments.now())
        office.work()
    task.refresh_from_db()
    listing = Listing.objects.get(task=task, kind="customer")
    assert task.state == "done", task.problem
    assert listing.restarts == restarts
    assert QbCustomer.objects.filter(full_name__startswith="Client ").count() == 25
    gone = QbCustomer.objects.get(full_name=ORTIZ).gone_at
    assert (gone is None) == (restarts > refresh_lists.RESTARTS_MAX)


def test_a_customer_that_fills_every_page_of_a_range_ends_the_refresh_with_a_sentence() -> None:
    """Each page is twice as long as the one before; the longest is not asked for again and again."""
    most = refresh_lists.RANGE_ROWS_MAX
    listing = Listing(kind="customer", restarts=3, page_rows=most // 2, range_from="Acme Health")
    answer = Answer(outcome=Outcome.RESPONSE, session_id="s")
    for trouble in (False, True):
        page = Page(rows=listing.page_rows, last_name="Acme Health:Ortiz, Elena - ICU")
        refresh_lists._go_on(listing, page, answer, 1.0)
        assert listing.page_rows == most
        assert (page.trouble is not None) is trouble
    assert page.trouble is not None
    assert page.trouble.needs_person
    assert "Acme Health has more than" in page.trouble.problem


def test_another_company_file_leaves_the_mirror_alone(office: Office) -> None:
    office.rehearsal.books.set_preference("name", "Harbor Staffing")
    office.rehearsal.books.delete_customer(ORTIZ)
    task = refresh(office)
    assert task.state == "failed"
    assert "Harbor Staffing" in task.problem
    assert QbCustomer.objects.get(full_name=ORTIZ).gone_at is None


def test_a_new_closing_date_is_seen_and_plans_are_made_again(office: Office) -> None:
    invoice = make.invoice(office.company.clients.get())
    plan_export.plan_waiting(company_id=office.company.pk)
    office.rehearsal.books.set_closing_date("2026-12-31")
    refresh(office)
    invoice.refresh_from_db()
    assert (invoice.standing, invoice.first_reason) == ("blocked", "period_closed")
