"""`tieout mappings KIND export|import FILE.csv`: mappings as CSV files."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit

KINDS = {"jobs": "job", "clients": "client", "items": "item", "classes": "class"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout mappings`."""
    parser.add_argument("kind", choices=tuple(KINDS))
    parser.add_argument("verb", choices=("export", "import"))
    parser.add_argument("file", type=Path, metavar="FILE")
    applying = parser.add_argument_group("import")
    applying.add_argument(
        "--confirm",
        action="store_true",
        help="also what a person would be asked to confirm, as a job under another customer",
    )
    applying.add_argument(
        "--remap", action="store_true", help="also jobs that are mapped to something else"
    )
    applying.add_argument("--reason", default="Mapping file", help="kept in the history")
    project.add_company(parser)


def run(options: argparse.Namespace) -> int:
    """0 = written or applied, 1 = some rows were refused, 2 = no such file."""
    project.start()
    if options.verb == "export":
        return _write(options)
    access = project.find_access(options)
    report = apply_file(
        access,
        options.kind,
        options.file,
        confirm=options.confirm,
        remap=options.remap,
        reason=options.reason,
    )
    counts = {
        "saved": report.saved,
        "unchanged": report.unchanged,
        "refused": len(report.refused),
    }
    refused = [asdict(row) for row in report.refused]
    if options.json:
        emit({**counts, "rows_refused": refused}, as_json=True)
    else:
        emit([counts], as_json=False)
        if refused:
            print()
            emit(refused, as_json=False)
    return 1 if refused else 0


def apply_file(
    access: Any,
    kind: str,
    path: Path,
    *,
    confirm: bool = False,
    remap: bool = False,
    reason: str = "Mapping file",
) -> Any:
    """Apply a mapping file. Raises CommandError when it is none."""
    from tieout.service import mapping_files, moments

    try:
        with path.open("rb") as file:
            return mapping_files.read_mappings(
                KINDS[kind],  # type: ignore[arg-type]
                access,
                file,
                moments.now(),
                confirm=confirm,
                remap=remap,
                reason=reason,
            )
    except mapping_files.FileUnreadableError as error:
        message = f"{path}: {error} {error.remedy}"
        raise CommandError(message) from error
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}): check the path."
        raise CommandError(message) from error


def _write(options: argparse.Namespace) -> int:
    from tieout.service import mapping_files

    company = project.find_company(options)
    try:
        with options.file.open("w", encoding="utf-8", newline="") as file:
            rows = mapping_files.write_mappings(KINDS[options.kind], company.pk, file)  # type: ignore[arg-type]
    except OSError as error:
        message = f"{options.file} cannot be written ({error.strerror}): choose another path."
        raise CommandError(message) from error
    emit(
        {"file": str(options.file), "rows": rows},
        as_json=options.json,
        text=f"{rows:,} rows are in {options.file}.",
    )
    return 0
