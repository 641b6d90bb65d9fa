"""The beginning of a session: versions, name and password, and the lane of the company."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tieout.quickbooks.qbwc.answers import (
    BUSY,
    NO_USER,
    NO_WORK,
    AuthenticateReply,
    TextReply,
)
from tieout.quickbooks.qbwc.calls import Authenticate, ClientVersion, ServerVersion
from tieout.quickbooks.qbwc.records import (
    LIVE,
    Effect,
    Expire,
    Facts,
    LaneTaken,
    Log,
    Phase,
    Rules,
    SessionState,
    TakeLane,
)
from tieout.quickbooks.qbwc.steps import OUT_LOST, Step, settle

_VERSION: Final = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6}){0,5})")
_WRONG: Final = (
    "The user name or the password is wrong, or there were too many wrong ones. Type the password "
    "again in the Web Connector, or make a new one in Tieout under QuickBooks Connection."
)
_BUSY: Final = (
    "Another update, or Tieout itself, is working on this company. "
    "The Web Connector tries again by itself."
)


def server_version(state: SessionState, _call: ServerVersion, _facts: Facts, rules: Rules) -> Step:
    """Any text will do; ours is shown in the Web Connector's log."""
    return Step(state, (), TextReply(method="serverVersion", text=rules.server_version))


def client_version(state: SessionState, call: ClientVersion, _facts: Facts, rules: Rules) -> Step:
    """ "" lets it go on; a version older than the setting is told which one is needed."""
    needed, found = _version(rules.client_version_min), _version(call.version)
    too_old = bool(needed and found and found < needed)
    text = f"O:{rules.client_version_min}" if too_old else ""
    return Step(state, (), TextReply(method="clientVersion", text=text))


def _version(text: str) -> tuple[int, ...]:
    found = _VERSION.match(text)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def authenticate(state: SessionState, _call: Authenticate, facts: Facts, rules: Rules) -> Step:
    """Let in one live session per company, and none while a worker holds the lane."""
    if not facts.admitted:
        return _refused(state, NO_USER, _WRONG)
    if facts.closed_because:
        return _refused(state, NO_WORK, facts.closed_because)
    free_at = _free_at(facts, rules)
    if free_at is not None and free_at > facts.now:
        return _busy(state, free_at - facts.now, rules)
    if not facts.work_waits:
        return _refused(state, NO_WORK, "", level_is_info=True)
    lane = TakeLane(company_id=state.company_id, lease_s=rules.ticket_s)
    return Step(state, (lane,))


def lane_taken(state: SessionState, told: LaneTaken, facts: Facts, rules: Rules) -> Step:
    """Whoever takes the lane from a silent ticket takes over what that ticket left open."""
    if told.epoch is None:
        return _busy(state, timedelta(seconds=rules.postpone_s), rules)
    effects: tuple[Effect, ...] = ()
    if facts.rival is not None and facts.rival.phase in LIVE:
        effects = (
            Expire(ticket=facts.rival.ticket),
            *settle(facts.rival.outstanding, OUT_LOST),
            Log(level="warning", text="An earlier update fell silent; its ticket has expired."),
        )
    reply = AuthenticateReply(
        ticket=state.ticket,
        verdict=facts.company_file,
        every_s_min=rules.every_s_min,
    )
    began = Log(level="info", text="The Web Connector has begun an update.")
    opened = replace(state, phase=Phase.OPEN, epoch=told.epoch)
    return Step(opened, (*effects, began), reply)


def _free_at(facts: Facts, rules: Rules) -> datetime | None:
    """When the lane will be free, as far as anybody is known to use it."""
    moments = [facts.worker_until] if facts.worker_until is not None else []
    rival = facts.rival
    if rival is not None and rival.phase in LIVE and rival.epoch == facts.lane_epoch:
        moments.append(rival.last_call_at + timedelta(seconds=rules.ticket_s))
    return max(moments, default=None)


def _busy(state: SessionState, wait: timedelta, rules: Rules) -> Step:
    seconds = min(max(int(wait.total_seconds()), 1), rules.postpone_s)
    reply = AuthenticateReply(ticket=state.ticket, verdict=BUSY, postpone_s=seconds)
    refused = replace(state, phase=Phase.REFUSED, last_error=_BUSY)
    return Step(refused, (Log(level="info", text=_BUSY),), reply)


def _refused(state: SessionState, verdict: str, why: str, *, level_is_info: bool = False) -> Step:
    text = why or "There is nothing to do."
    reply = AuthenticateReply(ticket=state.ticket, verdict=verdict)
    log = Log(level="info" if level_is_info else "warning", text=text)
    return Step(replace(state, phase=Phase.REFUSED, last_error=text), (log,), reply)
