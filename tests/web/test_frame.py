"""The frame around every page."""

from __future__ import annotations

from django.test import Client
from tests.factories import World


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
