"""Mappings as files: what is on screen as CSV or as an Excel workbook.

The columns are described in docs/reference/mapping-files.md. An edited file is read by
`propose_mappings`, which changes nothing before somebody says Save.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

import xlsxwriter

from tieout.service.mapping_columns import COLUMNS, Kind, safe
from tieout.store.queries import jobs, mappings

Wanted = jobs.JobFilter | mappings.SisterFilter
WIDTHS = {"version": 8, "kind": 12, "start": 12, "end": 12}
WIDTH = 28
BYTE_ORDER_MARK = "\ufeff"  # Excel reads UTF-8 only behind it


def write_mappings(
    kind: Kind, company_id: int, path: Path, *, wanted: Wanted | None = None
) -> int:
    """Write the mappings with a heading, as Excel when the name ends so; returns the rows.

    `wanted` is the filter on screen (its page does not matter), None for everything.
    """
    if path.suffix.lower() == ".xlsx":
        with path.open("wb") as book:
            return write_excel(kind, company_id, book, wanted=wanted)
    with path.open("w", encoding="utf-8", newline="") as file:
        return _write_csv(file, table_rows(kind, company_id, wanted=wanted))


def csv_lines(kind: Kind, company_id: int, *, wanted: Wanted | None = None) -> Iterator[str]:
    """The same as lines of CSV, one after the other, for an answer that is streamed."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield BYTE_ORDER_MARK
    for row in table_rows(kind, company_id, wanted=wanted):
        yield writer.writerow([safe(cell) for cell in row])


def table_rows(
    kind: Kind, company_id: int, *, wanted: Wanted | None = None
) -> Iterator[list[str]]:
    """The heading and every row, cells as they are."""
    yield list(COLUMNS[kind])
    if kind == "job":
        chosen = [wanted] if isinstance(wanted, jobs.JobFilter) else _both_tabs()
        for tab in chosen:
            for job in jobs.each_job(company_id=company_id, wanted=tab):
                yield _job_row(job)
        return
    sisters = [wanted] if isinstance(wanted, mappings.SisterFilter) else _all_tabs(kind)
    for part in sisters:
        for row in mappings.each_sister(company_id=company_id, wanted=part):
            yield _sister_row(kind, part.tab, row)


class _Line:
    """A file to the csv writer that hands each line back."""

    def write(self, text: str) -> str:
        return text


def _write_csv(file: TextIO, rows: Iterator[list[str]]) -> int:
    writer = csv.writer(file, lineterminator="\r\n")
    count = -1
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        count += 1
    return count


def write_excel(
    kind: Kind, company_id: int, file: BinaryIO, *, wanted: Wanted | None = None
) -> int:
    """Write an Excel workbook into an open file; returns the rows.

    Every cell is text, also those that a person fills later: keys keep their zeros. A text cell is
    never run as a formula; the quote mark in front of it (which is no part of the text) keeps it
    so when it is edited. Rows go to disk one by one.
    """
    rows = table_rows(kind, company_id, wanted=wanted)
    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    try:
        sheet = book.add_worksheet("Mappings")
        text = book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        heading = book.add_format({"num_format": "@", "bold": True})
        for place, name in enumerate(COLUMNS[kind]):
            sheet.set_column(place, place, WIDTHS.get(name, WIDTH), text)
        sheet.freeze_panes(1, 0)
        count = -1
        for count, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell:
                    plain = heading if count == 0 else text
                    style = plain if safe(cell) == cell else quoted
                    sheet.write_string(count, place, cell, style)
        return count
    finally:
        book.close()


def _both_tabs() -> list[jobs.JobFilter]:
    return [jobs.JobFilter(active=True), jobs.JobFilter(active=False)]


def _all_tabs(kind: mappings.SisterKind) -> list[mappings.SisterFilter]:
    tabs = ("active", "inactive") if kind == "client" else ("contractor", "direct_hire")
    return [mappings.SisterFilter(kind=kind, tab=tab) for tab in tabs]


def _job_row(job: jobs.SourceJob) -> list[str]:
    mapping = getattr(job, "mapping", None)
    target = mapping.target if mapping else None
    end = job.end_date or job.projected_end_date
    return [
        job.key,
        job.contractor,
        job.client.name,
        job.title,
        job.start_date.isoformat() if job.start_date else "",
        end.isoformat() if end else "",
        target.list_id if target else "",
        target.full_name if target else "",
        str(mapping.version if mapping else 0),
        "",
    ]


def _sister_row(kind: Kind, tab: str, row: mappings.SisterRow) -> list[str]:
    about = {"client": [row.key, row.name], "item": [tab, row.key, row.name]}
    linked = [row.list_id, row.target, str(row.version), ""]
    return [*about.get(kind, [tab, row.name]), *linked]
