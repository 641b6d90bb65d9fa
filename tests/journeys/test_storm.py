"""Two hundred real faults in one continuous run over the Remote Connector, a hundred over the Web
Connector's road; `make storm FAULTS=2000` goes on for longer.

The run is made by its seed (TIEOUT_SEED) as far as real processes allow; the summary of the tests
tells the seed, what struck, and how each round ended.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.journeys.storm import Storm, blow
from tests.journeys.storm_remote import RemoteStorm
from tests.journeys.storm_web_connector import WebConnectorStorm
from tools.with_postgres import throwaway

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
FAULTS = int(os.environ.get("TIEOUT_FAULTS", "200"))
SEED = int(os.environ.get("TIEOUT_SEED", "20261122"))
Tell = Callable[[str, object], None]


# in this order two processes of pytest share them best: the longest alone, the others together
def test_web_connectors_and_two_servers_lose_double_and_misplace_nothing(
    tmp_path: Path, record_property: Tell
) -> None:
    with throwaway() as database:
        storm = WebConnectorStorm(tmp_path, seed=SEED, database=database)
        _blow(storm, FAULTS // 2, record_property)


def test_two_workers_on_postgresql_lose_double_and_misplace_nothing(
    tmp_path: Path, record_property: Tell
) -> None:
    with throwaway() as database:
        _blow(RemoteStorm(tmp_path, seed=SEED, database=database), FAULTS, record_property)


def test_one_worker_on_sqlite_loses_doubles_and_misplaces_nothing(
    tmp_path: Path, record_property: Tell
) -> None:
    _blow(RemoteStorm(tmp_path, seed=SEED), max(FAULTS // 5, 20), record_property)


def _blow(storm: Storm, faults: int, tell: Tell) -> None:
    try:
        blow(storm, faults)
    except BaseException:
        sys.stdout.write(storm.installation.last_words())
        raise
    finally:
        storm.close()
        tell("told", f"TIEOUT_SEED={SEED}: {storm.figures()}")
    assert len(storm.faults) > 5, "the storm was too calm to show anything"
