"""Two hundred real faults in one continuous run; `make storm FAULTS=2000` goes on for longer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.journeys.storm import Storm, blow
from tools.with_postgres import throwaway

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
FAULTS = int(os.environ.get("TIEOUT_FAULTS", "200"))
SEED = int(os.environ.get("TIEOUT_SEED", "20261122"))


def test_two_workers_on_postgresql_lose_double_and_misplace_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with throwaway() as database:
        _blow(Storm(tmp_path, seed=SEED, database=database), FAULTS, capsys)


def test_one_worker_on_sqlite_loses_doubles_and_misplaces_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _blow(Storm(tmp_path, seed=SEED), max(FAULTS // 5, 20), capsys)


def _blow(storm: Storm, faults: int, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        blow(storm, faults)
    except BaseException:
        sys.stdout.write(storm.installation.last_words())
        raise
    finally:
        storm.close()
        with capsys.disabled():
            sys.stdout.write(
                f"\n{len(storm.expected)} invoices, TIEOUT_SEED={SEED}: {dict(storm.faults)}\n"
            )
            sys.stdout.write("\n".join(storm.told) + "\n")
            sys.stdout.write(f"one was sent {storm.sends} times, no other more often\n")
    assert len(storm.faults) > 5, "the storm was too calm to show anything"
