from __future__ import annotations

import io
import time

import pytest

from tieout.connector.sockets import ClockedReader, TooSlow


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
