"""A rehearsal company behind a real Remote Connector process, and Tieout connected to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from tests import factories as make
from tests import snapshot
from tests.factories import NOW
from tests.nursery import TIEOUT, Child, start_connector
from tests.snapshot import Snapshot

from tieout.connector.users import USERS_FILE
from tieout.sandbox import CompanyFile
from tieout.service import verify_connection
from tieout.service.access import Access, find_access
from tieout.service.ask_refresh import ask_refresh
from tieout.service.worker import Worker
from tieout.store.models import Company, Connection, SourceItem, SourceJob, User

PASSWORD = "rehearsal password"
DESCRIPTION: dict[str, Any] = {
    "name": "Northgate Staffing",
    "company_file": "C:\\Books\\Northgate Staffing.QBW",
    "accounts": [
        {"name": "Accounts Receivable", "type": "AccountsReceivable"},
        {"name": "Staffing Revenue", "type": "Income"},
    ],
    "terms": [{"name": "Net 30", "due_days": 30}],
    "items": [
        {"kind": "Service", "name": "Regular Hours", "full_name": "Regular Hours",
         "income_account": "Staffing Revenue", "active": True},
    ],
    "customers": [
        {"full_name": "Acme Health", "active": True},
        {"full_name": "Acme Health:Ortiz, Elena - ICU", "active": True},
        {"full_name": "Acme Health:Reed, Sam - Forklift", "active": True},
    ],
}  # fmt: skip


@dataclass
class Rehearsal:
    """The company file, and the connector process that serves it."""

    folder: Path
    books: CompanyFile
    process: Child
    url: str
    port: int

    def stop(self) -> None:
        """Kill the connector, as a power cut would."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    @contextmanager
    def another(self) -> Iterator[str]:
        """The address of a second connector of the same company file, with its own journal."""
        process, url = _serve(self.folder, 0, data="another")
        try:
            yield url
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()

    def start_again(self) -> None:
        """Start the connector again on the same port, with the same journal."""
        self.stop()
        self.process, self.url = _serve(self.folder, self.port)


@contextmanager
def rehearsed(folder: Path, description: dict[str, Any] | None = None) -> Iterator[Rehearsal]:
    """A company file made from the description, served on a free port."""
    description = description or DESCRIPTION
    books = CompanyFile.create(folder / "company.sqlite3", name=description["name"])
    books.load(description)
    process, url = _serve(folder, 0)
    rehearsal = Rehearsal(folder, books, process, url, int(url.rpartition(":")[2]))
    try:
        yield rehearsal
    finally:
        rehearsal.stop()
        books.close()


def _serve(folder: Path, port: int, *, data: str = "connector") -> tuple[Child, str]:
    made = (folder / data / USERS_FILE).exists()
    person = () if made else ("--user", "tieout", "--password-env", "REHEARSAL_PASSWORD")
    process = start_connector(
        TIEOUT,
        [
            "connector",
            "--sandbox", str(folder / "company.sqlite3"), "--data", str(folder / data),
            "--port", str(port), "--tls", "off", "--json", *person,
        ],
        {"REHEARSAL_PASSWORD": PASSWORD},
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, json.loads(line)["url"]


@dataclass
class Office:
    """Northgate connected, refreshed and with one mapped job: ready to export."""

    company: Company
    clerk: User
    access: Access
    rehearsal: Rehearsal

    def work(self) -> None:
        """Let the worker do all that is due."""
        Worker().run_until_idle()


@dataclass(frozen=True)
class Prepared:
    """An office as it was made once: the folder with its files, its address, and all rows."""

    folder: Path
    url: str
    before: Snapshot
    rows: Snapshot


def prepare(world: make.World, folder: Path) -> Prepared:
    """Connect an office and stock it, read its rows, and leave the database as it was."""
    began = datetime.now(UTC)
    before = snapshot.take(began=began)
    with transaction.atomic(), rehearsed(folder) as rehearsal:
        stock(connect(world, rehearsal))
        rows = snapshot.take(began=began)
        rehearsal.process.terminate()
        assert rehearsal.process.wait(60) == 0  # its journal is whole
        transaction.set_rollback(True)
    return Prepared(folder, rehearsal.url, before, rows)


@contextmanager
def opened(world: make.World, folder: Path, prepared: Prepared) -> Iterator[Office]:
    """A copy of the prepared office for one test: its own files, connector and rows."""
    shutil.copytree(prepared.folder, folder, dirs_exist_ok=True)
    books = CompanyFile(folder / "company.sqlite3")
    process, url = _serve(folder, 0)
    rehearsal = Rehearsal(folder, books, process, url, int(url.rpartition(":")[2]))
    try:
        prepared.rows.restore(over=prepared.before, said={prepared.url: url})
        access = find_access(user=world.bea, company_id=world.northgate.pk)
        assert access is not None
        yield Office(world.northgate, world.bea, access, rehearsal)
    finally:
        rehearsal.stop()
        books.close()


def connect(world: make.World, rehearsal: Rehearsal) -> Office:
    """Save the connection, Verify it and refresh the lists, as a Super User would."""
    company = world.northgate
    Connection.objects.filter(company=company).update(
        url=rehearsal.url, username="tieout", updated_at=NOW
    )
    connection = Connection.objects.get(company=company)
    connection.password = PASSWORD
    connection.save()
    sam = find_access(user=world.sam, company_id=company.pk)
    bea = find_access(user=world.bea, company_id=company.pk)
    assert sam is not None
    assert bea is not None
    verify_connection.start(access=sam, now=NOW)
    ask_refresh(access=bea, now=NOW)
    office = Office(company, world.bea, bea, rehearsal)
    office.work()
    connection.refresh_from_db()
    assert connection.status == Connection.Status.ACTIVE, connection.ladder
    return office


def stock(office: Office) -> SourceJob:
    """One client, one mapped job, one mapped item."""
    company = office.company
    client = make.client(company)
    job = make.job(client)
    by_name = {row.full_name: row for row in company.qb_customers.all()}
    make.map_client(client, by_name["Acme Health"])
    make.map_job(job, by_name["Acme Health:Ortiz, Elena - ICU"])
    item: SourceItem = make.item(company)
    make.map_item(item, company.qb_entries.get(full_name="Regular Hours"))
    return job
