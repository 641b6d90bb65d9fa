"""Whether a rendered message set changes anything in QuickBooks.

Used wherever a read-only user, a journal or a fence must know, also on bytes this program did not
render. Hence fail-safe: what cannot be read, or is anything but plain queries, counts as a write.
"""

from __future__ import annotations

from xml.parsers import expat

from tieout.quickbooks.qbxml.feed import pieces
from tieout.quickbooks.qbxml.reader import MalformedResponse, hardened_parser


def is_write(qbxml: bytes | str) -> bool:
    """Whether the set holds any request that is not a query, or cannot be read for certain."""
    depth = 0
    suspicious = False

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, suspicious
        expected = ("QBXML", "QBXMLMsgsRq")
        if depth < 2:
            suspicious = suspicious or tag != expected[depth]
        elif depth == 2:
            suspicious = suspicious or not tag.endswith("QueryRq")
        depth += 1

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser = hardened_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        for piece in pieces(qbxml):
            parser.Parse(piece, False)  # noqa: FBT003  expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, MalformedResponse):
        return True
    return suspicious
