"""Northgate over the Web Connector's road: an account, a rehearsal company, and invoices to send."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests import factories as make
from tests.factories import NOW
from tests.machine_call import post
from tests.rehearsal import DESCRIPTION, stock
from tests.web_connector_double import INTUIT, WebConnector

from tieout.sandbox import CompanyFile
from tieout.service import moments, plan_export, qbwc_account, run_export
from tieout.service.access import Access, find_access
from tieout.service.ask_refresh import ask_refresh
from tieout.store.models import (
    Company,
    Connection,
    Posting,
    SourceInvoice,
    SourceJob,
    WebConnectorSession,
)


class ClientPost:
    """The service inside this process, through the application that the web server runs."""

    def __init__(self, address: str = "203.0.113.7") -> None:
        self._address = address

    def __call__(self, body: bytes, method: str) -> bytes:
        headers = {"SOAPAction": f'"{INTUIT}{method}"'}
        reply = post("/qbwc/", body, headers=headers, REMOTE_ADDR=self._address)
        assert reply.status == "200 OK"
        assert reply.headers["Content-Type"] == "text/xml; charset=utf-8"
        return reply.content


@dataclass
class Desk:
    """The company, its people, its books, and the Web Connector beside them."""

    company: Company
    access: Access
    books: CompanyFile
    connector: WebConnector
    password: str

    def another(self, address: str = "203.0.113.8") -> WebConnector:
        """A second Web Connector with the same account."""
        return WebConnector(
            post=ClientPost(address),
            user_name=self.connector.user_name,
            password=self.password,
            books=self.books,
            sleep=self.connector.sleep,
        )

    def refresh(self) -> None:
        """Ask for the lists and let the Web Connector carry the pages."""
        ask_refresh(access=self.access, now=moments.now())
        self.connector.update()

    def make_ready(self, *numbers: str) -> None:
        """Invoices of one mapped job, planned."""
        job = SourceJob.objects.filter(company=self.company).first() or stock(self)
        for number in numbers:
            make.invoice(job.client, number)
        plan_export.plan_waiting(company_id=self.company.pk)

    def queue(self) -> None:
        """Export all that is ready."""
        ready = SourceInvoice.objects.filter(company=self.company, standing="ready")
        run_export.start(
            access=self.access, invoice_ids=[row.pk for row in ready], now=moments.now()
        )

    def numbers(self) -> list[str]:
        """The invoices that QuickBooks really holds."""
        return sorted(row.number for row in self.books.list_invoices())

    def states(self) -> dict[str, str]:
        """Number -> state of every posting."""
        rows = Posting.objects.filter(company=self.company).order_by("number")
        return dict(rows.values_list("number", "state"))

    def session(self) -> WebConnectorSession:
        """The latest update."""
        latest = WebConnectorSession.objects.filter(company=self.company).order_by("-id").first()
        assert latest is not None
        return latest


def open_desk(world: make.World, folder: Path) -> Desk:
    """Northgate on the Web Connector's road; QuickBooks was not looked at yet."""
    books = CompanyFile.create(folder / "company.sqlite3", name=str(DESCRIPTION["name"]))
    books.load(DESCRIPTION)
    access = find_access(user=world.sam, company_id=world.northgate.pk)
    assert access is not None
    password = qbwc_account.make_password(access=access, now=NOW)
    qbwc_account.switch(access=access, road=Connection.Road.WEB_CONNECTOR, now=NOW)
    account = qbwc_account.ensure(access=access, now=NOW)
    connector = WebConnector(
        post=ClientPost(), user_name=account.user_name, password=password, books=books
    )
    return Desk(world.northgate, access, books, connector, password)
