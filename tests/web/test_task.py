"""The progress of background work."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from tests.factories import NOW, World

from tieout.store.models import Task


@pytest.fixture
def task(world: World) -> Task:
    return Task.objects.create(
        company=world.northgate,
        kind="refresh",
        state="running",
        created_at=NOW,
        due_at=NOW,
        done=4200,
        total=10_000,
        message="reading <customers>",
    )


def address(task: Task) -> str:
    return f"/c/{task.company_id}/tasks/{task.pk}/"


def test_while_it_is_open_it_fetches_itself(as_person, task: Task) -> None:
    response = as_person("vic").get(address(task))
    html = response.content.decode()
    assert f'hx-get="{address(task)}"' in html
    assert "4,200 of 10,000 · 42 %" in html
    assert "<customers>" not in html
    assert "HX-Trigger" not in response


def test_when_it_is_over_the_page_is_told(as_person, task: Task) -> None:
    Task.objects.update(state="done", finished_at=NOW, message="10,000 read")
    response = as_person("vic").get(address(task))
    assert "hx-get" not in response.content.decode()
    assert json.loads(response["HX-Trigger"]) == {
        "task-over": {"id": task.pk, "kind": "refresh", "state": "done"}
    }


def test_a_failure_shows_problem_and_remedy(as_person, task: Task) -> None:
    Task.objects.update(state="failed", problem="A dialog is open.", remedy="Close it.")
    html = as_person("vic").get(address(task)).content.decode()
    assert "A dialog is open." in html
    assert "Close it." in html


def test_a_wait_between_tries_says_why(as_person, task: Task) -> None:
    Task.objects.update(state="waiting", problem="QuickBooks is busy.", remedy="Tries again.")
    html = as_person("vic").get(address(task)).content.decode()
    assert "QuickBooks is busy." in html
    assert "Nothing is lost and nothing is sent twice." in html
    assert "not before 10/19/2026 10:00 AM" in html
    assert f'href="/c/{task.company_id}/settings/integrations/quickbooks-desktop/"' in html
    assert "hx-get" in html


def test_strangers(as_person, world: World, task: Task) -> None:
    assert as_person("charlie").get(address(task)).status_code == 404
    elsewhere = f"/c/{world.harbor.pk}/tasks/{task.pk}/"
    assert as_person("charlie").get(elsewhere).status_code == 404
    assert Client().get(address(task)).status_code == 302
    assert as_person("vic").post(address(task)).status_code == 405
