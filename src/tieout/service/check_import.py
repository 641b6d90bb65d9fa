"""Check the rows of uploads before anybody starts the import: what would be left out, and why.

It reads as the import will, in the same order, and writes nothing. In a large file only the first
rows are looked at, so that a person is not kept waiting; the import checks every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tieout.core import facts
from tieout.service.access import Access
from tieout.service.import_reading import SheetToRead, in_order, outcomes, rows_of
from tieout.service.import_references import References, Resolver, learn
from tieout.sources.sheets import Problem, Row, SheetRefused
from tieout.store.queries.imports import Import

ROWS_MAX = 5_000  # looked at in all sheets together
PROBLEMS_MAX = 50  # kept for the screen; the rest is counted

__all__ = ["PROBLEMS_MAX", "ROWS_MAX", "Checked", "Found", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One problem, and the file and sheet where it stands."""

    filename: str
    sheet: str
    problem: Problem


@dataclass(slots=True)
class Checked:
    """What was looked at. `left_out` counts records: an invoice once, whatever is wrong in it.

    `whole`: every row was looked at. `refused` says why a sheet cannot be read at all.
    """

    rows: int = 0
    good: int = 0
    left_out: int = 0
    whole: bool = True
    refused: str = ""
    found: list[Found] = field(default_factory=list)
    problems: int = 0


def check(access: Access, files: Sequence[Import]) -> Checked:
    """Look at the chosen sheets of these uploads; those that lack a needed column are passed over."""
    checked = Checked()
    references = References.load(access.company.pk)
    lacking = {
        (file.pk, sheet["sheet"]) for file in files for sheet in file.sheets if sheet["missing"]
    }
    for sheet in in_order(files):
        if (sheet.row.pk, sheet.name) in lacking:
            continue
        try:
            _look(checked, sheet, references)
        except SheetRefused as refused:
            checked.refused = f"{sheet.name}: {refused.message} {refused.remedy}"
        except FileNotFoundError:
            checked.refused = f"{sheet.row.filename} is no longer here. Choose it again."
    return checked


def _look(checked: Checked, sheet: SheetToRead, references: References) -> None:
    references.settle()
    resolver = Resolver(sheet.kind, sheet.columns, references)
    found: list[Problem] = []
    for outcome in outcomes(_first(checked, rows_of(sheet)), resolver):
        if not isinstance(outcome, list):
            checked.good += 1
            if not isinstance(outcome, facts.SourceInvoice):
                learn(references, outcome)
            continue
        checked.left_out += 1
        found += outcome
    found.sort(key=lambda problem: problem.line)  # what concerns a whole invoice comes late
    checked.problems += len(found)
    checked.found += [
        Found(filename=sheet.row.filename, sheet=sheet.name, problem=problem)
        for problem in found[: PROBLEMS_MAX - len(checked.found)]
    ]


def _first(checked: Checked, rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if checked.rows >= ROWS_MAX:
            checked.whole = False
            return
        checked.rows += 1
        yield row
