"""Client, Invoice and Class Mapping: versions, events, and the invoices concerned."""

from __future__ import annotations

from tests import factories
from tests.factories import NOW, World

from tieout.service import save_sisters
from tieout.service.access import Access
from tieout.service.save_mapping import Refused, Saved
from tieout.store.models import ClassMapping, ClientMapping, Event, SourceInvoice, SourceJob
from tieout.store.queries import qb_lists

Standing = SourceInvoice.Standing


def bea(world: World) -> Access:
    return Access(user=world.bea, company=world.northgate, role="biller")


def test_a_client_is_mapped_removed_and_never_overwritten(world: World) -> None:
    acme = factories.client(world.northgate)
    first = factories.qb_customer(world.northgate, "Acme")
    second = factories.qb_customer(world.northgate, "Acme Health")
    invoice = factories.invoice(acme, standing=Standing.BLOCKED)

    def save(list_id: str | None, version: int) -> Saved | Refused:
        return save_sisters.save_sister(
            access=bea(world),
            kind="client",
            pk=acme.pk,
            expected_version=version,
            target_list_id=list_id,
            reason="",
            now=NOW,
        )

    assert isinstance(save(first.list_id, 0), Saved)
    invoice.refresh_from_db()
    assert invoice.standing == Standing.TO_PLAN
    late = save(second.list_id, 0)
    assert isinstance(late, Refused)
    assert "Bea mapped it to Acme" in late.text
    assert isinstance(save(None, 1), Saved)
    assert ClientMapping.objects.get().target is None
    verbs = list(Event.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["mapped", "removed"]


def test_a_client_is_not_mapped_to_a_job_or_to_another_companys_customer(world: World) -> None:
    acme = factories.client(world.northgate)
    factories.qb_customer(world.northgate, "Acme")
    job = factories.qb_customer(world.northgate, "Acme:Job")
    theirs = factories.qb_customer(world.harbor, "Harbor")
    for target, reason in ((job, "not_allowed"), (theirs, "unknown_target")):
        answer = save_sisters.save_sister(
            access=bea(world),
            kind="client",
            pk=acme.pk,
            expected_version=0,
            target_list_id=target.list_id,
            reason="",
            now=NOW,
        )
        assert isinstance(answer, Refused)
        assert answer.reason == reason


def test_another_customer_for_the_client_brings_its_jobs_to_attention(world: World) -> None:
    acme = factories.client(world.northgate)
    first = factories.qb_customer(world.northgate, "Acme")
    factories.qb_customer(world.northgate, "Beta")
    target = factories.qb_customer(world.northgate, "Acme:Ortiz")
    factories.map_client(acme, first)
    factories.map_job(factories.job(acme), target)
    beta = qb_lists.customer_names(company_id=world.northgate.pk)
    list_id = {name: list_id for name, list_id, _ in beta}["Beta"]
    save_sisters.save_sister(
        access=bea(world),
        kind="client",
        pk=acme.pk,
        expected_version=1,
        target_list_id=list_id,
        reason="",
        now=NOW,
    )
    assert SourceJob.objects.get().map_state == "attention"


def test_items_are_mapped_by_kind(world: World) -> None:
    acme = factories.client(world.northgate)
    regular = factories.item(world.northgate)
    factories.item(world.northgate, kind="direct_hire")
    labor = factories.qb_entry(world.northgate, "Labor")
    ours = factories.invoice(acme, "1", standing=Standing.BLOCKED)
    fee = factories.invoice(acme, "2", standing=Standing.BLOCKED)
    SourceInvoice.objects.filter(pk=fee.pk).update(kind="direct_hire")
    answer = save_sisters.save_sister(
        access=bea(world),
        kind="item",
        pk=regular.pk,
        expected_version=0,
        target_list_id=labor.list_id,
        reason="",
        now=NOW,
    )
    assert isinstance(answer, Saved)
    ours.refresh_from_db()
    fee.refresh_from_db()
    assert (ours.standing, fee.standing) == (Standing.TO_PLAN, Standing.BLOCKED)


def test_a_class_value_reaches_invoices_through_the_line_and_through_the_job(
    world: World,
) -> None:
    acme = factories.client(world.northgate)
    factories.job(acme, class_value="Healthcare")
    medical = factories.qb_entry(world.northgate, "Medical", kind="class")
    item = factories.qb_entry(world.northgate, "Labor", kind="item")
    value = ClassMapping.objects.create(
        company=world.northgate, kind="contractor", value="Healthcare"
    )
    invoice = factories.invoice(acme, standing=Standing.READY)

    def save(list_id: str) -> Saved | Refused:
        return save_sisters.save_sister(
            access=bea(world),
            kind="class",
            pk=value.pk,
            expected_version=0,
            target_list_id=list_id,
            reason="",
            now=NOW,
        )

    refused = save(item.list_id)
    assert isinstance(refused, Refused)  # an item is no class
    assert isinstance(save(medical.list_id), Saved)
    invoice.refresh_from_db()
    assert invoice.standing == Standing.TO_PLAN
    assert Event.objects.get().subject == "class_mapping:contractor"
