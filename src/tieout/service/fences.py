"""When a ticket of the Web Connector can bring no write to QuickBooks any more.

Three things, each of them: the ticket was silent for the whole wait; the session that asks began
after its last call; and under the same application name nothing is stored (core.recovering). A
session that was open already when the old ticket still called proves nothing of its end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from tieout.service.turns import RoadKind, Turn
from tieout.store.queries import exports as queries
from tieout.store.queries import web_connector
from tieout.store.queries.exports import Exchange


def ticket_over_at(*, write: Exchange) -> datetime | None:
    """The earliest moment at which the silence of the ticket that carried the write counts.

    How long it must last is a setting; 15 minutes are an assumption, see the open points.
    """
    if write.road != RoadKind.WEB_CONNECTOR or not write.ticket:
        return None
    return _silent_since(write) + timedelta(seconds=settings.WEB_CONNECTOR_FENCE_S)


def ticket_is_over(*, turn: Turn, write: Exchange, now: datetime, session_id: str) -> bool:
    """Whether that ticket was silent for the whole wait and a newer session answers now.

    `session_id`: the session of QuickBooks that answers.
    """
    over_at = ticket_over_at(write=write)
    return over_at is not None and now >= over_at and _is_newer(turn, write, session_id)


def waits_for_a_session(*, turn: Turn, write: Exchange, now: datetime, session_id: str) -> bool:
    """Whether nothing but a newer session is missing."""
    over_at = ticket_over_at(write=write)
    return over_at is not None and now >= over_at and not _is_newer(turn, write, session_id)


def _silent_since(write: Exchange) -> datetime:
    last_call_at = web_connector.last_call_at(ticket=write.ticket)
    return max(write.created_at, last_call_at or write.created_at)


def _is_newer(turn: Turn, write: Exchange, session_id: str) -> bool:
    """A ticket says when it was opened; a session of the connector, when it was first heard of."""
    since = _silent_since(write)
    if turn.road.kind is RoadKind.WEB_CONNECTOR:
        opened_at = web_connector.opened_at(ticket=turn.road.session_id)
        return opened_at is not None and opened_at > since
    return not queries.heard_of_session(
        company_id=turn.company_id, session_id=session_id, until=since
    )
