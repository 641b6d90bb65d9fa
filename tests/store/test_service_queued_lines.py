"""A queued invoice whose items or classes are mapped anew does not go out with the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import DESCRIPTION, Office, connect, rehearsed, stock
from tests.store.test_service_run_export import due_now

from tieout.quickbooks.readings import Reading
from tieout.service import moments, plan_export, run_export, save_sisters
from tieout.service.mapping_state import Saved
from tieout.service.subjects import PostingSubject
from tieout.store.commits.invoices import upsert_invoices
from tieout.store.models import (
    Book,
    ClassMapping,
    Exchange,
    ItemMapping,
    Posting,
    QbEntry,
    SourceInvoice,
    SourceJob,
    Task,
)
from tieout.store.queries import planning

OVERTIME = {"name": "Overtime Hours", "full_name": "Overtime Hours"}
NURSES, OFFICE_STAFF = "Nurses", "Office staff"


@pytest.fixture
def office(world: World, tmp_path: Path) -> Iterator[Office]:
    items = [*DESCRIPTION["items"], {**DESCRIPTION["items"][0], **OVERTIME}]
    with rehearsed(tmp_path, {**DESCRIPTION, "items": items}) as rehearsal:
        rehearsal.books.add_class(NURSES)
        rehearsal.books.add_class(OFFICE_STAFF)
        rehearsal.books.set_preference("class_tracking", value=True)
        made = connect(world, rehearsal)
        stock(made)
        SourceJob.objects.update(class_value="RN")
        ClassMapping.objects.create(
            company=made.company, kind="contractor", value="RN", target=entry(NURSES),
            version=1, changed_at=NOW,
        )  # fmt: skip
        yield made


def entry(name: str) -> QbEntry:
    return QbEntry.objects.get(full_name=name)


def queue(office: Office) -> None:
    pk = make.invoice(office.company.clients.get(), "20417").pk
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[pk], now=moments.now())
    Posting.objects.update(due_at=moments.now() + timedelta(hours=1))


def go_on(office: Office) -> None:
    due_now()
    office.work()
    plan_export.plan_waiting(company_id=office.company.pk)


def remap_item(office: Office) -> object:
    row = ItemMapping.objects.get()
    return save_sisters.save_sister(
        access=office.access, kind="item", pk=row.item_id, expected_version=row.version,
        target_list_id=entry("Overtime Hours").list_id, reason="", now=NOW,
    )  # fmt: skip


def remap_class(office: Office) -> object:
    row = ClassMapping.objects.get()
    return save_sisters.save_sister(
        access=office.access, kind="class", pk=row.pk, expected_version=row.version,
        target_list_id=entry(OFFICE_STAFF).list_id, reason="", now=NOW,
    )  # fmt: skip


def sent(office: Office) -> list[tuple[str, str]]:
    content = Posting.objects.get().content["lines"]
    return [(line["item"]["full_name"], line["class_"]["full_name"]) for line in content]


@pytest.mark.parametrize(
    ("change", "becomes"),
    [
        (remap_item, ("Overtime Hours", NURSES)),
        (remap_class, ("Regular Hours", OFFICE_STAFF)),
    ],
)
def test_it_is_planned_again_and_goes_out_with_the_new_ones(
    office: Office, change: Callable[[Office], object], becomes: tuple[str, str]
) -> None:
    queue(office)
    assert sent(office) == [("Regular Hours", NURSES)]
    assert isinstance(change(office), Saved)
    go_on(office)
    assert not Exchange.objects.filter(purpose="write").exists()
    posting = Posting.objects.get()
    assert (posting.state, posting.queued_at) == ("ready", None)
    assert posting.invoice.standing == "ready"
    assert sent(office) == [becomes]
    message = Task.objects.get(kind="export").message
    assert message == "0 exported, 1 not sent: checked again, what they say had changed"
    run_export.start(access=office.access, invoice_ids=[posting.invoice_id], now=moments.now())
    office.work()
    posting.refresh_from_db()
    assert posting.state == "exported"
    request = bytes(Exchange.objects.get(purpose="write").request).decode()
    assert all(entry(name).list_id in request for name in becomes)


def _item_inactive() -> None:
    QbEntry.objects.filter(full_name="Regular Hours").update(active=False)


def _item_without_account() -> None:
    QbEntry.objects.filter(full_name="Regular Hours").update(has_account=False)


def _class_gone() -> None:
    QbEntry.objects.filter(full_name=NURSES).update(gone_at=NOW)


def _class_removed() -> None:
    ClassMapping.objects.update(target=None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_item_inactive, "item_inactive"),
        (_item_without_account, "item_without_account"),
        (_class_gone, "class_not_mapped"),
        (_class_removed, "class_not_mapped"),
    ],
)
def test_what_cannot_be_used_any_more_blocks_it(
    office: Office, change: Callable[[], None], reason: str
) -> None:
    queue(office)
    change()
    go_on(office)
    assert not Exchange.objects.filter(purpose="write").exists()
    invoice = SourceInvoice.objects.get()
    assert invoice.standing == "blocked"
    assert set(invoice.blocks.values_list("reason", flat=True)) == {reason}


def test_classes_that_were_switched_off_are_not_sent(office: Office) -> None:
    queue(office)
    Book.objects.update(uses_classes=False)
    go_on(office)
    assert not Exchange.objects.filter(purpose="write").exists()
    assert Posting.objects.get().content["lines"][0]["class_"] is None


def test_what_stands_goes_out(office: Office) -> None:
    """A class of the line's own goes before its job's."""
    ClassMapping.objects.create(
        company=office.company, kind="contractor", value="Desk", target=entry(OFFICE_STAFF),
        version=1, changed_at=NOW,
    )  # fmt: skip
    invoice = make.invoice(office.company.clients.get(), "20417")
    invoice.lines.update(class_value="Desk")
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[invoice.pk], now=moments.now())
    office.work()
    assert Posting.objects.get().state == "exported"
    assert sent(office) == [("Regular Hours", OFFICE_STAFF)]


def test_what_an_import_changes_after_the_probe_does_not_go_out_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claimed and probed it is not sent yet: the corrected amount goes out, once it was seen."""
    pk = make.invoice(office.company.clients.get(), "20417").pk
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[pk], now=moments.now())
    read_probe = PostingSubject.read_probe

    def corrected_meanwhile(subject: PostingSubject, answer: bytes) -> Reading:
        monkeypatch.setattr(PostingSubject, "read_probe", read_probe)
        row = SourceInvoice.objects.select_related("client").get(pk=pk)
        fact = planning._invoice(row)
        line = replace(fact.lines[0], amount=Decimal("1300.00"))
        fact = replace(fact, lines=(line,), total=Decimal("1300.00"))
        upsert_invoices(company_id=office.company.pk, invoices=[fact])
        return read_probe(subject, answer)

    monkeypatch.setattr(PostingSubject, "read_probe", corrected_meanwhile)
    office.work()
    assert not Exchange.objects.filter(purpose="write").exists()
    plan_export.plan_waiting(company_id=office.company.pk)
    posting = Posting.objects.get()
    assert (posting.state, posting.total) == ("ready", Decimal("1300.00"))
    assert posting.invoice.standing == "ready"
    run_export.start(access=office.access, invoice_ids=[pk], now=moments.now())
    office.work()
    assert [str(r.total) for r in office.rehearsal.books.list_invoices()] == ["1300.00"]
    assert SourceInvoice.objects.get().standing == "exported"
