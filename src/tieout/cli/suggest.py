"""`tieout suggest JOBS.csv QUICKBOOKS.csv`: the matching alone, on two files, without a database."""

from __future__ import annotations

import argparse
import csv
import gc
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tieout.cli.output import CommandError
from tieout.cli.spreading import BrokenProcessPool, on_all_processors
from tieout.core.matching import JobToMatch, QbCandidate, Suggestion, suggest

JOB_COLUMNS = ("job_id", "contractor", "client", "title", "start", "end")
QB_COLUMNS = ("list_id", "full_name", "active", "parent")
OUT_COLUMNS = ("job_id", "list_id", "rank", "score", "bucket", "accepted", "reasons")
_ACTIVE = dict.fromkeys(["true", "yes", "y", "t", "1", "active", ""], True) | dict.fromkeys(
    ["false", "no", "n", "f", "0", "inactive"], False
)
_SHORT_YEAR = 2  # digits


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two files."""
    parser.add_argument("jobs", type=Path, help="CSV of contractor jobs: " + ",".join(JOB_COLUMNS))
    parser.add_argument(
        "quickbooks", type=Path, help="CSV of customers and jobs: " + ",".join(QB_COLUMNS)
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def run(options: argparse.Namespace) -> int:
    """Print the suggestions, in the order of the jobs, best first."""
    jobs = [_job(row, where) for row, where in _rows(options.jobs, JOB_COLUMNS)]
    candidates = _with_parents(
        [_candidate(row, where) for row, where in _rows(options.quickbooks, QB_COLUMNS)]
    )
    gc.disable()  # nothing here is circular, and looking for circles takes a sixth of the time
    try:
        found = suggest(jobs, candidates, spread=on_all_processors)
    except BrokenProcessPool as error:
        message = (
            "A process that looked for suggestions was ended from outside, for want of memory "
            "perhaps; nothing was printed. Free some memory and run the command again."
        )
        raise CommandError(message) from error
    finally:
        gc.enable()
    rows = [_shown(each) for each in found]
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        _write(rows)
    return 0


def _write(rows: Sequence[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(OUT_COLUMNS)
    for row in rows:
        accepted = "yes" if row["accepted"] else "no"
        reasons = ";".join(row["reasons"])
        writer.writerow({**row, "accepted": accepted, "reasons": reasons}.values())


def _shown(each: Suggestion) -> dict[str, Any]:
    return {
        "job_id": each.job_id,
        "list_id": each.list_id,
        "rank": each.rank,
        "score": each.score,
        "bucket": each.bucket.value,
        "accepted": each.accepted,
        "reasons": list(each.reasons),
    }


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[dict[str, str], str]]:
    """The rows of a CSV file, each with its place for messages; the first column is its key."""
    text = _text(path)
    key, lines = columns[0], io.StringIO(text, newline="")
    reader = csv.DictReader(lines, restval="", delimiter=_delimiter(text))
    seen: dict[str, int] = {}
    try:
        reader.fieldnames = _header(path, reader.fieldnames or (), columns)
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            _refuse_too_many(row, where)
            cells = {name: row[name].strip() for name in columns}
            if not any(cells.values()):
                continue
            if not cells[key]:
                message = f"{where}: {key} is empty; each row needs one of its own."
                raise CommandError(message)
            first = seen.setdefault(cells[key], reader.line_num)
            if first != reader.line_num:
                message = (
                    f"{where}: {key} {cells[key]} stands twice, in line {first} before; "
                    "each row needs one of its own."
                )
                raise CommandError(message)
            yield cells, where
    except csv.Error as error:
        message = f"{path}, line {reader.line_num}, is no CSV: {error}."
        raise CommandError(message) from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path} cannot be read: it is not UTF-8 text. Save it as CSV UTF-8."
        raise CommandError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise CommandError(message) from error


def _delimiter(text: str) -> str:
    """A comma, or what stands in the first line instead: spreadsheets may write ; or tabs."""
    line = text.partition("\n")[0]
    return max(",;\t", key=line.count)


def _header(path: Path, found: Sequence[str], columns: Sequence[str]) -> list[str]:
    names = [name.strip().lower() for name in found]
    needs = f"it needs {','.join(columns)}"
    if not names:
        message = f"{path} is empty; {needs} in its first line."
        raise CommandError(message)
    for name in columns:
        if names.count(name) != 1:
            lacks = f"has column {name} twice" if name in names else f"has no column {name}"
            message = f"{path} {lacks}; {needs}."
            raise CommandError(message)
    return names


def _refuse_too_many(row: dict[Any, Any], where: str) -> None:
    """A comma that was not quoted would move every value behind it."""
    more = [value for value in row.get(None, ()) if value.strip()]
    if more:
        message = (
            f"{where}: {more[0]!r} stands beyond the last column; "
            'put values that hold a comma in quotes, as "Ortiz, Elena".'
        )
        raise CommandError(message)


def _job(row: dict[str, str], where: str) -> JobToMatch:
    return JobToMatch(
        job_id=row["job_id"],
        contractor=row["contractor"],
        client=row["client"],
        title=row["title"],
        start=_day(row, "start", where),
        end=_day(row, "end", where),
    )


def _candidate(row: dict[str, str], where: str) -> QbCandidate:
    active = _ACTIVE.get(row["active"].lower())
    if active is None:
        message = f"{where}: active is {row['active']!r}; write true or false."
        raise CommandError(message)
    return QbCandidate(
        list_id=row["list_id"],
        full_name=row["full_name"],
        active=active,
        parent=row["parent"],
    )


def _with_parents(candidates: Sequence[QbCandidate]) -> list[QbCandidate]:
    """The same, where `parent` is a full name: with the ListID of that row."""
    keys = {each.list_id for each in candidates}
    named = {each.full_name: each.list_id for each in candidates}
    return [
        replace(each, parent=named.get(each.parent, ""))
        if each.parent and each.parent not in keys
        else each
        for each in candidates
    ]


def _day(row: dict[str, str], name: str, where: str) -> date | None:
    """A day written 2026-08-31, 08/31/2026 or 8/31/26."""
    text = row[name]
    if not text:
        return None
    parts = text.split()[0].split("/")
    iso = text[:10]
    if len(parts) == 3:
        year = f"20{parts[2]}" if len(parts[2]) == _SHORT_YEAR else parts[2]
        iso = f"{year}-{parts[0]:0>2}-{parts[1]:0>2}"
    try:
        return date.fromisoformat(iso)
    except ValueError as error:
        message = f"{where}: {name} is {text!r}, which is not a day; write YYYY-MM-DD."
        raise CommandError(message) from error
