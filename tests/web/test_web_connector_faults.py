"""What goes wrong between the Web Connector and us: a defined reply, a defined state, a line in
the log that names the company and what to do, and no invoice lost or doubled.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from unittest.mock import Mock

import pytest
from tests.factories import World
from tests.machine_call import post
from tests.web_connector_double import AnswerLost, WebConnector, envelope, result
from tests.web_connector_office import Desk, open_desk

from tieout.sandbox import HResult
from tieout.service import conversation, moments, qbwc_account
from tieout.store.commits import lanes
from tieout.store.models import (
    Exchange,
    KeptAnswer,
    Lane,
    Posting,
    Task,
    WebConnectorSession,
)

Later = Callable[..., None]
WRITE = "<InvoiceAddRs"
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """`later(minutes=11)`: the clock of the service runs ahead by so much more."""
    real, running, ahead = moments.now, moments.uptime, timedelta()

    def go(**much: float) -> None:
        nonlocal ahead
        ahead += timedelta(**much)

    def uptime() -> moments.Uptime:
        boot, seconds = running()
        return moments.Uptime(boot, seconds + int(ahead.total_seconds()))

    monkeypatch.setattr(moments, "now", lambda: real() + ahead)
    monkeypatch.setattr(moments, "uptime", uptime)
    return go


@pytest.fixture
def desk(world: World, tmp_path: Path, later: Later) -> Desk:
    """Northgate verified and refreshed, with two invoices queued."""
    made = open_desk(world, tmp_path)
    made.connector.sleep = lambda: later(seconds=5)
    made.refresh()
    made.make_ready("20417", "20418")
    made.queue()
    return made


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """The lines of the Web Connector's log so far."""
    caplog.set_level(logging.INFO, "tieout.webconnector")
    logging.getLogger("tieout").propagate = True
    return lambda: "\n".join(
        f"{r.levelname} {r.getMessage()}"
        for r in caplog.records
        if r.name == "tieout.webconnector"
    )


class Until:
    """Runs an update and breaks it off at the answer to the `number`th write."""

    def __init__(self, connector: WebConnector, *, number: int = 1) -> None:
        self.left, self.connector, self.answer = number, connector, ""
        connector.before_bring = self._look

    def _look(self, answer: str) -> str:
        if WRITE in answer:
            self.left -= 1
            if not self.left:
                self.answer = answer
                raise AnswerLost
        return answer

    def run(self) -> str:
        with pytest.raises(AnswerLost):
            self.connector.update()
        self.connector.before_bring = lambda answer: answer
        return self.answer


def runs_clean(desk: Desk) -> None:
    """The next update settles everything: each invoice is there once, and we know it."""
    connector = desk.another()
    for _ in range(3):
        connector.update()
    assert desk.numbers() == ["20417", "20418"], "\n".join(connector.diary)
    assert desk.states() == {"20417": "exported", "20418": "exported"}, connector.diary


def send_soap(body: bytes, **headers: str) -> list[str]:
    """A raw body; the reply's text is checked by the caller."""
    reply = post("/qbwc/", body, headers=headers)
    assert reply.status == "200 OK"
    assert b"Fault" not in reply.content
    return [reply.content.decode()]


# ------------------------------------------------------------------ lost answers


def test_a_lost_answer_holds_the_lane_for_ten_minutes(desk: Desk, later: Later) -> None:
    Until(desk.connector).run()
    assert desk.another().update() == "busy"
    later(minutes=9)
    assert desk.another().update() == "busy"
    later(minutes=2)
    runs_clean(desk)


def test_busy_says_how_long_to_postpone(desk: Desk) -> None:
    Until(desk.connector).run()
    second = desk.another()
    told = second.say("authenticate", strUserName=second.user_name, strPassword=second.password)
    ticket, verdict, postpone = told.split("|")
    assert (verdict, postpone) == ("busy", "60")
    assert "Another update" in second.say("getLastError", ticket=ticket)


def test_whoever_takes_over_looks_before_anything_is_sent(desk: Desk, later: Later) -> None:
    Until(desk.connector).run()
    later(minutes=11)
    second = desk.another()
    second.before_bring = Until(second).connector.before_bring
    second.log_in()
    assert "unconfirmed" in desk.states().values()
    assert WebConnectorSession.objects.filter(phase="expired").count() == 1


def test_a_request_that_never_ran_is_sent_again_only_behind_the_fence(
    desk: Desk, later: Later
) -> None:
    """The message went out and the Windows machine died before QuickBooks got it."""
    session = desk.books.open_session(app_name="Tieout", company_file="", mode="do_not_care")
    desk.connector.log_in()
    request = desk.connector.ask(session, session.process(_HCP))
    while "InvoiceAddRq" not in request:
        desk.connector.bring(session.process(request))
        request = desk.connector.ask(session)
    session.close()
    later(minutes=11)
    desk.another().update()
    assert desk.numbers() == []
    assert sorted(desk.states().values()) == ["ready", "unconfirmed"]
    later(minutes=5)  # 16 minutes of silence: the old ticket's write cannot arrive any more
    runs_clean(desk)


def test_a_clock_that_is_put_forward_does_not_shorten_the_silence(
    desk: Desk, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait is measured by the clock that only runs; the one on the wall says an hour."""
    session = desk.books.open_session(app_name="Tieout", company_file="", mode="do_not_care")
    first = desk.connector
    first.log_in()
    request = first.ask(session, session.process(_HCP))
    while "InvoiceAddRq" not in request:
        first.bring(session.process(request))
        request = first.ask(session)
    session.close()
    with monkeypatch.context() as jumped:
        ahead = moments.now
        jumped.setattr(moments, "now", lambda: ahead() + timedelta(hours=1))
        desk.another().update()
        assert Posting.objects.filter(state="unconfirmed", call_over=False).count() == 1
        assert desk.numbers() == []
    later(minutes=80)
    runs_clean(desk)


def test_a_session_that_was_open_while_the_old_ticket_still_called_is_no_fence(
    desk: Desk, later: Later
) -> None:
    """The first update hung with its write; it called once more after the second had begun."""
    session = desk.books.open_session(app_name="Tieout", company_file="", mode="do_not_care")
    first = desk.connector
    first.log_in()
    request = first.ask(session, session.process(_HCP))
    while "InvoiceAddRq" not in request:
        first.bring(session.process(request))
        request = first.ask(session)
    later(minutes=11)
    second = desk.another()
    second.log_in()
    later(seconds=5)
    first.last_error()
    later(minutes=16)  # the silence is over, but the second session proves nothing of the first
    asked = second.ask(session, session.process(_HCP))
    while asked and "InvoiceAddRq" not in asked:
        second.bring(session.process(asked))
        asked = second.ask(session)
    assert "InvoiceAddRq" not in asked
    assert desk.numbers() == []
    waiting = Posting.objects.get(state="unconfirmed")
    assert not waiting.call_over
    assert waiting.recoveries == 0  # it does not count as a look in vain: a person is not asked
    second.close()
    session.close()
    later(minutes=6)
    runs_clean(desk)  # the next update began after the last call


_HCP = (
    '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
    '<HostQueryRq requestID="0"/><CompanyQueryRq requestID="1"/>'
    '<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
)


def test_asked_again_with_a_write_out_the_write_never_goes_out_twice(desk: Desk) -> None:
    Until(desk.connector).run()
    session = desk.books.open_session(app_name="Tieout", company_file="", mode="do_not_care")
    asked = desk.connector.ask(session)
    assert "InvoiceAddRq" not in asked
    assert "unconfirmed" in desk.states().values()
    session.close()
    desk.connector.close()
    runs_clean(desk)


def test_a_late_answer_under_an_old_ticket_is_kept_and_acted_on_in_its_turn(
    desk: Desk, later: Later
) -> None:
    old = desk.connector
    answer = Until(old).run()
    later(minutes=11)
    second = desk.another()
    second.log_in()  # takes the lane; the old ticket has expired
    assert old.bring(answer) == -1
    assert "kept" in old.last_error() or "silent" in old.last_error()
    kept = Exchange.objects.get(purpose="write", outcome="response")
    assert b"InvoiceAddRs" in bytes(kept.answer)
    second.close()
    runs_clean(desk)


def test_the_same_answer_twice_is_kept_once(desk: Desk, told: Callable[[], str]) -> None:
    replies: list[int] = []

    def twice(answer: str) -> str:
        if WRITE in answer and not replies:
            replies.append(desk.connector.bring(answer))
        return answer

    desk.connector.before_bring = twice
    desk.connector.update()
    assert replies[0] > 0
    assert "came twice" in told()
    runs_clean(desk)


def test_an_empty_answer_without_a_reason_is_a_lost_answer(desk: Desk) -> None:
    Until(desk.connector).run()
    assert desk.connector.bring("") == -1
    assert "without saying why" in desk.connector.last_error()
    assert "unconfirmed" in desk.states().values()
    desk.connector.close()
    runs_clean(desk)


def test_closing_with_a_write_out_loses_its_answer(desk: Desk) -> None:
    Until(desk.connector).run()
    assert "closed before the answer" in desk.connector.close()
    assert "unconfirmed" in desk.states().values()
    runs_clean(desk)


def test_the_same_question_asked_twice_has_the_same_answer_twice(desk: Desk) -> None:
    """Verify and Refresh ask for the same facts: the second answer is no repetition."""
    qbwc_account.ask_verify(access=desk.access, now=moments.now())
    desk.refresh()
    assert not Task.objects.filter(kind="refresh").exclude(state="done").exists()
    runs_clean(desk)


# ------------------------------------------------------------------ bodies that are no call


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no xml at all", b"<a/>", BOMB,
        b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>',
        envelope("format", path="C:"), b"\xff\xfe\x00", b"<" * 100_000,
    ],
    ids=["empty", "text", "other xml", "bomb", "no call", "unknown", "noise", "open tags"],
)  # fmt: skip
def test_a_body_that_is_no_call_changes_nothing(
    desk: Desk, body: bytes, told: Callable[[], str]
) -> None:
    before = list(WebConnectorSession.objects.values())
    (reply,) = send_soap(body)
    assert reply.startswith('<?xml version="1.0" encoding="utf-8"?>')
    assert list(WebConnectorSession.objects.values()) == before
    assert "WARNING Web Connector, unknown company at 127.0.0.1" in told()
    runs_clean(desk)


def test_a_cut_answer_is_a_lost_answer(desk: Desk, told: Callable[[], str]) -> None:
    answer = Until(desk.connector).run()
    whole = envelope(
        "receiveResponseXML",
        ticket=desk.connector.ticket,
        response=answer,
        hresult="",
        message="",
    )
    (reply,) = send_soap(whole[: len(whole) // 2])
    assert result(reply.encode(), "receiveResponseXML") == ["-1"]
    assert "damaged or cut off" in desk.connector.last_error()
    assert "Northgate Staffing" in told()
    assert "unconfirmed" in desk.states().values()
    desk.connector.close()
    runs_clean(desk)


def test_a_body_that_announces_too_much_is_not_read(desk: Desk, told: Callable[[], str]) -> None:
    reply = post("/qbwc/", b"<", CONTENT_LENGTH=str(97 * 1024 * 1024))
    assert reply.status == "200 OK"
    assert "larger than allowed" in told()


def test_an_answer_that_cannot_be_stored_is_a_lost_answer(
    desk: Desk, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """QuickBooks has saved the invoice; the disk is full when its answer comes."""
    answer = Until(desk.connector).run()
    with monkeypatch.context() as patched:
        full = OSError(errno.ENOSPC, "No space left on device")
        patched.setattr(SpooledTemporaryFile, "write", Mock(side_effect=full))
        desk.connector.before_bring = lambda given: given
        assert desk.connector.bring(answer) == -1
    assert "could not be stored" in desk.connector.last_error()
    assert "makes room on the disk" in told()
    assert "Northgate Staffing" in told()
    assert "unconfirmed" in desk.states().values()
    desk.connector.close()
    runs_clean(desk)


def test_a_soap_action_that_disagrees_is_told_with_its_company(
    desk: Desk, told: Callable[[], str]
) -> None:
    Until(desk.connector).run()
    body = envelope("getLastError", ticket=desk.connector.ticket)
    send_soap(body, SOAPAction='"http://developer.intuit.com/authenticate"')
    assert "(Northgate Staffing): SOAPAction" in told()
    assert "look for a proxy that changes headers" in told()


@pytest.mark.parametrize("action", ["", "http://developer.intuit.com/authenticate", '"nonsense"'])
def test_the_body_decides_whatever_the_soap_action_says(desk: Desk, action: str) -> None:
    (reply,) = send_soap(envelope("serverVersion"), SOAPAction=action)
    assert result(reply.encode(), "serverVersion")[0]


# ------------------------------------------------------------------ tickets and answers of others


def test_a_forged_ticket_gets_nothing_and_fills_no_disk(
    desk: Desk, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk: list[int] = []
    real = SpooledTemporaryFile.rollover

    def rollover(file: SpooledTemporaryFile) -> None:
        disk.append(1)
        real(file)

    monkeypatch.setattr(SpooledTemporaryFile, "rollover", rollover)
    forger = desk.another()
    forger.ticket = "forged"
    session = desk.books.open_session(app_name="Tieout", company_file="", mode="do_not_care")
    assert forger.ask(session) == ""
    assert forger.bring("<QBXML/>" * 300_000) == -1  # 2.4 MB
    assert disk == []
    assert "does not know this update" in forger.last_error()
    assert not KeptAnswer.objects.exclude(call_id__startswith="verify-").exists()
    assert "unknown company at 203.0.113.8" in told()
    session.close()
    runs_clean(desk)


def test_an_answer_to_another_request_is_kept_apart(desk: Desk, told: Callable[[], str]) -> None:
    Until(desk.connector).run()
    foreign = '<QBXML><QBXMLMsgsRs><InvoiceAddRs requestID="9999"/></QBXMLMsgsRs></QBXML>'
    assert desk.connector.bring(foreign) == -1
    assert "another message" in desk.connector.last_error()
    assert KeptAnswer.objects.get(call_id="").size == len(foreign)
    assert not Exchange.objects.filter(purpose="write", outcome="response").exists()
    assert "nothing that was asked" in told()
    desk.connector.close()
    runs_clean(desk)


def test_the_answer_parameter_twice_is_no_call(desk: Desk) -> None:
    Until(desk.connector).run()
    body = envelope("receiveResponseXML", ticket=desk.connector.ticket, response="<a/>")
    body = body.replace(b"</response>", b"</response><response>b</response>")
    (reply,) = send_soap(body)
    assert result(reply.encode(), "receiveResponseXML") == ["-1"]
    desk.connector.close()
    runs_clean(desk)


# ------------------------------------------------------------------ HRESULTs


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        (0x80040400, "refused"),  # could not be read: nothing ran, and nothing will
        (0x8004040C, "ready"),  # out of order: nothing ran
        (0x80040402, "unconfirmed"),  # unexpected error
        (0x80040414, "unconfirmed"),  # a dialog is open
        (0x8004041A, "unconfirmed"),  # no permission
        (0x800706BA, "unconfirmed"),  # QuickBooks died
        (0x80049999, "unconfirmed"),  # nobody knows this one
    ],
)
def test_an_hresult_of_every_class(
    desk: Desk, code: int, becomes: str, told: Callable[[], str]
) -> None:
    struck: list[int] = []

    def strike(answer: str) -> str:
        if WRITE in answer and not struck:
            struck.append(code)
            raise HResult("process", code, "What QuickBooks said.")
        return answer

    desk.connector.before_bring = strike
    said = desk.connector.update()
    desk.connector.before_bring = lambda answer: answer
    assert "What QuickBooks said." in said
    assert f"0x{code:08X}" in said
    assert "Northgate Staffing" in told()
    sent = Exchange.objects.get(purpose="write", hresult=code)
    assert sent.outcome == "hresult"
    state = desk.states()["20417"]
    assert state == becomes
    assert Lane.objects.get(company=desk.company).lease_until is None
    if becomes == "unconfirmed":
        runs_clean(desk)


def test_connection_error_is_told_and_frees_the_lane(desk: Desk, told: Callable[[], str]) -> None:
    connector = desk.connector
    connector.log_in()
    done = connector.say(
        "connectionError", ticket=connector.ticket, hresult="0x80040408", message="Could not start"
    )
    if done != "done":  # another path of the file was named
        done = connector.say(
            "connectionError", ticket=connector.ticket, hresult="0x80040408", message="Again"
        )
        done = connector.say(
            "connectionError", ticket=connector.ticket, hresult="0x80040408", message="Again"
        )
    assert done == "done"
    assert "could not be started" in connector.last_error()
    connector.close()
    assert "Northgate Staffing" in told()
    runs_clean(desk)


# ------------------------------------------------------------------ who may come in


def test_a_wrong_password_gets_nvu_and_slows_only_itself(
    desk: Desk, told: Callable[[], str]
) -> None:
    guesser = desk.another("198.51.100.1")
    guesser.password = "wrong"
    for _ in range(6):
        assert guesser.log_in() == "nvu"
    guesser.password = desk.password
    assert guesser.log_in() == "nvu"  # too soon: the password is not even looked at
    assert desk.another("198.51.100.2").log_in() == ""
    assert "user name or the password is wrong" in told()
    assert "198.51.100.1" in told()


def test_the_brake_lets_go(desk: Desk, later: Later) -> None:
    guesser = desk.another("198.51.100.1")
    guesser.password = "wrong"
    for _ in range(6):
        guesser.log_in()
    guesser.password = desk.password
    later(minutes=6)
    assert guesser.log_in() == ""


def test_two_updates_at_once(desk: Desk) -> None:
    first, second = desk.connector, desk.another()
    verdicts: list[str] = []

    def meanwhile(answer: str) -> str:
        verdicts.append(second.update())
        return answer

    first.before_bring = meanwhile
    first.update()
    assert set(verdicts) == {"busy"}
    runs_clean(desk)


def test_busy_while_a_worker_holds_the_lane(desk: Desk) -> None:
    now = moments.now()
    assert lanes.take(company_id=desk.company.pk, owner="worker", now=now) is not None
    assert desk.connector.update() == "busy"


# ------------------------------------------------------------------ our own faults


def test_a_fault_of_ours_is_no_soap_fault(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: Callable[[], str]
) -> None:
    def broken(_turn: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    with monkeypatch.context() as patch:
        patch.setattr(conversation, "build", broken)
        said = desk.connector.update()
    assert "A fault in Tieout" in said
    assert "ERROR Web Connector: a call of sendRequestXML broke off" in told()
    assert Lane.objects.get(company=desk.company).lease_until is None
    runs_clean(desk)


def test_a_fault_after_the_answer_was_kept_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: Callable[[], str]
) -> None:
    real = conversation.apply_kept
    broken: list[str] = []

    def once(turn, call_id, **more):
        row = Exchange.objects.get(call_id=call_id)
        if row.purpose == "write" and not broken:
            broken.append(call_id)
            message = "the power went"
            raise OSError(message)
        return real(turn, call_id, **more)

    with monkeypatch.context() as patch:
        patch.setattr(conversation, "apply_kept", once)
        desk.connector.update()
    assert broken
    assert "could not be acted on" in told()
    runs_clean(desk)
    assert Exchange.objects.filter(purpose="write").count() == 2
