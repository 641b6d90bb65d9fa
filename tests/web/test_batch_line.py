"""The first line of a batch's page follows its export."""

from __future__ import annotations

import pytest
from tests.factories import NOW, World, client, invoice, posting, qb_customer

from tieout.store.models import Batch, Task


@pytest.fixture
def batch(world: World) -> Batch:
    task = Task.objects.create(
        company=world.northgate, kind="export", state="waiting", created_at=NOW, due_at=NOW
    )
    return Batch.objects.create(
        company=world.northgate, task=task, created_at=NOW, postings_count=1, total="1200.00"
    )


def moved(browser, batch: Batch) -> str:
    address = f"/c/{batch.company_id}/invoices/exports/{batch.pk}/progress/"
    response = browser.get(address, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def first_line(html: str) -> str:
    return html.partition('id="summary" hx-swap-oob="true">')[2].partition("</p>")[0]


def test_it_stops_saying_that_the_export_goes_on(as_person, batch: Batch) -> None:
    browser = as_person("bea")
    assert "You may close this page; the export goes on." in first_line(moved(browser, batch))
    Task.objects.update(state="done")
    line = first_line(moved(browser, batch))
    assert "1 invoice for QuickBooks, $1,200.00, asked for by" in line
    assert "You may close this page" not in line


def test_a_wait_says_that_nothing_is_lost_and_when_it_goes_on(as_person, batch: Batch) -> None:
    assert "not before" not in moved(as_person("bea"), batch)
    Task.objects.update(problem="QuickBooks is closed.", remedy="Start it.")
    html = moved(as_person("bea"), batch)
    assert "QuickBooks is closed.</strong> Start it." in html
    assert "Nothing is lost and nothing is sent twice." in html
    assert "not before 10/19/2026 10:00 AM" in html


def test_it_says_what_quickbooks_did_since_and_who_may_go_on(
    as_person, world: World, batch: Batch
) -> None:
    Task.objects.update(state="done")
    one = client(world.northgate, "C-2", "Beta")
    row = posting(invoice(one), qb_customer(world.northgate, "Beta"), state="exported")
    type(row).objects.update(batch=batch)
    html = moved(as_person("bea"), batch)
    assert "1 of 1 exported.</strong> Nothing more to do.</p>" in html
    assert "Tie out both books" in html
    type(row).objects.update(state="deleted")
    html = moved(as_person("vic"), batch)
    assert "1 of 1 exported.</strong> In QuickBooks since then: 1 deleted.</p>" in html
    assert "Tie out both books" not in html
    assert "Back to the invoices" in html
