"""The answer that came with a call of the Web Connector, and which message it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from tieout.quickbooks.qbwc import ReceivedText
from tieout.store.commits import web_connector as commits
from tieout.store.queries import web_connector as queries
from tieout.store.queries.web_connector import Session

STRAY = "stray"  # names an answer to nothing that this ticket asked
RequestIds = list[list[str]]  # of the latest two messages: the call, then its requestIDs
IDS_MAX = 20
_REQUEST_ID = re.compile(rb'\brequestID\s*=\s*["\']([^"\'<>]{1,80})["\']')
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Body:
    """The answer of QuickBooks as the edge received it, in a file that is gone afterwards."""

    file: IO[bytes]

    def head(self) -> bytes:
        """Its first bytes."""
        self.file.seek(0)
        return self.file.read(_HEAD_BYTES)

    def whole(self) -> bytes:
        """All of it; for small answers and writes only."""
        self.file.seek(0)
        return self.file.read()

    def pieces(self) -> Iterator[bytes]:
        """Parts of 256 KB, one in memory at a time."""
        self.file.seek(0)
        while piece := self.file.read(commits.PART_BYTES):
            yield piece


def ids_in(request: bytes) -> list[str]:
    """The requestIDs of a message that goes out; they tell later whose answer comes."""
    return [found.decode() for found in _REQUEST_ID.findall(request[:_HEAD_BYTES])][:IDS_MAX]


def whose(row: Session, response: ReceivedText, body: Body | None) -> str | None:
    """The call that the answer's requestIDs name: one of ours, STRAY, or None when it has none."""
    if body is None or not response.size:
        return None
    found = _REQUEST_ID.search(body.head())
    out = queries.state_of(row).outstanding
    known: RequestIds = row.request_ids
    ours = [ids for ids in known if out is not None and ids[0] == out.key]
    if found is None or (ours and len(ours[0]) == 1):
        return None  # a status check names no request, and is answered with the former one's
    named = found[1].decode()
    # two messages may ask the same: then it is the answer to the one that is out
    for key, *ids in [*ours, *reversed(known)]:
        if named in ids:
            return key
    return STRAY
