"""Import clients, contractor jobs, pay/bill items and invoices from CSV and Excel files.

A file is received (stored, recognised, nothing written yet), its columns may be chosen anew, and
starting it makes a task that `import_run` works off, on a worker or here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from tieout.service import import_run, uploads
from tieout.service.access import Access
from tieout.sources.sheets import (
    FIELDS,
    Kind,
    Sheet,
    SheetRefused,
    labels,
    recognise,
    required_fields,
)
from tieout.sources.sheets.columns import match_columns
from tieout.sources.sheets.tables import open_tables, too_large
from tieout.store.commits import imports, tasks
from tieout.store.queries import imports as imports_query
from tieout.store.queries.imports import Import, Task

KIND_NAMES = {
    Kind.CLIENTS: "Clients",
    Kind.JOBS: "Contractor Jobs",
    Kind.ITEMS: "Pay/Bill Items",
    Kind.INVOICES: "Invoices",
}
TEXT_SHOWN = 120  # characters of one cell in a preview

__all__ = [
    "KIND_NAMES",
    "ImportRefused",
    "Kind",
    "KindUnknown",
    "SheetChoice",
    "SheetRefused",
    "choose",
    "discard",
    "fields_of",
    "give_up",
    "import_now",
    "missing_of",
    "receive",
    "run",
    "start",
    "template_row",
    "too_large",
]


class ImportRefused(Exception):
    """The import cannot be started or changed like this; the text says why and what to do."""


class KindUnknown(ImportRefused):
    """Nothing in the file `path` has columns that tell what it holds, and nobody has said it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: its columns do not tell what it holds.")
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChoice:
    """What a person says about one sheet: its kind (None leaves it out) and its columns.

    `columns` maps a field's name to a header; None asks for the columns to be recognised.
    """

    sheet: str
    kind: Kind | None
    columns: Mapping[str, str] | None = None


def receive(
    access: Access, source: uploads.Uploaded | Path, filename: str, now: datetime
) -> Import:
    """Store an upload and recognise its sheets. Raises SheetRefused: then nothing is kept."""
    received = uploads.keep(source, company_id=access.company.pk, filename=filename)
    path = uploads.root() / received.path
    try:
        sheets = _look(path, received.filename)
    except BaseException:
        uploads.remove(received.path)
        raise
    return imports.add(
        company_id=access.company.pk,
        user=access.user,
        received=received,
        sheets=sheets,
        now=now,
    )


def choose(access: Access, import_id: int, choices: Sequence[SheetChoice]) -> Import:
    """Keep what a person chose for some sheets; the others stay.

    Raises ImportRefused when the import was started meanwhile, or names what is not there.
    """
    row = _waiting(access, [import_id])[0]
    wanted = {choice.sheet: choice for choice in choices}
    sheets = [
        _chosen(sheet, wanted[sheet["sheet"]]) if sheet["sheet"] in wanted else sheet
        for sheet in row.sheets
    ]
    if not imports.choose(company_id=access.company.pk, import_id=import_id, sheets=sheets):
        raise _started()
    row.sheets = sheets
    return row


def start(access: Access, import_ids: Sequence[int], now: datetime) -> Task:
    """Queue these files as one import, in the order clients, jobs, items, invoices.

    Raises ImportRefused when nothing is chosen, a needed column is missing, or one was started.
    """
    rows = _waiting(access, import_ids)
    chosen = [sheet for row in rows for sheet in row.sheets if sheet["kind"]]
    if not chosen:
        msg = "No sheet is chosen: say what at least one sheet holds."
        raise ImportRefused(msg)
    for sheet in chosen:
        if sheet["missing"]:
            kind = Kind(sheet["kind"])
            names = ", ".join(labels(kind)[field] for field in sheet["missing"])
            msg = f"{sheet['sheet']}: choose a column for {names}."
            raise ImportRefused(msg)
    with transaction.atomic():
        if not imports.queue(company_id=access.company.pk, import_ids=[row.pk for row in rows]):
            raise _started()
        return tasks.request(
            company_id=access.company.pk,
            kind=Task.Kind.IMPORT,
            now=now,
            user=access.user,
            params={"import_id": rows[0].pk, "import_ids": [row.pk for row in rows]},
            on_lane=False,
            total=sum(sheet["rows"] for sheet in chosen),
        )


def discard(access: Access, import_id: int) -> None:
    """Remove an upload that was never started, and its file."""
    path = imports.discard(company_id=access.company.pk, import_id=import_id)
    if path is None:
        raise _started()
    uploads.remove(path)


def import_now(
    access: Access,
    paths: Sequence[Path],
    *,
    now: datetime,
    kinds: Mapping[Path, Kind] | None = None,
) -> import_run.Report:
    """Receive, start and run these files in this process, the same way as on a worker.

    `kinds` says by path what a file holds where its columns do not tell. Raises SheetRefused with
    the path, KindUnknown or another ImportRefused, before anything is written.
    """
    received: list[Import] = []
    try:
        for path in paths:
            try:
                row = receive(access, path, path.name, now)
            except SheetRefused as refused:
                msg = f"{path}: {refused.message}"
                raise SheetRefused(msg, refused.remedy) from refused
            received.append(row)
            if kind := (kinds or {}).get(path):
                choose(
                    access,
                    row.pk,
                    [SheetChoice(sheet=sheet["sheet"], kind=kind) for sheet in row.sheets],
                )
            elif not any(sheet["kind"] for sheet in row.sheets):
                raise KindUnknown(path)
        with transaction.atomic():
            task = start(access, [row.pk for row in received], now)
            imports.claim_here(task_id=task.pk, now=now)
    except (SheetRefused, ImportRefused):
        for row in received:
            discard(access, row.pk)
        raise
    return import_run.run(task_id=task.pk)


def run(task_id: int) -> import_run.Report:
    """Work off the import that a worker has claimed; see `import_run.run`.

    When another worker has taken it meanwhile, this one stops and leaves the task to it.
    """
    try:
        return import_run.run(task_id=task_id)
    except tasks.TakenError as taken:
        return import_run.Report(task_id=task_id, problem=str(taken))


def give_up(task_id: int, problem: str) -> None:
    """Mark the files of an import that a worker has given up; see `import_run.give_up`."""
    import_run.give_up(task_id=task_id, problem=problem)


def fields_of(kind: Kind) -> list[tuple[str, str, bool]]:
    """(name, label, needed) of every field that a sheet of this kind can fill."""
    return [(field.name, field.label, field.required) for field in FIELDS[kind]]


def missing_of(kind: Kind, columns: Mapping[str, str]) -> list[str]:
    """The needed fields that have no column."""
    return [name for name in required_fields(kind) if not columns.get(name)]


def template_row(kind: Kind) -> list[str]:
    """The header of an empty CSV file of this kind."""
    return [field.label for field in FIELDS[kind]]


def _look(path: Path, filename: str) -> list[dict[str, Any]]:
    workbook = recognise(path, filename=filename)
    counted = {
        table.name: sum(1 for _ in table.rows())
        for table in open_tables(path, filename=filename).tables
    }
    sheets = [_plain(sheet, counted.get(sheet.name, 0)) for sheet in workbook.sheets]
    if not any(sheet["headers"] for sheet in sheets):
        msg = "No row of column names was found in this file."
        raise SheetRefused(msg, "Put the names of the columns in the first row, and save it.")
    return sheets


def _plain(sheet: Sheet, lines: int) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "kind": sheet.kind.value if sheet.kind else "",
        "columns": dict(sheet.columns) if sheet.kind else {},
        "missing": list(sheet.missing) if sheet.kind else [],
        "headers": [header for header in sheet.headers if header],
        "all_headers": list(sheet.headers),
        "preview": [[text[:TEXT_SHOWN] for text in row] for row in sheet.preview],
        "notes": list(sheet.notes),
        "rows": max(0, lines - sheet.header_line),
    }


def _chosen(sheet: dict[str, Any], choice: SheetChoice) -> dict[str, Any]:
    if choice.kind is None:
        return {**sheet, "kind": "", "columns": {}, "missing": []}
    if choice.columns is None:
        matched = match_columns(choice.kind, sheet["headers"])
        columns = {match.field: match.header for match in matched}
    else:
        columns = {field: header for field, header in choice.columns.items() if header}
    known = labels(choice.kind)
    if not set(columns) <= set(known) or not set(columns.values()) <= set(sheet["headers"]):
        msg = f"{sheet['sheet']}: the columns do not fit this sheet. Reload the page."
        raise ImportRefused(msg)
    twice = sorted(h for h in set(columns.values()) if list(columns.values()).count(h) > 1)
    if twice:
        msg = f"{sheet['sheet']}: the column {twice[0]} is chosen twice. Choose it once."
        raise ImportRefused(msg)
    return {
        **sheet,
        "kind": choice.kind.value,
        "columns": columns,
        "missing": missing_of(choice.kind, columns),
    }


def _waiting(access: Access, import_ids: Sequence[int]) -> list[Import]:
    rows = imports_query.find(company_id=access.company.pk, import_ids=import_ids)
    if not rows or len(rows) < len(set(import_ids)):
        msg = "The file is no longer here. Choose it again."
        raise ImportRefused(msg)
    if any(row.state != Import.State.PREVIEW for row in rows):
        raise _started()
    return rows


def _started() -> ImportRefused:
    return ImportRefused("This import was started already. Its result is on this page.")
