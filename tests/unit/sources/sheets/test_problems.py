from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tieout.sources.sheets import Problem, write_problems
from tieout.sources.sheets.problems import COLUMNS, harmless

ONE = Problem(
    line=12,
    field="Amount",
    value='=HYPERLINK("http://evil","$5")',
    message="This is a formula, not its result.",
    remedy="Paste values.",
)


def test_problems_are_written_as_csv_for_excel(tmp_path: Path) -> None:
    path = tmp_path / "problems.csv"
    assert write_problems(path, [ONE, ONE]) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == list(COLUMNS)
    assert rows[1][:3] == ["12", "Amount", "'" + ONE.value]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_can_become_a_formula(start: str) -> None:
    assert harmless(f"{start}1") == f"'{start}1"
    stream = io.StringIO()
    write_problems(stream, [Problem(line=1, field="F", value=f"{start}x", message="", remedy="")])
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1][2][0] == "'"


def test_plain_text_stays_as_it_is() -> None:
    assert harmless("10/18/2026") == "10/18/2026"
    assert harmless("") == ""
