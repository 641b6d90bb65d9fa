"""What Tieout does next, by itself, about a posting whose outcome is not known; and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tieout.core.exporting import State
from tieout.core.recovering import Ask, next_ask
from tieout.service import settle_unconfirmed
from tieout.service.turns import Road, RoadKind
from tieout.store.queries import connections
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Posting

_ASKS = {
    Ask.RECALL: "Tieout asks the Remote Connector what became of the message",
    Ask.STATUS_CHECK: "Tieout asks QuickBooks for the answer it stored to the message",
    Ask.SEARCH: "Tieout looks in QuickBooks by number, among the customer's invoices, and among "
    "what was deleted",
}


@dataclass(frozen=True, slots=True)
class NextLook:
    """One sentence without a full stop, and the moment; None = as soon as it is its turn."""

    text: str
    at: datetime | None = None


def next_look(posting: Posting) -> NextLook | None:
    """None when nothing is done about it by itself."""
    match State(posting.state):
        case State.SENDING:
            return NextLook("The message is on its way; its answer is awaited")
        case State.RESENDABLE:
            text = (
                "QuickBooks does not hold it, and the first message can reach it no more: "
                "the very same message is sent again"
            )
            return NextLook(text, posting.due_at)
        case State.NEEDS_PERSON if posting.holds_queue:
            return NextLook("No other invoice of this company is sent until this one is decided")
        case State.UNCONFIRMED:
            return NextLook(_ASKS[_ask(posting)], posting.due_at)
        case _:
            return None


def _ask(posting: Posting) -> Ask:
    write = queries.last_write(row=posting)
    if write is None:
        return Ask.SEARCH  # there is no call and no set that could be asked about
    saved = connections.shown(company_id=posting.company_id)
    road = Road(kind=RoadKind(saved.road), app_name=saved.app_name)
    return next_ask(settle_unconfirmed.looked(posting, write=write, road=road))
