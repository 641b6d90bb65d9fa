"""How waitress takes in a body that is larger than a request may be.

By itself it answers 413 and closes while the browser is still sending, which then shows nothing but
a broken connection. Here it takes in the rest and throws it away, so that the page can answer with
the names of the files. Granian hands a body over piece by piece, and needs no such thing.
"""

from __future__ import annotations

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.utilities import RequestEntityTooLarge

from tieout.web.uploads import REQUEST_BYTES_MAX


class Request(HTTPRequestParser):  # type: ignore[misc] # waitress has no types
    """A request of whose body no more than the bound is kept; without a length it ends there."""

    def parse_header(self, header_plus: bytes) -> None:
        """Choose what takes the body, by the length that the header claims."""
        super().parse_header(header_plus)
        if not self.chunked and self.content_length > REQUEST_BYTES_MAX:
            beginning = _Beginning(self.adj.inbuf_overflow)
            self.body_rcv = FixedStreamReceiver(self.content_length, beginning)

    def received(self, data: bytes) -> int:
        """How many of these bytes were taken."""
        taken: int = super().received(data)
        if self.chunked and self.body_bytes_received > REQUEST_BYTES_MAX:
            self.error = RequestEntityTooLarge(f"A body may have {REQUEST_BYTES_MAX:,} bytes.")
            self.completed = True
        return taken


class _Beginning(OverflowableBuffer):  # type: ignore[misc]
    """Keeps what comes first, up to the bound."""

    def append(self, data: bytes) -> None:
        room = REQUEST_BYTES_MAX - len(self)
        if room > 0:
            super().append(data[:room])
