"""Importing anew what was exported, queued or set aside: where the invoice stands then."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import NOW
from tests.store.test_service_import_source import CLIENTS, INVOICES, JOBS, again
from tests.store.test_service_import_source import access as access
from tests.store.test_service_import_source import files as files
from tests.store.test_service_import_source import loaded as loaded

from tieout.core.exporting import State
from tieout.service import plan_export
from tieout.service.access import Access
from tieout.store.models import Posting, SourceInvoice


def posting(invoice: SourceInvoice, state: State, **more: object) -> Posting:
    customer = factories.qb_customer(invoice.company, f"Customer of {invoice.number}")
    usual: dict[str, object] = {
        "job_key": "J-1",
        "key": f"key{invoice.number}",
        "number": invoice.number,
    }
    return Posting.objects.create(
        company=invoice.company,
        invoice=invoice,
        guid="{0}",
        state=state.value,
        state_at=NOW,
        kind="invoice",
        numbered_from=invoice.number,
        customer=customer,
        txn_date=invoice.invoice_date,
        total=invoice.total,
        fingerprint="f",
        content={},
        **usual | more,
    )


@pytest.mark.parametrize(
    ("state", "writes", "standing"),
    [
        (State.READY, 0, "to_plan"),
        (State.REFUSED, 1, "to_plan"),
        (State.NEEDS_PERSON, 0, "to_plan"),
        (State.SENDING, 1, "changed"),
        (State.UNCONFIRMED, 1, "changed"),
        (State.NEEDS_PERSON, 1, "changed"),
        (State.EXPORTED, 1, "changed"),
    ],
)
def test_an_invoice_that_changes_after_it_left_is_never_silently_skipped(
    loaded: Access, files: object, state: State, writes: int, standing: str
) -> None:
    invoice = SourceInvoice.objects.get(number="20417")
    posting(invoice, state, writes=writes)
    SourceInvoice.objects.filter(pk=invoice.pk).update(
        standing="exported", exported_hash=invoice.content_hash
    )
    report = again(loaded, files, invoices=INVOICES.replace("90.00\n", "95.00\n"))
    invoice.refresh_from_db()
    assert report.changed == 1
    assert (invoice.standing, str(invoice.total)) == (standing, "1295.00")
    assert invoice.content_hash != invoice.exported_hash


def test_a_change_that_is_taken_back_stands_as_exported_again(
    loaded: Access, files: object
) -> None:
    invoice = SourceInvoice.objects.get(number="20417")
    posting(invoice, State.EXPORTED, writes=1)
    SourceInvoice.objects.filter(pk=invoice.pk).update(standing="exported")
    again(loaded, files, invoices=INVOICES.replace("90.00\n", "95.00\n"))
    again(loaded, files, invoices=INVOICES)
    invoice.refresh_from_db()
    assert invoice.standing == "exported"


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (State.DELETED, "exported"),
        (State.SET_ASIDE, "skipped"),
        (State.UNCONFIRMED, "under_way"),
        (State.NEEDS_PERSON, "under_way"),
    ],
)
def test_a_change_that_is_taken_back_stands_as_its_postings_say(
    loaded: Access, files: object, state: State, standing: str
) -> None:
    invoice = SourceInvoice.objects.get(number="20417")
    posting(invoice, state, writes=1)
    SourceInvoice.objects.filter(pk=invoice.pk).update(standing=standing)
    again(loaded, files, invoices=INVOICES.replace("90.00\n", "95.00\n"))
    again(loaded, files, invoices=INVOICES)
    invoice.refresh_from_db()
    assert invoice.standing == standing


def test_of_a_change_that_is_taken_back_what_never_left_is_planned(
    loaded: Access, files: object
) -> None:
    """It would stand under way with nothing on its way, and never be offered for export."""
    invoice = SourceInvoice.objects.get(number="20417")
    posting(invoice, State.EXPORTED, writes=1)
    left = posting(invoice, State.READY, job_key="J-2", number="20417-2", key="other")
    SourceInvoice.objects.filter(pk=invoice.pk).update(standing="ready")
    again(loaded, files, invoices=INVOICES.replace("90.00\n", "95.00\n"))
    Posting.objects.filter(pk=left.pk).update(queued_at=NOW)
    again(loaded, files, invoices=INVOICES)
    invoice.refresh_from_db()
    assert invoice.standing == "to_plan"


def test_a_queued_posting_of_a_changed_invoice_leaves_the_queue(
    loaded: Access, files: object
) -> None:
    queued = posting(SourceInvoice.objects.get(number="20417"), State.READY, queued_at=NOW)
    again(loaded, files, invoices=INVOICES.replace("90.00\n", "95.00\n"))
    queued.refresh_from_db()
    assert queued.queued_at is None


@pytest.mark.parametrize("sheet", ["jobs", "clients"])
def test_what_was_set_aside_does_not_wait_for_a_plan_for_ever(
    loaded: Access, files: object, sheet: str
) -> None:
    """A plan leaves it alone, so it would stand as being checked from then on."""
    posting(SourceInvoice.objects.get(number="20417"), State.SET_ASIDE, writes=1)
    SourceInvoice.objects.filter(number="20417").update(standing="skipped")
    texts = {"jobs": JOBS.replace("ICU ", ""), "clients": CLIENTS.replace("Acme ", "Zenith ")}
    again(loaded, files, **{sheet: texts[sheet]})
    plan_export.plan_waiting(company_id=loaded.company.pk)
    assert SourceInvoice.objects.get(number="20417").standing == "skipped"
