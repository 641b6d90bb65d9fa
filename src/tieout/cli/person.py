"""`tieout person`: create people, give them roles and passwords."""

from __future__ import annotations

import argparse

from tieout.cli import project
from tieout.cli.output import CommandError, emit, subcommand
from tieout.cli.passwords import add_password, random_password, read_password

ROLES = ("super_user", "biller", "approver", "viewer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `tieout person`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = verbs.add_parser("create", help="create a person with a role in a company")
    create.add_argument("username")
    create.add_argument("--name", default="", help="the full name")
    create.add_argument("--role", choices=ROLES, default="biller", help="(default: %(default)s)")
    add_password(create)
    project.add_company(create)
    password = subcommand(verbs, "password", "set a person's password")
    password.add_argument("username")
    add_password(password)
    role = verbs.add_parser("role", help="give a person a role in a company, or `none`")
    role.add_argument("username")
    role.add_argument("role", choices=(*ROLES, "none"))
    project.add_company(role)
    listing = verbs.add_parser("list", help="list the people of a company")
    project.add_company(listing)


def run(options: argparse.Namespace) -> int:
    """0 = done, 1 = refused, 2 = it cannot be so."""
    project.start()
    from tieout.service.set_up import SetUpRefused

    verbs = {"create": _create, "password": _password, "role": _role, "list": _list}
    try:
        return verbs[options.verb](options)
    except SetUpRefused as error:
        raise CommandError(str(error), status=1) from error


def _create(options: argparse.Namespace) -> int:
    from tieout.service import moments, set_up

    company = project.find_company(options)
    given = read_password(options)
    password = given or random_password()
    user = set_up.create_person(
        company=company,
        username=options.username,
        password=password,
        full_name=options.name,
        role=options.role,
        now=moments.now(),
    )
    made = {"username": user.get_username(), "company": company.name, "role": options.role}
    if not given:
        made["password"] = password  # shown this once: it is kept nowhere
    emit(made, as_json=options.json)
    return 0


def _password(options: argparse.Namespace) -> int:
    from tieout.service import set_up

    given = read_password(options)
    password = given or random_password()
    set_up.set_password(username=options.username, password=password)
    shown = {"username": options.username}
    if not given:
        shown["password"] = password
    emit(shown, as_json=options.json)
    return 0


def _role(options: argparse.Namespace) -> int:
    from tieout.service import moments, set_up

    company = project.find_company(options)
    set_up.set_role(
        company=company, username=options.username, role=options.role, now=moments.now()
    )
    emit(
        {"username": options.username, "company": company.name, "role": options.role},
        as_json=options.json,
    )
    return 0


def _list(options: argparse.Namespace) -> int:
    from tieout.store.queries import members

    company = project.find_company(options)
    rows = [
        {
            "username": member.user.get_username(),
            "name": member.user.get_full_name(),
            "role": member.role,
            "last_sign_in": member.user.last_login,
        }
        for member in members.members_of(company_id=company.pk)
    ]
    emit(rows, as_json=options.json)
    return 0
