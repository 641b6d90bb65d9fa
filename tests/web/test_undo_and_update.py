"""The pages that undo an export, void an invoice and update one in place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW, World

from tieout.service import plan_export, run_export
from tieout.service.access import find_access
from tieout.store.models import Batch, Event, Posting, QbWrite, SourceInvoice, SourceLine, Task


@pytest.fixture
def batch(world: World) -> Batch:
    """One exported invoice, as QuickBooks answered."""
    company = world.northgate
    client = make.client(company)
    acme = make.qb_customer(company, "Acme Health")
    make.map_client(client, acme)
    make.map_job(make.job(client), make.qb_customer(company, "Acme Health:Ortiz, Elena"))
    make.map_item(make.item(company), make.qb_entry(company, "Regular Hours"))
    company.book.company_name = "Northgate"
    company.book.save()
    ids = [make.invoice(client).pk]
    plan_export.plan_waiting(company_id=company.pk)
    bea = find_access(user=world.bea, company_id=company.pk)
    assert bea is not None
    made = run_export.start(access=bea, invoice_ids=ids, now=NOW)
    Posting.objects.update(
        state="exported",
        queued_at=None,
        txn_id="1A-1",
        edit_sequence="17",
        qb_number="20417",
        qb_total=Decimal("1200.00"),
        exported_at=NOW,
    )
    SourceInvoice.objects.update(standing="exported")
    made.task.state = "done"
    made.task.save()
    return made


def address(world: World, rest: str) -> str:
    return f"/c/{world.northgate.pk}/invoices/{rest}"


def pages(batch: Batch) -> dict[str, str]:
    posting = Posting.objects.get()
    return {
        "undo": f"exports/{batch.pk}/undo/",
        "void": f"postings/{posting.pk}/void/",
        "update": f"{posting.invoice_id}/update/",
    }


def changed(amount: str = "1300.00") -> SourceInvoice:
    invoice = SourceInvoice.objects.get()
    SourceLine.objects.update(amount=Decimal(amount))
    invoice.exported_hash, invoice.content_hash = invoice.content_hash, "c" * 64
    invoice.total, invoice.standing = Decimal(amount), "changed"
    invoice.save()
    return invoice


@pytest.mark.parametrize("name", ["undo", "void", "update"])
def test_who_may_open_and_post(as_person, world: World, batch: Batch, name: str) -> None:
    url = address(world, pages(batch)[name])
    given = {"reason": "x", "posting": Posting.objects.get().pk}
    assert as_person("bea").get(url).status_code == 200
    for who, status in (("vic", 403), ("avery", 403), ("charlie", 404)):
        assert as_person(who).get(url).status_code == status
        assert as_person(who).post(url, given).status_code == status
    assert Client().post(url, given).status_code == 302
    assert not QbWrite.objects.exists()


def test_a_strangers_rows_are_not_found(as_person, world: World, batch: Batch) -> None:
    for rest in pages(batch).values():
        url = f"/c/{world.harbor.pk}/invoices/{rest}"
        assert as_person("charlie").get(url).status_code == 404


def test_an_export_is_undone_after_a_preview_with_a_reason(
    as_person, world: World, batch: Batch
) -> None:
    page = f"/c/{world.northgate.pk}/invoices/exports/{batch.pk}/"
    url = address(world, pages(batch)["undo"])
    assert url in as_person("bea").get(page).content.decode()
    assert url not in as_person("vic").get(page).content.decode()
    html = as_person("bea").get(url).content.decode()
    assert "1 invoice, $1,200.00, can be voided." in html
    posting = Posting.objects.get()
    reply = as_person("bea").post(url, {"posting": posting.pk, "reason": " "})
    assert reply.status_code == 422
    assert "Give a reason" in reply.content.decode()
    reply = as_person("bea").post(url, {"reason": "wrong"})
    assert "Choose the invoices" in reply.content.decode()
    reply = as_person("bea").post(url, {"posting": posting.pk, "reason": "wrong"}, follow=True)
    assert "1 void is queued" in reply.content.decode()
    assert "every 1s" in reply.content.decode()
    assert QbWrite.objects.get().content["reason"] == "wrong"
    assert Event.objects.get(verb="queued", subject="qb_write").reason == "wrong"
    QbWrite.objects.update(state="needs a person", problem="A payment is applied to it.")
    html = as_person("bea").get(url + "progress/").content.decode()
    assert "A payment is applied to it." in html
    assert "every 1s" not in html
    assert as_person("vic").get(url + "progress/").status_code == 403


def test_one_invoice_is_voided_from_its_page(as_person, world: World, batch: Batch) -> None:
    posting = Posting.objects.get()
    page = f"/c/{world.northgate.pk}/invoices/{posting.invoice_id}/"
    url = address(world, pages(batch)["void"])
    assert url in as_person("bea").get(page).content.decode()
    assert url not in as_person("vic").get(page).content.decode()
    assert as_person("bea").post(url, {"reason": ""}).status_code == 422
    reply = as_person("bea").post(url, {"reason": "wrong"}, follow=True)
    assert "Void invoice 20417" in reply.content.decode()  # how it stands, on the invoice's page
    assert QbWrite.objects.get().kind == "void"
    reply = as_person("bea").post(url, {"reason": "wrong"})
    assert "is under way" in reply.content.decode()
    assert QbWrite.objects.count() == 1


def test_a_changed_invoice_is_compared_and_updated(as_person, world: World, batch: Batch) -> None:
    invoice = changed()
    url = address(world, pages(batch)["update"])
    page = f"/c/{world.northgate.pk}/invoices/{invoice.pk}/"
    assert url in as_person("bea").get(page).content.decode()
    html = as_person("bea").get(url).content.decode()
    assert "1,200.00" in html
    assert "1,300.00" in html
    assert as_person("bea").post(url, {"seen": "stale"}).status_code == 422
    reply = as_person("bea").post(url, {"seen": "c" * 64}, follow=True)
    assert "QuickBooks is asked first" in reply.content.decode()
    row = QbWrite.objects.get()
    assert (row.kind, row.content["target"]["total"]) == ("invoice_mod", "1300.00")


def test_an_invoice_that_did_not_change_is_not_updated(
    as_person, world: World, batch: Batch
) -> None:
    url = address(world, pages(batch)["update"])
    html = as_person("bea").get(url).content.decode()
    assert "does not stand as changed" in html
    assert "Update in QuickBooks</button>" not in html


def test_a_voided_invoice_is_sent_anew_from_its_page(
    as_person, world: World, batch: Batch
) -> None:
    posting = Posting.objects.get()
    page = address(world, f"{posting.invoice_id}/")
    url = address(world, f"postings/{posting.pk}/anew/")
    assert "Voided or deleted in QuickBooks? Look" in as_person("bea").get(page).content.decode()
    assert "cannot be sent anew now" in as_person("bea").get(url).content.decode()
    Posting.objects.update(state="voided")
    assert url in as_person("bea").get(page).content.decode()
    assert url not in as_person("vic").get(page).content.decode()
    html = as_person("bea").get(url).content.decode()
    assert "Send anew as 20417-1" in html
    given = {"number": "20417-1", "reason": "right rates"}
    for who, status in (("vic", 403), ("avery", 403), ("charlie", 404)):
        assert as_person(who).get(url).status_code == status
        assert as_person(who).post(url, given).status_code == status
    assert Client().post(url, given).status_code == 302
    assert as_person("bea").post(url, {**given, "reason": ""}).status_code == 422
    assert Posting.objects.count() == 1
    reply = as_person("bea").post(url, given, follow=True)
    html = reply.content.decode()
    assert "It waits under Ready as 20417-1." in html
    assert url not in html  # once is enough
    assert Posting.objects.get(revision=2).state == "ready"
    assert "sent anew" in html
    assert as_person("bea").post(url, given).status_code == 422


def test_quickbooks_is_looked_at_from_the_page(as_person, world: World, batch: Batch) -> None:
    posting = Posting.objects.get()
    url = address(world, f"postings/{posting.pk}/look/")
    for who, status in (("vic", 403), ("avery", 403), ("charlie", 404)):
        assert as_person(who).post(url).status_code == status
    assert not Task.objects.filter(kind="gone").exists()
    reply = as_person("bea").post(url, follow=True)
    as_person("bea").post(url)  # two clicks are one look
    assert Task.objects.filter(kind="gone").count() == 1
    assert "Look in QuickBooks" in reply.content.decode()


def test_what_a_tie_out_noticed_is_answered_on_its_page(
    as_person, world: World, batch: Batch
) -> None:
    posting = Posting.objects.get()
    Posting.objects.update(
        state="deleted", noticed_at=NOW, problem="It was deleted there.", remedy="Send it anew."
    )
    page = address(world, f"{posting.invoice_id}/")
    right = address(world, f"postings/{posting.pk}/right/")
    assert right in as_person("bea").get(page).content.decode()
    assert right not in as_person("vic").get(page).content.decode()
    for name, status in (("vic", 403), ("avery", 403), ("charlie", 404)):
        assert as_person(name).post(right, {"reason": "x"}).status_code == status
    assert as_person("bea").get(right).status_code == 405
    html = as_person("bea").post(right, {"reason": " "}, follow=True).content.decode()
    assert "Give a reason" in html
    assert Posting.objects.get().noticed_at is not None
    html = as_person("bea").post(right, {"reason": "billed twice"}, follow=True).content.decode()
    assert "20417 is no difference any more" in html
    assert "said that it is right: billed twice" in html
    assert right not in html
    assert Event.objects.filter(verb="accepted", subject="posting").count() == 1


def test_one_that_was_changed_there_may_be_looked_at_again(
    as_person, world: World, batch: Batch
) -> None:
    posting = Posting.objects.get()
    Posting.objects.update(state="changed in quickbooks")
    html = as_person("bea").get(address(world, f"{posting.invoice_id}/")).content.decode()
    assert "Look in QuickBooks again" in html
    as_person("bea").post(address(world, f"postings/{posting.pk}/look/"))
    assert Task.objects.get(kind="gone").params["posting"] == posting.pk
