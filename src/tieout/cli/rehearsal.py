"""The rehearsal company of `tieout run`: made on the first start, served on every one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.cli import northgate
from tieout.cli.output import CommandError, note
from tieout.cli.passwords import random_password, write_private

if TYPE_CHECKING:
    from tieout.service.access import Access

USERNAME = "sam"
FULL_NAME = "Sam Northgate"
WAIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How to sign in; the password is "" when the person has changed it since."""

    username: str
    password: str
    file: Path | None = None


class Rehearsal:
    """A folder with the company file, the connector's data, the port and the first password."""

    def __init__(self, folder: Path, *, serve: bool) -> None:
        self.folder = folder
        self.serve = serve
        self._made = False  # on an earlier start
        self.company_file = folder / "northgate.sqlite3"
        self.connector_data = folder / "connector"
        self._port_file = folder / "port.txt"
        self._connector_password = folder / "connector-password.txt"
        self._password = folder / "first-sign-in.txt"

    @property
    def port(self) -> int | None:
        """The port on which it was served last."""
        if not self._port_file.exists():
            return None
        return int(self._port_file.read_text("ascii"))

    def connector_arguments(self, *, port: int) -> list[str]:
        """How the connector beside it is started."""
        return [
            "connector",
            "--sandbox", str(self.company_file),
            "--data", str(self.connector_data),
            "--tls", "off",
            "--port", str(port),
        ]  # fmt: skip

    def decide(self) -> None:
        """Look into the database whether it is served: not beside companies of somebody's own
        where ours is missing, and not where its company file is gone."""
        from tieout.store.queries import companies

        self._made = companies.by_name(northgate.COMPANY) is not None
        possible = self.company_file.exists() if self._made else not companies.all_companies()
        self.serve = self.serve and possible

    def prepare(self, *, port: int) -> Signing | None:
        """After `decide`: on the first start make everything; on a later one follow a changed port."""
        if self.serve and not self._made:
            self._make(port)
        elif self.serve:
            self._follow(port)
        elif not self._made or not self.company_file.exists():
            return None
        return self._signing()

    def _make(self, port: int) -> None:
        note(f"Making the rehearsal company {northgate.COMPANY} …")
        if self.folder.exists():
            shutil.rmtree(self.folder)  # a first start that was cut short
        northgate.make_company_file(self.company_file)
        connector_password = northgate.make_connector_user(self.connector_data)
        write_private(self._connector_password, connector_password)
        password = random_password()
        write_private(self._password, password)
        self._port_file.write_text(str(port), "ascii")
        access = northgate.make_company(
            person=northgate.Person(username=USERNAME, password=password, full_name=FULL_NAME),
            url=_url(port),
            connector_password=connector_password,
        )
        self._bring_in(access)

    def _bring_in(self, access: Access) -> None:
        from tieout.cli.import_files import bring_in

        report = bring_in(access, northgate.back_office())
        note(f"Imported its back office: {report.message}.")

    def _follow(self, port: int) -> None:
        """Another port than last time: the saved connection follows, and is to be verified."""
        if port == self.port:
            return
        from tieout.service import moments, save_connection
        from tieout.service.access import find_access
        from tieout.store.queries import companies, connections, members
        from tieout.store.queries.planning import rules_of

        company = companies.by_name(northgate.COMPANY)
        first = members.first_super_user(company_id=company.pk) if company else None
        access = find_access(user=first.user, company_id=first.company_id) if first else None
        if access is None:
            message = f"{northgate.COMPANY} has no Super User: `tieout person create` makes one."
            raise CommandError(message)
        row = connections.shown(company_id=access.company.pk)
        if row.url == _url(self.port or 0):
            settings = save_connection.ConnectionSettings(
                url=_url(port),
                username=row.username,
                password=self._connector_password.read_text("utf-8"),
                company_file=row.company_file,
                reason="the same connector was started on another port",
            )
            save_connection.save(
                access=access,
                settings=settings,
                rules=rules_of(access.company),
                now=moments.now(),
            )
            note(f"The connector is on port {port} now: Verify the connection again.")
        self._port_file.write_text(str(port), "ascii")

    def _signing(self) -> Signing:
        from django.contrib.auth import authenticate

        if not self._password.exists():
            return Signing(username=USERNAME, password="")
        password = self._password.read_text("utf-8")
        if authenticate(username=USERNAME, password=password) is None:
            return Signing(username=USERNAME, password="")
        return Signing(username=USERNAME, password=password, file=self._password)


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
