"""An invoice that the back office changed after its export: what differs, and settling it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW, World

from tieout.service import plan_export
from tieout.store.models import Event, Posting, SourceInvoice


@pytest.fixture
def changed(world: World) -> SourceInvoice:
    """Exported with $1,200.00; the back office says $1,320.00 now."""
    acme = factories.client(world.northgate)
    job = factories.job(acme)
    factories.map_client(acme, factories.qb_customer(world.northgate, "Acme"))
    factories.map_job(job, factories.qb_customer(world.northgate, "Acme:Ortiz, Elena"))
    item = factories.item(world.northgate)
    factories.map_item(item, factories.qb_entry(world.northgate, "Services:Regular"))
    made = factories.invoice(acme)
    plan_export.plan_invoices(company_id=world.northgate.pk, invoice_ids=[made.pk], now=NOW)
    Posting.objects.update(state="exported", writes=1)
    SourceInvoice.objects.update(standing="changed", total="1320.00", content_hash="1" * 64)
    made.refresh_from_db()
    return made


@pytest.fixture
def root(world: World) -> str:
    return f"/c/{world.northgate.pk}/invoices/"


@pytest.fixture
def address(changed: SourceInvoice, root: str) -> str:
    return f"{root}{changed.pk}/settled/"


SAID = {"note": "Corrected by hand.", "seen": "1" * 64}
DIFFERENCE = (
    "Exported with <strong>$1,200.00</strong>; the back office now says "
    "<strong>$1,320.00</strong>, $120.00 more."
)


def page(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_row_and_page_say_what_differs_and_what_to_do(
    as_person: object, changed: SourceInvoice, root: str, address: str
) -> None:
    bea = as_person("bea")
    for html in (page(bea, f"{root}?group=changed"), page(bea, f"{root}{changed.pk}/")):
        assert DIFFERENCE in html
        assert f'href="{address}"' in html
    assert "1 changed after export" in page(bea, root)


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ("1150.00", "<strong>$1,150.00</strong>, $50.00 less."),
        ("1200.00", "The total is $1,200.00 as before; something else in it changed."),
    ],
)
def test_less_and_the_same_read_well(
    as_person: object, changed: SourceInvoice, root: str, total: str, said: str
) -> None:
    SourceInvoice.objects.update(total=total)
    assert said in page(as_person("bea"), f"{root}{changed.pk}/")


def test_no_totals_are_compared_while_a_part_is_not_in_quickbooks(
    as_person: object, changed: SourceInvoice, root: str
) -> None:
    Posting.objects.update(state="unconfirmed")
    html = page(as_person("bea"), f"{root}{changed.pk}/")
    assert "QuickBooks holds the former content, or a part of it." in html
    assert "$120.00" not in html


def test_settled_with_a_note_that_stays_in_the_history(
    as_person: object, changed: SourceInvoice, root: str, address: str
) -> None:
    bea = as_person("bea")
    assert DIFFERENCE in page(bea, address)
    assert f'name="seen" value="{changed.content_hash}"' in page(bea, address)
    response = bea.post(address, SAID)
    assert response["Location"] == f"{root}{changed.pk}/"
    html = page(bea, f"{root}{changed.pk}/")
    assert "Nothing was sent to QuickBooks." in html
    assert "settled in QuickBooks" in html
    assert "Corrected by hand." in html
    assert DIFFERENCE not in html
    changed.refresh_from_db()
    assert changed.standing == "exported"


def test_without_a_note_the_page_asks_for_one_and_keeps_the_rest(
    as_person: object, changed: SourceInvoice, address: str
) -> None:
    response = as_person("bea").post(address, {**SAID, "note": " "})
    assert response.status_code == 422
    assert "Say what was done in QuickBooks" in response.content.decode()


def test_an_invoice_that_is_settled_already_says_so(
    as_person: object, changed: SourceInvoice, address: str
) -> None:
    bea = as_person("bea")
    bea.post(address, SAID)
    assert "does not stand as changed" in page(bea, address)
    assert bea.post(address, SAID).status_code == 422


@pytest.mark.parametrize("name", ["vic", "avery"])
def test_a_reader_sees_what_differs_and_changes_nothing(
    as_person: object, changed: SourceInvoice, root: str, address: str, name: str
) -> None:
    reader = as_person(name)
    html = page(reader, f"{root}{changed.pk}/")
    assert DIFFERENCE in html
    assert address not in html
    assert reader.get(address).status_code == 403
    assert reader.post(address, SAID).status_code == 403
    nothing_changed()


def test_a_stranger_finds_nothing(
    as_person: object, world: World, changed: SourceInvoice, address: str
) -> None:
    charlie = as_person("charlie")
    own = f"/c/{world.harbor.pk}/invoices/{changed.pk}/settled/"
    assert charlie.post(address, SAID).status_code == 404
    assert charlie.post(own, SAID).status_code == 404
    nothing_changed()


def test_somebody_unknown_signs_in_first(address: str) -> None:
    response = Client().post(address, SAID)
    assert response.status_code == 302
    assert "sign-in" in response["Location"]
    nothing_changed()


def nothing_changed() -> None:
    assert SourceInvoice.objects.get().standing == "changed"
    assert not Event.objects.filter(subject="invoice").exists()


def test_what_quickbooks_holds_otherwise_is_counted_and_listed(as_person, world: World) -> None:
    client = factories.client(world.northgate)
    customer = factories.qb_customer(world.northgate, "Acme Health")
    for number in ("20417", "20418"):
        invoice = factories.invoice(client, number)
        invoice.standing = "exported"
        invoice.save()
        Posting.objects.create(
            company=world.northgate, invoice=invoice, key=f"key-{number}", guid="{}",
            kind="invoice", number=number, numbered_from=number, customer=customer,
            txn_date=date(2026, 10, 4), total=Decimal("1200.00"), fingerprint="f", content={},
            state="exported", state_at=NOW, txn_id=f"1A-{number}", qb_number=number,
            exported_at=NOW,
        )  # fmt: skip
    root = f"/c/{world.northgate.pk}/invoices/"
    assert "otherwise in QuickBooks" not in as_person("vic").get(root).content.decode()
    Posting.objects.filter(number="20417").update(
        state="deleted", noticed_at=NOW, problem="It was deleted there.", remedy="Send it anew."
    )
    html = as_person("vic").get(root).content.decode()
    assert '<a href="?group=all&amp;noticed=1">1 otherwise in QuickBooks</a>' in html
    html = as_person("vic").get(f"{root}?group=all&noticed=1").content.decode()
    assert "It was deleted there. Send it anew." in html
    assert "20418" not in html
