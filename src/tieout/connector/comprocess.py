"""The connector's handle on a COM worker process: ask it, and end it when it hangs."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Callable

from tieout.connector import comerrors, comframes, comworker
from tieout.connector.comframes import Frame, WorkerSettings
from tieout.connector.link import LinkError, Stage

log = logging.getLogger("tieout.connector")

DEATH_S = 10.0


class WorkerProcess:
    """A process that is asked one thing at a time; after any failure to answer it is dead."""

    def __init__(self, settings: WorkerSettings, prepare: Callable[[], None] | None) -> None:
        context = multiprocessing.get_context("spawn")
        requests, self._requests = context.Pipe(duplex=False)
        self._replies, replies = context.Pipe(duplex=False)
        self._process = context.Process(
            target=comworker.run,
            args=(settings, requests, replies, prepare),
            name="tieout-com",
            daemon=True,
        )
        self._lock = threading.Lock()
        self._waiting: object | None = None
        self._expired = False
        self._at: tuple[Stage, str] = ("open", "The worker process")
        try:
            self._process.start()
        except OSError as error:
            failed = comerrors.defect("open", "Worker", error)
            raise failed from error
        finally:
            # Only the child may hold these ends: its death must be seen as the end of the pipe.
            requests.close()
            replies.close()

    @property
    def pid(self) -> int:
        """The process id, for the log."""
        return self._process.pid or 0

    @property
    def alive(self) -> bool:
        """False once it was ended or ended by itself."""
        return self._process.is_alive()

    def ask(self, frame: Frame, *, stage: Stage, limit_s: float) -> Frame:
        """The answer; raises LinkError: what QuickBooks said, or 0x800706BE after `limit_s`
        seconds or the death of the process. Then nobody knows what became of a message set."""
        wait = object()
        timer = threading.Timer(limit_s, self._expire, (wait,))
        timer.daemon = True
        self._waiting = wait
        self._at = (stage, "The worker process")
        timer.start()
        try:
            return self._converse(frame)
        except (EOFError, OSError, ValueError) as error:
            self.kill()
            raise self._silent(stage, limit_s) from error
        finally:
            with self._lock:
                self._waiting = None
            timer.cancel()

    def dismiss(self) -> None:
        """Close the pipe and wait until it has ended by itself; else end it."""
        self._requests.close()
        self._process.join(DEATH_S)
        self.kill()

    def kill(self) -> None:
        """End the process, never QuickBooks, and wait for its death."""
        if self._process.is_alive():
            log.warning("ending COM worker %d; QuickBooks is left alone", self.pid)
            self._process.kill()
        self._process.join(DEATH_S)
        self._requests.close()
        self._replies.close()

    def _converse(self, frame: Frame) -> Frame:
        self._requests.send_bytes(comframes.encode(frame))
        while True:
            reply = comframes.decode(self._replies.recv_bytes())
            if "ok" not in reply:
                self._at = (reply["stage"], reply["call"])
            elif reply["ok"]:
                return reply
            else:
                raise comframes.link_error(reply)

    def _expire(self, wait: object) -> None:
        with self._lock:
            if self._waiting is not wait:
                return
            self._expired = True
            log.warning("COM worker %d does not answer; ending it", self.pid)
            self._process.kill()

    def _silent(self, asked: Stage, limit_s: float) -> LinkError:
        stage, call = self._at
        if self._expired:
            text = (
                f"No answer within {limit_s:.4g} seconds. A dialog may be waiting on the screen "
                "of QuickBooks; the connector ended its own worker, not QuickBooks."
            )
        else:
            text = f"The worker process ended (status {self._process.exitcode})."
        if asked != "open":
            stage = asked
        elif stage == "end":
            stage = "begin"  # it was closing what a failed beginning had left
        return comerrors.explained(stage, call, comerrors.RPC_CALL_FAILED, text)
