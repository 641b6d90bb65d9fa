"""How long the rest of an export takes: said after the first few, by what they took."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import factories
from tests.factories import NOW, World

from tieout.service import moments
from tieout.store.models import Batch, Posting, Task
from tieout.web.pages.invoices.pace import in_words, seconds_left


def ends(count: int, *, apart_s: float) -> list[datetime]:
    return [NOW - timedelta(seconds=apart_s * at) for at in range(count)]


def test_the_first_few_say_nothing() -> None:
    assert seconds_left(ends(4, apart_s=2), left=100, now=NOW) is None
    assert seconds_left(ends(5, apart_s=2), left=100, now=NOW) == 200
    assert seconds_left(ends(5, apart_s=2), left=0, now=NOW) is None


def test_a_slow_one_makes_it_longer() -> None:
    usual = seconds_left(ends(10, apart_s=1), left=60, now=NOW)
    slower = seconds_left(ends(10, apart_s=1), left=60, now=NOW + timedelta(seconds=91))
    assert (usual, slower) == (60, 600)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "less than a minute"),
        (59.9, "less than a minute"),
        (60.0, "about 1 min"),
        (61.0, "about 2 min"),
        (3600.0, "about 1 h"),
        (3661.0, "about 1 h 5 min"),
        (7200.0, "about 2 h"),
        (4_000_000.0, "about 1,111 h 10 min"),
    ],
)
def test_words(seconds: float, said: str) -> None:
    assert in_words(seconds) == said


@pytest.fixture
def batch(world: World) -> Batch:
    """Ten of twenty invoices exported, one every 30 seconds; ten are to go."""
    of = world.northgate
    acme, customer = factories.client(of), factories.qb_customer(of, "Acme")
    task = Task.objects.create(
        company=of, kind="export", state="running", created_at=NOW, due_at=NOW, done=10, total=20
    )
    made = Batch.objects.create(
        company=of, task=task, created_at=NOW, postings_count=20, total="24000.00"
    )
    now = moments.now()
    for at in range(20):
        row = factories.posting(factories.invoice(acme, f"3{at:04}"), customer)
        row.batch = made
        row.state_at = now - timedelta(seconds=30 * at)
        if at >= 10:
            row.state, row.queued_at = "ready", NOW
        row.save()
    return made


def moved(browser, batch: Batch) -> str:
    address = f"/c/{batch.company_id}/invoices/exports/{batch.pk}/progress/"
    return " ".join(browser.get(address).content.decode().split())


def test_the_page_says_how_many_are_done_and_how_long_the_rest_takes(
    as_person, batch: Batch
) -> None:
    html = moved(as_person("bea"), batch)
    assert "10 of 20" in html
    assert "about 5 min left" in html or "about 6 min left" in html


def test_a_wait_and_an_end_say_no_time(as_person, batch: Batch) -> None:
    Task.objects.update(problem="QuickBooks is closed.", remedy="Start it.")
    assert "min left" not in moved(as_person("bea"), batch)
    Task.objects.update(problem="", remedy="")
    Posting.objects.filter(state="exported").update(state_at=moments.now() - timedelta(hours=2))
    assert "min left" not in moved(as_person("bea"), batch)
    Task.objects.update(state="done", finished_at=NOW)
    assert "left" not in moved(as_person("bea"), batch)
