"""A company of the installation: its people, its connector, and its books in QuickBooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.journeys import agency
from tests.journeys.installation import Installation
from tests.nursery import Child

from tieout.sandbox import CompanyFile


class Office:
    """One agency with a Super User (sam) and a Biller (bea), and its own rehearsal QuickBooks."""

    def __init__(
        self,
        installation: Installation,
        folder: Path,
        number: int,
        books: dict[str, Any] = agency.QUICKBOOKS,
    ) -> None:
        self.installation = installation
        self.folder = folder
        self.name = f"Northgate {number}"
        self.people = {"sam": f"sam{number}", "bea": f"bea{number}"}
        self.books = CompanyFile.create(folder / "company.sqlite3", name=self.name)
        self.books.load(books)
        self.open_quickbooks()
        made = installation.run("company", "create", self.name, "--rehearsal")
        self.path = f"{installation.url}/c/{made['id']}/"
        self.id = made["id"]
        for person, role in (("sam", "super_user"), ("bea", "biller")):
            self.run(
                "person", "create", self.people[person], "--name", person.title(),
                "--role", role, "--password-env", "JOURNEY_PASSWORD",
            )  # fmt: skip

    def open_quickbooks(self) -> None:
        """Start the program beside QuickBooks."""
        self.connector, self.connector_url = self._start_connector()

    def run(self, *argv: str, status: int = 0) -> Any:
        """A `tieout` command for this company."""
        return self.installation.run(*argv, "--company", self.name, status=status)

    def bring_in(self, *files: Path) -> None:
        """Import what the back office has: by default the usual four files."""
        paths = files or agency.write_files(self.folder)
        self.run("import", *map(str, paths))

    def connect(self) -> None:
        """Save the connection, verify it and read the lists, as `sam` does on the pages."""
        self.run(
            "connection", "set", "--url", self.connector_url, "--username", "tieout",
            "--password-env", "CONNECTOR_PASSWORD",
        )  # fmt: skip
        self.run("verify")
        self.run("refresh")

    def map(self, *kinds: str) -> None:
        """Apply the mapping files of these kinds: clients, items, jobs."""
        for kind in kinds:
            path = self.folder / f"{kind}-mappings.csv"
            path.write_text(agency.MAPPINGS[kind], encoding="utf-8")
            self.run("mappings", kind, "import", str(path))
        self.run("plan")

    def made_ready(self) -> None:
        """Everything up to Invoices: imported, connected, mapped, planned."""
        self.bring_in()
        self.connect()
        self.map("clients", "items", "jobs")

    def in_quickbooks(self) -> list[tuple[str, str, str]]:
        """(number, Customer:Job, total) of every invoice, read from the company file itself."""
        rows = self.books.list_invoices()
        return sorted((row.number, row.customer, f"{row.total:.2f}") for row in rows)

    def start_connector_again(self) -> None:
        """On the same port, with the same journal, after it died."""
        port = int(self.connector_url.rpartition(":")[2])
        self.installation.end(self.connector)
        self.connector, _ = self._start_connector(port)

    def _start_connector(self, port: int = 0) -> tuple[Child, str]:
        return self.installation.connector(
            self.folder / "connector", "--sandbox", str(self.folder / "company.sqlite3"), port=port
        )

    def close(self) -> None:
        self.books.close()
        self.installation.end(self.connector)
