"""The smallest question to QuickBooks: is anybody there? It reads nothing of the books."""

from __future__ import annotations

from tieout.quickbooks import qbxml


def request() -> str:
    """HostQuery, in the version of every other message: a session without it was refused."""
    return qbxml.render([qbxml.HostQuery(request_id="fence")]).decode("ascii")


def was_answered(answer: str) -> bool:
    """Whether this is the whole answer to it, and a good one.

    Read as leniently as every other answer: one that comes with a blank in front of it, or with a
    character that XML forbids, is an answer, and a write would stay unknown for want of one.
    """
    try:
        responses = qbxml.parse_response(answer).responses
    except qbxml.MalformedResponse:
        return False
    return [(each.kind, each.status.code) for each in responses] == [("HostQuery", 0)]
