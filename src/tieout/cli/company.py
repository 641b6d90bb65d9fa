"""`tieout company`: create and list companies, read and change their export rules."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit, subcommand
from tieout.core.facts import JoblessLines, Syncing, ZeroTotals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `tieout company`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = subcommand(verbs, "create", "create a company")
    create.add_argument("name")
    create.add_argument("--rehearsal", action="store_true", help="mark it as a rehearsal company")
    subcommand(verbs, "list", "list the companies")
    settings = verbs.add_parser("settings", help="show or change the export rules")
    project.add_company(settings)
    for name, kind in (
        ("syncing", Syncing),
        ("jobless-lines", JoblessLines),
        ("zero-totals", ZeroTotals),
    ):
        settings.add_argument(f"--{name}", choices=[choice.value for choice in kind])
    settings.add_argument("--require-approval", choices=("yes", "no"))
    settings.add_argument("--split-suffix", metavar="TEXT", help="as in 1042-1: -{n}")
    settings.add_argument("--number-prefix-strip", metavar="TEXT", help="left out of numbers")
    settings.add_argument("--template-name", metavar="TEXT", help="QuickBooks invoice template")


def run(options: argparse.Namespace) -> int:
    """0 = done, 2 = it cannot be so."""
    project.start()
    match options.verb:
        case "create":
            return _create(options)
        case "list":
            return _list(options)
        case _:
            return _settings(options)


def _create(options: argparse.Namespace) -> int:
    from tieout.service import moments, set_up

    try:
        company = set_up.create_company(
            name=options.name, rehearsal=options.rehearsal, now=moments.now()
        )
    except set_up.SetUpRefused as error:
        raise CommandError(str(error), status=1) from error
    emit(
        {"id": company.pk, "name": company.name, "rehearsal": company.rehearsal},
        as_json=options.json,
        text=f"{company.name} is there. Next: `tieout person create`, `tieout connection set`.",
    )
    return 0


def _list(options: argparse.Namespace) -> int:
    from tieout.store.queries import companies

    rows = [
        {"id": c.pk, "name": c.name, "rehearsal": c.rehearsal, "syncing": c.syncing}
        for c in companies.all_companies()
    ]
    emit(rows, as_json=options.json)
    return 0


def _settings(options: argparse.Namespace) -> int:
    from tieout.store.queries.planning import rules_of

    changes = _changes(options)
    if not changes:
        company = project.find_company(options)
        emit({"company": company.name, **asdict(rules_of(company))}, as_json=options.json)
        return 0
    from tieout.service import moments, save_connection
    from tieout.store.queries import connections

    access = project.find_access(options, right="configure")
    rules = replace(rules_of(access.company), **changes)
    row = connections.shown(company_id=access.company.pk)
    same = save_connection.ConnectionSettings(
        url=row.url, username=row.username, password="", company_file=row.company_file
    )
    try:
        saved = save_connection.save(access=access, settings=same, rules=rules, now=moments.now())
    except save_connection.SettingRefused as error:
        raise CommandError(str(error), status=1) from error
    emit(
        {"company": access.company.name, "planned_again": saved.planned_again, **asdict(rules)},
        as_json=options.json,
    )
    return 0


def _changes(options: argparse.Namespace) -> dict[str, Any]:
    kinds = {"syncing": Syncing, "jobless_lines": JoblessLines, "zero_totals": ZeroTotals}
    changes: dict[str, Any] = {
        name: kind(value)
        for name, kind in kinds.items()
        if (value := getattr(options, name)) is not None
    }
    if options.require_approval is not None:
        changes["require_approval"] = options.require_approval == "yes"
    for name in ("split_suffix", "number_prefix_strip", "template_name"):
        if (text := getattr(options, name)) is not None:
            changes[name] = text
    return changes
