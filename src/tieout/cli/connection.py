"""`tieout connection`: read and change the way to QuickBooks."""

from __future__ import annotations

import argparse
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit, office_time
from tieout.cli.passwords import add_password, read_password


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `tieout connection`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    show = verbs.add_parser("show", help="show the settings and what the last contact said")
    project.add_company(show)
    change = verbs.add_parser("set", help="change the settings; what is not named stays")
    change.add_argument("--url", help="address of the Remote Connector: https://books-pc:8166")
    change.add_argument("--username", help="as set up in the Remote Connector")
    add_password(change)
    change.add_argument("--company-file", metavar="PATH", help="'' serves the open file")
    project.add_reason(change)
    project.add_company(change)
    trust = verbs.add_parser("trust", help="confirm the certificate that the last Verify showed")
    trust.add_argument("fingerprint", help="SHA-256, as the connector prints it")
    project.add_company(trust)
    again = verbs.add_parser(
        "take-over", help="write again after the connector's fence refused this installation"
    )
    project.add_company(again)


def run(options: argparse.Namespace) -> int:
    """0 = done, 1 = refused, 2 = it cannot be so."""
    project.start()
    from tieout.service.save_connection import SettingRefused

    try:
        match options.verb:
            case "set":
                return _set(options)
            case "trust":
                return _trust(options)
            case "take-over":
                return _take_over(options)
            case _:
                emit(shown(project.find_company(options).pk), as_json=options.json)
                return 0
    except SettingRefused as error:
        raise CommandError(str(error), status=1) from error


def shown(company_id: int) -> dict[str, Any]:
    """The connection as it may be shown: its password is not even read."""
    from tieout.service import moments, standstill
    from tieout.store.queries import connections

    row = connections.shown(company_id=company_id)
    book = connections.book_of(company_id=company_id)
    return {
        "url": row.url,
        "username": row.username,
        "password_saved": connections.has_password(company_id=company_id),
        "company_file": row.company_file,
        "status": row.status,
        "connected_to": book.company_name,
        "verified_at": office_time(row.verified_at),
        "last_contact_at": office_time(row.last_contact_at),
        "lists_refreshed_at": office_time(book.lists_refreshed_at),
        "held": standstill.reason(company_id=company_id, now=moments.now()),
        "problem": row.problem,
        "remedy": row.remedy,
    }


def _set(options: argparse.Namespace) -> int:
    from tieout.service import moments, save_connection
    from tieout.store.queries import connections
    from tieout.store.queries.planning import rules_of

    access = project.find_access(options, right="configure")
    row = connections.shown(company_id=access.company.pk)
    saved = save_connection.save(
        access=access,
        settings=save_connection.ConnectionSettings(
            url=_or(options.url, row.url),
            username=_or(options.username, row.username),
            password=read_password(options),
            company_file=_or(options.company_file, row.company_file),
            reason=options.reason,
        ),
        rules=rules_of(access.company),
        now=moments.now(),
    )
    changed = ", ".join(saved.changed) or "nothing"
    emit(
        {"changed": list(saved.changed)},
        as_json=options.json,
        text=f"Changed: {changed}. Next: `tieout verify`.",
    )
    return 0


def _or(given: str | None, saved: str) -> str:
    return saved if given is None else given


def _trust(options: argparse.Namespace) -> int:
    from tieout.service import moments, save_connection

    access = project.find_access(options, right="configure")
    fingerprint = options.fingerprint.replace(":", "").lower()
    save_connection.confirm_certificate(
        access=access, fingerprint=_as_offered(access.company.pk, fingerprint), now=moments.now()
    )
    emit({"fingerprint": fingerprint}, as_json=options.json, text="Saved. Next: `tieout verify`.")
    return 0


def _take_over(options: argparse.Namespace) -> int:
    from tieout.service import moments, take_over

    access = project.find_access(options, right="configure")
    try:
        take_over.take_over(access=access, now=moments.now())
    except take_over.CannotTakeOver as error:
        raise CommandError(str(error), status=1) from error
    emit(
        {"taken_over": True},
        as_json=options.json,
        text="This installation writes again; what is queued goes on.",
    )
    return 0


def _as_offered(company_id: int, fingerprint: str) -> str:
    """The fingerprint in the spelling in which the last Verify offered it."""
    from tieout.store.queries import connections

    for rung in connections.shown(company_id=company_id).ladder:
        offered = str(rung.get("offer", {}).get("fingerprint", ""))
        if offered.replace(":", "").lower() == fingerprint:
            return offered
    return fingerprint
