"""One call of the Web Connector at work: the ticket's row, the facts around it, and the effects.

quickbooks.qbwc decides; this carries its effects out in their order, inside the caller's
transaction. What goes out and what comes back are the same steps as over the Remote Connector:
service.conversation builds, keeps and applies.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

import tieout
from tieout.channels.base import Answer, Outcome
from tieout.channels.rungs import rung_of
from tieout.quickbooks import qbwc
from tieout.quickbooks.qbwc import (
    Apply,
    AskWork,
    CheckCompany,
    CompanyChecked,
    Expire,
    Facts,
    GiveBack,
    HandOut,
    KeepAnswer,
    LaneTaken,
    MarkUnconfirmed,
    ReleaseLane,
    RenewLane,
    Reply,
    SessionState,
    StopQueue,
    TakeLane,
    Told,
    Work,
    WorkFound,
)
from tieout.quickbooks.qbxml import hresult
from tieout.service import company_facts, conversation, moments, qbwc_verify
from tieout.service.qbwc_body import STRAY, Body, RequestIds, ids_in
from tieout.service.turns import Lease, Message, Road, RoadKind, Turn, Until
from tieout.store.commits import lanes
from tieout.store.commits import web_connector as commits
from tieout.store.commits.exports import PostingMoved
from tieout.store.queries import waiting
from tieout.store.queries import web_connector as queries
from tieout.store.queries.connections import Book
from tieout.store.queries.web_connector import Account, Connection, Session

log = logging.getLogger("tieout.webconnector")

RULES: Final = qbwc.Rules(
    ticket_s=settings.WEB_CONNECTOR_TICKET_S,
    server_version=f"Tieout {tieout.__version__}",
)
SMALL_BYTES = 1024 * 1024  # an answer up to this size is applied at once
# so much longer than the silence, so that not every call extends it
LEASE_MORE_S = min(10.0, settings.WEB_CONNECTOR_TICKET_S / 10)
WAIT_S = 30.0  # work that is due so soon is waited for; for later work the next update comes
VERIFY = waiting.VERIFY
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


@dataclass(slots=True, kw_only=True)
class Visit:
    """A call under a ticket. `row` is None while the ticket is about to be made.

    `is_locked`: the transaction that locked the lane's row and read its epoch is still open.
    """

    now: datetime
    facts: Facts
    state: SessionState | None
    row: Session | None = None
    body: Body | None = None
    company_id: int = 0
    lease_until: datetime | None = None
    is_locked: bool = True
    payload: str = ""
    # answers kept in this call that are acted on once it is committed
    kept: list[str] = field(default_factory=list)
    kept_apart: str = ""  # the call whose answer is kept in parts
    _message: Message | None = None
    _request_ids: RequestIds | None = None
    _office: tuple[Account, Connection, Book] | None = None

    # -------------------------------------------------------------- the reducer's loop

    def meet(self, event: qbwc.Event) -> Reply | Apply:
        """Step until there is a reply, or an answer to act on that has to be committed first."""
        while True:
            done = qbwc.step(self.state, event, facts=self.facts, rules=RULES)
            self.state = done.state
            told: Told | None = None
            for effect in done.effects:
                if isinstance(effect, Apply):
                    return effect
                told = self._perform(effect)
            if done.reply is not None:
                return done.reply
            if told is None:
                message = f"{type(event).__name__} led to neither a reply nor a question."
                raise RuntimeError(message)
            event = told

    def follow(self, done: qbwc.Step) -> None:
        """Carry out a step that asks nothing."""
        self.state = done.state
        for effect in done.effects:
            self._perform(effect)

    def save(self) -> None:
        """Save the ticket's row as it is now."""
        if self.row is not None and self.state is not None:
            ids = self.row.request_ids if self._request_ids is None else self._request_ids
            commits.save_session(
                session_id=self.row.pk,
                state=self.state,
                request_ids=ids,
                uptime=moments.uptime(),
            )

    def _perform(self, effect: qbwc.Effect) -> Told | None:
        match effect:
            case TakeLane() | CheckCompany() | AskWork():
                return self._answer_question(effect)
            case KeepAnswer():
                self._keep(effect)
            case HandOut():
                self._hand_out(effect.work)
            case MarkUnconfirmed() | GiveBack():
                self._settle(effect.work, effect.why)
            case Expire():
                self._expire(effect.ticket)
            case RenewLane() | ReleaseLane() | StopQueue() | qbwc.Log():
                self._perform_on_lane(effect)
            case Apply():
                message = "An answer is acted on only after it is committed."
                raise RuntimeError(message)
        return None

    def _answer_question(self, question: TakeLane | CheckCompany | AskWork) -> Told:
        match question:
            case TakeLane():
                return self._take_lane(question)
            case CheckCompany():
                return self._check_company(question)
            case AskWork():
                return self._ask_work(writes=question.writes)

    def _perform_on_lane(self, effect: RenewLane | ReleaseLane | StopQueue | qbwc.Log) -> None:
        match effect:
            case RenewLane():
                self._renew(effect)
            case ReleaseLane():
                lanes.release(company_id=self.company_id, epoch=effect.epoch, wake_at=None)
            case StopQueue():
                lanes.hold(
                    company_id=self.company_id, epoch=self.facts.lane_epoch, reason=effect.why
                )
            case qbwc.Log():
                tell(effect, company_id=self.company_id)

    # -------------------------------------------------------------- the lane and the file

    def _renew(self, effect: RenewLane) -> None:
        """Keep the lane for a whole silence from now on; not every call waits for that."""
        least = self.now + timedelta(seconds=effect.lease_s)
        if self.lease_until is None or self.lease_until < least:
            commits.extend_lease(
                company_id=self.company_id,
                epoch=effect.epoch,
                now=self.now,
                lease_s=effect.lease_s + LEASE_MORE_S,
            )

    def _take_lane(self, question: TakeLane) -> LaneTaken:
        epoch = lanes.take(
            company_id=question.company_id,
            owner=commits.OWNER,
            now=self.now,
            lease_s=question.lease_s,
        )
        if epoch is not None:
            lanes.clear_wish(company_id=question.company_id, epoch=epoch)
        return LaneTaken(epoch=epoch)

    def _expire(self, ticket: str) -> None:
        row = queries.session(ticket=ticket)
        if row is not None:
            commits.save_session(
                session_id=row.pk,
                state=qbwc.expire(queries.state_of(row)),
                request_ids=row.request_ids,
                uptime=queries.called_at(ticket=ticket),  # it does not call now
            )

    def _check_company(self, question: CheckCompany) -> CompanyChecked:
        account, _, book = self.office()
        return qbwc_verify.judge(
            account=account,
            book=book,
            hcp_response=question.hcp_response,
            company_file=question.company_file,
        )

    # -------------------------------------------------------------- work

    def _ask_work(self, *, writes: bool) -> WorkFound:
        errand = waiting.errand(company_id=self.company_id)
        if errand.with_worker:
            return WorkFound(work=None, wait=True)
        if errand.verify:
            request = company_facts.request()
            work = Work(key=f"{VERIFY}{moments.call_id()}"[:40], writes=False)
            self._take_along(work.key, request)
            return WorkFound(work=work)
        try:
            found = conversation.build(self.turn(may_write=writes and not errand.read_only))
        except PostingMoved:  # a person decided about it this very moment
            return WorkFound(work=None, wait=True)
        if isinstance(found, Until):
            soon = found.at is not None and found.at <= self.now + timedelta(seconds=WAIT_S)
            return WorkFound(work=None, wait=soon)
        self._message = found
        self._take_along(found.call_id, found.request)
        return WorkFound(work=Work(key=found.call_id, writes=found.writes))

    def _take_along(self, key: str, request: bytes) -> None:
        """The bytes of the reply; their requestIDs tell later whose answer comes."""
        self.payload = request.decode("utf-8")
        known: RequestIds = self.row.request_ids if self.row is not None else []
        self._request_ids = [*known[-1:], [key, *ids_in(request)]]

    def _hand_out(self, work: Work) -> None:
        if self._message is not None and self._message.call_id == work.key:
            conversation.hand_out(self.turn(may_write=work.writes), self._message)

    def _settle(self, work: Work, why: str) -> None:
        """The answer will not be used. One that was kept in this very call is acted on instead."""
        if work.key.startswith(VERIFY) or work.key in self.kept:
            return
        conversation.lose(self.turn(may_write=False), work.key, why)

    # -------------------------------------------------------------- answers

    def _keep(self, effect: KeepAnswer) -> None:
        """Keep the raw answer, whoever holds the lane; what nobody asked for is kept apart."""
        if not effect.response.size and not is_failure(effect.hresult) and not effect.message:
            return  # nothing came: there is nothing to keep
        ours = bool(effect.key) and not effect.key.startswith((VERIFY, STRAY))
        small = effect.response.size <= SMALL_BYTES or self._is_write(effect.key)
        if ours and small and conversation.keep_by_call(effect.key, self._answer(effect)):
            if not effect.response.size:
                self.kept.append(effect.key)
            return
        self._keep_apart(effect, known=ours and not small)

    def _keep_apart(self, effect: KeepAnswer, *, known: bool) -> None:
        verify = effect.key.startswith(VERIFY) and not effect.late
        if self.row is None or not (effect.response.size or known):
            return
        self.kept_apart = effect.key
        kept = commits.keep_parts(
            session=self.row,
            call_id=effect.key if known or verify else "",
            pieces=self.body.pieces() if self.body is not None else iter(()),
            size=effect.response.size,
            sha256=effect.response.sha256,
            hresult=effect.hresult,
            message=effect.message,
            now=self.now,
        )
        if not (known or verify):
            where = f"kept answer {kept.pk}" if kept else "not kept, there were too many"
            text = f"An answer came to nothing that was asked ({where}); it changes nothing."
            tell(qbwc.Log(level="warning", text=text), company_id=self.company_id)

    def _is_write(self, key: str) -> bool:
        state = self.state
        works = (state.outstanding, state.last_work) if state is not None else ()
        return any(work is not None and work.key == key and work.writes for work in works)

    def _answer(self, effect: KeepAnswer) -> Answer:
        ticket = self.state.ticket if self.state is not None else ""
        if effect.response.size:
            return Answer(
                outcome=Outcome.RESPONSE,
                qbxml=self.body.whole() if self.body is not None else b"",
                session_id=ticket,
                company_file=self.state.company_file if self.state is not None else "",
            )
        rule = hresult.lookup(effect.hresult)
        proved = hresult.proves_not_executed("process", effect.hresult)
        return Answer(
            outcome=Outcome.HRESULT,
            stage="process",
            hresult=rule.code,
            message=effect.message or f"{rule.meaning}.",
            remedy=rule.remedy,
            rung=rung_of(rule.code),
            session_id=ticket,
            money_affected=False if proved else None,
        )

    # -------------------------------------------------------------- facts

    def turn(self, *, may_write: bool) -> Turn:
        """This ticket's turn on the lane."""
        state = self.state
        if state is None:
            message = "Without a ticket there is no turn."
            raise RuntimeError(message)
        locked = self.is_locked and state.epoch == self.facts.lane_epoch
        return Turn(
            lease=Lease(company_id=self.company_id, epoch=state.epoch, locked=locked),
            road=Road(
                kind=RoadKind.WEB_CONNECTOR,
                app_name=self.row.app_name if self.row is not None else self.office()[1].app_name,
                session_id=state.ticket,
            ),
            may_write=may_write,
        )

    def office(self) -> tuple[Account, Connection, Book]:
        """The account, the connection, and the company file as verified; read once a call."""
        if self._office is None:
            self._office = queries.office(company_id=self.company_id)
        return self._office


def trouble_of(code: str) -> qbwc.Trouble | None:
    """What a HRESULT of ProcessRequest means; None when there is none."""
    if not is_failure(code):
        return None
    rule = hresult.lookup(code)
    return qbwc.Trouble(
        meaning=rule.meaning,
        remedy=rule.remedy,
        not_executed=hresult.proves_not_executed("process", code),
    )


def is_failure(code: str) -> bool:
    """Zero, however it is written, is success; anything unreadable is not."""
    try:
        return bool(code) and int(code, 16) != 0
    except ValueError:
        return True


def tell(line: qbwc.Log, *, company_id: int, address: str = "") -> None:
    """A line of the log that says which company, what happened and what to do."""
    if company_id:
        who = f"company {company_id} ({queries.company_name(company_id=company_id)})"
    else:
        who = f"unknown company at {address or 'an unknown address'}"
    log.log(_LEVELS[line.level], "Web Connector, %s: %s", who, line.text)
