"""One thread that talks to QuickBooks, one request at a time, and a bounded queue before it.

The thread owns the link and its session (COM objects live in one apartment). A session is kept
for a burst and ended when idle: an open one keeps a hidden QuickBooks alive (observed).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime

from tieout.connector.link import Link, LinkError, LinkSession, Mode

log = logging.getLogger("tieout.connector")

Clock = Callable[[], datetime]


class Task:
    """Work for the thread. Whoever takes it first, the thread or a cancel, has it."""

    def __init__(self, work: Callable[[Sessions], None], *, label: str) -> None:
        self.label = label
        self.done = threading.Event()
        self.started = False
        self._work = work

    def run(self, sessions: Sessions) -> None:
        try:
            self._work(sessions)
        finally:
            self.done.set()


class Sessions:
    """The thread's one session with QuickBooks, and what the last contact showed."""

    def __init__(self, link: Link, *, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._key: tuple[str, str, Mode] | None = None
        self._session: LinkSession | None = None
        self.quickbooks_up: bool | None = None
        self.last_error = ""
        self.last_error_at: datetime | None = None
        self.last_failure: tuple[LinkError, datetime] | None = None
        self.latest_names: tuple[str, str, Mode] | None = None
        # Read by other threads for the status page: one tuple, replaced as a whole.
        self.shown: tuple[str, str, tuple[str, ...]] = ("", "", ())

    def get(self, *, app_name: str, company_file: str, mode: Mode) -> LinkSession:
        """The open session if it is the one asked for, else a new one; raises LinkError."""
        key = (app_name, company_file, mode)
        if self._session is not None and self._key == key:
            return self._session
        self.close()
        try:
            session = self._link.open_session(app_name, company_file, mode)
        except LinkError as error:
            self.note(error)
            raise
        self._session, self._key = session, key
        self.latest_names = key
        self.quickbooks_up = True
        self.shown = (session.company_file, session.session_id, tuple(session.versions))
        log.info("session %s opened on %s", session.session_id, session.company_file)
        return session

    def note(self, error: LinkError) -> None:
        """Remember a failure for the status page; QuickBooks may be gone."""
        self.quickbooks_up = False
        self.last_error = str(error)[:1000].encode("utf-8", "replace").decode("utf-8")
        self.last_error_at = at = self._clock()
        self.last_failure = (error, at)
        log.warning("%s", self.last_error)

    def drop(self, error: LinkError) -> None:
        """A failed request kills its session: the next call opens a new one."""
        self.note(error)
        self.close()

    def close(self) -> None:
        """End the session, if there is one; a QuickBooks that is already gone is no failure."""
        session, self._session, self._key = self._session, None, None
        if session is None:
            return
        self.shown = ("", "", ())
        try:
            session.close()
        except LinkError as error:
            log.warning("session %s did not end cleanly: %s", session.session_id, error)
        else:
            log.info("session %s ended", session.session_id)


class Worker:
    """The thread and its queue."""

    def __init__(self, link: Link, *, clock: Clock, idle_s: float, queue_max: int) -> None:
        self.sessions = Sessions(link, clock=clock)
        self.queue_max = queue_max
        self._idle_s = idle_s
        self._queue: deque[Task] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._current: Task | None = None
        self._thread = threading.Thread(target=self._run, name="quickbooks", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def queue_length(self) -> int:
        """How many tasks wait, the running one not counted."""
        return len(self._queue)

    @property
    def running(self) -> bool:
        """True while a task is with QuickBooks."""
        return self._current is not None

    @property
    def has_room(self) -> bool:
        """False when the next task would be refused."""
        return not self._stopping and len(self._queue) < self.queue_max

    def submit(self, task: Task) -> bool:
        """Queue a task; False when the queue is full or the worker is stopping."""
        with self._changed:
            if not self.has_room:
                return False
            self._queue.append(task)
            self._changed.notify_all()
            return True

    def cancel(self, task: Task) -> bool:
        """Take a task back; False when the thread already has it."""
        with self._changed:
            if task.started or task not in self._queue:
                return False
            self._queue.remove(task)
            return True

    def stop(self, *, grace_s: float) -> tuple[list[Task], bool]:
        """Take nothing new; let the running task end. Returns the tasks never started, and
        whether the thread ended within `grace_s` seconds."""
        with self._changed:
            self._stopping = True
            waiting = list(self._queue)
            self._queue.clear()
            self._changed.notify_all()
        self._thread.join(grace_s)
        return waiting, not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            task = self._next()
            if task is not None:
                self._run_one(task)
            elif self._stopping:
                break
            else:
                self.sessions.close()
        self.sessions.close()

    def _next(self) -> Task | None:
        """The next task; None when idle for long enough, or stopping."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stopping, self._idle_s)
            if not self._queue:
                return None
            task = self._queue.popleft()
            task.started = True
            self._current = task
            return task

    def _run_one(self, task: Task) -> None:
        try:
            task.run(self.sessions)
        except Exception:  # the thread must outlive a defect; the task's own reply says "unknown"
            log.exception("%s ended by a defect", task.label)
            self.sessions.close()
        finally:
            self._current = None
