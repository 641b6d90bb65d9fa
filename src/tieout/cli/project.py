"""Start the project for a command: data directory, keys, database; then the company and person."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import tieout
from tieout.cli.output import CommandError, add_json
from tieout.config import environment

if TYPE_CHECKING:
    from tieout.service.access import Access
    from tieout.store.queries.people import Company

SETTINGS = "tieout.config.settings"
WAIT_DEFAULT_S = 30.0


def add_company(parser: argparse.ArgumentParser) -> None:
    """The options of every command that works in a company."""
    parser.add_argument(
        "--company", metavar="NAME", help="the company (needed when there are several)"
    )
    parser.add_argument(
        "--as",
        dest="person",
        metavar="USERNAME",
        help="in whose name (default: the company's first Super User)",
    )
    add_json(parser)


def add_wait(parser: argparse.ArgumentParser) -> None:
    """The option of every command that waits for work to end."""
    parser.add_argument(
        "--wait",
        type=float,
        default=WAIT_DEFAULT_S,
        metavar="SECONDS",
        help="how long to wait when QuickBooks cannot be asked (default: %(default)s)",
    )


def add_reason(parser: argparse.ArgumentParser) -> None:
    """The option of every command that changes the way to QuickBooks."""
    parser.add_argument(
        "--reason",
        default="",
        metavar="TEXT",
        help="why the way is changed although something is unconfirmed; kept in the history",
    )


def start(*, migrate: bool = False) -> Path:
    """Make the data directory and the keys, set Django up, look at the database.

    A new SQLite database is made ready at once; another one is migrated only when `migrate` says
    so. Returns the data directory. Raises CommandError and BadSetting.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    home = environment.home()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        import django

        new = is_new(home)
        django.setup()
    except OSError as error:
        message = (
            f"{home} cannot be used as the data directory ({error.strerror or error}): "
            "set TIEOUT_HOME to a folder that you may write to."
        )
        raise CommandError(message) from error
    _ensure_key_file()
    # a command says by itself what went wrong; the worker's log is for the worker's log file
    logging.getLogger("tieout").setLevel(logging.WARNING)
    _look_at_database(migrate=migrate or new)
    return home


def _ensure_key_file() -> None:
    from django.conf import settings

    from tieout.store.secrets import SecretUnreadable, create_key_file

    path = Path(settings.SECRETS_KEY_FILE)
    try:
        create_key_file(path)
    except SecretUnreadable as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        message = (
            f"{path} cannot be used as the file with the key of secrets "
            f"({error.strerror or error}): let TIEOUT_SECRETS_KEY_PATH name one that can be."
        )
        raise CommandError(message) from error


def is_new(home: Path) -> bool:
    """Whether the database is a SQLite file that is still to be made. Raises BadSetting."""
    chosen = environment.database(home)
    return chosen.engine == "sqlite" and not Path(chosen.name).exists()


def _look_at_database(*, migrate: bool) -> None:
    from django.db import OperationalError, ProgrammingError

    try:
        waiting = pending_migrations()
        if waiting and not migrate:
            message = (
                f"The database waits for {len(waiting)} changes of this version: "
                "run `tieout migrate` first."
            )
            raise CommandError(message)
        if waiting:
            run_migrations()
        _must_be_whole()
    except (OperationalError, ProgrammingError) as error:
        said = str(error).strip().splitlines()[0]
        message = f"The database cannot be used ({said}): check DATABASE_URL and that it runs."
        raise CommandError(message) from error


def _must_be_whole() -> None:
    """Raise CommandError where a table is missing although no change of this version waits."""
    from django.apps import apps
    from django.db import connection

    there = set(connection.introspection.table_names())
    lacking = sorted({model._meta.db_table for model in apps.get_models()} - there)
    if lacking:
        message = (
            f"The database lacks {', '.join(lacking)}: it was made by a state of Tieout "
            f"{tieout.__version__} from before its release, and such data cannot be brought along. "
            "Set TIEOUT_HOME to a new folder, or DATABASE_URL to a new database, and import again."
        )
        raise CommandError(message)


def pending_migrations() -> list[str]:
    """The names of the migrations that the database does not have yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def run_migrations() -> None:
    """Bring the database to this version."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def find_company(options: argparse.Namespace) -> Company:
    """The company that is named, or the only one. Raises CommandError."""
    from tieout.store.queries import companies

    if options.company:
        company = companies.by_name(options.company)
        if company is None:
            message = (
                f"There is no company called {options.company}: "
                "`tieout company list` shows which there are."
            )
            raise CommandError(message)
        return company
    found = companies.all_companies()
    if not found:
        message = "There is no company yet: make one with `tieout company create NAME`."
        raise CommandError(message)
    if len(found) > 1:
        names = ", ".join(company.name for company in found[:5])
        message = f"There are several companies: name one with --company ({names})."
        raise CommandError(message)
    return found[0]


def find_access(options: argparse.Namespace, *, right: str = "work") -> Access:
    """In whose name the command works, and that this person may. Raises CommandError."""
    from tieout.service.access import find_access as access_of
    from tieout.store.queries import members

    company = find_company(options)
    if options.person:
        user = members.find_person(username=options.person)
        access = access_of(user=user, company_id=company.pk) if user else None
        if access is None:
            message = (
                f"{options.person} does not belong to {company}: "
                "`tieout person list` shows who does."
            )
            raise CommandError(message)
    else:
        first = members.first_super_user(company_id=company.pk)
        if first is None:
            message = (
                f"{company} has no Super User yet: make one with "
                "`tieout person create USERNAME --role super_user`."
            )
            raise CommandError(message)
        access = access_of(user=first.user, company_id=company.pk)
    if access is None or not getattr(access, f"can_{right}"):
        who = access.user.get_username() if access else "This person"
        message = f"{who} may not do this in {company}: ask a Super User, or name one with --as."
        raise CommandError(message, status=1)
    return access
