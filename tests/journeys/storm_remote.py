"""The storm over the road on which Tieout calls: the Remote Connector behind a wire that is cut."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from tests.journeys.cutting_proxy import CuttingProxy
from tests.journeys.office import Office
from tests.journeys.storm import HAPPENS_S, Storm
from tests.nursery import Child


class RemoteStorm(Storm):
    """Web, worker (two on PostgreSQL), connector: each is killed, and stopped beyond the lease."""

    def __init__(self, folder: Path, *, seed: int, database: str = "") -> None:
        super().__init__(folder, seed=seed, database=database)
        self.workers = [self.installation.worker]
        if database:
            self.workers.append(self.installation.another_worker())

    def close(self) -> None:
        self.proxy.close()
        super().close()

    def open_office(self) -> Office:
        office = Office(self.installation, self.folder / "office", 1)
        self.connector_port = int(office.connector_url.rpartition(":")[2])
        self.proxy = CuttingProxy(self.connector_port)
        office.connector_url = f"http://127.0.0.1:{self.proxy.port}"
        office.made_ready()
        return office

    def kinds(self) -> list[tuple[Callable[[], str], int]]:
        return [
            (self._cut, 40),
            (self._quickbooks_fails, 25),
            (self._kill_worker, 12),
            (self._kill_connector, 10),
            (self._kill_web, 6),
            (self._stop_worker, 5),
            (self._stop_connector, 3),
            (self._stop_web, 3),
        ]

    def processes(self) -> dict[str, Child]:
        return {"connector": self.office.connector, "web": self.installation.web} | {
            f"worker {place}": worker for place, worker in enumerate(self.workers)
        }

    def revive(self) -> None:
        if self.office.connector.poll() is not None:
            self.office.connector_url = f"http://127.0.0.1:{self.connector_port}"
            self.office.start_connector_again()
            self.office.connector_url = f"http://127.0.0.1:{self.proxy.port}"
        assert not self._alive(), self._alive()

    def calm(self) -> None:
        self.proxy.spare()
        super().calm()

    def _cut(self) -> str:
        """Anywhere in a request or its answer, headers and bodies alike."""
        before = self.proxy.cuts
        self.proxy.cut_after(self.random.randint(0, 6000))
        self._until(lambda: self.proxy.cuts > before, HAPPENS_S)
        return "wire cut" if self.proxy.cuts > before else "nothing to cut"

    def _kill_worker(self) -> str:
        place = self.random.randrange(len(self.workers))
        self.installation.end(self.workers[place])
        self.workers[place] = self.installation.another_worker()
        return "worker killed"

    def _kill_connector(self) -> str:
        self.office.connector.send_signal(signal.SIGKILL)
        self.office.connector.wait()
        return "connector killed"

    def _kill_web(self) -> str:
        """While a clerk presses Export."""
        self._while_pressing(lambda: self.installation.end(self.installation.web))
        self._wait_for_port(self.installation.port)
        self.installation.start_web()
        return "web killed"

    def _stop_worker(self) -> str:
        self._stop(self.random.choice(self.workers), self.lease_s + 0.2)
        return "worker stopped"

    def _stop_connector(self) -> str:
        self._stop(self.office.connector, self.lease_s + 0.2)
        return "connector stopped"

    def _stop_web(self) -> str:
        """While a clerk presses Export: it may hold locks in the database meanwhile."""
        self._while_pressing(lambda: self._stop(self.installation.web, self.lease_s + 0.2))
        return "web stopped"
