"""What every test may use. Sockets are open only in the folders that say so."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories


@pytest.fixture
def world(db: None) -> factories.World:
    """Northgate with its people, and Harbor with a stranger."""
    return factories.world()


@pytest.fixture
def as_person(world: factories.World) -> object:
    """A browser signed in as one of the cast: `as_person("bea").get(...)`."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return sign_in
