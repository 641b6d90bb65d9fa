"""The middle of a session: work goes out, answers come in, and what happens when they do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tieout.quickbooks.qbwc.answers import (
    FAILED,
    STOP,
    HandOverReply,
    PercentReply,
    RefusalReply,
    TextReply,
)
from tieout.quickbooks.qbwc.calls import (
    ConnectionFailure,
    Reason,
    ReceiveResponseXML,
    SendRequestXML,
    Unreadable,
)
from tieout.quickbooks.qbwc.records import (
    Applied,
    Apply,
    AskWork,
    CheckCompany,
    CompanyChecked,
    Effect,
    Facts,
    HandOut,
    KeepAnswer,
    Log,
    Phase,
    RenewLane,
    Rules,
    SessionState,
    StopQueue,
    WorkFound,
)
from tieout.quickbooks.qbwc.steps import OUT_LOST, Step, end, settle, without_outstanding

NOTHING: Final = TextReply(method="sendRequestXML", text="")
NOT_TAKEN: Final = PercentReply(percent=FAILED)
_ALL: Final = 100
UP_TO_DATE: Final = "There is nothing more to do; everything is up to date."
_TOO_LONG: Final = (
    "Tieout is still working on earlier answers. The next update goes on from there."
)
_UNTRUSTED: Final = (
    "Tieout was about to write before it knew the company file. Nothing was sent. "
    "Run Verify connection, then run the update again."
)
_TWICE: Final = (
    "Tieout was about to send a message a second time whose outcome is not known. Nothing was "
    "sent. Run the update again; if it happens twice, report it to whoever runs Tieout."
)
_EMPTY: Final = "The Web Connector brought an empty answer without saying why. " + OUT_LOST
_STRANGE: Final = (
    "The Web Connector brought an answer to another message. Tieout has kept it and sorts it out "
    "at the next update; just let it run."
)
_DAMAGED: Final = "An answer arrived damaged or cut off. " + OUT_LOST


# ------------------------------------------------ sendRequestXML


def send(state: SessionState, call: SendRequestXML, _facts: Facts, rules: Rules) -> Step:
    """Settle what is still out, look at the company file where it is told, ask for work."""
    effects: tuple[Effect, ...] = (_renewal(state, rules),)
    if state.outstanding is not None:
        why = "The Web Connector asks for work again, and the answer to the last message is lost."
        effects += settle(state.outstanding, why)
        effects += (Log(level="warning", text=f"{why} {OUT_LOST}"),)
        state = without_outstanding(state, unconfirmed=True)
    state = replace(state, phase=Phase.OPEN, connection_tries=0)
    if not call.hcp_response and call.company_file == state.company_file:
        return Step(state, (*effects, AskWork(writes=state.trusted)))
    question = CheckCompany(
        hcp_response=call.hcp_response,
        company_file=call.company_file,
        country=call.country,
        major=call.major,
        minor=call.minor,
    )
    state = replace(state, company_file=call.company_file, trusted=False)
    return Step(state, (*effects, question))


def company_checked(state: SessionState, told: CompanyChecked, _facts: Facts, _: Rules) -> Step:
    """A wrong file stops everything before a byte leaves."""
    if told.verdict == "wrong":
        error = f"{told.problem} {told.remedy}".strip()
        return end(state, error=error, reply=NOTHING, first=(StopQueue(why=error),))
    state = replace(state, trusted=told.verdict == "right")
    return Step(state, (AskWork(writes=state.trusted),))


def work_found(state: SessionState, told: WorkFound, _facts: Facts, rules: Rules) -> Step:
    """Hand it out, wait for it, or say that all is done."""
    work = told.work
    if work is None:
        return _no_work(state, told, rules)
    if work.writes and not state.trusted:
        return end(state, error=_UNTRUSTED, reply=NOTHING)
    if work.key in state.unconfirmed:
        return end(state, error=_TWICE, reply=NOTHING)
    out = replace(state, phase=Phase.OUTSTANDING, outstanding=work, waits=0, last_error="")
    return Step(out, (HandOut(work=work),), HandOverReply(key=work.key))


def _no_work(state: SessionState, told: WorkFound, rules: Rules) -> Step:
    """ "" makes the Web Connector call getLastError, where NoOp makes it come again in 5 s."""
    if not told.wait:
        ended = end(state, error=UP_TO_DATE, reply=NOTHING)
        calm = (*ended.effects[:-1], Log(level="info", text=UP_TO_DATE))
        return Step(ended.state, calm, NOTHING)
    if state.waits >= rules.waits_max:
        return end(state, error=_TOO_LONG, reply=NOTHING)
    return Step(replace(state, phase=Phase.WAITING, waits=state.waits + 1), (), NOTHING)


# ------------------------------------------------ receiveResponseXML


def receive(state: SessionState, call: ReceiveResponseXML, facts: Facts, rules: Rules) -> Step:
    """Keep the answer to what is out, then have it applied."""
    work = state.outstanding
    if work is None or _is_replay(state, call, facts):
        return _again(state, call, facts)
    if facts.answer_key not in (None, work.key):
        keep = _keep(call, key=_known_key(state, facts), late=True)
        return end(state, error=_STRANGE, reply=NOT_TAKEN, first=(keep,))
    keep = _keep(call, key=work.key, late=False)
    if not call.response.size:
        return _failed(state, call, facts, keep)
    taken = replace(
        state,
        outstanding=None,
        last_work=work,
        phase=Phase.OPEN,
        last_answer=call.response.sha256,
        replays=0,
        answered=state.answered + 1,
    )
    return Step(taken, (_renewal(state, rules), keep, Apply(work=work)))


def applied(state: SessionState, told: Applied, _facts: Facts, _rules: Rules) -> Step:
    """1-99 while work remains or nobody knows yet, 100 at the end; the bar never goes back."""
    if told.stop:
        return end(state, error=told.stop, reply=NOT_TAKEN)
    percent = _percent(state, told.remaining)
    state = replace(state, progress=percent, trusted=state.trusted or told.trusted)
    return Step(state, (), PercentReply(percent=percent))


def _percent(state: SessionState, remaining: int | None) -> int:
    if remaining == 0:
        return _ALL
    share = 0
    if remaining is not None:
        share = state.answered * _ALL // (state.answered + remaining)
    before = state.progress if state.progress < _ALL else 0
    return min(max(share, before, 1), _ALL - 1)


def _failed(state: SessionState, call: ReceiveResponseXML, facts: Facts, keep: KeepAnswer) -> Step:
    """QuickBooks raised an error, or nothing came at all; only some HRESULTs prove anything."""
    if not _is_failure(call.hresult) and not call.message:
        return end(state, error=_EMPTY, reply=NOT_TAKEN, first=(keep,))
    proved = facts.trouble is not None and facts.trouble.not_executed
    error = trouble_text(call.hresult, call.message, facts)
    if not proved and state.outstanding is not None and state.outstanding.writes:
        error = f"{error} {OUT_LOST}"
    return end(state, error=error, reply=NOT_TAKEN, first=(keep,), not_executed=proved)


def _is_replay(state: SessionState, call: ReceiveResponseXML, facts: Facts) -> bool:
    """Whether it is the last answer once more.

    Where no id tells, one repetition is believed, not two: two queries may have the same answer,
    and the second must not be refused for ever.
    """
    same = bool(call.response.size) and call.response.sha256 == state.last_answer
    if facts.answer_key is not None and state.outstanding is not None:
        return same and facts.answer_key != state.outstanding.key
    return same and (state.outstanding is None or not state.replays)


def _again(state: SessionState, call: ReceiveResponseXML, facts: Facts) -> Step:
    """Nothing is out, or not this: repeat the last reply for the last answer, else keep it."""
    if _is_replay(state, call, facts):
        log = Log(level="warning", text="The same answer came twice; it is kept once.")
        again = replace(state, replays=state.replays + 1)
        return Step(again, (log,), PercentReply(percent=max(state.progress, 1)))
    keep = _keep(call, key=_known_key(state, facts), late=True)
    return end(state, error=_STRANGE, reply=NOT_TAKEN, first=(keep,))


def receive_late(state: SessionState, call: ReceiveResponseXML, facts: Facts, _: Rules) -> Step:
    """Under a ticket that may not work any more: kept for whoever holds the lane, not applied."""
    keep = _keep(call, key=_known_key(state, facts), late=True)
    log = Log(level="warning", text="An answer came late; it is kept, and applied in its turn.")
    return Step(state, (keep, log), NOT_TAKEN)


def damaged(state: SessionState, body: Unreadable, _facts: Facts, _rules: Rules) -> Step:
    """An answer that cannot be read is a lost answer; any other damage changes nothing."""
    if body.method != "receiveResponseXML":
        return unreadable(state, body, _facts, _rules)
    first = (Log(level="error", text=f"{body.reason} {body.detail}".strip()),)
    error = _DAMAGED
    if body.reason is Reason.NOT_STORED:
        error = f"{body.reason} {body.remedy} {OUT_LOST}"
    return end(state, error=error, reply=NOT_TAKEN, first=first)


def unreadable(state: SessionState, body: Unreadable, _facts: Facts, _rules: Rules) -> Step:
    """A body that is no call changes nothing; its method's least harmful answer goes back."""
    text = " ".join(part for part in (body.reason, body.detail, body.remedy) if part)
    told = replace(state, last_error=state.last_error or text)
    return Step(told, (Log(level="warning", text=text),), RefusalReply(method=body.method))


def _keep(call: ReceiveResponseXML, *, key: str, late: bool) -> KeepAnswer:
    return KeepAnswer(
        key=key, response=call.response, hresult=call.hresult, message=call.message, late=late
    )


def _known_key(state: SessionState, facts: Facts) -> str:
    return facts.answer_key or (state.last_work.key if state.last_work else "")


# ------------------------------------------------ connectionError


def connection_failure(
    state: SessionState, call: ConnectionFailure, facts: Facts, rules: Rules
) -> Step:
    """Try another path where the company names one, a couple of times; then stop and tell."""
    error = trouble_text(call.hresult, call.message, facts)
    may_retry = state.outstanding is None and state.connection_tries < rules.connection_tries_max
    if facts.other_file is not None and may_retry:
        tried = replace(state, connection_tries=state.connection_tries + 1, last_error=error)
        reply = TextReply(method="connectionError", text=facts.other_file)
        log = Log(level="warning", text=f"{error} Tieout names another path of the file.")
        return Step(tried, (_renewal(state, rules), log), reply)
    return end(state, error=error, reply=TextReply(method="connectionError", text=STOP))


def trouble_text(hresult: str, message: str, facts: Facts) -> str:
    """What QuickBooks said, what it means, and what to do about it."""
    code = f" ({hresult})" if hresult else ""
    said = f' It says: "{message}"' if message else ""
    if facts.trouble is None:
        return f"QuickBooks could not be used{code}.{said}"
    return f"QuickBooks: {facts.trouble.meaning}{code}. {facts.trouble.remedy}{said}"


def _is_failure(hresult: str) -> bool:
    """Zero, however it is written, is success; anything unreadable is not."""
    try:
        return bool(hresult) and int(hresult, 16) != 0
    except ValueError:
        return True


def _renewal(state: SessionState, rules: Rules) -> RenewLane:
    return RenewLane(epoch=state.epoch, lease_s=rules.ticket_s)
