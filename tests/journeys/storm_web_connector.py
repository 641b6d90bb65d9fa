"""The storm over the road on which Tieout is called: Web Connectors behind a wire that is cut."""

from __future__ import annotations

from collections.abc import Callable

from tests.journeys.cutting_proxy import CuttingProxy
from tests.journeys.installation import Installation, free_port
from tests.journeys.office import Office
from tests.journeys.storm import HAPPENS_S, Storm
from tests.journeys.web_connector_process import __name__ as UPDATING
from tests.nursery import Child

WORK = (b"sendRequestXML", b"receiveResponseXML")
TICKET_S, FENCE_S = 2, 4  # ten and fifteen minutes in real life


class CalledOffice(Office):
    """An agency whose Web Connectors call, each with QuickBooks in a process of its own."""

    def open_quickbooks(self) -> None:
        """There is no program of ours beside QuickBooks."""

    def take_road(self, url: str) -> None:
        """Choose the Web Connector's road and make the password."""
        self.url = url
        self.run("web-connector", "use")
        made = self.run("web-connector", "password")
        self.user = made["user_name"]
        self.password_file = self.folder / "password"
        self.password_file.write_text(made["password"], encoding="utf-8")

    def web_connector(self, name: str) -> Child:
        """One more Web Connector that updates again and again."""
        return self.installation.start(
            name, UPDATING, "--url", self.url, "--user", self.user,
            "--password-file", str(self.password_file),
            "--books", str(self.folder / "company.sqlite3"),
        )  # fmt: skip


class WebConnectorStorm(Storm):
    """Two Web Connectors, two web servers, a worker: each is killed, and stopped beyond its time.

    It needs PostgreSQL. A balancer stands before the web servers: the wire that is cut.
    """

    office: CalledOffice

    def settings(self) -> dict[str, str]:
        self.ticket_s, self.fence_s = self.paced(TICKET_S), self.paced(FENCE_S)
        return super().settings() | {
            "TIEOUT_WEB_CONNECTOR_TICKET_S": str(self.ticket_s),
            "TIEOUT_WEB_CONNECTOR_FENCE_S": str(self.fence_s),
        }

    def close(self) -> None:
        self.proxy.close()
        super().close()

    def open_office(self) -> Office:
        installation: Installation = self.installation
        self.ports = [installation.port, free_port()]
        self.webs = [installation.web, installation.another_web(self.ports[1])]
        self.proxy = CuttingProxy(*self.ports)
        office = CalledOffice(installation, self.folder / "office", 1)
        office.take_road(f"http://127.0.0.1:{self.proxy.port}/qbwc/")
        self.connectors = [office.web_connector(f"web-connector-{n}") for n in (1, 2)]
        office.bring_in()
        office.run("refresh")
        office.map("clients", "items", "jobs")
        return office

    def kinds(self) -> list[tuple[Callable[[], str], int]]:
        return [
            (self._cut, 40),
            (self._quickbooks_fails, 25),
            (self._kill_connector, 10),
            (self._kill_web, 10),
            (self._kill_worker, 3),
            (self._stop_connector, 6),
            (self._stop_web, 6),
            (self._stop_worker, 1),
        ]

    def processes(self) -> dict[str, Child]:
        found = {"worker": self.installation.worker}
        found |= {f"web {n}": each for n, each in enumerate(self.webs)}
        return found | {f"web connector {n}": each for n, each in enumerate(self.connectors)}

    def revive(self) -> None:
        for place, connector in enumerate(self.connectors):
            if (code := connector.poll()) is not None:
                assert code < 0, f"a Web Connector was told what it may never be told ({code})"
                self.installation.end(connector)
                self.connectors[place] = self.office.web_connector(f"web-connector-{place + 1}")
        assert not self._alive(), self._alive()

    def calm(self) -> None:
        self.proxy.spare()
        super().calm()

    def _cut(self) -> str:
        """Anywhere in the calls that bring work or its answer; every fourth time in any call."""
        before = self.proxy.cuts
        marks = WORK if self.random.random() < 0.75 else ()
        self.proxy.cut_after(self.random.randint(0, 6000), *marks)
        self._until(lambda: self.proxy.cuts > before, HAPPENS_S)
        return "wire cut" if self.proxy.cuts > before else "nothing to cut"

    def _kill_connector(self) -> str:
        self.random.choice(self.connectors).kill()
        self._until(self._somebody_is_dead, HAPPENS_S)
        return "web connector killed"

    def _kill_web(self) -> str:
        """One that a Web Connector calls, or the one at which a clerk presses Export."""
        place = self.random.randrange(len(self.webs))

        def kill() -> None:
            self.installation.end(self.webs[place])

        self._strike_web(place, kill)
        self._wait_for_port(self.ports[place])
        self.webs[place] = self.installation.another_web(self.ports[place])
        return "web killed"

    def _kill_worker(self) -> str:
        self.installation.kill_worker()
        self.installation.start_worker()
        return "worker killed"

    def _stop_connector(self) -> str:
        """Beyond its ticket, every third time also beyond the fence: then it calls, or writes, on."""
        beyond = self.random.choice((self.ticket_s, self.ticket_s, self.fence_s))
        self._stop(self.random.choice(self.connectors), beyond + 0.2)
        return "web connector stopped"

    def _stop_web(self) -> str:
        place = self.random.randrange(len(self.webs))
        self._strike_web(place, lambda: self._stop(self.webs[place], self.ticket_s + 0.2))
        return "web stopped"

    def _stop_worker(self) -> str:
        self._stop(self.installation.worker, self.lease_s + 0.2)
        return "worker stopped"

    def _strike_web(self, place: int, strike: Callable[[], None]) -> None:
        if self.ports[place] == self.installation.port:
            self._while_pressing(strike)
        else:
            strike()
