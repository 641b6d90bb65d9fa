"""When a ticket of the Web Connector can bring no write to QuickBooks any more.

Three things, each of them: the ticket was silent for the whole wait; the session that asks began
after its last call; and under the same application name nothing is stored (core.recovering). A
session that was open already when the old ticket still called proves nothing of its end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from tieout.service import moments
from tieout.service.moments import Uptime
from tieout.service.turns import RoadKind, Turn
from tieout.store.commits import exchanges
from tieout.store.queries import exports as queries
from tieout.store.queries import web_connector
from tieout.store.queries.exports import Exchange


def ticket_over_in(*, write: Exchange) -> timedelta | None:
    """How long the ticket that carried the write must still be silent; below zero: long enough.

    How long it must be is a setting; 15 minutes are an assumption, see the open points. It is
    measured by the clock that only runs: one that is put forward must not shorten it.
    """
    if write.road != RoadKind.WEB_CONNECTOR or not write.ticket:
        return None
    present = moments.uptime()
    known = web_connector.called_at(ticket=write.ticket)
    called = Uptime(*known) if known else None
    if called is None or called.boot != present.boot:
        called = _first_noticed(write, present)
    silent_s = present.seconds - called.seconds
    return timedelta(seconds=settings.WEB_CONNECTOR_FENCE_S - silent_s)


def is_silent(*, write: Exchange) -> bool:
    """Whether the ticket that carried the write was silent for the whole wait."""
    over_in = ticket_over_in(write=write)
    return over_in is not None and over_in <= timedelta()


def ticket_is_over(*, turn: Turn, write: Exchange, silent: bool, session_id: str) -> bool:
    """Whether that ticket was silent when QuickBooks was asked, and a newer session answers.

    `session_id`: the session of QuickBooks that answers.
    """
    return silent and _is_newer(turn, write, session_id)


def waits_for_a_session(*, turn: Turn, write: Exchange, session_id: str) -> bool:
    """Whether nothing but a newer session is missing."""
    return is_silent(write=write) and not _is_newer(turn, write, session_id)


def _first_noticed(write: Exchange, present: Uptime) -> Uptime:
    """When this machine, since it was started, first saw that the ticket calls no more.

    Its last call was noted by another machine or before a start, whose clock tells us nothing.
    """
    last_call = _silent_since(write).isoformat()
    noticed = write.place if write.place.get("last_call") == last_call else {}
    if present.boot not in noticed:
        noticed = {**noticed, "last_call": last_call, present.boot: present.seconds}
        exchanges.note_place(exchange_id=write.pk, place=noticed)
    return Uptime(present.boot, int(noticed[present.boot]))


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
