"""The link with real worker processes, and a COM double in them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from tests import com_double
from tests.com_double import Desk

from tieout.connector import host_query
from tieout.connector.comlink import ComLink, ComSession, Limits, why_not_here
from tieout.connector.link import Link, LinkError
from tieout.connector.lock import FolderLock

FILE = "C:\\Books\\Northgate.QBW"
ASK = host_query.request()
Open = Callable[..., ComSession]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.books.close()


def link(desk: Desk, *, company_file: str = "", **limits: float) -> ComLink:
    return ComLink(
        company_file=company_file,
        lock=desk.folder / "com.lock",
        limits=Limits(**limits),
        prepare=partial(com_double.install, desk.folder),
    )


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def refused(door: Link, company_file: str = "") -> LinkError:
    with pytest.raises(LinkError) as error:
        door.open_session("Tieout", company_file, "either")
    return error.value


def test_a_session_goes_through_a_process_of_its_own_and_leaves_none(desk: Desk) -> None:
    session = link(desk).open_session("Tieout", "", "either")
    assert session.company_file == FILE
    assert session.versions == tuple(sorted(session.versions, key=float))
    assert host_query.was_answered(session.process(ASK, limit_s=60))
    assert host_query.was_answered(session.process(ASK, limit_s=60))
    session.close()
    assert desk.calls()[-3:] == ["EndSession", "CloseConnection", "CoUninitialize"]
    (pid,) = desk.pids()
    assert pid != os.getpid()
    assert not is_alive(pid)
    assert len({line.split()[1] for line in desk.lines()}) == 1


def test_each_session_has_its_own_id_and_process(desk: Desk) -> None:
    door = link(desk)
    first = door.open_session("Tieout", "", "either")
    first.close()
    second = door.open_session("Tieout", FILE.lower(), "multi")
    second.close()
    assert first.session_id != second.session_id
    assert len(desk.pids()) == 2


def test_a_refusal_of_quickbooks_arrives_with_stage_code_and_meaning(desk: Desk) -> None:
    desk.plan("BeginSession", "fail", code=0x80040418)
    error = refused(link(desk))
    assert (error.stage, error.hresult, error.executed) == ("begin", 0x80040418, False)
    assert "has not approved" in error.message
    assert "QuickBooks says 0x80040418." in error.message
    assert not is_alive(desk.pids()[0])


def test_after_a_failed_request_the_session_still_ends_well(desk: Desk) -> None:
    session = link(desk).open_session("Tieout", "", "either")
    with pytest.raises(LinkError, match="0x80040400"):
        session.process("<QBXML>", limit_s=60)
    session.close()
    assert desk.calls()[-3:] == ["EndSession", "CloseConnection", "CoUninitialize"]


def test_a_hang_ends_the_worker_and_nobody_knows_the_outcome(desk: Desk) -> None:
    door = link(desk, process_s=1.0)
    session = door.open_session("Tieout", "", "either")
    desk.plan("ProcessRequest", "hang")
    with pytest.raises(LinkError, match="within 1 seconds") as error:
        session.process(ASK, limit_s=60)
    assert (error.value.stage, error.value.hresult) == ("process", 0x800706BE)
    assert error.value.executed is None
    assert "not QuickBooks" in error.value.message
    assert not is_alive(desk.pids()[0])
    session.close()
    again = door.open_session("Tieout", "", "either")
    assert host_query.was_answered(again.process(ASK, limit_s=60))
    again.close()


def test_the_limit_of_a_call_counts_where_it_is_the_shorter_one(desk: Desk) -> None:
    session = link(desk, process_s=60.0).open_session("Tieout", "", "either")
    desk.plan("ProcessRequest", "hang")
    with pytest.raises(LinkError, match=r"within 0\.75 seconds") as error:
        session.process(ASK, limit_s=0.75)
    assert (error.value.hresult, error.value.executed) == (0x800706BE, None)
    assert not is_alive(desk.pids()[0])
    session.close()


def test_a_hang_at_begin_ran_nothing_and_names_the_call(desk: Desk) -> None:
    desk.plan("BeginSession", "hang")
    error = refused(link(desk, open_s=3.0))
    assert (error.stage, error.hresult, error.executed) == ("begin", 0x800706BE, False)
    assert error.message.startswith("BeginSession:")
    assert not is_alive(desk.pids()[0])


def test_a_hang_while_a_failed_begin_is_undone_still_ran_nothing(desk: Desk) -> None:
    desk.plan("QBXMLVersionsForSession", "fail", code=0x80040402)
    desk.plan("EndSession", "hang")
    error = refused(link(desk, open_s=3.0))
    assert (error.stage, error.executed) == ("begin", False)


def test_a_hang_at_the_end_ends_the_worker(desk: Desk) -> None:
    session = link(desk, end_s=1.0).open_session("Tieout", "", "either")
    desk.plan("EndSession", "hang")
    with pytest.raises(LinkError) as error:
        session.close()
    assert error.value.stage == "end"
    assert not is_alive(desk.pids()[0])


@pytest.mark.parametrize(
    ("call", "stage", "executed"),
    [("BeginSession", "begin", False), ("ProcessRequest", "process", None)],
)
def test_a_library_that_crashes_its_process(
    desk: Desk, call: str, stage: str, executed: bool | None
) -> None:
    desk.plan(call, "die")
    door = link(desk)

    def talk() -> None:
        door.open_session("Tieout", "", "either").process(ASK, limit_s=60)

    with pytest.raises(LinkError) as error:
        talk()
    assert (error.value.stage, error.value.hresult) == (stage, 0x800706BE)
    assert error.value.executed is executed
    session = door.open_session("Tieout", "", "either")
    session.close()


def test_closing_a_session_whose_process_is_dead_is_no_failure(desk: Desk) -> None:
    session = link(desk).open_session("Tieout", "", "either")
    desk.plan("ProcessRequest", "die")
    with pytest.raises(LinkError):
        session.process(ASK, limit_s=60)
    session.close()


def test_only_the_file_that_is_served(desk: Desk) -> None:
    door = link(desk, company_file=FILE)
    error = refused(door, "C:\\Books\\Harbor.QBW")
    assert (error.stage, error.hresult, error.executed) == ("begin", 0x8004040A, False)
    assert "Harbor" in error.message
    assert desk.calls() == []
    session = door.open_session("Tieout", "c:/books/northgate.qbw", "either")
    session.close()
    assert any("Northgate.QBW" in line for line in desk.lines() if "BeginSession" in line)


def test_a_session_on_another_file_than_asked_for_is_ended_at_once(desk: Desk) -> None:
    com_double.plan_standing(desk, "other file")
    error = refused(link(desk), "C:\\Books\\Harbor.QBW")
    assert (error.stage, error.hresult) == ("begin", 0x8004040A)
    assert "Northgate" in error.message
    assert "ProcessRequest" not in desk.calls()
    assert desk.calls()[-3:] == ["EndSession", "CloseConnection", "CoUninitialize"]


def test_a_quickbooks_too_old_is_refused(desk: Desk) -> None:
    com_double.plan_standing(desk, "old product")
    error = refused(link(desk))
    assert (error.stage, error.hresult) == ("begin", 0x80040423)
    assert "1.0, 2.0" in error.message
    assert "EndSession" in desk.calls()


def test_no_second_worker_while_one_lives(desk: Desk) -> None:
    door = link(desk, lock_s=0.3)
    held = FolderLock(desk.folder / "com.lock")
    error = refused(door)
    held.release()
    assert (error.stage, error.hresult, error.executed) == ("open", 0x8004041B, False)
    assert desk.calls() == []
    door.open_session("Tieout", "", "either").close()


def test_a_worker_that_does_not_even_read_is_ended_too(desk: Desk) -> None:
    session = link(desk, process_s=1.0).open_session("Tieout", "", "either")
    (pid,) = desk.pids()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(LinkError) as error:
        session.process("x" * 4_000_000, limit_s=60)
    assert (error.value.stage, error.value.hresult) == ("process", 0x800706BE)
    assert not is_alive(pid)
    session.close()


def test_half_of_a_surrogate_pair_comes_through(desk: Desk) -> None:
    session = link(desk).open_session("Tieout", "", "either")
    with pytest.raises(LinkError):
        session.process("<QBXML>\ud83d</QBXML>", limit_s=60)
    session.close()


@pytest.mark.parametrize(("platform", "words"), [("linux", "--sandbox"), ("win32", "pywin32")])
def test_where_it_cannot_work_one_sentence_says_why(platform: str, words: str) -> None:
    sentence = why_not_here(platform)
    assert words in sentence
    assert "Windows machine" in sentence
    assert sentence.endswith(".")
