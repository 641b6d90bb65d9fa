"""`tieout mappings KIND export|import|undo`: mappings as CSV and Excel files."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit, note

KINDS = {"jobs": "job", "clients": "client", "items": "item", "classes": "class"}
ROWS_SHOWN = 50
ROWS_MAX = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a file: how many rows, and those that were not saved, in the file's order."""

    changes: int  # number of the list of changes, by which they can be undone
    saved: int
    unchanged: int
    refused: tuple[Any, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout mappings`."""
    parser.add_argument("kind", choices=tuple(KINDS))
    parser.add_argument("verb", choices=("export", "import", "undo"))
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="CSV or .xlsx; for undo the number of the changes"
    )
    applying = parser.add_argument_group("import")
    applying.add_argument(
        "--dry-run", action="store_true", help="only show what would change, from and to"
    )
    applying.add_argument(
        "--confirm",
        action="store_true",
        help="also what a person would be asked to confirm, as a job under another customer",
    )
    applying.add_argument(
        "--remap", action="store_true", help="also jobs that are mapped to something else"
    )
    applying.add_argument(
        "--reason",
        default="",
        help="why, for rows without a reason, and for an undo; kept in the history",
    )
    project.add_company(parser)


def run(options: argparse.Namespace) -> int:
    """0 = written or applied, 1 = some rows were not saved, 2 = no such file."""
    project.start()
    if options.verb == "export":
        return _write(options)
    access = project.find_access(options)
    if options.verb == "undo":
        return _undo(options, access)
    if options.dry_run:
        return _preview(options, access)
    report = apply_file(
        access,
        options.kind,
        options.file,
        confirm=options.confirm,
        remap=options.remap,
        reason=options.reason,
    )
    counts = {
        "changes": report.changes,
        "saved": report.saved,
        "unchanged": report.unchanged,
        "refused": len(report.refused),
    }
    refused = [_told(row) for row in report.refused]
    if options.json:
        emit({**counts, "rows_refused": refused}, as_json=True)
    else:
        emit([counts], as_json=False)
        _print(refused)
    return 1 if refused else 0


def apply_file(
    access: Any,
    kind: str,
    path: Path,
    *,
    confirm: bool = False,
    remap: bool = False,
    reason: str = "",
) -> Report:
    """Apply a mapping file. Raises CommandError when it is none."""
    from tieout.service import moments, save_proposal
    from tieout.store.queries import proposals
    from tieout.store.queries.proposals import RowState

    proposal = _read(access, kind, path, reason)
    if kind == "jobs":
        if remap:
            save_proposal.unlock(proposal)
        else:
            save_proposal.leave_locked(proposal)
    save_proposal.save_now(access, proposal, moments.now(), confirm=confirm)
    rest = (RowState.ERROR, RowState.ASIDE, RowState.READY, RowState.CONFIRM)
    return Report(
        changes=proposal.pk,
        saved=proposals.counts(proposal_id=proposal.pk)[RowState.SAVED],
        unchanged=proposal.unchanged,
        refused=tuple(proposals.rows_of(proposal_id=proposal.pk, states=rest, limit=ROWS_MAX)),
    )


def _preview(options: argparse.Namespace, access: Any) -> int:
    """What an import would do; nothing is saved."""
    from tieout.store.queries import proposals

    proposal = _read(access, options.kind, options.file, options.reason)
    counts = proposals.counts(proposal_id=proposal.pk)
    counts = {name: count for name, count in counts.items() if name in _PREVIEWED}
    rows = proposals.rows_of(proposal_id=proposal.pk, states=_PREVIEWED, limit=ROWS_MAX)
    told = [
        {"line": row.line, "ours": row.label, "from": row.from_name, "to": row.to_name}
        | {"state": row.state, "why": _why(row)}
        for row in rows
    ]
    said = {"changes": proposal.pk, **counts, "unchanged": proposal.unchanged}
    if options.json:
        emit({**said, "rows": told}, as_json=True)
    else:
        emit([said], as_json=False)
        _print(told)
    return 1 if counts["aside"] or counts["error"] else 0


_PREVIEWED = ("ready", "confirm", "aside", "error")


def _undo(options: argparse.Namespace, access: Any) -> int:
    """Lead back what an import saved; what was changed again since is named and kept."""
    from tieout.service import moments, save_proposal
    from tieout.store.queries import proposals
    from tieout.store.queries.proposals import RowState

    number = str(options.file)
    proposal = (
        proposals.find(company_id=access.company.pk, proposal_id=int(number))
        if number.isascii() and number.isdigit() and len(number) < 16
        else None
    )
    if proposal is None or proposal.kind != KINDS[options.kind]:
        message = f"There are no changes {number}: give the number that the import printed."
        raise CommandError(message)
    if proposal.state != proposal.State.OPEN:
        message = f"The changes {number} are being worked on: wait until that is done."
        raise CommandError(message, status=1)
    save_proposal.undo_now(access, proposal, moments.now(), reason=options.reason)
    counts = proposals.counts(proposal_id=proposal.pk)
    kept = proposals.rows_of(proposal_id=proposal.pk, states=(RowState.KEPT,), limit=ROWS_MAX)
    told = [_told(row) for row in kept]
    said = {"undone": counts[RowState.UNDONE], "kept": counts[RowState.KEPT]}
    if options.json:
        emit({**said, "rows_kept": told}, as_json=True)
    else:
        emit([said], as_json=False)
        _print(told)
    return 1 if told else 0


def _read(access: Any, kind: str, path: Path, reason: str) -> Any:
    from tieout.service import moments, propose_mappings
    from tieout.service.mapping_columns import FileUnreadableError
    from tieout.store.queries.proposals import Proposal

    try:
        proposal = propose_mappings.receive_now(
            access,
            KINDS[kind],  # type: ignore[arg-type]
            path,
            moments.now(),
            reason=reason,
        )
    except FileUnreadableError as error:
        message = f"{path}: {error} {error.remedy}"
        raise CommandError(message) from error
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}): check the path."
        raise CommandError(message) from error
    if proposal.state == Proposal.State.FAILED:
        message = f"{path}: {proposal.problem} {proposal.remedy}"
        raise CommandError(message)
    return proposal


def _told(row: Any) -> dict[str, Any]:
    """A row that was not saved, or not undone: where, what it says, why, and what to do."""
    asked = " ".join(text for _, text in row.warnings) if row.state == "confirm" else ""
    return {
        "line": row.line,
        "field": row.field,
        "value": row.value or row.to_name,
        "message": row.message or asked,
        "remedy": row.remedy or ("Confirm it with --confirm if it is meant." if asked else ""),
    }


def _why(row: Any) -> str:
    said = [*row.notes, *(text for _, text in row.warnings), row.message, row.remedy]
    return " ".join(text for text in said if text)


def _print(rows: list[dict[str, Any]]) -> None:
    if rows:
        print()
        emit(rows[:ROWS_SHOWN], as_json=False)
    if len(rows) > ROWS_SHOWN:
        note(f"… and {len(rows) - ROWS_SHOWN:,} more: --json prints them all.")


def _write(options: argparse.Namespace) -> int:
    from tieout.service import mapping_files

    company = project.find_company(options)
    try:
        rows = mapping_files.write_mappings(KINDS[options.kind], company.pk, options.file)  # type: ignore[arg-type]
    except OSError as error:
        message = f"{options.file} cannot be written ({error.strerror}): choose another path."
        raise CommandError(message) from error
    emit(
        {"file": str(options.file), "rows": rows},
        as_json=options.json,
        text=f"{rows:,} rows are in {options.file}.",
    )
    return 0
