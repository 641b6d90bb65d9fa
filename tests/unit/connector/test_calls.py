"""The rules of a call, without HTTP: what the journal says when, and what is proved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.connector.fakes import (
    FILE,
    NOW,
    QUERY,
    WRITE,
    MemoryLink,
    handed,
    process_call,
    received,
)

from tieout.connector.calls import Calls
from tieout.connector.journal import Journal
from tieout.connector.link import LinkError
from tieout.connector.problems import Problem
from tieout.connector.worker import Task, Worker
from tieout.quickbooks import wire


class Desk:
    """A connector without its door."""

    def __init__(self, folder: Path) -> None:
        self.link = MemoryLink()
        self.journal = Journal(folder / "journal.sqlite3", now=NOW, durable=False)
        self.worker = Worker(self.link, clock=lambda: NOW, idle_s=30, queue_max=4)
        self.calls = Calls(journal=self.journal, worker=self.worker, clock=lambda: NOW)
        self.worker.start()

    def process(self, call: wire.ProcessCall, access: wire.Access = "full") -> wire.ProcessReply:
        return self.calls.process(call, user="ann", access=access)

    def kept(self, call_id: str = "w-1") -> wire.ProcessReply:
        entry = self.journal.get(call_id)
        assert entry is not None
        return entry.reply

    def close(self) -> None:
        self.calls.stop(grace_s=5)
        self.journal.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.close()


def test_the_journal_is_ahead_of_quickbooks_and_of_the_reply(desk: Desk) -> None:
    seen: list[wire.State] = []

    def look() -> str:
        seen.append(desk.kept().state)
        return "<QBXML/>"

    desk.link.answers = [look]
    reply = desk.process(process_call())
    assert seen == ["handed over"]
    assert desk.kept() == reply
    assert (reply.outcome, reply.executed, reply.company_file) == ("response", True, FILE)


def test_nothing_is_handed_over_that_could_not_be_journalled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_parts: Any, **_more: Any) -> None:
        import sqlite3

        raise sqlite3.OperationalError

    monkeypatch.setattr(desk.journal, "record_handed_over", fail)
    reply = desk.process(process_call())
    assert (reply.outcome, reply.executed, reply.code) == ("not-sent", False, "internal")
    assert "process" not in desk.link.events
    assert desk.kept() == reply


def test_a_reply_that_cannot_be_kept_is_still_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_parts: Any, **_more: Any) -> None:
        raise LookupError

    monkeypatch.setattr(desk.journal, "record_end", fail)
    assert desk.process(process_call()).outcome == "response"
    assert desk.kept().outcome == "unknown"


def test_a_query_is_not_fenced_and_not_kept(desk: Desk) -> None:
    desk.process(replace(process_call(), epoch=9))
    query = replace(process_call("q-1", QUERY), epoch=0, installation_id="home")
    assert desk.process(query, access="read-only").outcome == "response"
    assert desk.journal.get("q-1") is None


@pytest.mark.parametrize("access", ["full", "read-only"])
def test_reading_rights_do_not_write(desk: Desk, access: wire.Access) -> None:
    call = replace(process_call(), access="read-only" if access == "full" else "full")
    with pytest.raises(Problem) as problem:
        desk.process(call, access=access)
    assert (problem.value.status, desk.link.events) == (403, [])


@pytest.mark.parametrize(
    ("error", "executed"),
    [
        (LinkError("process", 0x80040400, "cannot be parsed"), False),
        (LinkError("process", 0x80040402, "unexpected"), None),
        (LinkError("process", 0x8001010A, "busy"), None),
    ],
)
def test_a_failed_request_kills_its_session(
    desk: Desk, error: LinkError, executed: bool | None
) -> None:
    desk.link.answers = [error]
    first = desk.process(process_call())
    second = desk.process(process_call("w-2"))
    assert (first.outcome, first.executed, first.hresult) == ("hresult", executed, error.hresult)
    assert (first.session_id, second.session_id) == ("s-1", "s-2")


def test_abandoned_comes_after_a_newer_session_answered(desk: Desk) -> None:
    desk.link.answers = [LinkError("process", 0x800706BE, "gone")]
    desk.process(process_call())
    assert desk.link.events == ["open 1", "process", "close s-1"]
    again = desk.process(process_call())
    assert desk.link.events[3:] == ["open 2", "host"]
    assert (again.outcome, again.fenced_at, again.hresult) == ("abandoned", NOW, 0x800706BE)
    assert desk.kept() == again
    assert desk.calls.recall("w-1") == again
    assert desk.link.events[5:] == []


def test_what_is_proved_not_executed_needs_no_proof(desk: Desk) -> None:
    desk.link.begin_error = LinkError("begin", 0x80040408, "could not start")
    first = desk.process(process_call())
    desk.link.begin_error = None
    assert desk.calls.recall("w-1") == first
    assert "host" not in desk.link.events


def test_a_running_call_is_never_abandoned(desk: Desk) -> None:
    release = threading.Event()

    def wait() -> str:
        release.wait(5)
        return "<QBXML/>"

    desk.link.answers = [wait]
    reply = desk.process(replace(process_call(), timeout_s=0.05))
    assert (reply.outcome, reply.state) == ("unknown", "handed over")
    assert desk.calls.recall("w-1") == reply
    assert "host" not in desk.link.events
    release.set()
    assert desk.process(process_call()).outcome == "response"
    assert desk.link.events.count("process") == 1


def test_quickbooks_gets_a_little_less_time_than_the_caller_gives(desk: Desk) -> None:
    desk.process(replace(process_call(), timeout_s=30.0))
    desk.process(replace(process_call("q-1", QUERY), timeout_s=1.8))
    assert 28.0 < desk.link.limits_s[0] <= 29.0
    assert 0.0 < desk.link.limits_s[1] <= 0.9


@pytest.mark.parametrize(("qbxml", "opening_s", "handed_over"), [
    (WRITE, 1.6, False), (QUERY, 1.6, True), (QUERY, 3.3, False),
])  # fmt: skip
def test_what_has_too_little_time_left_is_not_begun(
    desk: Desk, qbxml: str, opening_s: float, handed_over: bool
) -> None:
    desk.link.while_opening = lambda: time.sleep(opening_s)
    reply = desk.process(replace(process_call("x-1", qbxml), timeout_s=3.0))
    desk.calls.stop(grace_s=5)
    assert ("process" in desk.link.events) is handed_over
    if not handed_over:
        assert (reply.outcome, reply.executed) == ("not-sent", False)
        assert reply.code == "waited-too-long"


def test_a_call_given_up_while_quickbooks_opens_is_never_handed_over(desk: Desk) -> None:
    opening, go_on = threading.Event(), threading.Event()

    def open_slowly() -> None:
        opening.set()
        go_on.wait(5)

    desk.link.while_opening = open_slowly
    found: list[wire.ProcessReply] = []
    thread = threading.Thread(target=lambda: found.append(desk.process(process_call())))
    thread.start()
    assert opening.wait(5)
    nothing = wire.WithdrawCall(company_file="", app_name="", mode="either")
    withdrawn = desk.calls.withdraw("w-1", nothing, user="ann")
    assert (withdrawn.outcome, withdrawn.executed) == ("not-sent", False)
    go_on.set()
    thread.join()
    assert found == [withdrawn]
    assert desk.kept() == withdrawn
    assert desk.process(process_call("w-2")).outcome == "response"
    assert desk.link.events == ["open 1", "process"]


def test_an_opening_that_fails_after_its_call_was_given_up_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[object] = []
    monkeypatch.setattr("tieout.connector.calls.log.exception", lambda *said: logged.append(said))
    desk.link.while_opening = lambda: time.sleep(0.4)
    desk.link.begin_error = LinkError("begin", 0x80040408, "could not start")
    reply = desk.process(replace(process_call(), timeout_s=0.1))
    assert desk.calls.stop(grace_s=5)
    assert (reply.code, desk.kept()) == ("waited-too-long", reply)
    assert logged == []


def test_a_call_of_a_dead_process_is_unknown_until_proved(tmp_path: Path) -> None:
    call = process_call()
    dead = Journal(tmp_path / "journal.sqlite3", now=NOW, durable=False)
    dead.record_received(call, user="ann", reply=received(call), now=NOW)
    dead.record_handed_over(call, reply=handed(call), now=NOW)
    dead.close()
    desk = Desk(tmp_path)
    desk.link.begin_error = LinkError("begin", 0x80040408, "could not start")
    assert desk.calls.recall("w-1").outcome == "unknown"
    desk.link.begin_error = None
    assert desk.process(call).outcome == "abandoned"
    assert "process" not in desk.link.events
    desk.close()


def test_a_defect_of_the_link_is_unknown_and_ends_the_session(desk: Desk) -> None:
    desk.link.answers = [ZeroDivisionError()]
    reply = desk.process(process_call())
    assert (reply.outcome, reply.state, reply.code) == ("unknown", "finished", "internal")
    assert desk.calls.recall("w-1").outcome == "abandoned"


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda d: d.process(process_call("w-1", QUERY + " ")), 409, "other-bytes"),
        (lambda d: d.process(replace(process_call("w-2"), epoch=0)), 409, "fenced"),
        (
            lambda d: d.process(replace(process_call("w-2"), installation_id="home")),
            409,
            "other-installation",
        ),
        (lambda d: d.calls.recall("w-2"), 404, "unknown-call"),
    ],
)
def test_refusals_have_a_code_and_a_remedy(
    desk: Desk, ask: Callable[[Desk], object], status: int, code: str
) -> None:
    desk.process(process_call())
    with pytest.raises(Problem) as problem:
        ask(desk)
    assert (problem.value.status, problem.value.reply.code) == (status, code)
    assert problem.value.reply.remedy


def test_what_quickbooks_says_is_brought_within_the_contract(desk: Desk) -> None:
    desk.link.answers = ["<QBXML>\ud800é</QBXML>", LinkError("process", 1, "\udfff" * 9000)]
    assert desk.process(process_call()).qbxml == "<QBXML>?é</QBXML>"
    reply = desk.process(process_call("w-2"))
    assert reply.message == "?" * 4000
    assert desk.kept("w-2") == reply
    wire.encode(reply)


def test_stopping_is_not_disturbed_by_callers_whose_time_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take their calls out of the list while it is gone through."""

    class Leaving:
        @property
        def task(self) -> None:
            desk.calls._live.pop("w-2", None)

    waiting = Task(lambda _sessions: None, label="w-3")
    desk.calls._live.update({"w-1": Leaving(), "w-2": Leaving()})  # type: ignore[dict-item]
    monkeypatch.setattr(desk.worker, "stop", lambda grace_s: ([waiting], True))
    assert desk.calls.stop(grace_s=5)
    assert waiting.done.is_set()
    monkeypatch.undo()


def test_stopping_settles_what_waited(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    release = threading.Event()
    desk.link.answers = [lambda: "<QBXML/>" if release.wait(5) else ""]
    found: list[wire.ProcessReply] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(desk.process(process_call(f"w-{n}"))))
        for n in (1, 2)
    ]
    threads[0].start()
    while not desk.worker.running:
        pass
    threads[1].start()
    while desk.worker.queue_length == 0:
        pass
    threading.Timer(0.1, release.set).start()
    assert desk.calls.stop(grace_s=5)
    for thread in threads:
        thread.join()
    assert sorted(reply.outcome for reply in found) == ["not-sent", "response"]
    assert {desk.kept("w-1").outcome, desk.kept("w-2").outcome} == {"not-sent", "response"}
    with pytest.raises(Problem, match="busy"):
        desk.process(process_call("w-3"))
    desk.journal.close()
