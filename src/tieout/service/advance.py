"""Advance one company: the single entry point of all work on its lane, whoever wakes it.

Takes the lane, does short steps while there is something to do and the burst lasts, and gives the
lane back with the moment at which to look again. Everything it knows is in rows: killed at any
line, the next holder goes on.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tieout.core.exporting import State
from tieout.service import lane_tasks, moments, run_export, session_check
from tieout.service.connect import Line, line_to
from tieout.service.exporter import Lease, Trouble
from tieout.store.commits import lanes, tasks
from tieout.store.commits.exports import PostingMoved
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Posting
from tieout.store.secrets import SecretUnreadable

log = logging.getLogger("tieout.service")

BURST_S = 30.0  # after this the lane is given back, so that other companies get their turn
LEASE_S = 180  # longer than the longest single call to QuickBooks
ENTER_AGAIN = "Super User: enter the password of the Remote Connector again and save."
TROUBLE_DELAYS_S = (5, 15, 30, 60, 120, 300)


@dataclass(slots=True, kw_only=True)
class Turn:
    """One holding of the lane."""

    lease: Lease
    line: Line
    until: datetime
    troubles: int = 0
    checked_session: str = ""


def advance(*, company_id: int, owner: str) -> bool:
    """Work on the company; False when somebody else holds its lane."""
    now = moments.now()
    epoch = lanes.take(company_id=company_id, owner=owner, now=now, lease_s=LEASE_S)
    if epoch is None:
        return False
    lanes.clear_wish(company_id=company_id, epoch=epoch)
    wake_at: datetime | None = now
    try:
        turn = Turn(
            lease=Lease(company_id=company_id, epoch=epoch),
            line=line_to(company_id=company_id),
            until=now + timedelta(seconds=BURST_S),
        )
        wake_at = _burst(turn)
    except SecretUnreadable as unreadable:
        wait_s = lane_tasks.note_trouble(
            company_id=company_id,
            trouble=Trouble(problem=str(unreadable), remedy=ENTER_AGAIN),
            delays_s=TROUBLE_DELAYS_S,
        )
        wake_at = moments.now() + timedelta(seconds=wait_s)
    except lanes.LaneLost:
        log.warning("company %s: another worker took over", company_id)
    except Exception as fault:
        # the rows say what is not done; the lane is looked at again, later each time
        log.exception("company %s: a step broke off", company_id)
        wait_s = lane_tasks.note_fault(
            company_id=company_id, fault=fault, delays_s=TROUBLE_DELAYS_S
        )
        wake_at = moments.now() + timedelta(seconds=wait_s)
    finally:
        with transaction.atomic():
            lanes.release(company_id=company_id, epoch=epoch, wake_at=wake_at)
    return True


def _burst(turn: Turn) -> datetime | None:
    """Step until nothing is due; returns when to look again, None for "when asked"."""
    while True:
        now = moments.now()
        lanes.renew(
            company_id=turn.lease.company_id, epoch=turn.lease.epoch, now=now, lease_s=LEASE_S
        )
        if now >= turn.until:
            return now
        try:
            wake_at = _step(turn, now)
        except PostingMoved as moved:  # a person decided about it meanwhile: look at it afresh
            log.info("company %s: %s", turn.lease.company_id, moved)
            wake_at = moments.now()
        if wake_at is None or wake_at > moments.now():
            return wake_at


def _step(turn: Turn, now: datetime) -> datetime | None:
    """One step. Returns the present moment to be called again at once."""
    company_id = turn.lease.company_id
    holding = queries.unsettled(company_id=company_id)
    if holding is not None:
        if holding.due_at is not None and holding.due_at > now:
            return _or_task(turn, now, holding.due_at)
        return _settle(turn, now, holding)
    posting = queries.next_queued(company_id=company_id, now=now)
    if posting is not None and not queries.held_reason(company_id=company_id):
        trouble = _checked(turn)
        if trouble is None:
            trouble = run_export.export_step(
                posting=posting,
                lease=turn.lease,
                line=turn.line,
                session_id=turn.checked_session,
            )
            lane_tasks.note_exported(company_id=company_id, batch_id=posting.batch_id)
        return _after(turn, trouble)
    lane_tasks.note_held(company_id=company_id)
    return _or_task(turn, now, queries.next_queued_due(company_id=company_id))


def _settle(turn: Turn, now: datetime, holding: Posting) -> datetime | None:
    """Go on with the posting that holds the queue; sending again is a write like any other."""
    company_id = turn.lease.company_id
    if holding.state == State.RESENDABLE:
        if queries.held_reason(company_id=company_id):
            lane_tasks.note_held(company_id=company_id)
            return _or_task(turn, now, None)
        trouble = _checked(turn)
        if trouble is not None:
            return _after(turn, trouble)
    trouble = run_export.settle_step(posting=holding, lease=turn.lease, line=turn.line)
    return _after(turn, trouble)


def _or_task(turn: Turn, now: datetime, otherwise: datetime | None) -> datetime | None:
    """Refreshes and tie-outs only read: they go on while invoices wait."""
    company_id = turn.lease.company_id
    task = queries.next_lane_task(company_id=company_id, now=now)
    if task is None:
        due = queries.next_task_due(company_id=company_id)
        moments_due = [m for m in (otherwise, due) if m is not None and m > now]
        return min(moments_due) if moments_due else None
    tasks.start(task=task, now=now)
    lane_tasks.step(task=task, lease=turn.lease, line=turn.line)
    return moments.now()


def _checked(turn: Turn) -> Trouble | None:
    """Check the session once a turn, before the first write."""
    if turn.checked_session:
        return None
    checked = session_check.check(company_id=turn.lease.company_id, line=turn.line)
    turn.checked_session = checked.session_id
    return checked.trouble


def _after(turn: Turn, trouble: Trouble | None) -> datetime:
    """Go on at once, or, when QuickBooks could not be asked, after a pause that grows."""
    company_id = turn.lease.company_id
    if trouble is None:
        lane_tasks.note_contact(company_id=company_id)
        return moments.now()
    turn.checked_session = ""
    if trouble.fence_epoch:
        # a worker that was merely overtaken ends here; a fence against all of us holds the lane
        lanes.renew(
            company_id=company_id, epoch=turn.lease.epoch, now=moments.now(), lease_s=LEASE_S
        )
        lanes.hold(company_id=company_id, reason=trouble.problem, fence_epoch=trouble.fence_epoch)
        lane_tasks.note_held(company_id=company_id)
    wait_s = lane_tasks.note_trouble(
        company_id=company_id, trouble=trouble, delays_s=TROUBLE_DELAYS_S
    )
    return moments.now() + timedelta(seconds=wait_s)
