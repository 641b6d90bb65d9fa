"""The connector put together: settings in, a running program out."""

from __future__ import annotations

import logging
import signal
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import tieout
from tieout.connector import certificate as certificates
from tieout.connector.calls import Calls
from tieout.connector.gate import Gate
from tieout.connector.journal import Journal
from tieout.connector.link import Link
from tieout.connector.listener import Listener
from tieout.connector.lock import FolderLock
from tieout.connector.private import keep_private
from tieout.connector.settings import PORT_DEFAULT, Settings, SettingsError, check, is_loopback
from tieout.connector.shown import CALLS_SHOWN, Failure, Shown
from tieout.connector.sockets import Server
from tieout.connector.statuspage import HOST, StatusDoor
from tieout.connector.users import User
from tieout.connector.worker import Worker
from tieout.quickbooks import wire

__all__ = ["PORT_DEFAULT", "Program", "Settings", "StartError", "is_loopback", "utc_now"]

log = logging.getLogger("tieout.connector")

PRUNE_EVERY_S = 6 * 3600.0
LISTEN_FOR_SIGNALS_S = 0.5


class StartError(Exception):
    """The connector cannot start; one sentence with the remedy."""


class Program:
    """A connector that is ready to serve."""

    def __init__(
        self,
        *,
        settings: Settings,
        link: Link,
        users: dict[str, User],
        clock: Callable[[], datetime],
    ) -> None:
        _check(settings, users)
        self._settings = settings
        self._clock = clock
        self._started = clock()
        self._stop = threading.Event()
        self.fingerprint = ""
        tls = self._tls_context()
        self._lock = FolderLock(settings.data / "connector.lock")
        self._journal = self._open_journal()
        self._worker = Worker(
            link, clock=clock, idle_s=settings.idle_s, queue_max=settings.queue_max
        )
        self._calls = Calls(journal=self._journal, worker=self._worker, clock=clock)
        self._gate = Gate(users=users, allowed=settings.allowed)
        self._status_door = self._open_status_door()
        try:
            self._listener = Listener(
                (settings.host, settings.port),
                calls=self._calls,
                gate=self._gate,
                status=self._status,
                tls=tls,
            )
        except (OSError, OverflowError) as error:
            if self._status_door is not None:
                self._status_door.server_close()
            self._journal.close()
            self._lock.release()
            why = getattr(error, "strerror", None) or error
            msg = (
                f"Port {settings.port} on {settings.host} cannot be used ({why}): "
                "stop the other program or choose another --port."
            )
            raise StartError(msg) from error

    @property
    def url(self) -> str:
        """Where clients reach it from this machine."""
        scheme = "http" if self._settings.tls == "off" else "https"
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        return f"{scheme}://{host}:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on, also when any free one was asked for."""
        return self._listener.server_port

    @property
    def status_url(self) -> str:
        """Where people at this machine see how it is; "" when there is no page."""
        door = self._status_door
        return "" if door is None else f"http://{HOST}:{door.server_port}/"

    def serve(self) -> bool:
        """Serve until a signal or `stop`; True when every call ended before the program did."""
        self._worker.start()
        doors: list[Server] = [self._listener]
        if self._status_door is not None:
            doors.append(self._status_door)
        for door in doors:
            threading.Thread(target=door.serve_forever, args=(0.2,), daemon=True).start()
        self._keep_until_stopped()
        for door in doors:
            door.shutdown()
            door.socket.close()
        ended = self._calls.stop(grace_s=self._settings.grace_s)
        ended = self._listener.wait_until_quiet(10.0) and ended
        if ended:
            self._journal.close()
        self._lock.release()
        log.info("stopped%s", "" if ended else " while QuickBooks was still working")
        return ended

    def _keep_until_stopped(self) -> None:
        # In short waits: on Windows no signal interrupts a wait, so Ctrl-C would come hours late.
        prune_at = 0.0
        while True:
            if time.monotonic() >= prune_at:
                self._prune()
                prune_at = time.monotonic() + PRUNE_EVERY_S
            if self._stop.wait(LISTEN_FOR_SIGNALS_S):
                return

    def _open_journal(self) -> Journal:
        path = self._settings.data / "journal.sqlite3"
        try:
            return Journal(path, now=self._started)
        except (sqlite3.Error, wire.WireError) as error:
            self._lock.release()
            msg = (
                f"The journal {path} cannot be read ({error}): keep it for support, start with an "
                "empty --data folder, and let Tieout look up what is unconfirmed."
            )
            raise StartError(msg) from error

    def _prune(self) -> None:
        try:
            gone = self._journal.prune(now=self._clock(), keep_days=self._settings.keep_days)
        except sqlite3.Error:
            log.exception("old calls could not be taken out of the journal")
        else:
            log.info("%d old calls left the journal", gone)

    def stop(self) -> None:
        """Finish the running call, then stop."""
        self._stop.set()

    def stop_on_signals(self) -> None:
        """SIGINT, SIGTERM and Ctrl-Break stop the program; call it from the main thread."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), stop)

    def _status(self, user: User) -> wire.StatusReply:
        sessions = self._worker.sessions
        company_file, session_id, versions = sessions.shown
        return wire.StatusReply(
            version=tieout.__version__,
            contracts=(wire.CONTRACT_VERSION,),
            access=user.access,
            queue_length=self._worker.queue_length,
            queue_max=self._worker.queue_max,
            running=self._worker.running,
            quickbooks_up=sessions.quickbooks_up,
            company_file=company_file,
            session_id=session_id,
            session_versions=versions,
            last_error=sessions.last_error,
            last_error_at=sessions.last_error_at,
            started=self._started,
            journal_id=self._journal.journal_id,
            fences=self._journal.list_fences(),
        )

    def _open_status_door(self) -> StatusDoor | None:
        port = self._settings.status_port
        if port is None:
            return None
        try:
            return StatusDoor(port, shown=self._shown)
        except OSError as error:
            # QuickBooks is served without the page, too.
            log.warning("port %d is taken, so there is no status page: %s", port, error)
            return None

    def _shown(self) -> Shown:
        settings, sessions = self._settings, self._worker.sessions
        company_file, session_id, versions = sessions.shown
        failure = sessions.last_failure
        return Shown(
            version=tieout.__version__,
            now=self._clock(),
            started=self._started,
            url=self.url,
            fingerprint=self.fingerprint,
            rehearsal=settings.sandbox is not None,
            serves=str(settings.sandbox or settings.company_file or ""),
            quickbooks_up=sessions.quickbooks_up,
            company_file=company_file,
            session_id=session_id,
            session_versions=versions,
            queue_length=self._worker.queue_length,
            queue_max=self._worker.queue_max,
            running=self._worker.running,
            refused_logins=self._gate.refused,
            failure=None
            if failure is None
            else Failure(stage=failure[0].stage, code=failure[0].hresult, at=failure[1]),
            journal_id=self._journal.journal_id,
            journal=self._journal.facts(),
            calls=tuple(self._journal.list_latest(CALLS_SHOWN)),
        )

    def _tls_context(self) -> ssl.SSLContext | None:
        tls = self._settings.tls
        if tls == "off":
            return None
        folder = self._settings.data
        if isinstance(tls, tuple):
            certificate, key = tls
        else:
            certificate, key = folder / "certificate.pem", folder / "key.pem"
            if not (certificate.exists() and key.exists()):
                certificates.make_certificate(
                    certificate=certificate,
                    key=key,
                    names=certificates.own_names(self._settings.host),
                    now=self._started,
                )
        try:
            context = certificates.server_context(certificate=certificate, key=key)
            self.fingerprint = certificates.fingerprint(certificate)
        except (OSError, ValueError) as error:
            msg = f"The certificate {certificate} cannot be used ({error}): give another pair."
            raise StartError(msg) from error
        return context


def utc_now() -> datetime:
    """The clock of a real connector."""
    return datetime.now(UTC)


def _check(settings: Settings, users: dict[str, User]) -> None:
    try:
        check(settings)
    except SettingsError as error:
        msg = f"--{error}"
        raise StartError(msg) from error
    if not users:
        msg = "Nobody could log in: add a user with --user NAME or `tieout connector add-user`."
        raise StartError(msg)
    try:
        keep_private(settings.data)
    except OSError as error:
        msg = f"The folder {settings.data} cannot be used ({error}): choose another --data."
        raise StartError(msg) from error
