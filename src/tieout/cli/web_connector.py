"""`tieout web-connector`: set up the QuickBooks Web Connector's road, and look at its updates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tieout.cli import project
from tieout.cli.output import CommandError, emit, office_time
from tieout.cli.web import PORT_DEFAULT

NO_SCHEDULE = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `tieout web-connector`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, text in (
        ("show", "show the road, the account, the endpoint and the latest updates"),
        ("use", "work over the Web Connector from now on"),
        ("leave", "work over the Remote Connector from now on"),
        ("password", "make a new password; it is shown once, the former one ends"),
        ("verify", "have the company file looked at when the Web Connector calls next"),
        ("accept-file", "accept the other company file that was open at the last update"),
        ("new-ids", "new OwnerID and FileID, for a company file that carries another stamp"),
    ):
        verb = verbs.add_parser(name, help=text, description=f"{text}.")
        if name in {"use", "leave", "accept-file"}:
            project.add_reason(verb)
        project.add_company(verb)
    change = verbs.add_parser("set", help="change the account; what is not named stays")
    change.add_argument("--user-name", help="what the Web Connector signs in as")
    change.add_argument("--app-name", help="the name QuickBooks authorises, on both roads")
    change.add_argument(
        "--every", type=int, metavar="MINUTES", help="schedule; 0 = only when somebody runs it"
    )
    change.add_argument("--read-only", choices=("yes", "no"), help="yes: nothing is written")
    project.add_company(change)
    file = verbs.add_parser(
        "qwc", help="write the .qwc file that adds Tieout to the Web Connector"
    )
    file.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    _add_url(file)
    project.add_company(file)
    _add_url(verbs.choices["show"])


def _add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--url",
        default=f"http://localhost:{PORT_DEFAULT}",
        help="address of this Tieout, unless TIEOUT_PUBLIC_URL says it (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """0 = done, 1 = refused, 2 = it cannot be so."""
    project.start()
    from tieout.quickbooks.qbwc import QwcRefused
    from tieout.service import change_of_way, qbwc_account

    try:
        return _VERBS[options.verb](options)
    except (qbwc_account.Refused, change_of_way.WayRefused) as error:
        raise CommandError(str(error), status=1) from error
    except QwcRefused as error:
        message = f"The Web Connector would refuse this file: {error}. {error.remedy}"
        raise CommandError(message, status=1) from error


def _show(options: argparse.Namespace) -> int:
    company = project.find_company(options)
    emit(shown(company.pk, url=options.url), as_json=options.json)
    return 0


def shown(company_id: int, *, url: str) -> dict[str, Any]:
    """The road and the account as they may be shown, and the latest updates."""
    from tieout.service import qbwc_account
    from tieout.store.queries import connections
    from tieout.store.queries import web_connector as queries

    account = queries.account(company_id=company_id)
    connection = connections.shown(company_id=company_id)
    return {
        "road": connection.road,
        "endpoint": qbwc_account.service_url(url),
        "app_name": connection.app_name,
        "user_name": account.user_name if account else "",
        "password_set_at": office_time(account.password_set_at) if account else None,
        "every_minutes": account.every_minutes if account else None,
        "read_only": account.read_only if account else False,
        "verify_wanted": bool(account and account.verify_wanted_at),
        "other_file": account.seen_file if account else {},
        "last_contact_at": office_time(connection.last_contact_at),
        "updates": [
            {
                "opened_at": office_time(row.opened_at),
                "last_call_at": office_time(row.last_call_at),
                "phase": row.phase,
                "answered": row.answered,
                "last_error": row.last_error,
            }
            for row in queries.sessions(company_id=company_id, limit=10)
        ],
    }


def _switch(options: argparse.Namespace) -> int:
    from tieout.service import moments, qbwc_account
    from tieout.store.queries.web_connector import Connection

    access = project.find_access(options, right="configure")
    road = Connection.Road.WEB_CONNECTOR if options.verb == "use" else Connection.Road.REMOTE
    if road == Connection.Road.WEB_CONNECTOR:
        qbwc_account.ensure(access=access, now=moments.now())
    changed = qbwc_account.switch(
        access=access, road=road, now=moments.now(), reason=options.reason
    )
    said = "works" if changed else "worked already"
    emit(
        {"road": road, "changed": changed},
        as_json=options.json,
        text=f"{access.company.name} {said} over the {Connection.Road(road).label}.",
    )
    return 0


def _password(options: argparse.Namespace) -> int:
    from tieout.service import moments, qbwc_account

    access = project.find_access(options, right="configure")
    password = qbwc_account.make_password(access=access, now=moments.now())
    account = qbwc_account.ensure(access=access, now=moments.now())
    emit(
        {"user_name": account.user_name, "password": password},
        as_json=options.json,
        text=f"User name {account.user_name}\nPassword  {password}\n"
        "It is shown this once. Type it into the Web Connector.",
    )
    return 0


def _set(options: argparse.Namespace) -> int:
    from tieout.service import moments, qbwc_account
    from tieout.store.queries import connections

    access = project.find_access(options, right="configure")
    account = qbwc_account.ensure(access=access, now=moments.now())
    app_name = connections.shown(company_id=access.company.pk).app_name
    every = account.every_minutes if options.every is None else options.every
    read_only = account.read_only if options.read_only is None else options.read_only == "yes"
    wishes = qbwc_account.Wishes(
        user_name=account.user_name if options.user_name is None else options.user_name,
        app_name=app_name if options.app_name is None else options.app_name,
        every_minutes=None if every == NO_SCHEDULE else every,
        read_only=read_only,
    )
    changed = qbwc_account.save(access=access, wishes=wishes, now=moments.now())
    text = f"Changed: {', '.join(changed) or 'nothing'}."
    if changed:
        text += " Download the .qwc file again and add it in the Web Connector anew."
    emit({"changed": list(changed)}, as_json=options.json, text=text)
    return 0


def _qwc(options: argparse.Namespace) -> int:
    from tieout.service import moments, qbwc_account
    from tieout.store.queries import connections

    access = project.find_access(options, right="configure")
    data = qbwc_account.qwc_file(
        account=qbwc_account.ensure(access=access, now=moments.now()),
        app_name=connections.shown(company_id=access.company.pk).app_name,
        base_url=options.url,
    )
    if options.out is None:
        emit({"qwc": data.decode()}, as_json=options.json, text=data.decode().rstrip())
        return 0
    try:
        options.out.write_bytes(data)
    except OSError as error:
        message = f"{options.out} cannot be written ({error.strerror}): name another file."
        raise CommandError(message) from error
    emit(
        {"file": str(options.out)},
        as_json=options.json,
        text=f"Wrote {options.out}. Double-click it on the QuickBooks computer.",
    )
    return 0


def _verify(options: argparse.Namespace) -> int:
    from tieout.service import moments, qbwc_account

    access = project.find_access(options, right="configure")
    qbwc_account.ask_verify(access=access, now=moments.now())
    text = "The next update looks at the company file first. Run Update Selected there."
    emit({"verify_wanted": True}, as_json=options.json, text=text)
    return 0


def _accept_file(options: argparse.Namespace) -> int:
    from tieout.service import moments, qbwc_account

    access = project.find_access(options, right="configure")
    account = qbwc_account.ensure(access=access, now=moments.now())
    if not account.seen_file:
        message = "No other company file was open at the last update: there is nothing to accept."
        raise CommandError(message, status=1)
    found = dict(account.seen_file)
    qbwc_account.ask_verify(access=access, now=moments.now(), accept=found, reason=options.reason)
    emit(
        {"accepted": found},
        as_json=options.json,
        text=f"{found['company_file']} becomes this company's file at the next update.",
    )
    return 0


def _new_ids(options: argparse.Namespace) -> int:
    from tieout.service import moments, qbwc_account

    access = project.find_access(options, right="configure")
    qbwc_account.new_ids(access=access, now=moments.now())
    text = "The account has new ids. Write the .qwc file again and add it anew."
    emit({"new_ids": True}, as_json=options.json, text=text)
    return 0


_VERBS = {
    "show": _show,
    "use": _switch,
    "leave": _switch,
    "password": _password,
    "set": _set,
    "qwc": _qwc,
    "verify": _verify,
    "accept-file": _accept_file,
    "new-ids": _new_ids,
}
