"""The mirrored lists as choices."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import NOW, World

from tieout.store.commits import mirror
from tieout.store.models import Book, QbCustomer, Task
from tieout.store.queries import qb_lists


@pytest.fixture
def lists(world: World) -> World:
    company = world.northgate
    factories.qb_customer(company, "Acme", "A")
    factories.qb_customer(company, "Acme:Ortiz, Elena", "A1")
    factories.qb_customer(company, "Acme:Wood, Ben", "A2", active=False)
    factories.qb_customer(company, "Beta", "B")
    factories.qb_customer(company, "Beta:Ortiz, Elena", "B1")
    factories.qb_customer(company, "Beta:Gone Ortiz", "B2", gone_at=NOW)
    factories.qb_customer(world.harbor, "Ortiz of Harbor", "H")
    return world


def jobs(world: World, search: str, customer: str = "") -> list[str]:
    found = qb_lists.choose_jobs(
        company_id=world.northgate.pk, search=search, customer_list_id=customer
    )
    return [row.list_id for row in found.rows]


@pytest.mark.parametrize(
    ("search", "customer", "expected"),
    [
        ("", "", ["A", "A1", "A2", "B", "B1"]),
        ("", "B", ["B1", "B", "A", "A1", "A2"]),
        ("ortiz", "", ["A1", "B1"]),
        ("ortiz", "B", ["B1", "A1"]),
        ("ac", "", ["A", "A1", "A2"]),
        ("be", "A", ["A2", "B", "B1"]),  # Ben within the family, Beta outside it
        ("acme:w", "", ["A2"]),
        ("nobody", "A", []),
    ],
)
def test_the_clients_jobs_come_first_and_the_gone_never(
    lists: World, search: str, customer: str, expected: list[str]
) -> None:
    found = jobs(lists, search, customer)
    if search == "ac":  # inactive ones come last outside the family
        assert set(found) == set(expected)
    else:
        assert found == expected


def test_only_customers_are_offered_for_a_client(lists: World) -> None:
    found = qb_lists.choose_customers(company_id=lists.northgate.pk, search="")
    assert [row.list_id for row in found.rows] == ["A", "B"]
    found = qb_lists.choose_customers(company_id=lists.northgate.pk, search="bet")
    assert [row.list_id for row in found.rows] == ["B"]


def test_entries_are_offered_active_first(world: World) -> None:
    factories.qb_entry(world.northgate, "Labor", active=False)
    factories.qb_entry(world.northgate, "Labor:Regular")
    factories.qb_entry(world.northgate, "Labor class", kind="class")
    rows, more = qb_lists.choose_entries(
        company_id=world.northgate.pk, kind="item", search="LABOR"
    )
    assert [row.full_name for row in rows] == ["Labor:Regular", "Labor"]
    assert not more


def test_another_companys_entries_are_not_found(lists: World) -> None:
    assert qb_lists.get_customer(company_id=lists.northgate.pk, list_id="H") is None
    entry = factories.qb_entry(lists.harbor, "Labor")
    for kind in ("item", "class"):
        found = qb_lists.entries_by_list_id(
            company_id=lists.northgate.pk, kind=kind, list_ids=[entry.list_id]
        )
        assert found == {}


def test_names_for_files_leave_out_the_gone(lists: World) -> None:
    names = [name for name, _, _ in qb_lists.customer_names(company_id=lists.northgate.pk)]
    assert "Beta:Gone Ortiz" not in names
    assert len(names) == 5


def test_the_state_of_the_lists(world: World) -> None:
    company_id = world.northgate.pk
    state = qb_lists.list_state(company_id=company_id)
    assert (state.refreshed_at, state.refreshing) == (None, False)
    Book.objects.filter(company_id=company_id).update(lists_refreshed_at=NOW, uses_classes=True)
    Task.objects.create(company_id=company_id, kind="refresh", created_at=NOW, due_at=NOW)
    state = qb_lists.list_state(company_id=company_id)
    assert (state.refreshed_at, state.uses_classes, state.refreshing) == (NOW, True, True)


def test_who_is_served_by_a_quickbooks_job(lists: World) -> None:
    acme = factories.client(lists.northgate)
    target = QbCustomer.objects.get(list_id="A1")
    factories.map_job(factories.job(acme, "J-2", "Zoe"), target)
    factories.map_job(factories.job(acme, "J-1", "Ana"), target)
    served = qb_lists.served_by(company_id=lists.northgate.pk, target_ids=[target.pk])
    assert [job.contractor for job in served[target.pk]] == ["Ana", "Zoe"]
    assert qb_lists.served_by(company_id=lists.harbor.pk, target_ids=[target.pk]) == {}


def test_roots_are_put_right_from_above(world: World) -> None:
    """Two levels of which both were read before the one above: the lower one first."""
    company = world.northgate
    factories.qb_customer(company, "Acme", "A")
    factories.qb_customer(company, "Acme:East", "B")
    low = factories.qb_customer(company, "Acme:East:ICU", "C")
    lowest = factories.qb_customer(company, "Acme:East:ICU:Ortiz", "D")
    QbCustomer.objects.filter(pk=low.pk).update(top_list_id="B")
    QbCustomer.objects.filter(pk=lowest.pk).update(top_list_id="C")
    mirror.settle_descendants(company_id=company.pk)
    assert set(QbCustomer.objects.values_list("top_list_id", flat=True)) == {"A"}
