"""Clients, items and class values from a mapping file: saved in bundles, resumed, undone as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.factories import NOW, World
from tests.store.test_service_proposals import bea, few_at_once, sam, statements_of_a_round, upload

from tieout.service import proposal_bundles, save_proposal, save_sisters
from tieout.service.mapping_columns import Kind
from tieout.service.worker import Worker
from tieout.store.models import (
    ClassMapping,
    ClientMapping,
    Event,
    ItemMapping,
    Proposal,
    SourceInvoice,
    SourceJob,
    Task,
)

__all__ = ["few_at_once"]  # a fixture

KINDS: tuple[Kind, ...] = ("client", "item", "class")
Standing = SourceInvoice.Standing


def stock(world: World, kind: Kind, numbers: range) -> Proposal:
    """A file that maps so many new records, each to an entry of its own."""
    company = world.northgate
    lines = []
    for number in numbers:
        name = f"{kind} {number}"
        if kind == "client":
            factories.client(company, f"C-{number}", name)
            factories.qb_customer(company, name)
            lines.append(f"C-{number},,{name}\n")
        elif kind == "item":
            factories.item(company, f"I-{number}", name)
            factories.qb_entry(company, name)
            lines.append(f"I-{number},contractor,{name}\n")
        else:
            ClassMapping.objects.create(company=company, kind="contractor", value=name)
            factories.qb_entry(company, name, kind="class")
            lines.append(f"{name},contractor,{name}\n")
    key = {"client": "client_key", "item": "item_key", "class": "class_value"}[kind]
    return upload(world, f"{key},kind,full_name\n" + "".join(lines), kind)


def mapped(kind: Kind) -> dict[str, str]:
    """Name of ours -> name of theirs."""
    if kind == "class":
        rows = ClassMapping.objects.filter(target__isnull=False).select_related("target")
        return {row.value: row.target.full_name for row in rows if row.target}
    if kind == "client":
        clients = ClientMapping.objects.filter(target__isnull=False)
        return dict(clients.values_list("client__name", "target__full_name"))
    items = ItemMapping.objects.filter(target__isnull=False)
    return dict(items.values_list("item__name", "target__full_name"))


def same(kind: Kind, numbers: range) -> dict[str, str]:
    return {f"{kind} {number}": f"{kind} {number}" for number in numbers}


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_costs_the_same_statements_however_many_rows_it_has(
    world: World, kind: Kind
) -> None:
    statements_of_a_round(world, stock(world, kind, range(1)))  # begins the company's log
    few = statements_of_a_round(world, stock(world, kind, range(10, 12)))
    many = statements_of_a_round(world, stock(world, kind, range(100, 140)))
    assert many == few
    assert max(many) < 30


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_saved_with_an_event_each_and_undone_as_one(
    world: World, kind: Kind
) -> None:
    proposal = stock(world, kind, range(5))
    save_proposal.save(access=bea(world), proposal_id=proposal.pk, now=NOW)
    assert mapped(kind) == same(kind, range(5))
    said = Event.objects.filter(subject__startswith=f"{kind}_mapping").order_by("sequence")
    assert [event.verb for event in said] == ["mapped"] * 5
    assert {(event.actor_name, event.after["how"]) for event in said} == {("bea", "file")}
    save_proposal.undo(access=bea(world), proposal_id=proposal.pk, now=NOW)
    assert mapped(kind) == {}
    assert [event.after["undoes"] for event in said.all()][5:] == [1] * 5
    assert {row.state for row in proposal.rows.all()} == {"undone"}


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize("kind", KINDS)
def test_a_save_that_was_broken_off_goes_on_where_it_was(world: World, kind: Kind) -> None:
    proposal = stock(world, kind, range(3))
    Worker().run_until_idle()
    save_proposal.save(access=bea(world), proposal_id=proposal.pk, now=NOW)
    task = Task.objects.get(params__do="save")
    first = proposal.rows.order_by("line")[0]
    proposal_bundles.save_rows(bea(world), proposal, [first], NOW)  # then it was killed
    assert mapped(kind) == same(kind, range(1))
    assert task.total == 3
    Worker().run_until_idle()
    assert mapped(kind) == same(kind, range(3))
    assert Event.objects.filter(subject__startswith=f"{kind}_mapping").count() == 3
    save_proposal.undo(access=bea(world), proposal_id=proposal.pk, now=NOW)
    Worker().run_until_idle()
    assert mapped(kind) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_changed_since_is_kept_by_the_undo(world: World, kind: Kind) -> None:
    proposal = stock(world, kind, range(3))
    save_proposal.save(access=bea(world), proposal_id=proposal.pk, now=NOW)
    second = proposal.rows.order_by("line")[1]
    save_sisters.save_sister(
        access=sam(world), kind=kind, pk=second.record_id or 0, expected_version=1,
        target_list_id=proposal.rows.order_by("line")[2].to_list_id, reason="", now=NOW,
    )  # fmt: skip
    save_proposal.undo(access=bea(world), proposal_id=proposal.pk, now=NOW)
    assert mapped(kind) == {f"{kind} 1": f"{kind} 2"}
    second.refresh_from_db()
    assert second.state == "kept"
    assert "Sam mapped it" in second.message


def test_the_jobs_of_all_clients_are_looked_at_again_and_their_invoices_planned(
    world: World,
) -> None:
    proposal = stock(world, "client", range(2))
    for number in range(2):
        client = world.northgate.clients.get(key=f"C-{number}")
        factories.qb_customer(world.northgate, f"Other {number}")
        elsewhere = factories.qb_customer(world.northgate, f"Other {number}:Job")
        factories.map_job(factories.job(client, f"J-{number}"), elsewhere)
        factories.invoice(client, f"{number}", standing=Standing.READY)
    states: Callable[[], set[str]] = lambda: set(  # noqa: E731
        SourceJob.objects.values_list("map_state", flat=True)
    )
    assert states() == {"mapped"}
    with CaptureQueriesContext(connection) as asked:
        save_proposal.save(access=bea(world), proposal_id=proposal.pk, now=NOW)
    assert states() == {"attention"}
    standings = set(SourceInvoice.objects.values_list("standing", flat=True))
    assert standings == {Standing.TO_PLAN}
    wishes = [each["sql"] for each in asked if 'INSERT INTO "store_task"' in each["sql"]]
    assert len(wishes) == 2, "one to look for suggestions, one to plan"
    save_proposal.undo(access=bea(world), proposal_id=proposal.pk, now=NOW)
    assert states() == {"mapped"}
