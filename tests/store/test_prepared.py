"""Statements that are compiled once: they answer as the ORM does, on both databases."""

from __future__ import annotations

import gc
import threading
import weakref
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import NotSupportedError, connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.factories import NOW, World

from tieout.store import prepared
from tieout.store.models import Company, Exchange, Lane, Posting, SourceJob, Task

pytestmark = pytest.mark.django_db


@prepared.rows
def _due(*, company_id: int, now: Any) -> QuerySet[Task]:
    return Task.objects.filter(company_id=company_id, due_at__lte=now).order_by("-id")


@prepared.row
def _with_company(*, task_id: int) -> QuerySet[Task]:
    return Task.objects.select_related("company").defer("result").filter(pk=task_id)


@prepared.rows
def _with_mapping(*, company_id: int) -> QuerySet[SourceJob]:
    return SourceJob.objects.filter(company_id=company_id).select_related("mapping__target")


@prepared.rows
def _kinds(*, state: str) -> QuerySet[Task, tuple[str, Any]]:
    return Task.objects.filter(state=state).order_by("id").values_list("kind", "due_at")


@prepared.rows
def _some(*, company_id: int, ids: Any) -> QuerySet[Task]:
    rows = Task.objects.filter(company_id=company_id, pk__in=prepared.each(ids))
    return rows.order_by("id")


@prepared.rows
def _of_companies(*, company_ids: Any) -> QuerySet[Task]:
    return Task.objects.filter(company_id__in=prepared.each(company_ids)).order_by("id")


@prepared.change("message", "due_at", "params")
def _postpone(*, task_id: int) -> QuerySet[Task]:
    return Task.objects.filter(pk=task_id, state=Task.State.WAITING)


@prepared.change("qb_total")
def _set_total(*, posting_id: int) -> QuerySet[Posting]:
    return Posting.objects.filter(pk=posting_id)


@prepared.removal
def _forget(*, company_id: int) -> QuerySet[Exchange]:
    return Exchange.objects.filter(company_id=company_id)


_store = prepared.insert(Task, "company_id", "kind", "created_at", "due_at", "params")


def _task(company: Company, **more: Any) -> int:
    return _store(
        {
            "company_id": company.pk,
            "kind": Task.Kind.REFRESH,
            "created_at": NOW,
            "due_at": NOW,
            "params": {},
            **more,
        }
    )


def test_a_stored_row_is_the_row_that_the_orm_stores(world: World) -> None:
    made = _task(world.northgate, params={"full": True})
    by_orm = Task.objects.create(
        company=world.northgate,
        kind=Task.Kind.REFRESH,
        created_at=NOW,
        due_at=NOW,
        params={"full": True},
    )
    ours, theirs = (Task.objects.filter(pk=pk).values().get() for pk in (made, by_orm.pk))
    assert ours | {"id": 0} == theirs | {"id": 0}


def test_rows_are_those_of_the_values_given(world: World) -> None:
    first, second = _task(world.northgate), _task(world.northgate)
    _task(world.northgate, due_at=NOW + timedelta(hours=1))
    other = _task(world.harbor)
    found = _due(company_id=world.northgate.pk, now=NOW)
    assert [task.pk for task in found] == [second, first]
    assert found[0] == Task.objects.get(pk=second)
    assert found[0].due_at == NOW
    assert found[0].params == {}
    assert [task.pk for task in _due(company_id=world.harbor.pk, now=NOW)] == [other]


def test_values_and_related_objects(world: World) -> None:
    made = _task(world.northgate)
    assert (Task.Kind.REFRESH.value, NOW) in _kinds(state=Task.State.WAITING)
    found = _with_company(task_id=made)
    assert found is not None
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert found.company.name == "Northgate Staffing"
    assert not asked.captured_queries
    assert "result" in found.get_deferred_fields()
    assert _with_company(task_id=0) is None


def test_a_row_and_what_is_beside_it_are_freed_without_the_collector(world: World) -> None:
    job = make.job(make.client(world.northgate))
    target = make.qb_customer(world.northgate, "Acme")
    make.map_job(job, target)
    gc.disable()
    try:
        (found,) = _with_mapping(company_id=world.northgate.pk)
        with CaptureQueriesContext(connection) as asked:
            assert found.mapping.target == target
        assert not asked.captured_queries
        gone = weakref.ref(found), weakref.ref(found.mapping)
        del found
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()


def test_a_change_says_how_many_rows_it_met(world: World) -> None:
    made = _task(world.northgate)
    later = NOW + timedelta(minutes=5)
    new = {"message": "later", "due_at": later, "params": {"because": "asked"}}
    assert _postpone(new, task_id=made) == 1
    found = Task.objects.get(pk=made)
    assert (found.message, found.due_at, found.params) == ("later", later, new["params"])
    Task.objects.filter(pk=made).update(state=Task.State.DONE)
    assert _postpone(new, task_id=made) == 0


def test_a_change_stores_what_the_column_makes_of_a_value(world: World) -> None:
    customer = make.qb_customer(world.northgate, "Acme Health")
    posting = make.posting(make.invoice(make.client(world.northgate, "Acme"), "1042"), customer)
    changed = _set_total({"qb_total": "12.30"}, posting_id=posting.pk)
    posting.refresh_from_db()
    assert (changed, posting.qb_total) == (1, Decimal("12.30"))


def test_a_change_takes_its_columns_and_no_others(world: World) -> None:
    with pytest.raises(TypeError, match="params"):
        _postpone({"message": "", "due_at": NOW}, task_id=1)
    with pytest.raises(TypeError, match="state"):
        _task(world.northgate, state="done")


def test_a_removal_takes_only_what_is_asked_for(world: World) -> None:
    for company in (world.northgate, world.harbor):
        Exchange.objects.create(
            company=company,
            purpose=Exchange.Purpose.PAGE,
            call_id=f"page-{company.pk}",
            epoch=1,
            request=b"",
            created_at=NOW,
        )
    assert _forget(company_id=world.northgate.pk) == 1
    assert Exchange.objects.get().company == world.harbor


def test_text_is_made_once_and_answers_never(world: World) -> None:
    made = _task(world.northgate)
    assert _with_company(task_id=made) is not None
    Task.objects.filter(pk=made).update(message="changed")
    with CaptureQueriesContext(connection) as asked:
        found = _with_company(task_id=made)
    assert found is not None
    assert found.message == "changed"
    assert len(asked.captured_queries) == 1


def test_a_row_is_locked_only_in_a_transaction(transactional_db: None) -> None:
    @prepared.row
    def locked(*, company_id: int) -> QuerySet[Lane]:
        return Lane.objects.select_for_update().filter(company_id=company_id)

    with pytest.raises(TransactionManagementError):
        locked(company_id=1)


def test_every_thread_asks_over_its_own_connection(transactional_db: None) -> None:
    company = Company.objects.create(name="Northgate Staffing", created_at=NOW)
    made = _task(company)
    found: list[Task | None] = [_with_company(task_id=made)]

    def ask() -> None:
        found.append(_with_company(task_id=made))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found[0] == found[1] == Task.objects.get(pk=made)


def test_what_cannot_be_prepared_is_refused(world: World) -> None:
    store_company = prepared.insert(Company, "name", "created_at")
    with pytest.raises(NotSupportedError, match="guid"):  # it would be the same for every company
        store_company({"name": "Third", "created_at": NOW})
    with pytest.raises(TypeError, match="by name"):
        prepared.rows(lambda company_id: Task.objects.filter(company_id=company_id))
    with pytest.raises(TypeError, match="no place"):
        _due(company_id=1.5, now=NOW)  # type: ignore[arg-type]
    as_dicts = prepared.rows(lambda *, state: Task.objects.filter(state=state).values("kind"))
    with pytest.raises(NotSupportedError):
        as_dicts(state="waiting")


def test_a_collection_is_looked_in_whatever_its_size(world: World) -> None:
    ids = [_task(world.northgate, kind="plan") for _ in range(3)]
    other = _task(world.harbor, kind="plan")
    company_id = world.northgate.pk
    for asked in (ids, ids[:1], {ids[0], ids[2]}, [other], [], ids):
        found = [row.pk for row in _some(company_id=company_id, ids=asked)]
        assert found == sorted(set(asked) & set(ids))
    both = {world.northgate.pk, world.harbor.pk}
    assert [row.pk for row in _of_companies(company_ids=both)] == [*ids, other]
