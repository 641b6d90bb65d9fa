"""The listening side of HTTP: bounded connections, clocked reading. No routes here."""

from __future__ import annotations

import io
import logging
import os
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from tieout.quickbooks import wire

log = logging.getLogger("tieout.connector")

CONNECTIONS_MAX = 64
CONNECTIONS_PER_CLIENT_MAX = 24
# Bodies held in memory at the same time, over all connections.
BODIES_BYTES_MAX = 3 * wire.BODY_BYTES_MAX


class TooSlow(OSError):
    """The other side kept us waiting for longer than a request may take."""


class ClockedReader(io.RawIOBase):
    """Reads a socket until a moment, however many small pieces the bytes come in."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._until = 0.0

    def allow(self, seconds: float) -> None:
        """Everything read from now on must come within so many seconds."""
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TooSlow
        self._connection.settimeout(left)
        try:
            return self._connection.recv_into(buffer)
        except TimeoutError as error:
            raise TooSlow from error


class HeadReader(io.BufferedReader):
    """Remembers the last line it read: a head that is whole ends with an empty one."""

    last_line = b""

    def readline(self, size: int | None = -1, /) -> bytes:
        self.last_line = super().readline(size)
        return self.last_line


class Server(ThreadingHTTPServer):
    """The listening socket; one thread per connection, a bounded number of them."""

    daemon_threads = True
    request_queue_size = 64
    # On Windows the option would let a second program take the port from under us.
    allow_reuse_address = os.name != "nt"
    allow_reuse_port = False

    def __init__(self, address: tuple[str, int], handler: Any, *, tls: ssl.SSLContext | None):
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.tls = tls
        self._lock = threading.Lock()
        self._clients: Counter[str] = Counter()
        self._bodies_bytes = 0
        self._busy = 0
        self._quiet = threading.Condition()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows: nobody takes the port from under us
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        # The inherited version asks the resolver for the machine's full name, which may hang.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._take_seat(str(client_address[0])):
            log.warning("a connection from %s was closed: no seat is free", client_address[0])
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread could be started that would free the seat
            self._free_seat(str(client_address[0]))
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free_seat(str(client_address[0]))

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.info("the connection with %s broke: %r", client_address[0], sys.exception())

    @contextmanager
    def body_room(self, size: int) -> Iterator[bool]:
        """Room in memory for a body; False when too many are held already."""
        with self._lock:
            granted = self._bodies_bytes + size <= BODIES_BYTES_MAX
            self._bodies_bytes += size if granted else 0
        try:
            yield granted
        finally:
            with self._lock:
                self._bodies_bytes -= size if granted else 0

    @contextmanager
    def busy(self) -> Iterator[None]:
        """A request is being worked on until its answer is out."""
        with self._quiet:
            self._busy += 1
        try:
            yield
        finally:
            with self._quiet:
                self._busy -= 1
                self._quiet.notify_all()

    def wait_until_quiet(self, timeout_s: float) -> bool:
        """Wait for the answers that are being written; True when all are out."""
        with self._quiet:
            return self._quiet.wait_for(lambda: self._busy == 0, timeout_s)

    def _take_seat(self, client: str) -> bool:
        with self._lock:
            if (
                self._clients.total() >= CONNECTIONS_MAX
                or self._clients[client] >= CONNECTIONS_PER_CLIENT_MAX
            ):
                return False
            self._clients[client] += 1
            return True

    def _free_seat(self, client: str) -> None:
        with self._lock:
            self._clients[client] -= 1
            self._clients += Counter()  # forgets clients without a seat
