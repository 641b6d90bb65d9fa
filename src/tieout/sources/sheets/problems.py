"""Problems as a CSV file that a person downloads, corrects by, and can open without danger."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from tieout.sources.sheets.shapes import Problem

COLUMNS = ("Line", "Field", "Value", "What is wrong", "What to do")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_problems(target: Path | TextIO, problems: Iterable[Problem]) -> int:
    """Write the problems and answer how many. A path is written as UTF-8 with a BOM for Excel.

    Cells that a spreadsheet program would run as a formula get an apostrophe in front.
    """
    if isinstance(target, Path):
        with target.open("w", encoding="utf-8-sig", newline="") as stream:
            return write_problems(stream, problems)
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    count = 0
    for problem in problems:
        texts = (problem.field, problem.value, problem.message, problem.remedy)
        writer.writerow([problem.line, *map(harmless, texts)])
        count += 1
    return count


def harmless(text: str) -> str:
    """The text, so that no spreadsheet program takes it for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text
