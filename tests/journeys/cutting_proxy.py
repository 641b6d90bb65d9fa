"""A wire that can be cut in the middle of a byte stream: a TCP proxy before what is called."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close at once, the other side sees a reset
PIECE = 1024


class CuttingProxy:
    """Listens on a free port and passes everything on, until it is told to cut.

    Several targets are called in turn; one that does not listen is passed over.
    """

    def __init__(self, *target_ports: int) -> None:
        self._targets = list(target_ports)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._left: int | None = None  # bytes that may still pass before the cut
        self._marks: tuple[bytes, ...] = ()
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, count: int, *marks: bytes) -> None:
        """Cut the connection that carries the byte after `count` more, whoever sends it.

        With `marks` only connections count whose first bytes hold one of them.
        """
        with self._lock:
            self._left, self._marks = count, marks

    def spare(self) -> None:
        """Cut nothing any more: what was ordered and met no byte yet is called off."""
        with self._lock:
            self._left = None

    def close(self) -> None:
        """Listen no more: a pending accept is woken, closing alone would leave it waiting."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed: the run is over
            while True:
                ours = self._listener.accept()[0]
                threading.Thread(target=self._connect, args=(ours,), daemon=True).start()
                del ours  # its own thread closes it

    def _connect(self, ours: socket.socket) -> None:
        """Carry one connection to its end, however it ends; both sockets are closed here."""
        with ours:
            theirs = self._reach()
            if theirs is None:
                _reset(ours)  # nobody listens just now
                return
            with theirs:
                theirs.settimeout(None)
                opening: list[bytes] = []  # the first bytes of the connection
                back = threading.Thread(
                    target=self._pump, args=(theirs, ours, opening), daemon=True
                )
                back.start()
                self._pump(ours, theirs, opening)
                back.join()

    def _reach(self) -> socket.socket | None:
        with self._lock:
            self._targets.append(self._targets.pop(0))
            in_turn = list(self._targets)
        for port in in_turn:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), timeout=5)
        return None

    def _pump(self, source: socket.socket, sink: socket.socket, opening: list[bytes]) -> None:
        try:
            while piece := source.recv(PIECE):
                if not opening:
                    opening.append(piece)
                passed = self._allowed(len(piece), opening[0])
                sink.sendall(piece[:passed])
                if passed < len(piece):
                    break
            else:
                sink.shutdown(socket.SHUT_WR)  # an orderly end is passed on as one
                return
        except OSError:
            pass  # the other pump has cut, or one end has died: both are reset
        _reset(source)
        _reset(sink)

    def _allowed(self, count: int, opening: bytes) -> int:
        with self._lock:
            if self._left is None:
                return count
            if self._marks and not any(mark in opening for mark in self._marks):
                return count
            if self._left >= count:
                self._left -= count
                return count
            passed, self._left = self._left, None
            self.cuts += 1
            return passed


def _reset(end: socket.socket) -> None:
    """End it hard: the peer sees a reset, and a pump that waits in recv wakes up."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
