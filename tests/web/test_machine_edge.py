"""Machines go straight to their view; what is for people stays before everything else."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.web_connector_double import envelope

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/qbwc/", "/qbwc"])
def test_a_call_passes_nothing_that_is_for_people(path: str) -> None:
    body = envelope("serverVersion")
    response = Client(enforce_csrf_checks=True).post(path, data=body, content_type="text/xml")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(response.content))
    assert response["X-Request-ID"]
    assert not response.cookies
    assert not hasattr(response.wsgi_request, "session")
    assert not hasattr(response.wsgi_request, "user")


def test_a_call_under_a_strange_name_is_turned_away() -> None:
    body = envelope("serverVersion")
    headers = {"Host": "evil.example"}
    response = Client().post("/qbwc/", data=body, content_type="text/xml", headers=headers)
    assert response.status_code == 400


def test_pages_beside_it_keep_everything() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/", data={"username": "sam"})
    assert response.status_code == 403
    assert response.wsgi_request.session is not None
