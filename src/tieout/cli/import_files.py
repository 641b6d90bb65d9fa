"""`tieout import FILES…`: clients, contractor jobs, pay/bill items and invoices."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit, note

KINDS = ("clients", "jobs", "items", "invoices")
PROBLEMS_SHOWN = 20
PROBLEMS_MAX = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout import`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV or Excel")
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="FILE=KIND",
        help=f"what a file holds where its columns do not tell: {', '.join(KINDS)}",
    )
    parser.add_argument("--no-plan", action="store_true", help="do not check the invoices now")
    project.add_company(parser)
    project.add_wait(parser)


def run(options: argparse.Namespace) -> int:
    """0 = everything went in, 1 = some rows were left out, 2 = wrong files, or what they hold."""
    project.start()
    access = project.find_access(options)
    missing = [str(path) for path in options.files if not path.is_file()]
    if missing:
        message = f"There is no file {missing[0]}: check the path."
        raise CommandError(message)
    kinds = kinds_of(options.files, options.kind)
    report = bring_in(access, options.files, kinds=kinds)
    if not options.no_plan:
        plan_now(access, wait_s=options.wait)
    problems = listed_problems(report)
    if options.json:
        files = [_row(each) for each in report.files]
        emit({"message": report.message, "files": files, "problems": problems}, as_json=True)
    else:
        emit([_row(each) for each in report.files], as_json=False)
        if problems:
            print()
            emit(problems[:PROBLEMS_SHOWN], as_json=False)
        more = len(problems) - PROBLEMS_SHOWN
        if more > 0:
            note(f"… and {more:,} more: --json prints them all.")
    return 1 if problems else 0


def bring_in(access: Any, paths: list[Path], *, kinds: dict[Path, Any] | None = None) -> Any:
    """Import the files here and now. Raises CommandError when they cannot be."""
    from tieout.service import import_source, moments

    try:
        report = import_source.import_now(access, paths, now=moments.now(), kinds=kinds)
    except import_source.SheetRefused as error:
        raise CommandError(str(error)) from error
    except import_source.KindUnknown as error:
        message = (
            f"{error} Say it with --kind {error.path}=KIND, where KIND is one of "
            f"{', '.join(KINDS)}."
        )
        raise CommandError(message) from error
    except import_source.ImportRefused as error:
        raise CommandError(str(error), status=1) from error
    if report.problem:
        message = f"{report.problem} {report.remedy}"
        raise CommandError(message, status=1)
    return report


def plan_now(access: Any, *, wait_s: float) -> Any:
    """Check every waiting invoice, and wait until that is done."""
    from django.db import transaction

    from tieout.cli.driving import drive, must_succeed
    from tieout.service import moments
    from tieout.service.plan_wish import want_planning

    with transaction.atomic():
        task = want_planning(access.company.pk, moments.now(), access.user)
    return must_succeed(drive(task, wait_s=wait_s))


def listed_problems(report: Any) -> list[dict[str, Any]]:
    """What was left out, and why."""
    from tieout.store.queries import imports

    ids = [each.import_id for each in report.files]
    return [
        {
            "file": problem.run.filename,
            "sheet": problem.sheet,
            "line": problem.line,
            "field": problem.field,
            "value": problem.value,
            "message": problem.message,
            "remedy": problem.remedy,
        }
        for problem in islice(imports.problems(import_ids=ids), PROBLEMS_MAX)
    ]


def kinds_of(files: Sequence[Path], said: Sequence[str]) -> dict[Path, Any]:
    """What `--kind FILE=KIND` says about which file: by its path, or its name where one has it.

    Raises CommandError for a file that is named twice, a kind that is none, and a FILE that is
    none of the files or fits several.
    """
    from tieout.service.import_source import Kind

    _once(files)
    kinds: dict[Path, Any] = {}
    for text in said:
        name, _, kind = text.rpartition("=")
        if kind not in KINDS or not name:
            message = f"--kind {text}: give FILE=KIND, where KIND is one of {', '.join(KINDS)}."
            raise CommandError(message)
        file = _meant(name, kind, files)
        if file in kinds:
            message = f"--kind {text}: {file} is {kinds[file].value} already; give its kind once."
            raise CommandError(message)
        kinds[file] = Kind(kind)
    return kinds


def _once(files: Sequence[Path]) -> None:
    seen: dict[Path, Path] = {}
    for file in files:
        first = seen.setdefault(file.resolve(), file)
        if first is not file:
            also = "" if str(first) == str(file) else f" (as {first}, too)"
            message = f"FILE {file} is given twice{also}: name it once."
            raise CommandError(message)


def _meant(name: str, kind: str, files: Sequence[Path]) -> Path:
    path = Path(name)
    fitting = [file for file in files if file.resolve() == path.resolve()]
    fitting = fitting or [file for file in files if file.name == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        message = (
            f"--kind {name}={kind}: {len(fitting)} files have this name; "
            f"give the path: --kind {fitting[0]}={kind}."
        )
    else:
        message = (
            f"--kind {name}={kind}: {name} is none of the files to import; "
            f"give one of {', '.join(map(str, files))}."
        )
    raise CommandError(message)


def _row(report: Any) -> dict[str, Any]:
    return {
        "file": report.filename,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "left_out": report.bad,
        "problem": report.problem,
    }
