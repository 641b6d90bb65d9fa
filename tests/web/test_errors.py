"""The pages for what went wrong."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.factories import World

from tieout.web.pages.home import views


def test_not_found_says_what_to_do(as_person, world: World) -> None:
    response = as_person("charlie").get(f"/c/{world.northgate.pk}/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "ask a Super User" in html
    assert response["X-Request-ID"] in html
    assert "Northgate" not in html


def test_not_allowed_names_who_may(as_person, world: World) -> None:
    url = f"/c/{world.northgate.pk}/settings/integrations/quickbooks-desktop/save/"
    response = as_person("vic").post(url)
    html = response.content.decode()
    assert response.status_code == 403
    assert "Ask a Super User of Northgate Staffing" in html
    assert response["X-Request-ID"] in html


def test_a_mistake_of_ours_shows_its_number_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(**_: object) -> None:
        message = "a secret detail"
        raise RuntimeError(message)

    monkeypatch.setattr(views, "figures", break_down)
    browser = Client(raise_request_exception=False)
    browser.force_login(world.bea)
    response = browser.get(f"/c/{world.northgate.pk}/")
    html = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-ID"] in html
    assert "secret detail" not in html


def test_an_old_page_is_told_to_reload(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post("/sign-in/", {"username": "bea", "password": "x"})
    assert response.status_code == 403
    assert "too old" in response.content.decode()
