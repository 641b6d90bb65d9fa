"""`tieout export`: queue ready invoices and see them through."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit, note

SHOWN = ("number", "customer", "total", "state", "problem", "remedy")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout export`."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all-ready", action="store_true", help="everything that is ready")
    which.add_argument(
        "--number",
        nargs="+",
        action="extend",
        metavar="N",
        help="invoices by their number in the back office",
    )
    parser.add_argument("--queue-only", action="store_true", help="leave it to the worker")
    project.add_company(parser)
    project.add_wait(parser)


def run(options: argparse.Namespace) -> int:
    """0 = all are in QuickBooks, 1 = some are not, and why."""
    project.start()
    access = project.find_access(options)
    ids, not_ready = _chosen(access.company.pk, options.number)
    if not ids and options.all_ready:
        emit({"exported": 0}, as_json=options.json, text="No invoice is ready: `tieout status`.")
        return 0
    for row in not_ready if not options.json else ():
        note(f"{row['number']}: {row['problem']} {row['remedy']}")
    if not ids:
        emit({"exported": 0, "not_ready": not_ready}, as_json=options.json, text="Nothing to do.")
        return 1
    batch = queue(access, ids)
    if options.queue_only:
        said = {"batch": batch.pk, "postings": batch.postings_count, "total": batch.total}
        text = f"{batch.postings_count:,} are queued."
        emit({**said, "not_ready": not_ready}, as_json=options.json, text=text)
        return 1 if not_ready else 0
    outcome = see_through(access, batch, wait_s=options.wait)
    _show(options, outcome, not_ready)
    return 1 if not_ready or outcome["not_exported"] else 0


def queue(access: Any, ids: Sequence[int]) -> Any:
    """Queue the ready ones of these invoices. Raises CommandError when none is."""
    from tieout.service import moments, run_export

    try:
        return run_export.start(access=access, invoice_ids=ids, now=moments.now())
    except run_export.CannotExport as error:
        raise CommandError(str(error), status=1) from error


def see_through(access: Any, batch: Any, *, wait_s: float) -> dict[str, Any]:
    """Wait until the batch is over; what became of its postings."""
    from tieout.cli.driving import drive
    from tieout.store.queries import postings
    from tieout.store.queries.tasks import Task

    ended = drive(batch.task, wait_s=wait_s)
    if ended.state == Task.State.FAILED:
        message = f"{ended.problem} {ended.remedy}"
        raise CommandError(message, status=1)
    rows = [asdict(row) for row in postings.of_batch(batch_id=batch.pk)]
    left = [row for row in rows if row["state"] != "exported"]
    done = [row for row in rows if row["state"] == "exported"]
    return {
        "batch": batch.pk,
        "message": ended.message,
        "exported": done,
        "not_exported": left,
        "total": sum((row["total"] for row in done), start=batch.total * 0),
        "company": access.company.name,
    }


def _show(
    options: argparse.Namespace, outcome: dict[str, Any], not_ready: list[dict[str, str]]
) -> None:
    if options.json:
        emit({**outcome, "not_ready": not_ready}, as_json=True)
        return
    print(f"{outcome['message']}. In QuickBooks: {outcome['total']:,.2f}.")
    if outcome["not_exported"]:
        print()
        rows = [{name: row[name] for name in SHOWN} for row in outcome["not_exported"]]
        emit(rows, as_json=False)


def _chosen(
    company_id: int, numbers: Sequence[str] | None
) -> tuple[list[int], list[dict[str, str]]]:
    """Ids of the ready ones, and why the others are not."""
    from tieout.store.queries import postings

    if numbers is None:
        return postings.ready_ids(company_id=company_id), []
    ids: list[int] = []
    not_ready: list[dict[str, str]] = []
    for number in dict.fromkeys(numbers):
        found = postings.by_number(company_id=company_id, number=number)
        if not found:
            not_ready.append(_why(number, "There is no such invoice.", "Check the number."))
        for invoice in found:
            if invoice.standing == postings.Standing.READY:
                ids.append(invoice.pk)
                continue
            block = postings.first_block(invoice_id=invoice.pk)
            said = f"It is not ready but {invoice.get_standing_display().lower()}."
            not_ready.append(
                _why(
                    number,
                    block.message if block else said,
                    block.remedy if block else "See `tieout status --postings`.",
                )
            )
    return ids, not_ready


def _why(number: str, problem: str, remedy: str) -> dict[str, str]:
    return {"number": number, "problem": problem, "remedy": remedy}
