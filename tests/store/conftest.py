"""Northgate connected to a rehearsal company, and the watch over the order of locks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import factories
from tests.lock_order import locks_in_order as locks_in_order  # a fixture
from tests.rehearsal import Office, Prepared, opened, prepare

from tieout.service.access import Access, find_access

PREPARED: list[Prepared] = []  # by the first test of this process that wants an office


@pytest.fixture
def office(
    world: factories.World, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """Verified, refreshed, and with one client, job and item mapped: ready to export."""
    if not PREPARED:
        PREPARED.append(prepare(world, tmp_path_factory.mktemp("office")))
    with opened(world, tmp_path, PREPARED[0]) as made:
        yield made


@pytest.fixture
def sam(world: factories.World) -> Access:
    """Northgate's Super User."""
    access = find_access(user=world.sam, company_id=world.northgate.pk)
    assert access is not None
    return access
