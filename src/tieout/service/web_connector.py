"""A call of the Web Connector, from typed call to the bytes of its reply. It never raises.

What a call changes is committed before its reply is given out. One call is one transaction; an
answer to act on is committed first, and acted on in a second one.
"""

from __future__ import annotations

import logging
from typing import Final

from django.db import transaction

from tieout.quickbooks import qbwc
from tieout.quickbooks.qbwc import (
    Applied,
    Apply,
    Authenticate,
    Call,
    ClientVersion,
    ConnectionFailure,
    Facts,
    PercentReply,
    Phase,
    ReceiveResponseXML,
    Reply,
    ServerVersion,
    SessionState,
    Unreadable,
)
from tieout.quickbooks.qbwc.steps import end
from tieout.service import conversation, lane_tasks, moments, qbwc_login, qbwc_verify
from tieout.service.qbwc_body import Body, whose
from tieout.service.qbwc_visit import RULES, VERIFY, Visit, tell, trouble_of
from tieout.service.turns import TROUBLE_DELAYS_S, Trouble
from tieout.store.commits import lanes
from tieout.store.commits import web_connector as commits
from tieout.store.queries import connections, exports, waiting
from tieout.store.queries import web_connector as queries
from tieout.store.queries.web_connector import Account, Connection, Session

log = logging.getLogger("tieout.webconnector")

_CALL_NAMES: Final[dict[type, str]] = {
    Authenticate: "authenticate",
    ServerVersion: "serverVersion",
    ClientVersion: "clientVersion",
    qbwc.SendRequestXML: "sendRequestXML",
    ReceiveResponseXML: "receiveResponseXML",
    ConnectionFailure: "connectionError",
    qbwc.GetLastError: "getLastError",
    qbwc.CloseConnection: "closeConnection",
    qbwc.GetInteractiveURL: "getInteractiveURL",
    qbwc.InteractiveRejected: "interactiveRejected",
    qbwc.InteractiveDone: "interactiveDone",
}
OTHER_ROAD = (
    "This company works over the QuickBooks Remote Connector now. To use the Web Connector, a "
    "Super User chooses it in Tieout under Settings, Integrations, QuickBooks Web Connector."
)
NOT_ACTED_ON = (
    "Web Connector, company %s: an answer is kept but could not be acted on. Tieout tries again "
    "at the next message; if it happens twice, report it with this log."
)
FAULT = (
    "A fault in Tieout ended this update. Nothing is sent twice, and what came is kept. Run the "
    "update again; if it happens twice, look in Tieout's log for the same minute."
)


def answer(call: Call | Unreadable, *, body: Body | None = None, address: str = "") -> bytes:
    """The bytes of the reply to `call`; `body` holds the answer of QuickBooks that came with it."""
    try:
        match call:
            case Authenticate():
                return _log_in(call, address)
            case ServerVersion() | ClientVersion():
                return _without_ticket(call, address)
            case _:
                return _under_ticket(call, body, address)
    except Exception:
        # the Web Connector must never see a fault: log it, say so, and end this update in order
        log.exception("Web Connector: a call of %s broke off", name_of(call))
        return _broke_off(call)


def name_of(call: Call | Unreadable) -> str:
    """The method's name in the service description; "" when the body does not even say that."""
    return call.method if isinstance(call, Unreadable) else _CALL_NAMES[type(call)]


def _broke_off(call: Call | Unreadable) -> bytes:
    """The least harmful reply; getLastError tells what happened, when that can still be saved."""
    ticket = getattr(call, "ticket", "")
    try:
        with transaction.atomic():
            visit = _visit(ticket) if ticket else None
            if visit is not None and visit.state is not None and visit.state.phase in qbwc.LIVE:
                state, reply = visit.state, PercentReply(percent=qbwc.FAILED)
                if state.epoch == visit.facts.lane_epoch:
                    visit.follow(end(state, error=FAULT, reply=reply))
                    visit.save()
    except Exception:
        log.exception("Web Connector: the end of an update could not be saved")
    return qbwc.render_refusal(name_of(call))


def _without_ticket(call: Call | Unreadable, address: str) -> bytes:
    done = qbwc.step(None, call, facts=Facts(now=moments.now()), rules=RULES)
    for effect in done.effects:
        if isinstance(effect, qbwc.Log):
            tell(effect, company_id=0, address=address)
    return _rendered(done.reply)


def _rendered(reply: Reply | None, payload: str = "") -> bytes:
    if reply is None:
        message = "A call led to no reply."
        raise RuntimeError(message)
    return qbwc.render(reply, payload=payload)


# ------------------------------------------------------------------ authenticate


def _log_in(call: Authenticate, address: str) -> bytes:
    now = moments.now()
    account = queries.account_named(user_name=call.user_name)
    admitted = qbwc_login.admit(
        account=account,
        user_name=call.user_name,
        password=call.password,
        address=address,
        now=now,
    )
    if account is None or not admitted:
        company_id = account.company_id if account is not None else 0
        state = qbwc.begin(ticket=moments.ticket(), company_id=company_id, now=now)
        done = qbwc.step(state, call, facts=Facts(now=now), rules=RULES)
        for effect in done.effects:
            if isinstance(effect, qbwc.Log):
                text = f"{effect.text} (from {address or 'an unknown address'})"
                tell(qbwc.Log(level=effect.level, text=text), company_id=company_id)
        return _rendered(done.reply)
    company_id = account.company_id
    with transaction.atomic():
        visit = Visit(
            now=now,
            facts=_login_facts(account),
            state=qbwc.begin(ticket=moments.ticket(), company_id=company_id, now=now),
            company_id=company_id,
        )
        reply = visit.meet(call)
        if visit.state is not None:
            commits.add_session(
                state=visit.state,
                address=address,
                app_name=visit.office()[1].app_name,
                uptime=moments.uptime(),
            )
    if isinstance(reply, Apply):
        message = "A login asked to act on an answer."
        raise RuntimeError(message)
    return _rendered(reply)


def _login_facts(account: Account) -> Facts:
    """What is true around a right login; the lane stays locked until the transaction ends."""
    company_id = account.company_id
    now = moments.now()
    lane = queries.lane(company_id=company_id)
    _, connection, book = queries.office(company_id=company_id)
    held = lane.held_reason
    found = waiting.of_company(company_id=company_id, now=now)
    may_write = not held and not account.read_only
    waits = (
        found.tasks
        or found.unsettled
        or bool(may_write and found.queued)
        or qbwc_verify.wanted(account=account, book=book)
    )
    closed = ""
    if connection.road != Connection.Road.WEB_CONNECTOR:
        closed = OTHER_ROAD
    elif held and not waits:
        closed = f"{held} The invoices stay queued; Super User: look at the connection in Tieout."
    rival = queries.live_session(company_id=company_id)
    by_worker = lane.owner not in {"", commits.OWNER}
    return Facts(
        now=now,
        lane_epoch=lane.epoch,
        admitted=True,
        closed_because=closed,
        work_waits=waits,
        company_file=connection.company_file,
        rival=queries.state_of(rival) if rival is not None else None,
        worker_until=lane.lease_until if by_worker else None,
    )


# ------------------------------------------------------------------ under a ticket


def _visit(ticket: str, body: Body | None = None) -> Visit | None:
    """The ticket's row under the lock of its company's lane; None when nobody has this ticket."""
    lane = queries.lane_of_ticket(ticket=ticket)
    row = queries.session(ticket=ticket) if lane is not None else None
    if lane is None or row is None:
        return None
    epoch, lease_until = lane
    now = moments.now()
    return Visit(
        now=now,
        facts=Facts(now=now, lane_epoch=epoch),
        state=queries.state_of(row),
        row=row,
        body=body,
        company_id=row.company_id,
        lease_until=lease_until,
    )


def _under_ticket(call: Call | Unreadable, body: Body | None, address: str) -> bytes:
    ticket = getattr(call, "ticket", "")
    reply: Reply | Apply | None = None
    with transaction.atomic():
        visit = _visit(ticket, body) if ticket else None
        if visit is not None:
            _add_facts(visit, call)
            reply = visit.meet(call)
            if isinstance(reply, Apply) and not reply.work.writes:
                reply = _apply_at_once(visit, reply)
            visit.save()
    if visit is None:
        return _without_ticket(call, address)
    visit.is_locked = False
    _act_on_failures(visit)
    if isinstance(reply, Apply):
        reply = _apply(ticket, visit.company_id, reply)
    return _rendered(reply, visit.payload)


def _add_facts(visit: Visit, call: Call | Unreadable) -> None:
    now, epoch = visit.now, visit.facts.lane_epoch
    match call:
        case ReceiveResponseXML() if visit.row is not None:
            visit.facts = Facts(
                now=now,
                lane_epoch=epoch,
                answer_key=whose(visit.row, call.response, visit.body),
                trouble=trouble_of(call.hresult),
            )
        case ConnectionFailure():
            known = connections.expected_company(company_id=visit.company_id)
            other = known if known and known != visit.office()[1].company_file else None
            visit.facts = Facts(
                now=now, lane_epoch=epoch, other_file=other, trouble=trouble_of(call.hresult)
            )
        case _:
            pass


def _act_on_failures(visit: Visit) -> None:
    """Act on what QuickBooks refused to do, now that it is kept; else the next holder does."""
    for call_id in visit.kept:
        try:
            trouble = conversation.apply_kept(visit.turn(may_write=False), call_id)
        except lanes.LaneLost:
            continue
        if trouble is not None:
            _note_trouble(visit, trouble)


def _note_trouble(visit: Visit, trouble: Trouble) -> Applied:
    """Say it on what waits. What a person must mend ends the update, and so does the third
    trouble in a row."""
    wait_s = lane_tasks.note_trouble(
        company_id=visit.company_id, trouble=trouble, delays_s=TROUBLE_DELAYS_S
    )
    held = exports.held_reason(company_id=visit.company_id)
    if trouble.needs_person or held or wait_s > TROUBLE_DELAYS_S[1]:
        return Applied(remaining=None, stop=f"{trouble.problem} {trouble.remedy}")
    return Applied(remaining=None)


# ------------------------------------------------------------------ acting on an answer


def _apply_at_once(visit: Visit, effect: Apply) -> Reply | Apply:
    """Act on the answer to a question in the transaction that keeps it.

    When that fails, keeping it does not: the question can be asked anew, the answer is there.
    """
    try:
        with transaction.atomic():
            told = _applied(visit, effect.work.key)
    except Exception:
        log.exception(NOT_ACTED_ON, visit.company_id)
        told = Applied(remaining=None)
    return visit.meet(told)


def _apply(ticket: str, company_id: int, effect: Apply) -> Reply:
    """Act on the answer to a write, which is on disk by now; the session does not wait for it."""
    try:
        with transaction.atomic():
            visit = _visit(ticket)
            return _go_on(visit, _applied(visit, effect.work.key) if visit is not None else None)
    except lanes.LaneLost:
        pass  # the next holder acts on it
    except Exception:
        log.exception(NOT_ACTED_ON, company_id)
    with transaction.atomic():
        return _go_on(_visit(ticket), Applied(remaining=None))


def _go_on(visit: Visit | None, told: Applied | None) -> Reply:
    if visit is None or visit.state is None or told is None:
        return PercentReply(percent=qbwc.FAILED)
    if visit.state.phase not in {Phase.OPEN, Phase.EXPIRED}:
        # another call came under this ticket meanwhile, and it was answered
        return PercentReply(percent=max(visit.state.progress, 1))
    reply = visit.meet(told)
    visit.save()
    if isinstance(reply, Apply):
        message = "Acting on an answer asked to act on an answer."
        raise RuntimeError(message)
    return reply


def _applied(visit: Visit, key: str) -> Applied:
    row, state = visit.row, visit.state
    if row is None or state is None:
        return Applied(remaining=None)
    if visit.kept_apart == key:
        # a big answer is a worker's business; the one to Verify is acted on here
        return _verified(visit, row, state) if key.startswith(VERIFY) else Applied(remaining=None)
    trouble = conversation.apply_kept(visit.turn(may_write=False), key)
    if trouble is not None:
        return _note_trouble(visit, trouble)
    lane_tasks.note_contact(company_id=visit.company_id)
    trusted = not state.trusted and queries.is_checked(
        company_id=visit.company_id, epoch=state.epoch
    )
    return Applied(remaining=_remaining(visit), trusted=trusted)


def _verified(visit: Visit, row: Session, state: SessionState) -> Applied:
    kept = queries.kept_answer(session_id=row.pk, call_id=visit.kept_apart)
    if kept is None:
        return Applied(remaining=None)
    told = qbwc_verify.apply(
        company_id=visit.company_id,
        account=visit.office()[0],
        answer=b"".join(queries.parts(answer_id=kept.pk)),
        company_file=state.company_file,
        epoch=state.epoch,
        now=visit.now,
    )
    commits.answer_applied(answer_id=kept.pk, now=visit.now)
    return told


def _remaining(visit: Visit) -> int:
    """About how many message sets are still to come; 0 only when there is nothing at all."""
    found = waiting.of_company(company_id=visit.company_id, now=visit.now)
    if not (found.tasks or found.unsettled or found.queued):
        return 0
    return 1 + 2 * found.queued
