"""Connectors for the tests of this folder: one to share, or as many as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.protocol.connector_process import Running, start_connector


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One connector for a whole module, over plain HTTP."""
    running = start_connector(tmp_path_factory.mktemp("connector"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts a connector on this test's data folder; a second one takes over its journal."""
    started: list[Running] = []

    def start_one(*arguments: str) -> Running:
        started.append(start_connector(tmp_path, *arguments))
        return started[-1]

    yield start_one
    for running in started:
        running.stop()
