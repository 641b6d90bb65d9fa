"""`tieout suggest JOBS.csv QUICKBOOKS.csv`: the matching alone, on two files, without a database."""

from __future__ import annotations

import argparse
import csv
import gc
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tieout.cli.output import CommandError
from tieout.core.matching import JobToMatch, QbCandidate, Suggestion, suggest

JOB_COLUMNS = ("job_id", "contractor", "client", "title", "start", "end")
QB_COLUMNS = ("list_id", "full_name", "active", "parent")
OUT_COLUMNS = ("job_id", "list_id", "rank", "score", "bucket", "accepted", "reasons")
_TRUE = {"true": True, "yes": True, "1": True, "": True, "false": False, "no": False, "0": False}


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
    candidates = [_candidate(row, where) for row, where in _rows(options.quickbooks, QB_COLUMNS)]
    gc.disable()  # nothing here is circular, and looking for circles takes a sixth of the time
    try:
        found = suggest(jobs, candidates)
    except ValueError as error:
        message = f"{error}: each row needs one of its own."
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
    """The rows of a CSV file, each with its place for messages."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        message = f"{path} cannot be read: {reason}."
        raise CommandError(message) from error
    reader = csv.DictReader(text.splitlines(keepends=True), restval="")
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        message = f"{path} has no column {missing[0]}; it needs {','.join(columns)}."
        raise CommandError(message)
    try:
        for row in reader:
            yield {name: row[name].strip() for name in columns}, f"{path}, line {reader.line_num}"
    except csv.Error as error:
        message = f"{path}, line {reader.line_num}, is no CSV: {error}."
        raise CommandError(message) from error


def _job(row: dict[str, str], where: str) -> JobToMatch:
    _need(row, "job_id", where)
    return JobToMatch(
        job_id=row["job_id"],
        contractor=row["contractor"],
        client=row["client"],
        title=row["title"],
        start=_day(row["start"], where),
        end=_day(row["end"], where),
    )


def _candidate(row: dict[str, str], where: str) -> QbCandidate:
    _need(row, "list_id", where)
    active = _TRUE.get(row["active"].lower())
    if active is None:
        message = f"{where}: active is {row['active']!r}; write true or false."
        raise CommandError(message)
    return QbCandidate(
        list_id=row["list_id"],
        full_name=row["full_name"],
        active=active,
        parent=row["parent"],
    )


def _need(row: dict[str, str], name: str, where: str) -> None:
    if not row[name]:
        message = f"{where}: {name} is empty."
        raise CommandError(message)


def _day(text: str, where: str) -> date | None:
    """A day written 2026-08-31 or 08/31/2026."""
    if not text:
        return None
    parts = text.split("/")
    iso = f"{parts[2]}-{parts[0]:0>2}-{parts[1]:0>2}" if len(parts) == 3 else text
    try:
        return date.fromisoformat(iso[:10])
    except ValueError as error:
        message = f"{where}: {text!r} is not a day; write YYYY-MM-DD."
        raise CommandError(message) from error
