"""Work off a started import: rows in batches, each batch and its place in one transaction.

Killed anywhere, the task is taken again, reads the files from their beginning, passes over the
batches that are in, and ends as if nothing had happened. What a batch holds depends on the files
alone, so the same batches come in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction

from tieout.core import facts
from tieout.service import moments, uploads
from tieout.service.import_reading import (
    Outcome,
    SheetToRead,
    in_order,
    outcomes,
    rows_of,
)
from tieout.service.import_references import References, Resolver, learn
from tieout.service.plan_wish import want_planning
from tieout.service.suggest_wish import want_suggestions
from tieout.sources.sheets import (
    Kind,
    Problem,
    Row,
    SheetRefused,
)
from tieout.store.commits import events, imports, locks, mappings, source, tasks
from tieout.store.commits.invoices import upsert_invoices
from tieout.store.commits.source import Tally
from tieout.store.queries import imports as imports_query
from tieout.store.queries.imports import Import, Task
from tieout.store.queries.planning import count_to_plan

BATCH_RECORDS = 500
BEAT_ROWS = 2_000
NOUNS = {
    Kind.CLIENTS: "clients",
    Kind.JOBS: "contractor jobs",
    Kind.ITEMS: "pay/bill items",
    Kind.INVOICES: "invoices",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What came of one file. `problem` is "" unless something about the whole is worth saying."""

    import_id: int
    filename: str
    added: int
    changed: int
    unchanged: int
    bad: int
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of an import; `problem` and `remedy` are filled when it stopped."""

    task_id: int
    files: tuple[FileReport, ...] = ()
    problem: str = ""
    remedy: str = ""

    @property
    def message(self) -> str:
        """The four counts over all files in one sentence."""
        return _sentence(
            *(
                sum(getattr(each, name) for each in self.files)
                for name in ("added", "changed", "unchanged", "bad")
            )
        )


@dataclass(slots=True)
class _Run:
    """Where this run is: which batches are in already, and how many rows were worked off."""

    task: Task
    company_id: int
    batches_in: int
    position: int = 0
    done: int = 0

    def beat(self, message: str, *, done: int | None = None) -> None:
        tasks.beat(
            task=self.task,
            now=moments.now(),
            message=message,
            done=done,
            lease_s=imports.LEASE_S,
        )


@dataclass(slots=True)
class _Batch:
    """Records of one kind, good ones and problems, that go in together."""

    kind: Kind
    good: list[Any] = field(default_factory=list)
    bad: list[list[Problem]] = field(default_factory=list)
    rows: int = 0


def run(*, task_id: int) -> Report:
    """Work off the import that was claimed with this task, and finish the task.

    A file that cannot be read makes the task fail with a sentence; what went in stays in. Raises
    tasks.TakenError, having written nothing more, when another worker has taken the task.
    """
    task = imports_query.task_by_id(task_id=task_id)
    ids = [int(each) for each in task.params["import_ids"]]
    rows = imports_query.find(company_id=task.company_id, import_ids=ids)
    imports.begin(import_ids=ids)
    run_ = _Run(
        task=task, company_id=task.company_id, batches_in=int(task.result.get("batches", 0))
    )
    try:
        for sheet in in_order(rows):
            _work_off(run_, sheet)
    except (SheetRefused, FileNotFoundError) as error:
        return _fail(run_, ids, error)
    return _finish(run_, ids)


def _work_off(run_: _Run, sheet: SheetToRead) -> None:
    references = References.load(run_.company_id)
    resolver = Resolver(sheet.kind, sheet.columns, references)
    noun = NOUNS[sheet.kind]
    for batch in _batches(sheet.kind, outcomes(_counted(run_, sheet), resolver)):
        brought, resolver.brought = resolver.brought, []
        run_.position += 1
        run_.done += batch.rows
        for fact in batch.good:
            if not isinstance(fact, facts.SourceInvoice):
                learn(references, fact)
        if run_.position <= run_.batches_in:
            continue
        with transaction.atomic():
            tasks.hold(task=run_.task)
            locks.desk(company_id=run_.company_id)
            tally = _upsert(run_.company_id, batch, brought)
            imports.checkpoint(
                task_id=run_.task.pk,
                import_id=sheet.row.pk,
                batches=run_.position,
                rows=batch.rows,
                bad=len(batch.bad),
                tally=tally,
                problems=_notes(sheet.name, batch.bad),
            )
        run_.beat(f"Writing {noun} of {sheet.row.filename}", done=run_.done)


def _counted(run_: _Run, sheet: SheetToRead) -> Iterator[Row]:
    """The rows; every now and then the screen learns how many were read and the lease is kept."""
    for number, row in enumerate(rows_of(sheet), start=1):
        if number % BEAT_ROWS == 0:
            run_.beat(f"Reading {sheet.row.filename}: {number:,} rows")
        yield row


def _batches(kind: Kind, outcomes: Iterator[Outcome]) -> Iterator[_Batch]:
    while chunk := list(islice(outcomes, BATCH_RECORDS)):
        batch = _Batch(kind=kind)
        for outcome in chunk:
            if isinstance(outcome, list):
                batch.bad.append(outcome)
                batch.rows += max(1, len({problem.line for problem in outcome}))
            else:
                batch.good.append(outcome)
                lines = outcome.lines if isinstance(outcome, facts.SourceInvoice) else (outcome,)
                batch.rows += len(lines)
        yield batch


def _upsert(company_id: int, batch: _Batch, brought: Sequence[facts.SourceClient]) -> Tally:
    match batch.kind:
        case Kind.CLIENTS:
            return source.upsert_clients(company_id=company_id, clients=batch.good)
        case Kind.JOBS:
            source.upsert_clients(company_id=company_id, clients=brought)
            return source.upsert_jobs(company_id=company_id, jobs=batch.good)
        case Kind.ITEMS:
            return source.upsert_items(company_id=company_id, items=batch.good)
        case Kind.INVOICES:
            return upsert_invoices(company_id=company_id, invoices=batch.good)


def _notes(sheet: str, bad: Iterable[Sequence[Problem]]) -> Iterator[imports.BadCellNote]:
    for problems in bad:
        for problem in problems:
            yield imports.BadCellNote(
                sheet=sheet,
                line=problem.line,
                field=problem.field,
                value=problem.value,
                message=problem.message,
                remedy=problem.remedy,
            )


def _finish(run_: _Run, ids: Sequence[int]) -> Report:
    now = moments.now()
    _look_again(run_, now)
    with transaction.atomic():
        tasks.hold(task=run_.task)
        rows = imports.finish(import_ids=ids)
        report = Report(task_id=run_.task.pk, files=tuple(_file_report(row) for row in rows))
        if count_to_plan(company_id=run_.company_id):
            want_planning(run_.company_id, now, run_.task.requested_by)
        want_suggestions(run_.company_id, now, run_.task.requested_by)
        tasks.beat(
            task=run_.task,
            now=now,
            message="",
            done=run_.task.total or run_.done,
            lease_s=imports.LEASE_S,
        )
        tasks.finish(
            task_id=run_.task.pk,
            now=now,
            message=report.message,
            result={"batches": run_.position, "import_ids": list(ids)},
        )
        _log(run_.task, rows)
        _remove_files(rows)
    return report


def _look_again(run_: _Run, now: datetime) -> None:
    """What changed under mappings on our side, a bundle in each transaction; begun again, it finds
    only what is left."""
    after: int | None = 0
    while after is not None:
        with transaction.atomic():
            tasks.hold(task=run_.task)
            locks.desk(company_id=run_.company_id)
            _, after = mappings.look_again_at_some(
                company_id=run_.company_id, now=now, task_id=run_.task.pk, after=after
            )


def _fail(run_: _Run, ids: Sequence[int], error: SheetRefused | FileNotFoundError) -> Report:
    if isinstance(error, SheetRefused):
        problem, remedy = error.message, error.remedy
    else:
        problem = "The uploaded file is no longer on this machine."
        remedy = "Choose the file again; importing it twice changes nothing."
    with transaction.atomic():
        tasks.hold(task=run_.task)
        _stop(run_.task, ids, f"{problem} {remedy}")
        tasks.fail(task_id=run_.task.pk, now=moments.now(), problem=problem, remedy=remedy)
    return Report(task_id=run_.task.pk, problem=problem, remedy=remedy)


def give_up(*, task_id: int, problem: str) -> None:
    """Say on the files themselves that their import was given up; what went in stays in.

    The task has failed already; runs in the transaction in which it did.
    """
    task = imports_query.task_by_id(task_id=task_id)
    _stop(task, [int(each) for each in task.params["import_ids"]], problem)


def _stop(task: Task, ids: Sequence[int], problem: str) -> None:
    imports.fail(import_ids=ids, problem=problem)
    rows = imports_query.find(company_id=task.company_id, import_ids=ids)
    _log(task, rows)
    _remove_files(rows)
    if count_to_plan(company_id=task.company_id):
        want_planning(task.company_id, moments.now(), task.requested_by)
    want_suggestions(task.company_id, moments.now(), task.requested_by)


def _remove_files(rows: Sequence[Import]) -> None:
    """Nobody reads the uploads any more: they go once that is committed. Who wants to try again
    has the file, and its name and SHA-256 stay in the log."""
    for row in rows:
        transaction.on_commit(partial(uploads.remove, row.path))


def _log(task: Task, rows: Sequence[Import]) -> None:
    entries = [
        events.Entry(
            verb="imported" if row.state == Import.State.DONE else "import failed",
            subject="import",
            subject_key=str(row.pk),
            after={
                "filename": row.filename,
                "sha256": row.sha256,
                "rows": row.rows,
                "added": row.added,
                "changed": row.changed,
                "unchanged": row.unchanged,
                "bad": row.bad,
            },
        )
        for row in rows
    ]
    events.append(
        company_id=task.company_id,
        at=moments.now(),
        actor=task.requested_by,
        entries=entries,
    )


def _file_report(row: Import) -> FileReport:
    return FileReport(
        import_id=row.pk,
        filename=row.filename,
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        bad=row.bad,
        problem=row.problem,
    )


def _sentence(added: int, changed: int, unchanged: int, bad: int) -> str:
    return f"{added:,} added, {changed:,} changed, {unchanged:,} unchanged, {bad:,} left out"
