"""What waitress keeps of a body: all of it up to the bound, and of a larger one its beginning."""

from __future__ import annotations

import pytest
from waitress.adjustments import Adjustments

from tieout.cli import request_bodies


@pytest.fixture(autouse=True)
def bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_bodies, "REQUEST_BYTES_MAX", 1_000_000)


def received(head: str, body: bytes) -> request_bodies.Request:
    request = request_bodies.Request(Adjustments(host="127.0.0.1"))
    left = f"POST / HTTP/1.1\r\nHost: here\r\n{head}\r\n\r\n".encode() + body
    while left and not request.completed:
        left = left[request.received(left[:100_000]) :]
    return request


@pytest.mark.parametrize(
    ("length", "kept"),
    [(3, 3), (999_999, 999_999), (1_000_000, 1_000_000), (1_000_001, 1_000_000), (5_500_000, 1_000_000)],
)  # fmt: skip
def test_a_body_is_taken_in_whole_and_kept_up_to_the_bound(length: int, kept: int) -> None:
    body = bytes(range(250)) * (length // 250 + 1)
    request = received(f"Content-Length: {length}", body[:length])
    assert request.completed
    assert request.error is None
    assert request.headers["CONTENT_LENGTH"] == str(length)  # what the page tells by
    assert request.get_body_stream().read() == body[:kept]
    request.close()


def test_a_body_without_a_length_ends_at_the_bound() -> None:
    piece = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    small = received("Transfer-Encoding: chunked", piece * 3 + b"0\r\n\r\n")
    assert small.completed
    assert small.error is None
    small.close()
    large = received("Transfer-Encoding: chunked", piece * 20 + b"0\r\n\r\n")
    assert large.error.code == 413
    assert large.body_bytes_received < 1_200_000
    large.close()
