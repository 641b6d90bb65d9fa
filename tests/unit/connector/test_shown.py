from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.connector.fakes import FILE, NOW, QUERY, finished, handed, process_call, received

from tieout.connector import shown as showing
from tieout.connector.journal import Journal, JournalFacts, Line
from tieout.connector.shown import Failure, Shown

BEGUN = NOW - timedelta(days=2, hours=3)
EMPTY = Shown(
    version="0.1.0",
    now=NOW,
    started=NOW - timedelta(minutes=61),
    url="https://127.0.0.1:8166",
    fingerprint="AB:CD",
    rehearsal=False,
    serves=FILE,
    quickbooks_up=None,
    company_file="",
    session_id="",
    session_versions=(),
    queue_length=0,
    queue_max=8,
    running=False,
    refused_logins=0,
    failure=None,
    journal_id="j-1",
    journal=JournalFacts(created_at=BEGUN, oldest_at=None, writes=0, open_ends=0),
    calls=(),
)
FAILED = Failure(stage="begin", code=0x80040414, at=NOW - timedelta(minutes=1))


def line(**changes: object) -> Line:
    usual = {
        "at": NOW, "call_id": "w-1", "writes": True, "user": "ann", "state": "finished",
        "outcome": "response", "detail": "",
    }  # fmt: skip
    return Line(**{**usual, **changes})  # type: ignore[arg-type]


def test_a_quiet_connector_says_what_it_is() -> None:
    page = showing.page(EMPTY)
    for words in (
        "QuickBooks has not been asked yet",
        "0.1.0",
        "1 hour 1 minute",
        "2 days 3 hours ago",
        "https://127.0.0.1:8166",
        "AB:CD",
        "j-1",
        "None yet.",
        f"QuickBooks, {FILE}",
    ):
        assert words in page, words
    assert "Last failure" not in page


def test_a_busy_one_says_what_it_does() -> None:
    busy = replace(
        EMPTY,
        rehearsal=True,
        serves="books",
        quickbooks_up=True,
        running=True,
        company_file=FILE,
        session_id="s-1",
        session_versions=("12.0", "13.0"),
        queue_length=3,
        refused_logins=2,
        calls=(line(), line(call_id="q-1", writes=False)),
    )
    page = showing.page(busy)
    for words in (
        "QuickBooks answers. A call is with it now.",
        "rehearsal company, books",
        "12.0, 13.0",
        "3 of at most 8",
        "one call",
        "<td>write</td><td>answered</td><td>ann</td><td>w-1</td>",
        "<td>read</td>",
    ):
        assert words in page, words


def test_a_failure_comes_with_its_remedy() -> None:
    page = showing.page(replace(EMPTY, quickbooks_up=False, failure=FAILED))
    assert "The last call to QuickBooks failed." in page
    assert "0x80040414 at begin: QuickBooks is showing a dialog." in page
    assert "Close the dialog in QuickBooks." in page
    found = showing.plain(replace(EMPTY, failure=FAILED))
    assert found["failure"]["remedy"] == "Close the dialog in QuickBooks."
    assert found["failure"]["hresult"] == "0x80040414"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "answered"),
        ({"outcome": "hresult", "detail": "0x80040414"}, "failed 0x80040414"),
        ({"outcome": "not-sent", "detail": "fenced"}, "not sent fenced"),
        ({"outcome": "abandoned"}, "abandoned"),
        ({"outcome": "unknown", "state": "received"}, "waiting"),
        ({"outcome": "unknown", "state": "handed over"}, "with QuickBooks, no result yet"),
        ({"outcome": "unknown", "detail": "internal"}, "unknown"),
    ],
)
def test_outcomes_in_words(changes: dict[str, str], words: str) -> None:
    assert showing.outcome_of(line(**changes)) == words


def test_whatever_stands_in_a_name_stays_text() -> None:
    evil = '<script>alert("x")</script>'
    page = showing.page(
        replace(
            EMPTY, serves=evil, company_file=evil, calls=(line(user=evil, outcome="not-sent", detail=evil, call_id=evil),),
            session_versions=(evil,),
        )
    )  # fmt: skip
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 6


def test_the_page_needs_no_script_and_no_inline_style() -> None:
    page = showing.page(replace(EMPTY, failure=FAILED, calls=(line(),)))
    for banned in ("<script", " style=", "<style", "onclick", "http-equiv", "<form"):
        assert banned not in page


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=1), "1 hour 0 minutes"),
        (timedelta(days=1, minutes=59), "1 day 0 hours"),
    ],
)
def test_durations(span: timedelta, words: str) -> None:
    assert showing.duration(span) == words


def test_the_journal_lists_its_latest_calls_without_what_was_in_them(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite3", now=BEGUN, durable=False)
    for number in range(1, 4):
        call = process_call(f"w-{number}")
        at = NOW + timedelta(minutes=number)
        journal.record_received(call, user="ann", reply=received(call), now=at)
        if number > 1:
            journal.record_handed_over(call, reply=handed(call), now=at)
        if number > 2:
            journal.record_end(finished(call), was="handed over")
    query = process_call("q-1", QUERY)
    journal.record_query(query, user="rob", outcome="response", now=NOW + timedelta(minutes=9))
    found = journal.list_latest(3)
    assert [(each.call_id, each.writes, each.user) for each in found] == [
        ("q-1", False, "rob"),
        ("w-3", True, "ann"),
        ("w-2", True, "ann"),
    ]
    assert [showing.outcome_of(each) for each in found] == [
        "answered",
        "answered",
        "with QuickBooks, no result yet",
    ]
    facts = journal.facts()
    assert (facts.created_at, facts.oldest_at) == (BEGUN, NOW + timedelta(minutes=1))
    assert (facts.writes, facts.open_ends) == (3, 1)
    journal.close()
    told = json.dumps(showing.plain(replace(EMPTY, calls=tuple(found), journal=facts)))
    for hidden in ("QBXML", "InvoiceAdd", "office", process_call().sha256):
        assert hidden not in told + showing.page(replace(EMPTY, calls=tuple(found)))


def test_a_failed_write_is_listed_with_its_code(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite3", now=BEGUN, durable=False)
    call = process_call()
    journal.record_received(call, user="ann", reply=received(call), now=NOW)
    reply = replace(
        received(call), outcome="hresult", state="finished", executed=False, stage="begin",
        hresult=0x80040414, message="Mrs Miller is being edited",
    )  # fmt: skip
    journal.record_end(reply, was="received")
    (found,) = journal.list_latest(20)
    journal.close()
    assert showing.outcome_of(found) == "failed 0x80040414"
    assert "Miller" not in showing.page(replace(EMPTY, calls=(found,)))
