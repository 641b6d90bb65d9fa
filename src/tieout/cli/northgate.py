"""The sample agency that every installation carries, and the rehearsal company made from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.cli.output import CommandError
from tieout.cli.passwords import random_password
from tieout.connector.users import make_user, save_user
from tieout.sandbox import CompanyFile

if TYPE_CHECKING:
    from tieout.service.access import Access

COMPANY = "Northgate Staffing"
CONNECTOR_USER = "tieout"
CONNECTOR_USERS = "users.json"
BACK_OFFICE = ("clients.csv", "contractor_jobs.csv", "pay_bill_items.csv", "invoices.csv")
MAPPINGS = {
    "clients": "client_mappings.csv",
    "items": "item_mappings.csv",
    "classes": "class_mappings.csv",
    "jobs": "mappings.csv",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is to sign in."""

    username: str
    password: str
    full_name: str


def folder() -> Path:
    """Where the sample agency is: inside the installed package, or in the checkout."""
    installed = Path(str(resources.files("tieout"))) / "examples" / "northgate"
    checkout = Path(__file__).resolve().parents[3] / "examples" / "northgate"
    for place in (installed, checkout):
        if (place / "quickbooks.json").is_file():
            return place
    message = "The sample agency is not in this installation: install Tieout again."
    raise CommandError(message)


def load(name: str) -> Any:
    """One of its JSON files."""
    return json.loads((folder() / name).read_text("utf-8"))


def make_company_file(path: Path) -> dict[str, int]:
    """Make the rehearsal company as its bookkeeper keeps it; what was put into it.

    It appears under its name only when it is complete, so that a start cut short leaves nothing.
    """
    description = load("quickbooks.json")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    for leftover in path.parent.glob(f"{fresh.name}*"):
        leftover.unlink()
    company = CompanyFile.create(fresh, name=description["name"])
    loaded: dict[str, int] = company.load(description)
    company.backup(path)
    company.close()
    for leftover in path.parent.glob(f"{fresh.name}*"):
        leftover.unlink()
    return loaded


def make_connector_user(data: Path) -> str:
    """Let Tieout in at the connector of this data folder; returns the new password."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    password = random_password()
    user = make_user(name=CONNECTOR_USER, password=password, access="full")
    save_user(data / CONNECTOR_USERS, user)
    return password


def make_company(*, person: Person, url: str, connector_password: str) -> Access:
    """The company with its Super User and the saved, not yet verified way to its QuickBooks."""
    from django.db import transaction

    from tieout.core.facts import ExportRules
    from tieout.service import moments, save_connection, set_up
    from tieout.service.access import find_access

    now = moments.now()
    with transaction.atomic():
        company = set_up.create_company(name=COMPANY, rehearsal=True, now=now)
        user = set_up.create_person(
            company=company,
            username=person.username,
            password=person.password,
            full_name=person.full_name,
            role="super_user",
            now=now,
        )
        access = find_access(user=user, company_id=company.pk)
        if access is None:
            message = "The rehearsal company could not be made: report it."
            raise CommandError(message)
        save_connection.save(
            access=access,
            settings=save_connection.ConnectionSettings(
                url=url, username=CONNECTOR_USER, password=connector_password
            ),
            rules=ExportRules(),
            now=now,
        )
    return access


def back_office() -> list[Path]:
    """The files that its back office exports."""
    return [folder() / name for name in BACK_OFFICE]


def play_bookkeeper(path: Path) -> list[dict[str, str]]:
    """Do in QuickBooks what the bookkeeper answers; one row for each thing done."""
    answers = load("bookkeeper.json")
    done: list[dict[str, str]] = []
    company = CompanyFile(path)
    try:
        for what, rows in (("add customer", "add_customers"), ("add job", "add_jobs")):
            for row in answers[rows]:
                fields = {name: text for name, text in row.items() if name != "full_name"}
                company.add_customer(row["full_name"], **fields)
                done.append({"in QuickBooks": what, "name": row["full_name"]})
        for kind in ("customer", "item", "class"):
            for name in answers[f"reactivate_{_plural(kind)}"]:
                if kind == "customer":
                    company.set_customer_active(name, active=True)
                else:
                    company.set_active(kind, name, active=True)
                done.append({"in QuickBooks": f"make {kind} active", "name": name})
    finally:
        company.close()
    return done


def _plural(kind: str) -> str:
    return "classes" if kind == "class" else f"{kind}s"
