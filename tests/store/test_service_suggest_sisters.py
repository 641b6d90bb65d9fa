"""Suggestions for clients, items and classes: stored, made anew when they are stale, proposed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World

from tieout.service import bulk_sisters, suggest_sisters
from tieout.service.access import Access
from tieout.service.suggest_wish import want_suggestions
from tieout.service.worker import Worker
from tieout.store.models import Book, ProposedChange, SisterSuggestion, SourceClient, Task
from tieout.store.queries import mappings


@pytest.fixture
def acme(world: World) -> World:
    factories.client(world.northgate, "C-1", "Acme Health, Inc.")
    factories.client(world.northgate, "C-2", "Nobody There")
    factories.qb_customer(world.northgate, "Acme Health")
    factories.qb_customer(world.northgate, "Acme Health:Nobody There")
    factories.qb_customer(world.harbor, "Nobody There")
    return world


def stored(kind: str = "client") -> dict[int, tuple[str, bool]]:
    rows = SisterSuggestion.objects.filter(kind=kind)
    return {row.record_id: (row.full_name, row.safe) for row in rows}


def ensure(world: World) -> bool:
    return suggest_sisters.ensure(company_id=world.northgate.pk, kind="client", now=NOW)


def test_what_is_found_is_stored_and_neither_jobs_nor_strangers_are_offered(acme: World) -> None:
    assert ensure(acme)
    first, second = SourceClient.objects.order_by("key")
    assert stored() == {first.pk: ("Acme Health", True), second.pk: ("", False)}


def test_before_the_list_is_read_nothing_is_said_to_be_missing_in_it(world: World) -> None:
    factories.client(world.northgate, "C-2", "Nobody There")
    assert ensure(world)
    assert stored() == {}


def test_up_to_date_suggestions_are_not_made_again(
    acme: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ensure(acme)
    with django_assert_num_queries(3):
        assert ensure(acme)


def test_a_refresh_makes_them_stale_and_the_worker_makes_them_anew(acme: World) -> None:
    ensure(acme)
    factories.qb_customer(acme.northgate, "Nobody There")
    Book.objects.filter(company=acme.northgate).update(lists_refreshed_at=NOW)
    assert not suggest_sisters.up_to_date(company_id=acme.northgate.pk, kind="client")
    want_suggestions(acme.northgate.pk, NOW, acme.bea)
    Worker().run_until_idle()
    assert suggest_sisters.up_to_date(company_id=acme.northgate.pk, kind="client")
    assert sorted(stored().values()) == [("Acme Health", True), ("Nobody There", True)]


def test_a_page_does_not_wait_for_many_names(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggest_sisters, "AT_ONCE", 1)
    assert not ensure(acme)
    assert stored() == {}
    assert not ensure(acme)
    assert Task.objects.filter(kind="suggest").count() == 1
    Worker().run_until_idle()
    assert len(stored()) == 2
    assert ensure(acme)
    assert suggest_sisters.catch_up(company_id=acme.northgate.pk, now=NOW + timedelta(1)) == 0


def test_the_counters_and_the_filter_know_what_is_suggested(acme: World) -> None:
    ensure(acme)
    wanted = mappings.SisterFilter(kind="client", tab="active", state="suggested")
    page = mappings.list_sisters(company_id=acme.northgate.pk, wanted=wanted)
    assert [row.key for row in page.rows] == ["C-1"]
    assert page.counters == {
        "all": 2, "not_mapped": 2, "suggested": 1, "mapped": 0, "attention": 0,
    }  # fmt: skip
    client = SourceClient.objects.get(key="C-1")
    factories.map_client(client, factories.qb_customer(acme.northgate, "Other"))
    page = mappings.list_sisters(company_id=acme.northgate.pk, wanted=wanted)
    assert page.rows == []
    assert page.counters["suggested"] == 0


def test_what_is_proposed_is_what_is_not_mapped_on_this_tab(acme: World) -> None:
    factories.client(acme.northgate, "C-3", "Gone Away", active=False)
    factories.qb_customer(acme.northgate, "Gone Away")
    ensure(acme)
    bea = Access(user=acme.bea, company=acme.northgate, role="biller")
    on_screen = mappings.SisterFilter(kind="client", tab="active")
    wanted = bulk_sisters.SisterBulk(on_screen=on_screen)
    bulk_sisters.propose(access=bea, wanted=wanted, what="Safe suggestions", now=NOW)
    rows = [(row.key, row.state, row.to_name) for row in ProposedChange.objects.all()]
    assert rows == [("C-1", "ready", "Acme Health")]
