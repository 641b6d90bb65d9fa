"""The reference pages list every reason of a suggestion and every kind of drift, and no others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tieout.core.drifting import BLOCKING, NOTED, DriftKind
from tieout.web.pages.drift.words import KINDS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"
# a reason is a phrase of lower-case words
PHRASE = re.compile(r"[a-z][a-z0-9',-]*( [a-z0-9',-]+)+")


def phrases(module: Path) -> Iterator[str]:
    """Every phrase that stands as text in a module, but for the spellings of its dictionaries."""
    tree = ast.parse(module.read_text("utf-8"))
    spellings = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in spellings:
            text = node.value
            if isinstance(text, str) and PHRASE.fullmatch(text):
                yield text


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, its head left out."""
    text = (PAGES / page).read_text("utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def listed(heading: str) -> set[str]:
    cells = (row[0] for row in rows("suggestions.md", heading))
    return {reason for cell in cells for reason in cell.split("; ")}


def test_every_reason_is_explained() -> None:
    for module in sorted((ROOT / "src/tieout/core").glob("matching*.py")):
        sisters = module.name == "matching_sisters.py"
        known = listed("Clients, items and classes" if sisters else "Reasons")
        known |= listed("Flags") if not sisters else {"direct hire"}  # a kind of job, no reason
        missing = set(phrases(module)) - known
        assert not missing, f"{module.name}: {missing} stand on no reference page"


def test_no_reason_is_explained_that_nobody_gives() -> None:
    """But for those that are made of parts: a number of earlier invoices."""
    code = "\n".join(m.read_text("utf-8") for m in (ROOT / "src/tieout/core").glob("match*.py"))
    for heading in ("Reasons", "Clients, items and classes"):
        told = {reason for reason in listed(heading) if "earlier invoices" not in reason}
        assert {reason for reason in told if f'"{reason}"' not in code} == set()


def test_every_kind_of_drift_is_explained_as_it_is() -> None:
    told = {row[0]: row for row in rows("drift.md", "Kinds")}
    assert set(KINDS) == {kind.value for kind in DriftKind}
    assert set(told) == {kind.name for kind in KINDS.values()}
    for kind in KINDS.values():
        _, _, asked, waits = told[kind.name]
        assert asked.startswith("no") == (DriftKind(kind.key) in NOTED)
        if DriftKind(kind.key) in BLOCKING:
            assert waits == "yes"
