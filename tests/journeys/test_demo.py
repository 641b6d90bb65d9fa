"""The main job without a browser comes out as an independent program expects."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.processes import processes_of, tieout

pytestmark = pytest.mark.journey


def test_the_demo_ties_out_and_every_figure_is_as_expected(tmp_path: Path) -> None:
    done = tieout(tmp_path, "demo")
    last = done.stdout.strip().splitlines()[-4:]
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert last[0].startswith("Still blocked: ")
    assert last[-2] == "Every figure is as expected."
    assert last[-1].startswith("difference 0.00 over exported invoices (")
    assert processes_of(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []  # it has a data directory of its own


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    done = tieout(tmp_path, "demo", "--keep", str(tmp_path))
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]
