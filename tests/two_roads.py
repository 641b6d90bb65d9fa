"""Northgate over either road within this process: nothing to start, everything real but the wire.

The Remote Connector is there with its journal, fence and worker thread, without HTTP; the Web
Connector is the tests' double.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.factories import NOW, World
from tests.rehearsal import DESCRIPTION, stock
from tests.web_connector_office import open_desk

from tieout.channels import failures
from tieout.channels.base import Answer
from tieout.channels.remote import RemoteChannel, RemoteSettings
from tieout.connector import worker as connector_worker
from tieout.connector.calls import Calls
from tieout.connector.journal import Journal
from tieout.connector.problems import Problem
from tieout.connector.sandbox_link import SandboxLink
from tieout.quickbooks import wire
from tieout.sandbox import CompanyFile
from tieout.service import company_facts, connect, moments
from tieout.service.access import Access, find_access
from tieout.service.ask_refresh import ask_refresh
from tieout.service.worker import Worker
from tieout.store.models import Book, Company, Connection, User


@dataclass
class Books:
    """What the tests of a rehearsal look for under this name."""

    books: CompanyFile


@dataclass
class Office:
    """Northgate connected, refreshed and with one mapped job. `work`: all that is due."""

    company: Company
    clerk: User
    access: Access
    rehearsal: Books
    work: Callable[[], object]
    road: str


class DirectChannel(RemoteChannel):
    """A connector that is called without HTTP."""

    def __init__(self, folder: Path) -> None:
        super().__init__(RemoteSettings(url="http://127.0.0.1:1", username="", password=""))
        clock = lambda: datetime.now(UTC)  # noqa: E731
        self.journal = Journal(folder / "journal.sqlite3", now=clock(), durable=False)
        link = SandboxLink(folder / "company.sqlite3")
        self.worker = connector_worker.Worker(link, clock=clock, idle_s=60, queue_max=8)
        self.worker.start()
        self.calls = Calls(journal=self.journal, worker=self.worker, clock=clock)

    def _ask(self, method: str, path: str, kind: type, *, wait_s: float, writes: bool,
             body: bytes | None = None) -> Any:  # fmt: skip
        try:
            reply = self._reply(path, body)
        except Problem as broken:
            return failures.from_problem(
                broken.status, broken.reply, retry_after_s=broken.retry_after_s, writes=writes
            )
        return replace(reply, journal_id=self.calls.journal_id)

    def _reply(self, path: str, body: bytes | None) -> wire.ProcessReply:
        if path == "/v1/process":
            call = wire.decode(wire.ProcessCall, body or b"")
            return self.calls.process(call, user="tieout", access="full")
        call_id = path.removeprefix("/v1/calls/").removesuffix("/withdraw")
        if not path.endswith("/withdraw"):
            return self.calls.recall(call_id)
        withdrawal = wire.decode(wire.WithdrawCall, body or b"")
        return self.calls.withdraw(call_id, withdrawal, user="tieout")

    def close(self) -> None:
        self.calls.stop(grace_s=1)
        self.journal.close()


@contextmanager
def open_office(
    road: str, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Northgate on this road, ready to work."""
    if road == Connection.Road.WEB_CONNECTOR:
        desk = open_desk(world, folder)
        made = _office(world, desk.books, desk.connector.update, road)
        ask_refresh(access=made.access, now=moments.now())
        desk.connector.update()
        stock(made)  # type: ignore[arg-type]
        yield made
        desk.books.close()
        return
    books = CompanyFile.create(folder / "company.sqlite3", name=DESCRIPTION["name"])
    books.load(DESCRIPTION)
    channel = DirectChannel(folder)
    monkeypatch.setattr(connect, "_channel", lambda company_id, settings: channel)
    made = _office(world, books, lambda: Worker().run_until_idle(), road)
    try:
        _verified(made.company)
        ask_refresh(access=made.access, now=moments.now())
        made.work()
        stock(made)  # type: ignore[arg-type]
        yield made
    finally:
        channel.close()
        books.close()


def _office(world: World, books: CompanyFile, work: Callable[[], object], road: str) -> Office:
    access = find_access(user=world.bea, company_id=world.northgate.pk)
    assert access is not None
    Company.objects.update(create_jobs=True, keep_job_data=True)
    return Office(world.northgate, world.bea, access, Books(books), work, road)


def _verified(company: Company) -> None:
    """As Verify leaves it."""
    Connection.objects.filter(company=company).update(
        url="http://127.0.0.1:1", username="tieout", status="active", updated_at=NOW
    )
    line = connect.line_to(company_id=company.pk)
    answer: Answer = line.channel.deliver(line.ask(company_facts.request()))
    columns = company_facts.read(answer).book_columns()
    Book.objects.filter(company=company).update(**columns, read_at=NOW)
