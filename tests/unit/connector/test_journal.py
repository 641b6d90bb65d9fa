from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.connector.fakes import FILE, NOW, finished, handed, process_call, received

from tieout.connector.journal import Journal, Refused
from tieout.quickbooks import wire

CALL = process_call()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.sqlite3", now=NOW)
    yield opened
    opened.close()


def reopened(journal: Journal, tmp_path: Path) -> Journal:
    journal.close()
    return Journal(tmp_path / "journal.sqlite3", now=NOW + timedelta(minutes=1))


def keep(journal: Journal, call: wire.ProcessCall = CALL, *, days_ago: int = 0) -> None:
    now = NOW - timedelta(days=days_ago)
    journal.record_received(call, user="ann", reply=received(call), now=now)


def test_a_call_goes_through_its_states(journal: Journal) -> None:
    assert journal.get("w-1") is None
    keep(journal)
    journal.record_handed_over(CALL, reply=handed(CALL), now=NOW)
    journal.record_end(finished(CALL), was="handed over")
    entry = journal.get("w-1")
    assert entry is not None
    assert (entry.state, entry.reply, entry.sha256) == ("finished", finished(CALL), CALL.sha256)


def test_a_state_is_left_only_once(journal: Journal) -> None:
    keep(journal)
    with pytest.raises(LookupError):
        journal.record_end(finished(CALL), was="handed over")
    with pytest.raises(sqlite3.IntegrityError):
        keep(journal)
    entry = journal.get("w-1")
    assert entry is not None
    assert entry.state == "received"


def test_after_a_restart_received_was_not_sent_and_handed_over_stays(
    journal: Journal, tmp_path: Path
) -> None:
    other = process_call("w-2")
    keep(journal)
    keep(journal, other)
    journal.record_handed_over(other, reply=handed(other), now=NOW)
    again = reopened(journal, tmp_path)
    first, second = again.get("w-1"), again.get("w-2")
    assert first is not None
    assert second is not None
    assert (first.reply.outcome, first.reply.executed) == ("not-sent", False)
    assert (second.state, second.reply.outcome) == ("handed over", "unknown")
    assert second.process_id != again.process_id
    again.close()


def test_the_journal_knows_itself_again(journal: Journal, tmp_path: Path) -> None:
    again = reopened(journal, tmp_path)
    assert again.journal_id == journal.journal_id
    again.close()


def test_a_commit_waits_for_the_disk(journal: Journal) -> None:
    assert journal._disk.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._disk.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("file", ["", "C:/BOOKS/northgate.QBW"])
def test_the_fence_is_checked_again_at_the_hand_over(journal: Journal, file: str) -> None:
    waiting = replace(CALL, company_file=file)
    keep(journal, waiting)
    keep(journal, replace(process_call("w-2"), epoch=4))
    with pytest.raises(Refused) as refused:
        journal.record_handed_over(waiting, reply=handed(waiting), now=NOW)
    assert (refused.value.code, refused.value.highest_epoch) == ("fenced", 4)
    entry = journal.get("w-1")
    assert entry is not None
    assert entry.state == "received"


def test_a_refused_write_leaves_nothing(journal: Journal) -> None:
    keep(journal, replace(CALL, epoch=4))
    with pytest.raises(Refused):
        keep(journal, process_call("w-2"))
    with pytest.raises(Refused) as refused:
        keep(journal, replace(process_call("w-3"), epoch=9, installation_id="home"))
    assert refused.value.code == "other-installation"
    assert journal.get("w-2") is journal.get("w-3") is None
    mark = wire.FenceMark(company_file=FILE, installation_id="office", epoch=4)
    assert journal.list_fences() == (mark,)


def test_a_takeover_moves_the_fence(journal: Journal) -> None:
    keep(journal, replace(CALL, epoch=4))
    takeover = wire.TakeoverCall(company_file=FILE.lower(), installation_id="home", epoch=1)
    journal.record_takeover(takeover, now=NOW)
    keep(journal, replace(process_call("w-2"), installation_id="home"))
    with pytest.raises(Refused):
        keep(journal, replace(process_call("w-3"), epoch=99))


def test_pruning_keeps_fourteen_days_and_open_ends(journal: Journal) -> None:
    for call_id, days in (("old", 15), ("young", 13), ("open", 400)):
        call = process_call(call_id)
        keep(journal, call, days_ago=days)
        journal.record_handed_over(call, reply=handed(call), now=NOW)
        if call_id != "open":
            journal.record_end(finished(call), was="handed over")
    lost = process_call("lost")
    keep(journal, lost, days_ago=400)
    journal.record_handed_over(lost, reply=handed(lost), now=NOW)
    reply = replace(handed(lost), outcome="hresult", state="finished", hresult=0x80040402)
    journal.record_end(reply, was="handed over")
    assert journal.prune(now=NOW, keep_days=1) == 1
    left = [name for name in ("old", "young", "open", "lost") if journal.get(name)]
    assert left == ["young", "open", "lost"]
    assert journal.prune(now=NOW + timedelta(days=5), keep_days=20) == 0


def test_a_query_leaves_one_line_without_its_body(journal: Journal, tmp_path: Path) -> None:
    journal.record_query(CALL, user="ann", outcome="response", now=NOW)
    rows = journal._disk.execute("SELECT call_id, sha256, bytes, outcome FROM queries").fetchall()
    assert rows == [("w-1", CALL.sha256, len(CALL.qbxml), "response")]
    assert journal.get("w-1") is None


def test_a_stone_is_found_under_its_id(journal: Journal) -> None:
    withdrawal = wire.WithdrawCall(company_file=FILE, app_name="Tieout", mode="multi")
    reply = replace(received(CALL), state="finished", code="withdrawn")
    journal.record_withdrawn(withdrawal, reply=reply, user="ann", now=NOW)
    entry = journal.get("w-1")
    assert entry is not None
    assert (entry.sha256, entry.app_name, entry.mode) == ("", "Tieout", "multi")
