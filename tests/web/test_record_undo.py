"""Record Mapping: a keep that asks about the customer, and undos that lead back to something odd."""

from __future__ import annotations

from typing import Any

from tests import factories
from tests.factories import NOW, World
from tests.web.test_map_jobs import HTMX, record, text
from tests.web.test_map_jobs import books as books

from tieout.service.access import find_access
from tieout.service.save_mapping import Saved, save_job_mapping
from tieout.store.commits.drifts import notice
from tieout.store.models import Drift, JobMapping, QbCustomer


def save(world: World, version: int, target: QbCustomer) -> None:
    access = find_access(user=world.bea, company_id=world.northgate.pk)
    assert access is not None
    saved = save_job_mapping(
        access=access, job_key="J-1", expected_version=version, target_list_id=target.list_id,
        remove=version > 0, confirmed=(), reason="", now=NOW,
    )  # fmt: skip
    assert isinstance(saved, Saved)


def drifted(world: World, row: QbCustomer, **columns: object) -> None:
    QbCustomer.objects.filter(pk=row.pk).update(**columns)
    notice(
        company_id=world.northgate.pk,
        now=NOW,
        mapping_ids=list(JobMapping.objects.values_list("id", flat=True)),
    )


def test_an_undo_that_leads_back_to_something_odd_is_confirmed(
    world: World, as_person: Any, books: dict[str, Any]
) -> None:
    save(world, 0, books["ortiz"])
    save(world, 1, books["wood"])
    QbCustomer.objects.filter(pk=books["ortiz"].pk).update(active=False)
    bea = as_person("bea")
    asked = bea.post(record(books, "job", "undo/"), {"version": "2"}, **HTMX)
    assert asked.status_code == 422
    assert 'name="confirmed" value="inactive"' in asked.content.decode()
    assert "Undo all the same" in text(asked)
    data = {"version": "2", "confirmed": "inactive"}
    assert bea.post(record(books, "job", "undo/"), data, **HTMX).status_code == 200
    assert JobMapping.objects.get().target == books["ortiz"]


def test_an_older_change_is_confirmed_likewise(
    world: World, as_person: Any, books: dict[str, Any]
) -> None:
    save(world, 0, books["ortiz"])
    save(world, 1, books["wood"])
    save(world, 2, factories.qb_customer(world.northgate, "Acme:Third"))
    QbCustomer.objects.filter(pk=books["ortiz"].pk).update(active=False)
    bea = as_person("bea")
    data = {"version": "3", "change": "2"}
    asked = bea.post(record(books, "job", "undo/"), data, **HTMX)
    assert """hx-vals='{"change": "2"}'""" in asked.content.decode()
    data["confirmed"] = "inactive"
    assert bea.post(record(books, "job", "undo/"), data, **HTMX).status_code == 200
    assert JobMapping.objects.get().target == books["ortiz"]


def test_keep_this_mapping_asks_about_the_customer_and_is_undone_on_both_screens(
    world: World, as_person: Any, books: dict[str, Any]
) -> None:
    save(world, 0, books["ortiz"])
    beta = QbCustomer.objects.get(full_name="Beta")
    drifted(
        world, books["ortiz"], full_name="Beta:Ortiz, E", parent_list_id=beta.list_id,
        top_list_id=beta.list_id,
    )  # fmt: skip
    bea = as_person("bea")
    page = bea.get(record(books), **HTMX)
    assert 'name="confirmed" value="other_customer"' in page.content.decode()
    refused = bea.post(record(books, "job", "keep/"), {"version": "1"}, **HTMX)
    assert refused.status_code == 422
    data = {"version": "1", "confirmed": "other_customer"}
    assert bea.post(record(books, "job", "keep/"), data, **HTMX).status_code == 200
    assert JobMapping.objects.get().other_customer_confirmed
    undone = bea.post(record(books, "job", "undo/"), {"version": "2"}, **HTMX)
    assert undone.status_code == 200
    assert not JobMapping.objects.get().other_customer_confirmed
    data["version"] = "3"
    bea.post(record(books, "job", "keep/"), data, **HTMX)
    drift = Drift.objects.get(kind="moved")
    row = bea.post(f"/c/{world.northgate.pk}/drift/{drift.pk}/undo/", **HTMX)
    assert "1 answer was taken back." in text(row)
    drift.refresh_from_db()
    assert drift.state == "open"


def test_the_inbox_asks_before_it_leads_back_to_something_odd(
    world: World, as_person: Any, books: dict[str, Any]
) -> None:
    save(world, 0, books["ortiz"])
    heir = factories.qb_customer(world.northgate, "Acme:Heir")
    drifted(world, books["ortiz"], gone_at=NOW, merged_into=heir.list_id, merged_proof="seen")
    save(world, 1, heir)
    QbCustomer.objects.filter(pk=books["ortiz"].pk).update(gone_at=None, active=False)
    drift = Drift.objects.get(kind="merged")
    bea = as_person("bea")
    path = f"/c/{world.northgate.pk}/drift/{drift.pk}/undo/"
    asked = bea.post(path, **HTMX)
    assert "Nothing was taken back." in text(asked)
    assert 'name="confirmed" value="inactive"' in asked.content.decode()
    assert "1 answer was taken back." in text(bea.post(path, {"confirmed": "inactive"}, **HTMX))
    assert JobMapping.objects.get().target == books["ortiz"]
