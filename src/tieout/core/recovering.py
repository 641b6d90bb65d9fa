"""The order in which an unconfirmed write is looked for, and when absence counts.

Rules of this file
1. One question at a time, cheapest proof first: what the connector's journal says of the call,
   the answer that QuickBooks stored under the set id, a search of the company file.
2. Only evidence settles. That nothing was found settles nothing unless the call can run no more.
3. A call can run no more when the connector says so (its worker is dead and a later session
   answered), or when the ticket that carried it was silent for the whole wait *before* QuickBooks
   was asked, a newer session asks, and under the same application name nothing is stored.
4. Where no such proof can come, a person decides after a few looks, and the queue waits for it.
   Nor does it come where QuickBooks knows the set id and does not tell its answer: it was executed.
5. A connector that cannot say what became of the call is asked twice, then QuickBooks is looked at
   all the same, and the connector once more before each further look. What is found settles.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tieout.core.exporting import Event

RECALLS_FIRST = 2  # questions in vain to the connector before QuickBooks itself is asked
LOOKS_MAX = 3  # looks that found nothing, without a fence, before a person decides


class Ask(StrEnum):
    """What is asked about a write whose outcome is not known."""

    RECALL = "recall"  # the connector: what became of this call?
    STATUS_CHECK = "status check"  # QuickBooks: what did you answer to this set id?
    SEARCH = "search"  # QuickBooks: is it there, under any number, or was it deleted?


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is known when the next question is chosen.

    `recallable`: the connector that took the call can be asked about it now. `call_over`: it
    said that the call runs no more. `ticket_over`: the ticket that carried the write had been
    silent for the whole wait when the status check was made, in a newer session. `same_app`:
    QuickBooks is asked under the application name of the write. `nothing_stored`: the status
    check of this look brought no stored answer, `set_known`: nor the word that there is none.
    `looks`: earlier looks that found nothing; `tries`: looks so far, in vain or not answered.
    """

    recallable: bool
    call_over: bool = False
    ticket_over: bool = False
    same_app: bool = True
    nothing_stored: bool = False
    set_known: bool = False
    looks: int = 0
    tries: int = 0

    @property
    def fenced(self) -> bool:
        """Whether the write can reach QuickBooks no more, so that absence counts."""
        if self.set_known:
            return False
        return self.call_over or (self.ticket_over and self.same_app and self.nothing_stored)


def next_ask(looked: Looked) -> Ask:
    """The next question about an unconfirmed write."""
    recalls = looked.tries < RECALLS_FIRST or looked.tries % 2 == 1
    if looked.recallable and not looked.call_over and recalls and not looked.nothing_stored:
        return Ask.RECALL
    if looked.same_app and not looked.nothing_stored:
        return Ask.STATUS_CHECK
    return Ask.SEARCH


def when_absent(looked: Looked) -> Event:
    """What it means that the search found nothing."""
    if looked.fenced:
        return Event.ABSENT_FENCED
    if looked.looks + 1 >= LOOKS_MAX:
        return Event.LIMIT
    return Event.ABSENT_OPEN
