"""Mappings as CSV: what is on screen to download, and a file applied row by row.

The columns are described in docs/reference/mapping-files.md. A file is applied through the same
verbs as the screens, so everything that they refuse is refused here, with its line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TextIO

from django.db import transaction

from tieout.core import mapping as rules
from tieout.service import save_sisters
from tieout.service.access import Access
from tieout.service.mapping_columns import (
    COLUMNS,
    KEYS,
    FileUnreadableError,
    Kind,
    Row,
    RowRefused,
    Table,
    read_text,
    safe,
)
from tieout.service.save_mapping import Refused, Saved, save_job_mapping
from tieout.store.queries import jobs, mappings, qb_lists

__all__ = [
    "COLUMNS",
    "FileUnreadableError",
    "Kind",
    "Report",
    "RowRefused",
    "Wanted",
    "csv_rows",
    "read_mappings",
    "write_mappings",
]

Wanted = jobs.JobFilter | mappings.SisterFilter
NOT_MAPPED = "not mapped"  # in place of a name: remove the association
BATCH = 200  # rows applied in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a file. The good rows went in, whatever the others say."""

    saved: int = 0
    unchanged: int = 0
    refused: tuple[RowRefused, ...] = ()


# ------------------------------------------------------------------ writing


def write_mappings(
    kind: Kind, company_id: int, file: TextIO, *, wanted: Wanted | None = None
) -> int:
    """Write the mappings as CSV with a heading; returns the number of rows.

    `wanted` is the filter on screen (its page does not matter), None for everything.
    """
    writer = csv.writer(file, lineterminator="\r\n")
    count = -1
    for row in csv_rows(kind, company_id, wanted=wanted):
        writer.writerow(row)
        count += 1
    return count


def csv_rows(kind: Kind, company_id: int, *, wanted: Wanted | None = None) -> Iterator[list[str]]:
    """The heading and every row, each cell safe to open in a spreadsheet."""
    yield list(COLUMNS[kind])
    for row in _rows(kind, company_id, wanted):
        yield [safe(cell) for cell in row]


def _rows(kind: Kind, company_id: int, wanted: Wanted | None) -> Iterator[list[str]]:
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
    ]


def _sister_row(kind: Kind, tab: str, row: mappings.SisterRow) -> list[str]:
    linked = [row.list_id, row.target]
    if kind == "client":
        return [row.key, row.name, *linked]
    return [tab, row.key, row.name, *linked] if kind == "item" else [tab, row.name, *linked]


# ------------------------------------------------------------------ reading


def read_mappings(
    kind: Kind,
    access: Access,
    file: BinaryIO,
    now: datetime,
    *,
    confirm: bool = False,
    remap: bool = False,
    reason: str = "Mapping file",
) -> Report:
    """Apply a file. An empty target changes nothing; "Not Mapped" removes the association.

    What a person would have to confirm is refused unless `confirm`; a job that is mapped to
    something else is locked in, so it is refused unless `remap`. FileUnreadableError when it is
    no such file at all.
    """
    table = Table(kind, read_text(file))
    targets = _Targets(kind, access.company.pk)
    run = _Run(access=access, now=now, confirm=confirm, remap=remap, reason=reason)
    saved = unchanged = 0
    refused: list[RowRefused] = []
    while batch := list(islice(table.rows(), BATCH)):
        with transaction.atomic():
            for row in batch:
                answer = _apply(run, row, kind, targets)
                if isinstance(answer, RowRefused):
                    refused.append(answer)
                elif answer:
                    saved += 1
                else:
                    unchanged += 1
    return Report(saved=saved, unchanged=unchanged, refused=tuple(refused))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Who applies the file, when, and what it may do without being asked."""

    access: Access
    now: datetime
    confirm: bool
    remap: bool
    reason: str


class _Targets:
    """ListIDs by the name that a file gives; read once, whatever the number of rows."""

    def __init__(self, kind: Kind, company_id: int) -> None:
        self.by_name: dict[str, list[str]] = {}
        for name, list_id in _named(kind, company_id):
            self.by_name.setdefault(name.casefold(), []).append(list_id)

    def find(self, row: Row, field: str) -> str | RowRefused:
        """The ListID of the row's target; "" when the row names none."""
        given = row.cells.get("quickbooks_list_id", "")
        name = row.cells.get(field, "")
        if given or not name:
            return given
        found = self.by_name.get(name.casefold(), [])
        if len(found) == 1:
            return found[0]
        if found:
            return row.refused(
                field,
                f"{len(found)} entries of QuickBooks are called {name}.",
                "Give its quickbooks_list_id instead; a download shows it.",
            )
        return row.refused(
            field,
            f"{name} is not in the QuickBooks list.",
            "Write the whole path (Customer:Job) as QuickBooks shows it, or choose Refresh "
            "QuickBooks list first.",
        )


def _named(kind: Kind, company_id: int) -> Iterator[tuple[str, str]]:
    if kind in {"item", "class"}:
        yield from qb_lists.entry_names(company_id=company_id, kind=kind)
        return
    for name, list_id, parent in qb_lists.customer_names(company_id=company_id):
        if kind == "job" or not parent:
            yield name, list_id


def _apply(run: _Run, row: Row, kind: Kind, targets: _Targets) -> bool | RowRefused:
    """Whether the row changed something, or why it could not."""
    field = COLUMNS[kind][-1]
    remove = row.cells.get(field, "").casefold() == NOT_MAPPED
    target = "" if remove else targets.find(row, field)
    if isinstance(target, RowRefused):
        return target
    if not target and not remove:
        return False
    if kind == "job":
        return _apply_job(run, row, target)
    return _apply_sister(run, row, kind, target)


def _apply_job(run: _Run, row: Row, target: str) -> bool | RowRefused:
    key = row.cells.get("job_key", "")
    job = jobs.find_job(company_id=run.access.company.pk, key=key)
    mapping = getattr(job, "mapping", None)
    present = mapping.target if mapping else None
    if job is not None and (present.list_id if present else "") == target:
        return False
    if present and not run.remap:
        return row.refused(
            "job_key",
            f"Contractor job {key} is mapped to {present.full_name} and locked in.",
            "Allow the file to change saved mappings, or map the job again on Map Jobs.",
        )
    answer = save_job_mapping(
        access=run.access,
        job_key=key,
        expected_version=mapping.version if mapping else 0,
        target_list_id=target,
        remove=present is not None or not target,
        confirmed=[kind.value for kind in rules.WarningKind] if run.confirm else [],
        reason=run.reason,
        now=run.now,
    )
    return _answer(row, answer, COLUMNS["job"][-1], "job_key")


def _apply_sister(
    run: _Run, row: Row, kind: mappings.SisterKind, target: str
) -> bool | RowRefused:
    key = row.cells.get(KEYS[kind], "")
    invoice_kind = row.cells.get("kind", "").casefold().replace(" ", "_")
    present = mappings.find_sister(
        company_id=run.access.company.pk, kind=kind, invoice_kind=invoice_kind, key=key
    )
    if present is not None and present.list_id == target:
        return False
    answer: Saved | Refused = save_sisters.RECORD_UNKNOWN
    if present is not None:
        answer = save_sisters.save_sister(
            access=run.access,
            kind=kind,
            pk=present.pk,
            expected_version=present.version,
            target_list_id=target,
            reason=run.reason,
            now=run.now,
        )
    return _answer(row, answer, COLUMNS[kind][-1], KEYS[kind])


def _answer(row: Row, answer: Saved | Refused, target: str, key: str) -> bool | RowRefused:
    if isinstance(answer, Saved):
        return True
    field = key if answer.reason in {"unknown_job", "unknown_record"} else target
    return row.refused(field, answer.text, answer.remedy)
