"""Advance one company: the single entry point of all work on its lane, whoever wakes it.

Takes the lane, does short steps while there is something to do and the burst lasts, and gives the
lane back with the moment at which to look again. Everything it knows is in rows: killed at any
line, the next holder goes on.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.service import conversation, lane_tasks, moments
from tieout.service.connect import Line, line_to
from tieout.service.turns import (
    TROUBLE_DELAYS_S,
    Lease,
    Message,
    Road,
    RoadKind,
    Trouble,
    Turn,
    Until,
)
from tieout.store.commits import lanes
from tieout.store.commits.exports import PostingMoved
from tieout.store.queries import exports
from tieout.store.secrets import SecretUnreadable

log = logging.getLogger("tieout.service")

BURST_S = 30.0  # after this the lane is given back, so that other companies get their turn
ENTER_AGAIN = "Super User: enter the password of the Remote Connector again and save."
_NOT_LOOKED = Answer(
    outcome=Outcome.NOT_SENT,
    message="Nobody has looked since which company file is open, so nothing was sent.",
    remedy="Tieout looks, then goes on by itself.",
)


def advance(*, company_id: int, owner: str) -> bool:
    """Work on the company; False when somebody else holds its lane."""
    now = moments.now()
    epoch = lanes.take(company_id=company_id, owner=owner, now=now, lease_s=settings.LEASE_S)
    if epoch is None:
        return False
    lanes.clear_wish(company_id=company_id, epoch=epoch)
    wake_at: datetime | None = now
    try:
        line = line_to(company_id=company_id)
        turn = Turn(
            lease=Lease(company_id=company_id, epoch=epoch),
            road=Road(kind=RoadKind.REMOTE, app_name=line.app_name),
        )
        wake_at = _burst(turn, line, until=now + timedelta(seconds=BURST_S))
    except SecretUnreadable as unreadable:
        wait_s = lane_tasks.note_trouble(
            company_id=company_id,
            trouble=Trouble(problem=str(unreadable), remedy=ENTER_AGAIN),
            delays_s=TROUBLE_DELAYS_S,
        )
        wake_at = moments.after(wait_s)
    except lanes.LaneLost:
        # what we kept after that is acted on by the present holder, or by the next
        log.warning("company %s: another worker took over", company_id)
        lanes.wake(company_id=company_id, at=moments.now())
    except Exception as fault:
        # the rows say what is not done; the lane is looked at again, later each time
        log.exception("company %s: a step broke off", company_id)
        wait_s = lane_tasks.note_fault(
            company_id=company_id, fault=fault, delays_s=TROUBLE_DELAYS_S
        )
        wake_at = moments.after(wait_s)
    finally:
        with transaction.atomic():
            lanes.release(company_id=company_id, epoch=epoch, wake_at=wake_at)
    return True


def _burst(turn: Turn, line: Line, *, until: datetime) -> datetime | None:
    """Step until nothing is due; returns when to look again, None for "when asked"."""
    while True:
        now = moments.now()
        lanes.renew(
            company_id=turn.company_id, epoch=turn.lease.epoch, now=now, lease_s=settings.LEASE_S
        )
        if now >= until:
            return now
        try:
            wake_at = _step(turn, line)
        except PostingMoved as moved:  # a person decided about it meanwhile: look at it afresh
            log.info("company %s: %s", turn.company_id, moved)
            wake_at = moments.now()
        if wake_at is None or wake_at > moments.now():
            return wake_at


def _step(turn: Turn, line: Line) -> datetime | None:
    """One step. Returns the present moment to be called again at once."""
    message = conversation.build(turn)
    if isinstance(message, Until):
        return message.at
    started = time.monotonic()
    answer = _deliver(turn, line, message)
    took_s = time.monotonic() - started
    conversation.keep(turn, message, answer)
    trouble = conversation.apply(turn, message, answer, took_s=took_s)
    if message.task_id is not None:
        return moments.now()  # a task keeps its own account of troubles
    return _after(turn, message, trouble)


def _deliver(turn: Turn, line: Line, message: Message) -> Answer:
    """Hand the message to the connector, or ask it what became of an earlier one."""
    if message.recall:
        return line.channel.recall(
            message.recall, company_file=line.company_file, app_name=line.app_name
        )
    if not message.writes:  # queries are not fenced: Verify works during an export
        return line.channel.deliver(
            line.delivery(message.request, call_id=message.call_id, writes=False, epoch=0)
        )
    lane = exports.lane_facts(company_id=turn.company_id)
    if not lane.checked(turn.lease.epoch):
        return _NOT_LOOKED
    return line.channel.deliver(
        line.delivery(
            message.request,
            call_id=message.call_id,
            writes=True,
            epoch=turn.lease.epoch,
            session_id=lane.checked_session,
        )
    )


def _after(turn: Turn, message: Message, trouble: Trouble | None) -> datetime:
    """Go on at once, or, when QuickBooks could not be asked, after a pause that grows."""
    company_id = turn.company_id
    if trouble is None:
        if message.writes:  # once an invoice is often enough to say that QuickBooks answers
            lane_tasks.note_contact(company_id=company_id)
        return moments.now()
    epoch = turn.lease.epoch
    with transaction.atomic():
        # a worker that was merely overtaken ends here; a fence against all of us holds the lane
        lanes.check(company_id=company_id, epoch=epoch)
        lanes.note_checked(company_id=company_id, epoch=epoch, session_id="")
        if trouble.fence_epoch:
            lanes.hold(
                company_id=company_id,
                epoch=epoch,
                reason=trouble.problem,
                fence_epoch=trouble.fence_epoch,
            )
            lane_tasks.note_held(company_id=company_id)
        wait_s = lane_tasks.note_trouble(
            company_id=company_id, trouble=trouble, delays_s=TROUBLE_DELAYS_S
        )
    return moments.after(wait_s)
