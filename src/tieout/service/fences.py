"""When a ticket of the Web Connector can bring no write to QuickBooks any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from tieout.service.turns import RoadKind, Turn
from tieout.store.queries.exports import Exchange

FENCE_S = 900  # so long a ticket must have been silent; an assumption, see the open points


def ticket_over_at(*, write: Exchange) -> datetime | None:
    """The earliest moment at which the silence of the ticket that carried the write counts."""
    if write.road != RoadKind.WEB_CONNECTOR or not write.ticket:
        return None
    return write.created_at + timedelta(seconds=FENCE_S)


def ticket_is_over(*, turn: Turn, write: Exchange, now: datetime) -> bool:
    """Whether that ticket was silent for the whole wait and another session asks now."""
    over_at = ticket_over_at(write=write)
    return over_at is not None and now >= over_at and turn.road.session_id != write.ticket
