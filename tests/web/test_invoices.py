"""The Invoices page: groups, reasons with their fix, preview, export, and what a person decides."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories
from tests.factories import NOW, World

from tieout.core.exporting import State
from tieout.service import plan_export
from tieout.store.commits.exports import settle_standing
from tieout.store.models import (
    Batch,
    Book,
    Event,
    Exchange,
    Posting,
    SourceInvoice,
    SourceJob,
    Task,
)
from tieout.web.templatetags.tieout import moment

FOUND = {"txn_id": "T", "total": "1200.00"}


@pytest.fixture
def root(world: World) -> str:
    return f"/c/{world.northgate.pk}/"


@pytest.fixture
def bea(as_person: object) -> Client:
    return as_person("bea")


@pytest.fixture
def books(world: World) -> World:
    """One client with a mapped and an unmapped job, and one item, mapped."""
    of = world.northgate
    acme = factories.client(of)
    job = factories.job(acme)
    factories.job(acme, key="J-2", contractor="<b>Omar</b>")
    customer = factories.qb_customer(of, "Acme")
    factories.map_client(acme, customer)
    factories.map_job(job, factories.qb_customer(of, "Acme:Ortiz, Elena"))
    factories.map_item(factories.item(of), factories.qb_entry(of, "Services:Regular"))
    Book.objects.filter(company=of).update(
        company_name="Northgate Staffing LLC", company_file=r"C:\Books\Northgate.QBW"
    )
    return world


def plan(world: World) -> None:
    ids = list(SourceInvoice.objects.filter(company=world.northgate).values_list("id", flat=True))
    plan_export.plan_invoices(company_id=world.northgate.pk, invoice_ids=ids, now=NOW)


@pytest.fixture
def planned(books: World) -> World:
    """20417 is ready for $1,200.00; 20418 is blocked because job J-2 is not mapped."""
    acme = books.northgate.clients.get()
    factories.invoice(acme)
    factories.invoice(acme, "20418", lines=[("J-2", "REG", "300.00")])
    plan(books)
    return books


def invoice(number: str = "20417") -> SourceInvoice:
    return SourceInvoice.objects.get(number=number)


def posting(**changes: object) -> Posting:
    """The posting of 20417, changed as given."""
    Posting.objects.filter(number="20417").update(**changes)
    return Posting.objects.get(number="20417")


def page(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_first_line_says_what_waits_and_what_to_do(
    bea: Client, planned: World, root: str
) -> None:
    html = page(bea, f"{root}invoices/")
    assert "<strong>1 invoice ready, $1,200.00</strong>" in html
    assert ">1 blocked</a>" in html
    assert "Select what to export below." in html


def test_an_empty_company_is_sent_to_import(bea: Client, world: World, root: str) -> None:
    html = page(bea, f"{root}invoices/")
    assert "No invoices yet" in html
    assert f'href="{root}import/"' in html


def test_a_ready_row_shows_what_it_becomes(bea: Client, planned: World, root: str) -> None:
    html = page(bea, f"{root}invoices/?group=ready")
    assert "Elena Ortiz" in html
    assert '<span class="top-level">Acme</span>' in html
    assert "<span>Ortiz, Elena</span>" in html
    assert f'name="invoice" value="{invoice().pk}" data-cents' in html
    assert "20418" not in html
    assert '" checked data-cents' in page(bea, f"{root}invoices/?group=ready&select=all")


def test_a_blocked_row_says_why_who_mends_it_and_where(
    as_person: object, planned: World, root: str
) -> None:
    html = page(as_person("bea"), f"{root}invoices/?group=blocked")
    assert "Map the job" in html
    assert "(Biller)" not in html  # the link says it all to who may follow it
    assert "(Biller)" in page(as_person("vic"), f"{root}invoices/?group=blocked")
    assert "Job not mapped <strong>1</strong> $300.00" in html
    assert "&lt;b&gt;Omar&lt;/b&gt;" in html
    assert "<b>Omar</b>" not in html


def test_the_fix_of_an_unmapped_job_opens_record_mapping(
    bea: Client, planned: World, root: str
) -> None:
    html = page(bea, f"{root}invoices/?group=blocked")
    job = SourceJob.objects.get(company=planned.northgate, key="J-2")
    address = reverse("record_mapping", args=[planned.northgate.pk, job.pk])
    assert f'hx-get="{address}"' in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("number=2041", ["20417", "20418"]),
        ("number=20418", ["20418"]),
        ("client=acme", ["20417", "20418"]),
        ("client=nobody", []),
        ("job=ortiz", ["20417"]),
        ("job=j-2", ["20418"]),
        ("reason=job_not_mapped", ["20418"]),
        ("from=2026-10-04&to=2026-10-04", ["20417", "20418"]),
        ("from=2026-10-05", []),
        ("from=nonsense", ["20417", "20418"]),
    ],
)
def test_filters(bea: Client, planned: World, root: str, query: str, found: list[str]) -> None:
    html = page(bea, f"{root}invoices/?group=all&{query}")
    assert [n for n in ("20417", "20418") if f">{n}</a>" in html] == found
    assert ('<a class="button" href="?group=all">Clear the filters</a>' in html) == (not found)


@pytest.mark.parametrize("sort", ["date", "-date", "number", "-number", "client", "-total", "x"])
def test_sorting(bea: Client, planned: World, root: str, sort: str) -> None:
    html = page(bea, f"{root}invoices/?group=all&sort={sort}")
    backwards = sort in {"-date", "-number"}
    first, second = ("20418", "20417") if backwards else ("20417", "20418")
    if sort != "-total":
        assert html.index(f">{first}</a>") < html.index(f">{second}</a>")


def test_invoices_that_are_being_checked_are_said_until_they_are_not(
    bea: Client, planned: World, root: str
) -> None:
    SourceInvoice.objects.filter(number="20418").update(standing="to_plan")
    assert "1 invoice is being checked" in page(bea, f"{root}invoices/")
    assert "every 2s" in page(bea, f"{root}invoices/checking/")
    plan(planned)
    assert "All invoices are checked." in page(bea, f"{root}invoices/checking/")


def test_the_preview_is_the_quickbooks_invoice(bea: Client, planned: World, root: str) -> None:
    html = page(bea, f"{root}invoices/{invoice().pk}/preview/")
    for text in ("Customer:Job", "Services:Regular", "Week ending 10/04/2026", "1,200.00"):
        assert text in html
    assert "[tieout:" not in html or "Memo" in html


def test_the_list_asks_a_fixed_number_of_questions(
    bea: Client, planned: World, root: str, django_assert_num_queries: object
) -> None:
    acme = planned.northgate.clients.get()
    for address, count in ((f"{root}invoices/", 13), (f"{root}invoices/?group=blocked", 13)):
        with django_assert_num_queries(count):
            bea.get(address)
    for n in range(30):
        factories.invoice(acme, f"3{n:04}")
        factories.invoice(acme, f"4{n:04}", lines=[("J-2", "REG", "5.00")])
    plan(planned)
    for address, count in ((f"{root}invoices/", 13), (f"{root}invoices/?group=blocked", 13)):
        with django_assert_num_queries(count):
            bea.get(address)


def test_the_confirmation_names_count_dollars_and_company_file(
    bea: Client, planned: World, root: str
) -> None:
    ids = [invoice().pk, invoice("20418").pk]
    response = bea.post(
        f"{root}invoices/confirm/", {"invoice": ids}, headers={"HX-Request": "true"}
    )
    html = response.content.decode()
    assert "1 invoice, $1,200.00" in html
    assert "Northgate Staffing LLC" in html
    assert r"C:\Books\Northgate.QBW" in html
    assert "1 of the selected is no longer ready" in html
    assert not Batch.objects.exists()
    assert "<html" not in html
    whole = bea.post(f"{root}invoices/confirm/", {"invoice": ids}).content.decode()
    assert "<html" in whole


def test_all_that_match_are_those_of_the_filter(bea: Client, planned: World, root: str) -> None:
    factories.invoice(planned.northgate.clients.get(), "30001")
    plan(planned)
    html = bea.post(f"{root}invoices/confirm/?number=2041", {"matching": "1"}).content.decode()
    assert "1 invoice, $1,200.00" in html
    html = bea.post(f"{root}invoices/confirm/", {"matching": "1"}).content.decode()
    assert "2 invoices, $2,400.00" in html


def test_nothing_selected_is_said(bea: Client, planned: World, root: str) -> None:
    html = bea.post(f"{root}invoices/confirm/").content.decode()
    assert "None of the selected invoices is ready." in html
    response = bea.post(f"{root}invoices/export/", {"invoices": "x,,-1"}, follow=True)
    assert "None of these invoices is ready any more." in response.content.decode()


def exported(bea: Client, root: str) -> Batch:
    response = bea.post(f"{root}invoices/export/", {"invoices": str(invoice().pk)})
    assert response.status_code == 302
    batch = Batch.objects.get()
    assert response["Location"] == f"{root}invoices/exports/{batch.pk}/"
    return batch


def test_export_makes_a_batch_whose_page_moves_by_itself(
    bea: Client, planned: World, root: str
) -> None:
    batch = exported(bea, root)
    html = page(bea, f"{root}invoices/exports/{batch.pk}/")
    assert (
        f'hx-get="{root}invoices/exports/{batch.pk}/progress/?page=1" hx-trigger="every 1s"'
        in html
    )
    assert "You may close this page" in html
    assert "An export is running: see it" in page(bea, f"{root}invoices/")
    assert "20417" in page(bea, f"{root}invoices/?group=under-way")


def test_the_result_shows_both_numbers(bea: Client, planned: World, root: str) -> None:
    batch = exported(bea, root)
    posting(
        state="exported",
        qb_number="20417",
        txn_id="4C-1760882400",
        qb_total=Decimal("1200.00"),
        exported_at=NOW,
    )
    SourceInvoice.objects.filter(number="20417").update(standing="exported")
    Task.objects.filter(batch=batch).update(state="done", message="1 of 1 exported")
    html = page(bea, f"{root}invoices/exports/{batch.pk}/progress/")
    assert "4C-1760882400" in html
    assert "every 1s" not in html
    assert "4C-1760882400" in page(bea, f"{root}invoices/?group=exported")
    assert f">Batch {batch.pk}</a>" in page(bea, f"{root}invoices/exports/")
    download = bea.get(f"{root}invoices/exports/{batch.pk}/batch.csv")
    table = b"".join(download.streaming_content).decode("utf-8-sig")
    lines = table.splitlines()
    assert lines[0].startswith("Our number,State,QuickBooks number,TxnID,")
    assert lines[1].startswith("20417,Exported,20417,4C-1760882400,")


@pytest.mark.parametrize(
    ("state", "writes", "found", "name", "offered", "missing"),
    [
        ("refused", 1, {}, "bea", ["Retry"], ["Link to this", "Send again", "Set aside"]),
        ("refused", 1, {}, "sam", ["Retry", "Set aside"], ["Send again"]),
        ("needs a person", 1, FOUND, "sam", ["Link to", "Send again", "Set aside"], ["Retry"]),
        ("needs a person", 1, {}, "bea", ["Send again"], ["Link to this", "Set aside"]),
        (
            "needs a person",
            0,
            {"txn_id": "T", "total": "1200.00"},
            "bea",
            ["Retry", "Link to"],
            [],
        ),
        ("needs a person", 0, {"txn_id": "T", "total": "1.23"}, "bea", ["Retry"], ["Link to"]),
        ("unconfirmed", 1, {}, "sam", ["Set aside"], ["Retry", "Send again"]),
        ("unconfirmed", 1, {}, "bea", [], ["Retry", "Send again", "Set aside"]),
        ("refused", 1, {}, "vic", [], ["Retry", "Set aside"]),
    ],
)
def test_a_failure_says_one_sentence_and_offers_what_this_person_may(
    as_person: object,
    planned: World,
    root: str,
    state: str,
    writes: int,
    found: dict[str, str],
    name: str,
    offered: list[str],
    missing: list[str],
) -> None:
    batch = exported(as_person("bea"), root)
    posting(
        state=state,
        writes=writes,
        found=found and found | {"customer_list_id": posting().customer.list_id},
        queued_at=None,
        problem="QuickBooks refused it; nothing was saved there.",
        remedy="Fix what QuickBooks names, then retry.",
    )
    for address in (f"{root}invoices/exports/{batch.pk}/", f"{root}invoices/{invoice().pk}/"):
        html = page(as_person(name), address)
        assert "nothing was saved there." in html
        for words in offered:
            assert words in html
        for words in missing:
            assert words not in html


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "asks the Remote Connector what became of the message"),
        ({"looks": 4}, "asks QuickBooks for the answer it stored"),
        ({"call_over": True}, "asks QuickBooks for the answer it stored"),
        ({"call_over": True, "nothing_stored_at": NOW}, "by number, among the customer"),
        ({"state": "resendable"}, "the very same message is sent again"),
        ({"state": "needs a person", "holds_queue": True}, "until this one is decided"),
    ],
)
def test_what_is_being_done_about_an_unconfirmed_invoice_and_when(
    bea: Client, planned: World, root: str, changes: dict[str, object], said: str
) -> None:
    batch = exported(bea, root)
    due = NOW + timedelta(minutes=2)
    one = posting(
        **{"state": "unconfirmed", "writes": 1, "looks": 3, "problem": "Sent.", "due_at": due}
        | changes
    )
    Exchange.objects.create(
        company=one.company, posting=one, purpose="write", call_id="c", app_name="Tieout", epoch=1,
        request=b"", sha256="0" * 64, created_at=NOW,
    )  # fmt: skip
    for address in (f"{root}invoices/exports/{batch.pk}/", f"{root}invoices/{one.invoice_id}/"):
        html = page(bea, address)
        assert said in html
        assert f"(looked {one.looks} times)" in html
        assert (moment(due) in html) is (one.state != "needs a person")
        assert "Send again" not in html  # what is not proved absent is not sent again


def test_retry_makes_a_new_batch(bea: Client, planned: World, root: str) -> None:
    exported(bea, root)
    refused = posting(state="refused", queued_at=None, writes=1)
    response = bea.post(f"{root}invoices/postings/{refused.pk}/retry/")
    assert response["Location"] == f"{root}invoices/exports/{Batch.objects.latest('id').pk}/"
    assert Batch.objects.count() == 2


def test_a_refused_invoice_is_retried_from_its_row(bea: Client, planned: World, root: str) -> None:
    exported(bea, root)
    refused = posting(
        state="refused",
        queued_at=None,
        writes=1,
        problem="QuickBooks refused it; nothing was saved there.",
        remedy="Mend it, then retry.",
    )
    settle_standing(invoice_ids=[refused.invoice_id])
    html = page(bea, f"{root}invoices/?group=blocked&number=20417")
    assert "Refused by QuickBooks" in html
    assert f'formaction="{root}invoices/postings/{refused.pk}/retry/"' in html


def test_linking_and_sending_again_are_decisions_of_a_person(
    bea: Client, planned: World, root: str
) -> None:
    exported(bea, root)
    one = posting(state="needs a person", queued_at=None, writes=1)
    posting(found=FOUND | {"txn_id": "4C-1", "customer_list_id": one.customer.list_id})
    response = bea.post(f"{root}invoices/postings/{one.pk}/link/", follow=True)
    assert "Linked." in response.content.decode()
    assert posting().txn_id == "4C-1"
    response = bea.post(f"{root}invoices/postings/{one.pk}/send-again/", follow=True)
    assert "this is not possible any more" in response.content.decode()
    posting(state="needs a person", txn_id="")
    response = bea.post(f"{root}invoices/postings/{one.pk}/send-again/", follow=True)
    assert "QuickBooks is asked first" in response.content.decode()
    assert posting().state == State.CLAIMED


def test_setting_aside_needs_a_super_user_and_a_reason(
    as_person: object, planned: World, root: str
) -> None:
    exported(as_person("bea"), root)
    one = posting(state="refused", queued_at=None, writes=1)
    address = f"{root}invoices/postings/{one.pk}/set-aside/"
    sam = as_person("sam")
    assert "Reason" in page(sam, address)
    response = sam.post(address, {"reason": " "})
    assert response.status_code == 422
    assert "Give a reason" in response.content.decode()
    sam.post(address, {"reason": "Typed into QuickBooks by hand."})
    assert posting().state == "set aside"
    html = page(sam, f"{root}invoices/{invoice().pk}/")
    assert "Typed into QuickBooks by hand." in html


def test_the_invoice_shows_its_history_and_exchanges(
    as_person: object, planned: World, root: str
) -> None:
    exported(as_person("bea"), root)
    one = posting()
    made = Exchange.objects.create(
        company=one.company,
        posting=one,
        purpose="write",
        call_id="c1",
        epoch=1,
        request=b"<QBXML><script>alert(1)</script></QBXML>",
        sha256="0" * 64,
        created_at=NOW,
        outcome="response",
        answer=b"<QBXML>\xff</QBXML>",
    )
    html = page(as_person("sam"), f"{root}invoices/{one.invoice_id}/")
    assert "queued" in html
    assert '<td data-label="Who">Bea</td>' in html  # her name, not how she signs in
    assert '<td data-label="Outcome">QuickBooks answered</td>' in html
    assert f'href="{root}invoices/exchanges/{made.pk}/"' in html
    raw = page(as_person("sam"), f"{root}invoices/exchanges/{made.pk}/")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw
    assert "<script>alert" not in raw
    assert "<dt>Outcome</dt><dd>QuickBooks answered</dd>" in raw
    assert f"invoices/exchanges/{made.pk}/" not in page(
        as_person("vic"), f"{root}invoices/{one.invoice_id}/"
    )
    assert Event.objects.filter(subject="posting").count() == 1


def test_the_list_can_be_downloaded_and_holds_no_formula(
    bea: Client, planned: World, root: str
) -> None:
    planned.northgate.clients.update(name="=cmd|calc")
    SourceJob.objects.filter(key="J-2").update(contractor="@Omar")
    response = bea.get(f"{root}invoices/invoices.csv?group=all")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, first, second = text.splitlines()
    assert header.startswith("Invoice #,Date,Client,Contractor Jobs,Total,State,Reasons")
    assert first.startswith("20417,10/04/2026,'=cmd|calc,Elena Ortiz (J-1),1200.00,Ready")
    assert "'@Omar (J-2)" in second
    assert "is not mapped" in second


def test_several_jobs_become_several_invoices(bea: Client, books: World, root: str) -> None:
    of = books.northgate
    job = SourceJob.objects.get(key="J-2")
    factories.map_job(job, factories.qb_customer(of, "Acme:Omar"))
    factories.invoice(
        of.clients.get(), lines=[("J-1", "REG", "1200.00"), ("J-2", "REG", "300.00")]
    )
    plan(books)
    html = page(bea, f"{root}invoices/")
    assert "2 invoices" in html
    assert "20417-1" in html
    preview = page(bea, f"{root}invoices/{invoice().pk}/preview/")
    assert "becomes 2 in QuickBooks" in preview
    assert "$1,500.00" in preview


def test_skipped_invoices_have_a_tab_of_their_own_with_the_reason(
    bea: Client, planned: World, root: str
) -> None:
    SourceInvoice.objects.filter(number="20417").update(
        standing="skipped", skipped_why="It comes to zero."
    )
    html = page(bea, f"{root}invoices/?group=skipped")
    assert 'aria-current="page">Skipped <span class="count">1</span>' in html
    assert "Why it is skipped" in html
    assert "It comes to zero." in html
    assert "20418" not in html
    listed = b"".join(bea.get(f"{root}invoices/invoices.csv?group=skipped").streaming_content)
    assert b"Skipped,It comes to zero." in listed


def test_where_nothing_is_skipped_the_tab_says_what_would_be(
    bea: Client, planned: World, root: str
) -> None:
    html = page(bea, f"{root}invoices/?group=skipped")
    assert "Nothing is skipped" in html


# ---------------------------------------------------------------- who may

READS = [
    "invoices/",
    "invoices/checking/",
    "invoices/invoices.csv",
    "invoices/{invoice}/",
    "invoices/{invoice}/preview/",
    "invoices/exports/",
    "invoices/exports/{batch}/",
    "invoices/exports/{batch}/progress/",
    "invoices/exports/{batch}/batch.csv",
]
WRITES = [
    "invoices/confirm/",
    "invoices/export/",
    "invoices/postings/{posting}/retry/",
    "invoices/postings/{posting}/link/",
    "invoices/postings/{posting}/send-again/",
    "invoices/postings/{posting}/set-aside/",
]
SECRET = ["invoices/exchanges/{exchange}/"]


@pytest.fixture
def known(planned: World) -> dict[str, int]:
    """Ids of one thing of each sort, all Northgate's."""
    task = Task.objects.create(
        company=planned.northgate, kind="export", created_at=NOW, due_at=NOW
    )
    batch = Batch.objects.create(
        company=planned.northgate,
        task=task,
        requested_by=planned.bea,
        created_at=NOW,
        postings_count=1,
        total=Decimal(1),
    )
    one = posting(batch=batch)
    exchange = Exchange.objects.create(
        company=one.company,
        posting=one,
        purpose="write",
        call_id="c",
        epoch=1,
        request=b"",
        sha256="0" * 64,
        created_at=NOW,
    )
    return {
        "invoice": one.invoice_id,
        "batch": batch.pk,
        "posting": one.pk,
        "exchange": exchange.pk,
    }


def ask(browser: Client, path: str, root: str, known: dict[str, int]) -> int:
    call = browser.post if path in WRITES else browser.get
    return call(root + path.format(**known)).status_code


@pytest.mark.parametrize("path", READS + WRITES + SECRET)
def test_a_stranger_finds_nothing(
    as_person: object, root: str, known: dict[str, int], path: str
) -> None:
    assert ask(as_person("charlie"), path, root, known) == 404


@pytest.mark.parametrize("path", [p for p in READS + WRITES + SECRET if "{" in p])
def test_nothing_of_ours_is_found_under_another_company(
    as_person: object, world: World, known: dict[str, int], path: str
) -> None:
    assert ask(as_person("charlie"), path, f"/c/{world.harbor.pk}/", known) == 404


@pytest.mark.parametrize("path", READS + WRITES + SECRET)
def test_somebody_unknown_signs_in_first(root: str, known: dict[str, int], path: str) -> None:
    assert ask(Client(), path, root, known) == 302


@pytest.mark.parametrize("path", WRITES + SECRET)
@pytest.mark.parametrize("name", ["vic", "avery"])
def test_a_reader_changes_nothing_and_sees_no_raw_messages(
    as_person: object, root: str, known: dict[str, int], path: str, name: str
) -> None:
    before = list(Posting.objects.values_list("state", "queued_at"))
    assert ask(as_person(name), path, root, known) == 403
    assert list(Posting.objects.values_list("state", "queued_at")) == before


@pytest.mark.parametrize("path", READS)
def test_a_reader_reads(as_person: object, root: str, known: dict[str, int], path: str) -> None:
    assert ask(as_person("vic"), path, root, known) == 200


def test_a_reader_has_nothing_to_tick(as_person: object, planned: World, root: str) -> None:
    html = page(as_person("vic"), f"{root}invoices/")
    assert 'type="checkbox"' not in html
    assert "Export selected" not in html
