"""Whole updates of the Web Connector against a rehearsal company, through the real address."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.factories import World
from tests.web_connector_office import Desk, open_desk

from tieout.store.models import Book, Connection, Lane, QbCustomer


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return open_desk(world, tmp_path)


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """Verified, refreshed, and three invoices queued."""
    desk.refresh()
    desk.make_ready("20417", "20418", "20419")
    desk.queue()
    return desk


def test_the_first_update_verifies_the_company_file(desk: Desk) -> None:
    desk.connector.update()
    book = Book.objects.get(company=desk.company)
    assert book.company_name == "Northgate Staffing"
    assert book.company_file == r"C:\Books\Northgate Staffing.QBW"
    connection = Connection.objects.get(company=desk.company)
    assert connection.status == "active"
    assert [rung["state"] for rung in connection.ladder] == ["ok"] * len(connection.ladder)


def test_refresh_reads_the_lists(desk: Desk) -> None:
    desk.refresh()
    names = set(QbCustomer.objects.values_list("full_name", flat=True))
    assert "Acme Health:Ortiz, Elena - ICU" in names
    assert Lane.objects.get(company=desk.company).lease_until is None


def test_export_brings_each_invoice_once(ready: Desk) -> None:
    said = ready.connector.update()
    assert ready.numbers() == ["20417", "20418", "20419"], "\n".join(ready.connector.diary)
    assert set(ready.states().values()) == {"exported"}
    assert said == f"Done: {ready.session().answered} messages answered."
    assert ready.connector.update() == "none"
    assert len(ready.numbers()) == 3
