"""Read the answer to one query of a list piece by piece, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tieout.channels.base import Answer
from tieout.quickbooks import qbxml

ROWS_AT_ONCE = 1000  # objects in memory at a time


@dataclass(slots=True)
class Head:
    """What the answer says before its first object; None until it was read that far."""

    response: qbxml.ResponseStart | None = None


def batches(answer: Answer, head: Head) -> Iterator[list[qbxml.Ret]]:
    """The objects of the answer, so many at a time; `head` is filled before the first.

    Raises MalformedResponse wherever the answer turns out to be damaged, also after objects were
    yielded: whoever acts on them does so in a transaction that is rolled back then.
    """
    rets = _rets(answer, head)
    while batch := list(islice(rets, ROWS_AT_ONCE)):
        yield batch
    if head.response is None:
        message = "The answer of QuickBooks cannot be read: it answers no request."
        raise qbxml.MalformedResponse(message)


def _rets(answer: Answer, head: Head) -> Iterator[qbxml.Ret]:
    for event in qbxml.read(answer.pieces()):
        if isinstance(event, qbxml.Ret):
            yield event
        elif isinstance(event, qbxml.ResponseStart) and head.response is None:
            head.response = event
