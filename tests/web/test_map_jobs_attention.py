"""A mapped job that needs attention says why in its row, and what to do; Home leads there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests import factories
from tests.factories import NOW, World

from tieout.core import mapping as rules
from tieout.store.commits import mappings
from tieout.store.models import Book, ClientMapping, Connection, JobMapping, QbCustomer, SourceJob

HTMX = {"HTTP_HX_REQUEST": "true"}
CUSTOMER_NOW = "Acme:Ortiz, Elena is not under Beta, the client's customer."


@pytest.fixture
def job(world: World) -> SourceJob:
    company = world.northgate
    acme = factories.client(company)
    factories.map_client(acme, factories.qb_customer(company, "Acme"))
    factories.qb_customer(company, "Beta")
    made = factories.job(acme)
    factories.map_job(made, factories.qb_customer(company, "Acme:Ortiz, Elena"))
    return made


def look_again(world: World) -> None:
    company_id = world.northgate.pk
    ids = list(JobMapping.objects.values_list("target_id", flat=True))
    mappings.restate(company_id=company_id, target_ids=ids)
    factories.notice_all(company_id=company_id)


def row(person: Any, world: World) -> str:
    page = person.get(f"/c/{world.northgate.pk}/map-jobs/?state=attention").content.decode()
    found = re.search(r'<tr id="job-.*?</tr>', page, re.DOTALL)
    assert found is not None, page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).replace("&#x27;", "'")


def test_a_client_that_got_another_customer(as_person: Any, job: SourceJob, world: World) -> None:
    ClientMapping.objects.update(target=QbCustomer.objects.get(full_name="Beta"))
    look_again(world)
    bea = as_person("bea")
    said = row(bea, world)
    assert CUSTOMER_NOW in said
    assert "Open it: confirm that this is meant, or choose another job." in said
    dialog = bea.get(f"/c/{world.northgate.pk}/map-jobs/{job.pk}/", **HTMX).content.decode()
    assert f'name="confirmed" value="{rules.WarningKind.OTHER_CUSTOMER}"' in dialog
    assert "Keep this mapping" in dialog
    Connection.objects.filter(company=world.northgate).update(
        url="http://127.0.0.1:8166", username="t", status="active", last_contact_at=NOW
    )
    Book.objects.filter(company=world.northgate).update(
        company_name="Northgate LLC", lists_refreshed_at=NOW
    )
    home = bea.get(f"/c/{world.northgate.pk}/").content.decode()
    assert "stands under another customer than the client&#x27;s" in home
    assert "map-jobs/?state=attention" in home


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"full_name": "Beta:Ortiz, Elena"},
         "Acme:Ortiz, Elena was moved to Beta:Ortiz, Elena. Open it: keep the mapping, or choose "
         "another job."),
        ({"active": False},
         "Acme:Ortiz, Elena was made inactive in QuickBooks. Make it active in QuickBooks and "
         "refresh the list, or open it and choose another job."),
        ({"gone_at": NOW},
         "Acme:Ortiz, Elena was deleted or merged in QuickBooks. Answer in Drift where its "
         "invoices go, or open it and choose another job."),
    ],
)  # fmt: skip
def test_what_changed_in_quickbooks(
    as_person: Any, job: SourceJob, world: World, change: dict[str, Any], why: str
) -> None:
    beta = QbCustomer.objects.get(full_name="Beta")
    if "full_name" in change:
        change = {**change, "parent_list_id": beta.list_id, "top_list_id": beta.list_id}
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(**change)
    look_again(world)
    assert why in row(as_person("bea"), world)


def test_it_is_said_too_before_the_change_is_noticed_and_when_nothing_was_remembered(
    as_person: Any, job: SourceJob, world: World
) -> None:
    JobMapping.objects.update(remembered_full_name="")
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(active=False)
    look_again(world)
    assert "Acme:Ortiz, Elena is inactive in QuickBooks" in row(as_person("bea"), world)
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(active=True, gone_at=NOW)
    look_again(world)
    assert "Acme:Ortiz, Elena was deleted or merged" in row(as_person("bea"), world)
