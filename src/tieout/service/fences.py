"""When a ticket of the Web Connector can bring no write to QuickBooks any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from tieout.service.turns import RoadKind, Turn
from tieout.store.queries import web_connector
from tieout.store.queries.exports import Exchange


def ticket_over_at(*, write: Exchange) -> datetime | None:
    """The earliest moment at which the silence of the ticket that carried the write counts.

    How long it must last is a setting; 15 minutes are an assumption, see the open points.
    """
    if write.road != RoadKind.WEB_CONNECTOR or not write.ticket:
        return None
    last_call_at = web_connector.last_call_at(ticket=write.ticket)
    silent_since = max(write.created_at, last_call_at or write.created_at)
    return silent_since + timedelta(seconds=settings.WEB_CONNECTOR_FENCE_S)


def ticket_is_over(*, turn: Turn, write: Exchange, now: datetime) -> bool:
    """Whether that ticket was silent for the whole wait and another session asks now."""
    over_at = ticket_over_at(write=write)
    return over_at is not None and now >= over_at and turn.road.session_id != write.ticket
