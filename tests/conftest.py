"""What every test may use, and how properties are tried."""

from __future__ import annotations

import copy
import gc
from datetime import UTC, datetime

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings
from tests import factories, snapshot

# how long an example takes says what else the machine does: speed is judged in bench/
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")
gc.disable()  # until everything is imported and collected: nothing of it goes before the end


def pytest_collection_finish() -> None:
    """What is there now stays: the collector need not look at it again and again."""
    gc.freeze()
    gc.enable()


# made by the first test of this process that wants it: every row is written back for the others
WORLD: list[tuple[factories.World, snapshot.Snapshot]] = []


@pytest.fixture
def world(db: None) -> factories.World:
    """Northgate with its people, and Harbor with a stranger."""
    if not WORLD:
        began = datetime.now(UTC)
        made = factories.world()
        WORLD.append((made, snapshot.take(began=began)))
    else:
        WORLD[0][1].restore()
    return copy.deepcopy(WORLD[0][0])


@pytest.fixture
def as_person(world: factories.World) -> object:
    """A browser signed in as one of the cast: `as_person("bea").get(...)`."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return sign_in
