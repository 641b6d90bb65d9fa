"""`tieout verify`: climb the ladder to QuickBooks, rung by rung."""

from __future__ import annotations

import argparse
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout verify`."""
    parser.add_argument(
        "--accept-company-file",
        metavar="PATH",
        help="another company file than before is open, and it is the right one",
    )
    project.add_reason(parser)
    project.add_company(parser)
    project.add_wait(parser)


def run(options: argparse.Namespace) -> int:
    """0 = every rung holds, 1 = one broke."""
    project.start()
    access = project.find_access(options)
    ok, rows = climb(
        access,
        wait_s=options.wait,
        accept=options.accept_company_file or "",
        reason=options.reason,
    )
    if options.json:
        emit({"ok": ok, "rungs": rows}, as_json=True)
    else:
        emit([_short(row) for row in rows], as_json=False)
        for row in rows:
            if row["state"] == "fail":
                print(f"\n{row['detail']} {row['who']}: {row['remedy']}")
    return 0 if ok else 1


def climb(
    access: Any, *, wait_s: float, accept: str = "", reason: str = ""
) -> tuple[bool, list[dict[str, Any]]]:
    """Verify now; whether every rung holds, and the rungs."""
    from tieout.cli.driving import drive
    from tieout.service import change_of_way, moments, verify_connection
    from tieout.store.queries.tasks import Task

    offer = _offer(access.company.pk, accept) if accept else None
    try:
        task = verify_connection.start(
            access=access, now=moments.now(), accept=offer, reason=reason
        )
    except change_of_way.WayRefused as refused:
        raise CommandError(str(refused), status=1) from refused
    ended = drive(task, wait_s=wait_s)
    return ended.state == Task.State.DONE, ladder_rows(access.company.pk)


def ladder_rows(company_id: int) -> list[dict[str, Any]]:
    """The rungs of the last Verify as ok, fail or skip."""
    from tieout.store.queries import connections

    words = {"ok": "ok", "broken": "fail"}
    return [
        {
            "rung": rung["rung"],
            "state": words.get(rung["state"], "skip"),
            "detail": rung["detail"],
            "who": rung["who"],
            "remedy": rung["remedy"],
            "offer": rung.get("offer", {}),
        }
        for rung in connections.shown(company_id=company_id).ladder
    ]


def _offer(company_id: int, path: str) -> dict[str, str]:
    for row in ladder_rows(company_id):
        if row["offer"].get("company_file") == path:
            return dict(row["offer"])
    message = (
        f"The last Verify did not find {path} open: run `tieout verify` and compare its path."
    )
    raise CommandError(message, status=1)


def _short(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(row[name]) for name in ("rung", "state", "detail")}
