from __future__ import annotations

import io
import time

import pytest

from tieout.connector import sockets
from tieout.connector.sockets import ClockedReader, Server, TooSlow


class Dripping:
    """A connection that gives one byte at a time, each within its own time-out."""

    def __init__(self) -> None:
        self.timeouts: list[float] = []

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def recv_into(self, buffer: memoryview) -> int:
        time.sleep(0.02)
        buffer[:1] = b"x"
        return 1


def test_small_pieces_do_not_extend_the_time() -> None:
    connection = Dripping()
    reader = ClockedReader(connection)  # type: ignore[arg-type]
    reader.allow(0.2)
    with pytest.raises(TooSlow):
        io.BufferedReader(reader).read(1000)
    assert 1 < len(connection.timeouts) <= 12  # 0.02 s each
    assert connection.timeouts == sorted(connection.timeouts, reverse=True)


def test_a_connection_that_times_out_is_too_slow() -> None:
    class Silent(Dripping):
        def recv_into(self, buffer: memoryview) -> int:
            raise TimeoutError

    reader = ClockedReader(Silent())  # type: ignore[arg-type]
    reader.allow(5)
    with pytest.raises(TooSlow):
        reader.readinto(bytearray(1))


def test_a_thread_that_does_not_start_keeps_no_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is out of threads for a moment serves again afterwards."""
    tries = sockets.CONNECTIONS_PER_CLIENT_MAX + 1
    closed: list[object] = []

    def unable(*_parts: object) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(sockets.ThreadingHTTPServer, "process_request", unable)
    monkeypatch.setattr(Server, "server_bind", lambda _self: None)
    monkeypatch.setattr(Server, "server_activate", lambda _self: None)
    monkeypatch.setattr(Server, "shutdown_request", lambda _self, request: closed.append(request))
    server = Server(("127.0.0.1", 0), object, tls=None)
    try:
        for _ in range(tries):
            with pytest.raises(RuntimeError):
                server.process_request(object(), ("127.0.0.1", 1))
    finally:
        server.server_close()
    assert not closed, "none was turned away for want of a seat"
