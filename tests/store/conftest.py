"""Northgate connected to a rehearsal company, and the watch over the order of locks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import factories
from tests.lock_order import locks_in_order as locks_in_order  # a fixture
from tests.rehearsal import Office, connect, rehearsed, stock

from tieout.service.access import Access, find_access


@pytest.fixture
def office(world: factories.World, tmp_path: Path) -> Iterator[Office]:
    """Verified, refreshed, and with one client, job and item mapped: ready to export."""
    with rehearsed(tmp_path) as rehearsal:
        made = connect(world, rehearsal)
        stock(made)
        yield made


@pytest.fixture
def sam(world: factories.World) -> Access:
    """Northgate's Super User."""
    access = find_access(user=world.sam, company_id=world.northgate.pk)
    assert access is not None
    return access
