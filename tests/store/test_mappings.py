"""What mappings leave behind: states, histories, counters, and what stays where it is."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import NOW, World

from tieout.store.commits import events
from tieout.store.commits import mappings as commits
from tieout.store.models import JobMapping, QbCustomer, SourceInvoice, SourceJob
from tieout.store.queries import mappings
from tieout.store.queries.mappings import SisterFilter


@pytest.fixture
def job(world: World) -> SourceJob:
    company = world.northgate
    acme = factories.client(company)
    factories.map_client(acme, factories.qb_customer(company, "Acme", "A"))
    factories.qb_customer(company, "Beta", "B")
    made = factories.job(acme)
    factories.map_job(made, factories.qb_customer(company, "Acme:Ortiz", "A1"))
    return made


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "mapped"),
        ({"active": False}, "attention"),
        ({"gone_at": NOW}, "attention"),
        ({"full_name": "Acme:Ortiz E"}, "mapped"),
        ({"top_list_id": "B", "parent_list_id": "B", "full_name": "Beta:Ortiz"}, "attention"),
    ],
)
def test_needs_attention_is_whatever_would_hold_up_its_invoices(
    job: SourceJob, change: dict[str, object], state: str
) -> None:
    QbCustomer.objects.filter(list_id="A1").update(**change)
    invoice = factories.invoice(job.client, standing=SourceInvoice.Standing.READY)
    commits.restate(company_id=job.company_id, target_ids=[job.mapping.target_id])
    job.refresh_from_db()
    invoice.refresh_from_db()
    assert job.map_state == state
    assert (invoice.standing == "to_plan") == (state == "attention")
    assert ("ortiz e" in job.search_text) == (change.get("full_name") == "Acme:Ortiz E")


def test_a_confirmed_other_customer_needs_no_attention(job: SourceJob) -> None:
    QbCustomer.objects.filter(list_id="A1").update(top_list_id="B")
    JobMapping.objects.update(other_customer_confirmed=True, remembered_top="B")
    commits.restate(company_id=job.company_id, target_ids=[job.mapping.target_id])
    job.refresh_from_db()
    assert job.map_state == "mapped"


def test_only_the_changed_quickbooks_jobs_are_looked_at(job: SourceJob) -> None:
    QbCustomer.objects.filter(list_id="A1").update(active=False)
    other = QbCustomer.objects.get(list_id="B")
    commits.restate(company_id=job.company_id, target_ids=[other.pk])
    assert SourceJob.objects.get().map_state == "mapped"
    target = QbCustomer.objects.get(list_id="A1")
    commits.restate(company_id=job.company_id, target_ids=[target.pk])
    assert SourceJob.objects.get().map_state == "attention"


def test_a_history_belongs_to_one_mapping_of_one_company(world: World) -> None:
    for company in (world.northgate, world.harbor):
        for key in ("J-1", "J-2", "J-1"):
            entry = events.Entry(verb="mapped", subject="job_mapping", subject_key=key)
            events.append(company_id=company.pk, at=NOW, entries=[entry])
    found = mappings.history(
        company_id=world.northgate.pk, subject="job_mapping", subject_key="J-1"
    )
    assert [event.sequence for event in found] == [3, 1]
    assert {event.company_id for event in found} == {world.northgate.pk}


def test_clients_by_tab_state_and_search_of_both_sides(world: World) -> None:
    company = world.northgate
    acme = factories.client(company, "C-1", "Acme")
    factories.client(company, "C-2", "Beta")
    factories.client(company, "C-3", "Old", active=False)
    factories.client(world.harbor, "C-1", "Theirs")
    factories.map_client(acme, factories.qb_customer(company, "Apex", active=False))

    def names(**asked: str) -> list[str]:
        wanted = SisterFilter(kind="client", **{"tab": "active", **asked})
        page = mappings.list_sisters(company_id=company.pk, wanted=wanted)
        assert page.counters == (
            {"all": 2, "not_mapped": 1, "suggested": 0, "mapped": 0, "attention": 1}
            if wanted.tab == "active"
            else {"all": 1, "not_mapped": 1, "suggested": 0, "mapped": 0, "attention": 0}
        )
        each = mappings.each_sister(company_id=company.pk, wanted=wanted)
        assert [row.name for row in each] == [row.name for row in page.rows]
        return [row.name for row in page.rows]

    assert names() == ["Acme", "Beta"]
    assert names(tab="inactive") == ["Old"]
    assert names(state="not_mapped") == ["Beta"]
    assert names(state="attention") == ["Acme"]
    assert names(search="APEX") == ["Acme"]
    assert names(search="bet") == ["Beta"]


def test_a_row_says_its_state(world: World) -> None:
    acme = factories.client(world.northgate)
    row = mappings.get_sister(company_id=world.northgate.pk, kind="client", pk=acme.pk)
    assert row is not None
    assert (row.state, row.version, row.list_id) == ("not_mapped", 0, "")
    assert mappings.get_sister(company_id=world.harbor.pk, kind="client", pk=acme.pk) is None
    factories.map_client(acme, factories.qb_customer(world.northgate, "Acme", gone_at=NOW))
    row = mappings.get_sister(company_id=world.northgate.pk, kind="client", pk=acme.pk)
    assert row is not None
    assert row.state == "attention"
