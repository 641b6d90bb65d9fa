"""The frame around every page."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import World

from tieout.web.wording import MENU, ROADS


def test_the_menu_shows_the_company_and_marks_the_page(as_person, world: World) -> None:
    html = as_person("bea").get(f"/c/{world.northgate.pk}/").content.decode()
    assert "Northgate Staffing" in html
    assert 'aria-current="page">Home</a>' in html


def test_a_rehearsal_company_is_said_on_the_page(as_person, world: World) -> None:
    page = f"/c/{world.northgate.pk}/"
    assert "Rehearsal company" in as_person("vic").get(page).content.decode()
    page = f"/c/{world.harbor.pk}/"
    assert "Rehearsal company" not in as_person("charlie").get(page).content.decode()


def test_no_page_carries_inline_code(as_person, world: World) -> None:
    response = as_person("bea").get(f"/c/{world.northgate.pk}/")
    html = response.content.decode()
    assert "style=" not in html
    assert " onclick" not in html
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_a_stranger_learns_nothing(as_person, world: World) -> None:
    assert as_person("charlie").get(f"/c/{world.northgate.pk}/").status_code == 404


def test_somebody_unknown_signs_in_first(world: World) -> None:
    response = Client().get(f"/c/{world.northgate.pk}/")
    assert response.status_code == 302
    assert response["Location"] == f"/sign-in/?next=/c/{world.northgate.pk}/"


@pytest.mark.parametrize("words", [words for words, _ in MENU])
def test_every_entry_of_the_menu_leads_to_its_page(as_person, world: World, words: str) -> None:
    browser = as_person("sam")
    html = browser.get(f"/c/{world.northgate.pk}/").content.decode()
    link = re.search(rf'href="([^"]*)"[^>]*>{words}(?:</a>| <span id="drift-count")', html)
    assert link is not None
    address = link[1]
    response = browser.get(address)
    assert response.status_code == 200
    assert f'href="{address}" aria-current="page">{words}' in response.content.decode()


def test_map_jobs_is_found_where_the_documents_say(as_person, world: World) -> None:
    """Settings → Integrations → QuickBooks Configure → Map Jobs."""
    browser = as_person("sam")
    html = browser.get(f"/c/{world.northgate.pk}/settings/integrations/").content.decode()
    below = html.partition("QuickBooks Configure</h2>")[2]
    for name in ("Map Jobs", "Client Mapping", "Invoice Mapping", "Class Mapping"):
        assert f">{name}</a>" in below
    page = browser.get(f"/c/{world.northgate.pk}/map-jobs/").content.decode()
    path = page.partition('aria-label="Path"')[2].partition("</nav>")[0]
    steps = ("Settings", "Integrations", "QuickBooks Configure", "Map Jobs")
    assert [step for step in steps if f">{step}<" in path] == list(steps)


def test_every_name_of_a_path_leads_somewhere(world: World) -> None:
    for name, _ in ROADS.values():
        assert reverse(name, args=[world.northgate.pk])
