"""Looking at a file before anything is read from it: kind, header row, columns, preview."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from tieout.sources.sheets.cells import show
from tieout.sources.sheets.columns import FIELDS, known_columns, match_columns, required_fields
from tieout.sources.sheets.shapes import (
    HEADER_SEARCH_ROWS,
    PREVIEW_ROWS,
    Kind,
    Match,
    Sheet,
    Workbook,
)
from tieout.sources.sheets.tables import RawRow, Table, TornRow, open_tables

KIND_SURE_ENOUGH = 0.5  # below, a person has to say what the sheet holds
_NAME_HINTS = {
    Kind.CLIENTS: re.compile(r"client|customer"),
    Kind.JOBS: re.compile(r"job|assignment|placement|contractor"),
    Kind.ITEMS: re.compile(r"item|pay.?bill|earning"),
    Kind.INVOICES: re.compile(r"inv|bill(?!.?item)"),
}


def recognise(path: Path, *, filename: str) -> Workbook:
    """What a file holds. `filename` is the name it was uploaded under; content decides.

    Raises `SheetRefused` for anything that is not a spreadsheet within the bounds of `shapes`.
    """
    opened = open_tables(path, filename=filename)
    return Workbook(
        filename=filename,
        format=opened.format,
        sheets=tuple(_look(table) for table in opened.tables),
        encoding=opened.encoding,
        delimiter=opened.delimiter,
    )


def header_labels(cells: Sequence[object]) -> tuple[str, ...]:
    """One distinct label per column: a repeated name becomes "Rate (2)", an empty stays ""."""
    seen: dict[str, int] = {}
    labels = []
    for cell in cells:
        label = " ".join(show(cell).split())  # type: ignore[arg-type]
        if label:
            seen[label.lower()] = count = seen.get(label.lower(), 0) + 1
            label = label if count == 1 else f"{label} ({count})"
        labels.append(label)
    while labels and not labels[-1]:
        labels.pop()
    return tuple(labels)


def is_blank(cells: Sequence[object]) -> bool:
    return not any(show(c) for c in cells)  # type: ignore[arg-type]


def _look(table: Table) -> Sheet:
    top = list(islice(table.rows(), HEADER_SEARCH_ROWS + PREVIEW_ROWS * 3))
    best = max(
        (
            (*_guess(table.name, header_labels(cells)), -line, line, header_labels(cells))
            for line, cells in top[:HEADER_SEARCH_ROWS]
            if not isinstance(cells, TornRow) and not is_blank(cells)
        ),
        key=lambda guess: (guess[0], guess[3]),
        default=None,
    )
    if best is None or len(best[2]) == 0:
        return _unknown(table.name, top)
    score, kind, matches, _, line, headers = best
    return _sheet(table.name, score, kind, matches, line, headers, top)


Guess = tuple[float, Kind, tuple[Match, ...]]


def _guess(name: str, headers: tuple[str, ...]) -> Guess:
    """How well the headers fit the best kind, 0 to 1, with that kind and its columns."""
    guesses = [_fit(kind, name, headers) for kind in Kind]
    likely = [each for each in guesses if not any(_outdoes(o, each, headers) for o in guesses)]
    return max(likely, key=lambda guess: guess[0])


def _fit(kind: Kind, name: str, headers: tuple[str, ...]) -> Guess:
    matches = match_columns(kind, headers)
    found = {m.field: m.confidence for m in matches}
    required = required_fields(kind)
    need = sum(found.get(f, 0.0) for f in required) / len(required)
    width = max(1, sum(1 for h in headers if h))
    used = sum(found.values()) / width
    known = sum(found.values()) / len(FIELDS[kind])
    hint = 0.15 if _NAME_HINTS[kind].search(name.lower()) else 0.0
    score = round(min(1.0, 0.5 * need + 0.35 * used + 0.05 * known + hint), 3)
    return (score if matches else 0.0, kind, matches)


def _outdoes(one: Guess, other: Guess, headers: tuple[str, ...]) -> bool:
    """Whether one kind knows all columns that the other knows, and more of what it needs itself.

    A list of clients needs a single column, which every list of jobs or invoices has as well.
    """
    required = required_fields(one[1])
    has = {match.field for match in one[2]}
    if 2 * sum(field in has for field in required) <= len(required):
        return False
    return known_columns(one[1], headers) > known_columns(other[1], headers)


def _sheet(
    name: str,
    score: float,
    kind: Kind,
    matches: tuple[Match, ...],
    line: int,
    headers: tuple[str, ...],
    top: list[RawRow],
) -> Sheet:
    used = {m.header for m in matches}
    columns = {m.field: m.header for m in matches}
    return Sheet(
        name=name,
        kind=kind if score >= KIND_SURE_ENOUGH else None,
        confidence=score,
        header_line=line,
        headers=headers,
        matches=matches,
        unmatched=tuple(h for h in headers if h and h not in used),
        missing=tuple(f for f in required_fields(kind) if f not in columns),
        preview=_preview(top, after=line, width=len(headers)),
        notes=_notes(headers),
        columns=columns,
    )


def _preview(top: list[RawRow], *, after: int, width: int) -> tuple[tuple[str, ...], ...]:
    rows = [
        tuple(show(c) for c in (*cells, *[None] * width)[:width])
        for line, cells in top
        if line > after and not isinstance(cells, TornRow) and not is_blank(cells)
    ]
    return tuple(rows[:PREVIEW_ROWS])


def _notes(headers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        f"Two columns are named {h[: h.rindex(' (')]}; the second is shown as {h}."
        for h in headers
        if re.search(r" \(\d+\)$", h) and h[: h.rindex(" (")] in headers
    )


def _unknown(name: str, top: list[RawRow]) -> Sheet:
    return Sheet(
        name=name,
        kind=None,
        confidence=0.0,
        header_line=0,
        headers=(),
        matches=(),
        unmatched=(),
        missing=(),
        preview=_preview(top, after=0, width=8),
        notes=("No row of column names was found in this sheet.",),
    )
