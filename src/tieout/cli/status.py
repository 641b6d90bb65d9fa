"""`tieout status`: what waits, what is blocked and why, what was exported."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from tieout.cli import project
from tieout.cli.connection import shown
from tieout.cli.output import dollars, emit, office_time, table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout status`."""
    parser.add_argument("--postings", action="store_true", help="list every posting")
    project.add_company(parser)


def run(options: argparse.Namespace) -> int:
    """0 = shown."""
    project.start()
    company = project.find_company(options)
    status = standing_of(company)
    if options.postings:
        status["postings"] = _postings(company.pk)
    if options.json:
        emit(status, as_json=True)
    else:
        _print(status)
    return 0


def standing_of(company: Any) -> dict[str, Any]:
    """Company, connection, and counts with dollars by standing, by reason and by state."""
    from tieout.service import moments, standstill
    from tieout.store.queries import home, postings, source

    figures = home.figures(company_id=company.pk)
    tie_out = figures.tie_out
    return {
        "company": company.name,
        "rehearsal": company.rehearsal,
        "syncing": company.syncing,
        "connection": shown(company.pk),
        "held_reason": standstill.reason(company_id=company.pk, now=moments.now()),
        "source": {
            **source.counts(company_id=company.pk),
            "invoice_lines": postings.source_lines(company_id=company.pk),
        },
        "jobs": figures.jobs,
        "invoices": _plain(postings.by_standing(company_id=company.pk)),
        "blocked": _plain(postings.by_reason(company_id=company.pk)),
        "states": _plain(postings.by_state(company_id=company.pk)),
        "tie_out": None
        if tie_out is None
        else {
            "at": office_time(tie_out.at),
            "ours": tie_out.ours,
            "theirs": tie_out.theirs,
            "difference": tie_out.ours - tie_out.theirs,
        },
    }


def _plain(tallies: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"count": tally.count, "total": tally.total}
        for name, tally in sorted(tallies.items(), key=lambda each: -each[1].count)
    }


def _postings(company_id: int) -> list[dict[str, Any]]:
    from tieout.store.queries import postings

    return [asdict(row) for row in postings.each(company_id=company_id)]


def _print(status: dict[str, Any]) -> None:
    line = status["connection"]
    kind = " (rehearsal company)" if status["rehearsal"] else ""
    print(f"{status['company']}{kind}, exporting {status['syncing'].replace('_', ' ')}")
    print(f"Connection: {line['status']} {line['connected_to'] or line['url']}".rstrip())
    if line["problem"]:
        print(f"  {line['problem']} {line['remedy']}")
    if status["held_reason"]:
        print(f"Nothing is sent: {status['held_reason']}")
    counts = status["source"]
    print(
        f"{counts['clients']:,} clients, {counts['jobs']:,} contractor jobs, "
        f"{counts['items']:,} pay/bill items, {counts['invoices']:,} invoices"
    )
    for title, name in (
        ("Invoices", "invoices"),
        ("Blocked, by first reason", "blocked"),
        ("Postings", "states"),
    ):
        table(title, counted_rows(status[name]))
    if "postings" in status:
        table("Every posting", status["postings"])
    if status["tie_out"]:
        found = status["tie_out"]
        print(f"\nLast tie-out {found['at']:%Y-%m-%d %H:%M}: difference {found['difference']}")


def counted_rows(tallies: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Name, count and dollars as rows of a table."""
    return [
        {"": name, "count": each["count"], "dollars": dollars(each["total"]).rjust(14)}
        for name, each in tallies.items()
    ]
