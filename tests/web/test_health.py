"""What a watchdog is told."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from tieout import __version__
from tieout.store.queries import companies


@pytest.mark.django_db
def test_who_asks_needs_no_sign_in() -> None:
    answer = Client().get("/health/")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": __version__}
    assert "no-store" in answer["Cache-Control"]


def test_without_its_database_it_is_not_well_and_says_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def silent() -> None:
        message = "no route to db.example.com as tieout"
        raise OperationalError(message)

    monkeypatch.setattr(companies, "answers", silent)
    answer = Client().get("/health/")
    assert answer.status_code == 503
    assert b"db.example.com" not in answer.content
