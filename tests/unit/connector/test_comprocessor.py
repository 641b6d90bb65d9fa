from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import com_double
from tests.com_double import Desk

from tieout.connector import host_query
from tieout.connector.comprocessor import Processor
from tieout.connector.link import LinkError, Mode

FILE = "C:\\Books\\Northgate.QBW"
OPENING = [
    "CoInitialize", "Dispatch", "OpenConnection2", "AuthPreferences", "PutIsReadOnly",
    "PutUnattendedModePref", "PutPersonalDataPref", "PutAuthFlags", "BeginSession",
    "GetCurrentCompanyFileName", "QBXMLVersionsForSession",
]  # fmt: skip
CLOSING = ["EndSession", "CloseConnection", "CoUninitialize"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """QuickBooks and pywin32 in this very process."""
    opened = Desk(tmp_path)
    for name, module in com_double.modules(tmp_path).items():
        monkeypatch.setitem(sys.modules, name, module)
    yield opened
    opened.books.close()


def processor(announced: list[str] | None = None, *, read_only: bool = False) -> Processor:
    kept = announced if announced is not None else []
    return Processor(
        announce=lambda stage, call: kept.append(f"{stage} {call}"), read_only=read_only
    )


def opened(com: Processor, *, company_file: str = "", mode: Mode = "either") -> str:
    return com.open(app_name="Tieout", company_file=company_file, mode=mode).company_file


def test_the_calls_come_in_quickbooks_order(desk: Desk) -> None:
    announced: list[str] = []
    com = processor(announced)
    result = com.open(app_name="Tieout", company_file=FILE, mode="multi")
    assert result.company_file == FILE
    assert "13.0" in result.versions
    assert host_query.was_answered(com.process(host_query.request()))
    com.end()
    assert desk.calls() == [*OPENING, "ProcessRequest", *CLOSING]
    assert "begin BeginSession" in announced
    assert len({line.split()[1] for line in desk.lines()}) == 1


def test_what_quickbooks_is_told_before_the_session(desk: Desk) -> None:
    com = processor(read_only=True)
    opened(com, company_file=FILE, mode="multi")
    com.end()
    said = {line.split()[2]: line.split(maxsplit=3)[3:] for line in desk.lines()}
    assert said["OpenConnection2"] == ['"" "Tieout" 1']
    assert said["PutIsReadOnly"] == ["true"]
    assert said["PutUnattendedModePref"] == ["1"]
    assert said["PutPersonalDataPref"] == ["2"]
    assert said["PutAuthFlags"] == ["15"]
    assert said["BeginSession"] == ['"C:\\\\Books\\\\Northgate.QBW" 1']


@pytest.mark.parametrize(
    ("call", "stage", "code"),
    [
        ("Dispatch", "open", 0x80040154),
        ("OpenConnection2", "open", 0x80040408),
        ("AuthPreferences", "open", 0x80040406),
        ("PutUnattendedModePref", "open", 0x8004041D),
        ("PutAuthFlags", "open", 0x80040425),
        ("BeginSession", "begin", 0x80040418),
        ("BeginSession", "begin", 0x800706BA),
        ("GetCurrentCompanyFileName", "begin", 0x8004040B),
        ("QBXMLVersionsForSession", "begin", 0x80040402),
    ],
)
def test_a_failed_opening_names_its_stage_and_leaves_nothing_open(
    desk: Desk, call: str, stage: str, code: int
) -> None:
    desk.plan(call, "fail", code=code)
    com = processor()
    with pytest.raises(LinkError) as error:
        opened(com)
    assert (error.value.stage, error.value.hresult, error.value.executed) == (stage, code, False)
    after = desk.calls()
    assert ("EndSession" in after) == (call in OPENING[9:])
    assert ("CloseConnection" in after) == (call not in ("Dispatch", "OpenConnection2"))
    assert after[-1] == "CoUninitialize"
    assert opened(com) == FILE
    com.end()


@pytest.mark.parametrize(
    ("code", "executed"), [(0x80040400, False), (0x8004042E, False), (0x80010105, None)]
)
def test_a_failed_request_keeps_its_code(desk: Desk, code: int, executed: bool | None) -> None:
    com = processor()
    opened(com)
    desk.plan("ProcessRequest", "fail", code=code)
    with pytest.raises(LinkError) as error:
        com.process("<QBXML/>")
    assert (error.value.stage, error.value.hresult) == ("process", code)
    assert error.value.executed is executed
    com.end()
    assert desk.calls()[-3:] == CLOSING


def test_quickbooks_gone_in_the_middle_still_closes_what_is_ours(desk: Desk) -> None:
    com = processor()
    opened(com)
    desk.plan("ProcessRequest", "crash")
    with pytest.raises(LinkError, match="0x800706BE"):
        com.process("<QBXML/>")
    with pytest.raises(LinkError) as error:
        com.end()
    assert (error.value.stage, error.value.hresult) == ("end", 0x800706BA)
    assert desk.calls()[-3:] == CLOSING
    assert opened(com) == FILE
    com.end()


@pytest.mark.parametrize(
    ("call", "code"), [("EndSession", 0x80040402), ("CloseConnection", 0x80040402)]
)
def test_a_failed_end_is_told_and_the_rest_is_done(desk: Desk, call: str, code: int) -> None:
    com = processor()
    opened(com)
    desk.plan(call, "fail", code=code)
    with pytest.raises(LinkError) as error:
        com.end()
    assert (error.value.stage, error.value.hresult) == ("end", code)
    assert desk.calls()[-3:] == CLOSING
    com.end()
    assert desk.calls()[-3:] == CLOSING


def test_another_thread_may_not_call(desk: Desk) -> None:
    com = processor()
    opened(com)
    caught: list[LinkError] = []

    def call() -> None:
        try:
            com.process("<QBXML/>")
        except LinkError as error:
            caught.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert [error.hresult for error in caught] == [0x8001010E]
    com.end()


@pytest.mark.parametrize("mode", ["single", "multi", "either"])
def test_the_user_mode_is_asked_for(desk: Desk, mode: Mode) -> None:
    com = processor()
    if mode == "single":
        with pytest.raises(LinkError, match="another user mode") as error:
            opened(com, mode=mode)
        assert error.value.hresult == 0x80040410
    else:
        assert opened(com, mode=mode) == FILE
        com.end()


def test_another_file_is_refused_by_quickbooks(desk: Desk) -> None:
    with pytest.raises(LinkError) as error:
        opened(processor(), company_file="C:\\Books\\Harbor.QBW")
    assert (error.value.stage, error.value.hresult) == ("begin", 0x8004040A)


def test_versions_are_read_also_where_pywin32_takes_them_for_a_plain_property(desk: Desk) -> None:
    com_double.plan_standing(desk, "plain property")
    com = processor()
    assert "13.0" in com.open(app_name="Tieout", company_file="", mode="either").versions
    com.end()


def test_calls_before_a_session_get_quickbooks_own_answers(desk: Desk) -> None:
    pythoncom = sys.modules["pythoncom"]
    pythoncom.CoInitialize()
    raw = sys.modules["win32com.client.dynamic"].Dispatch("QBXMLRP2.RequestProcessor")
    with pytest.raises(pythoncom.com_error) as error:
        raw.BeginSession("", 2)
    assert error.value.excepinfo[5] & 0xFFFFFFFF == com_double.NO_CONNECTION
    raw.OpenConnection2("", "Tieout", 1)
    with pytest.raises(pythoncom.com_error) as error:
        raw.ProcessRequest("no ticket", "<QBXML/>")
    assert error.value.excepinfo[5] & 0xFFFFFFFF == com_double.NO_SESSION
    ticket = raw.BeginSession("", 2)
    with pytest.raises(pythoncom.com_error) as error:
        raw.ProcessRequest("forged", "<QBXML/>")
    assert error.value.excepinfo[5] & 0xFFFFFFFF == com_double.WRONG_TICKET
    raw.EndSession(ticket)
    raw.CloseConnection()


def test_without_pywin32_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pythoncom", None)
    with pytest.raises(LinkError, match="pywin32") as error:
        opened(processor())
    assert error.value.stage == "open"


def test_a_library_without_the_call_is_told_by_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(com_double.RequestProcessor, "AuthPreferences")
    with pytest.raises(LinkError, match="AuthPreferences") as error:
        opened(processor())
    assert error.value.stage == "open"
    assert desk.calls()[-2:] == ["CloseConnection", "CoUninitialize"]
