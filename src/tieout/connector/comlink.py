"""QuickBooks Desktop behind the connector's door, on the Windows machine where it runs.

Each session is a worker process of its own that owns the COM objects. The connector ends that
process when a call exceeds its limit; it never ends QuickBooks.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tieout.connector import comerrors, comversions
from tieout.connector.comframes import WorkerSettings
from tieout.connector.comprocess import WorkerProcess
from tieout.connector.link import Mode
from tieout.quickbooks import wire
from tieout.quickbooks.qbxml import VERSION

log = logging.getLogger("tieout.connector")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds. Opening may have to start QuickBooks (30 at least) and waits for the
    administrator's approval; `process_s` bounds a message set whatever its call allows. A process
    that is still silent then is ended. An orphaned worker has `orphan_s` to end its session, and
    the next one waits `lock_s` for it."""

    open_s: float = 180.0
    process_s: float = 120.0
    end_s: float = 30.0
    lock_s: float = 15.0
    orphan_s: float = 10.0


def why_not_here(platform: str = sys.platform) -> str:
    """Why this machine cannot reach QuickBooks, in one sentence; "" when it may."""
    if platform != "win32":
        return (
            "QuickBooks cannot be reached from this machine: run the connector on the Windows "
            "machine where QuickBooks is installed, or rehearse with --sandbox FILE."
        )
    if importlib.util.find_spec("pythoncom") is None:
        return (
            "The connector needs pywin32 to reach QuickBooks: run `pip install pywin32` in its "
            "Python on this Windows machine."
        )
    return ""


class ComLink:
    """Opens sessions with QuickBooks through QBXMLRP2.

    `company_file` is the only file it serves; "" serves what a call asks for, or the file that is
    open. `lock` is a file of its own in the data folder. `prepare` runs first in each worker
    process and must be importable there; a rehearsal without Windows puts its COM in place by it.
    """

    def __init__(
        self,
        *,
        company_file: str,
        lock: Path,
        limits: Limits | None = None,
        read_only: bool = False,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._company_file = company_file
        self._limits = limits or Limits()
        self._settings = WorkerSettings(
            lock=lock,
            lock_s=self._limits.lock_s,
            grace_s=self._limits.orphan_s,
            read_only=read_only,
        )
        self._prepare = prepare

    def open_session(self, app_name: str, company_file: str, mode: Mode) -> ComSession:
        """BeginSession on the file this connector serves; raises LinkError, stage open or begin."""
        wanted = self._wanted(company_file)
        worker = WorkerProcess(self._settings, self._prepare)
        try:
            opened = worker.ask(
                {"do": "open", "app_name": app_name, "company_file": wanted, "mode": mode},
                stage="open",
                limit_s=self._limits.open_s,
            )
            session = ComSession(
                worker,
                limits=self._limits,
                company_file=opened["company_file"],
                versions=comversions.ordered(opened["versions"]),
            )
            session.check(wanted)
        except BaseException:
            worker.dismiss()
            raise
        log.info("COM worker %d (%d bit) began a session", worker.pid, comerrors.bits())
        return session

    def _wanted(self, company_file: str) -> str:
        served, asked = self._company_file, company_file
        if served and asked and wire.fence_key(served) != wire.fence_key(asked):
            text = f"This connector serves {served}, the call asks for {asked}."
            refused = comerrors.explained("begin", "Connector", comerrors.WRONG_FILE, text)
            raise refused
        return served or asked


class ComSession:
    """One session, in its own worker process."""

    def __init__(
        self,
        worker: WorkerProcess,
        *,
        limits: Limits,
        company_file: str,
        versions: tuple[str, ...],
    ) -> None:
        self._worker = worker
        self._limits = limits
        self.session_id: str = f"com-{uuid.uuid4()}"
        self.company_file: str = company_file
        self.versions: tuple[str, ...] = versions

    def check(self, wanted: str) -> None:
        """Refuse another file than `wanted` and a QuickBooks that is too old; LinkError, begin."""
        if not self.company_file:
            code, text = comerrors.FILE_NAME_UNAVAILABLE, "QuickBooks named no company file."
        elif wanted and wire.fence_key(wanted) != wire.fence_key(self.company_file):
            code, text = comerrors.WRONG_FILE, f"{self.company_file} is open, not {wanted}."
        elif not comversions.is_spoken(self.versions):
            offered = ", ".join(self.versions) or "none"
            code, text = (
                comerrors.VERSION_UNKNOWN,
                f"It speaks qbXML {offered}; Tieout needs {VERSION}, of QuickBooks 2014 or newer.",
            )
        else:
            return
        refused = comerrors.explained("begin", "BeginSession", code, text)
        raise refused

    def process(self, qbxml: str, *, limit_s: float) -> str:
        """One message set, its answer; raises LinkError, after which the session is to be closed.

        After the call's limit, or this link's own if that is shorter, the worker process is
        ended: 0x800706BE, and nobody knows whether the set ran.
        """
        reply = self._worker.ask(
            {"do": "process", "qbxml": qbxml},
            stage="process",
            limit_s=min(limit_s, self._limits.process_s),
        )
        return str(reply["qbxml"])

    def close(self) -> None:
        """EndSession, CloseConnection and the end of the process; a dead worker is no failure."""
        if not self._worker.alive:
            self._worker.kill()
            return
        try:
            self._worker.ask({"do": "end"}, stage="end", limit_s=self._limits.end_s)
        finally:
            self._worker.dismiss()
