"""The process that talks COM: its main thread owns QuickBooks' request processor.

One process per session, so that a hang can be ended by ending the process, and QuickBooks itself
is never touched. A second thread only reads the pipe. When the connector is gone, what runs may
end and the session is closed; what has not begun never begins; after a grace the process ends.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from tieout.connector import comerrors, comframes
from tieout.connector.comframes import Frame, WorkerSettings
from tieout.connector.comprocessor import Processor
from tieout.connector.link import LinkError, Stage
from tieout.connector.lock import FolderLock, FolderTaken

PUMP_EVERY_S = 0.2
ORPHANED = 3  # exit status when the session could not be ended in time


class Inbox:
    """The connector's requests, read by a thread of their own."""

    def __init__(self, pipe: Connection, *, grace_s: float) -> None:
        self._pipe = pipe
        self._grace_s = grace_s
        self._frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self.orphaned = threading.Event()
        self.done = threading.Event()
        self._thread = threading.Thread(target=self._read, name="inbox", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def next(self, *, idle: Callable[[], None]) -> Frame | None:
        """The next request; None once the connector is gone. `idle` runs while nothing comes."""
        while True:
            try:
                frame = self._frames.get(timeout=PUMP_EVERY_S)
            except queue.Empty:
                idle()
            else:
                return None if self.orphaned.is_set() else frame

    def _read(self) -> None:
        try:
            while True:
                self._frames.put(comframes.decode(self._pipe.recv_bytes()))
        except (EOFError, OSError, ValueError):
            self.orphaned.set()
            self._frames.put(None)
        if not self.done.wait(self._grace_s):
            os._exit(ORPHANED)


def run(
    settings: WorkerSettings,
    requests: Connection,
    replies: Connection,
    prepare: Callable[[], None] | None = None,
) -> None:
    """The life of a worker process. `prepare` runs first; a rehearsal puts its own COM there."""
    # Ctrl-C in the connector's window reaches this process too; the connector decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if prepare is not None:
        prepare()

    def announce(stage: Stage, call: str) -> None:
        with contextlib.suppress(OSError):
            replies.send_bytes(comframes.encode({"stage": stage, "call": call}))

    inbox = Inbox(requests, grace_s=settings.grace_s)
    inbox.start()
    processor = Processor(announce=announce, read_only=settings.read_only)
    try:
        lock = _take_lock(settings)
        serve(inbox, replies, processor)
        lock.release()
    except LinkError as error:
        _reply(replies, comframes.failure(error))
    finally:
        inbox.done.set()


def serve(inbox: Inbox, replies: Connection, processor: Processor) -> None:
    """Answer requests until `end`, or until the connector is gone; ends the session always."""
    try:
        while (frame := inbox.next(idle=processor.pump)) is not None:
            if not _reply(replies, _answer(frame, processor)) or frame["do"] == "end":
                break
    finally:
        with contextlib.suppress(LinkError):
            processor.end()


def _answer(frame: Frame, processor: Processor) -> Frame:
    try:
        if frame["do"] == "open":
            opened = processor.open(
                app_name=frame["app_name"],
                company_file=frame["company_file"],
                mode=frame["mode"],
            )
            return {"ok": True, "company_file": opened.company_file, "versions": opened.versions}
        if frame["do"] == "process":
            return {"ok": True, "qbxml": processor.process(frame["qbxml"])}
        processor.end()
    except LinkError as error:
        return comframes.failure(error)
    return {"ok": True}


def _reply(replies: Connection, frame: Frame) -> bool:
    try:
        replies.send_bytes(comframes.encode(frame))
    except OSError:
        return False
    return True


def _take_lock(settings: WorkerSettings) -> FolderLock:
    """The proof that no earlier worker lives; raises LinkError when one does not end."""
    until = time.monotonic() + settings.lock_s
    while True:
        try:
            return FolderLock(settings.lock)
        except FolderTaken as error:
            if time.monotonic() >= until:
                text = "The process of the session before has not ended yet."
                refused = comerrors.explained("open", "Worker", comerrors.LOCKED, text)
                raise refused from error
        except OSError as error:
            failed = comerrors.defect("open", "Worker", error)
            raise failed from error
        time.sleep(0.05)
